"""Derives the AS path of a lane from the addresses that answer and their owners."""

from collections.abc import Mapping, Sequence

from tracetui.analysis.rounds.lazy_hops import LazyHops, main_of
from tracetui.model import Attribution, Grade, Hop, LaneTrace, PathState, PathVerdict, ReplyKind

Owners = Mapping[str, Attribution]
"""Address to attribution."""

_EARLY = frozenset({PathState.RESET, PathState.ANSWERED_EARLY})
_BORROWED_NAME = frozenset({ReplyKind.RST, ReplyKind.SYN_ACK, ReplyKind.ECHO_REPLY})
"""Kinds that a middlebox sends with the endpoint's address."""


def hop_systems(
    trace: LaneTrace, owners: Owners, verdict: PathVerdict | None = None, hops: Sequence[Hop] | None = None
) -> tuple[int | None, ...]:
    """Return the AS of each hop's main responder, index 0 for TTL 1; None where there is or is known none.

    An address that several ASes announce (MOAS) stands for the AS of the nearest hop that is one of them,
    before it or after it; failing that, for the first. With a `verdict` of `reset` or `answered_early`,
    replies in the endpoint's name count for nobody: who sent them is not known. `hops`: others than those of
    the trace, such as a lane shows since its last lasting change.
    """
    hops = trace.hops if hops is None else hops
    return systems_through(main_of(hops), owners, borrowed_names(trace, verdict, hops))


def choose_systems(origins: Sequence[tuple[int, ...]]) -> tuple[int | None, ...]:
    """Return one AS for each place of a path, from the ASes that announce its address."""
    systems: list[int | None] = []
    known: int | None = None
    for index, candidates in enumerate(origins):
        chosen = candidates[0] if candidates else None
        if len(candidates) > 1:
            chosen = known if known in candidates else _first_shared(candidates, origins[index + 1 :])
        systems.append(chosen)
        known = chosen or known
    return tuple(systems)


def as_path(
    trace: LaneTrace, owners: Owners, verdict: PathVerdict | None = None, hops: Sequence[Hop] | None = None
) -> tuple[int, ...]:
    """Return the ASes of the hops that answer, in order, each AS once for a row of hops.

    Hops without an AS (silent, private, exchange LANs, unannounced) are skipped. It ends where the path
    closes on itself: a router that comes again after another one is the second turn of a loop. `hops`: as for
    `hop_systems`.
    """
    hops = trace.hops if hops is None else hops
    return as_path_through(main_of(hops), owners, borrowed_names(trace, verdict, hops))


def borrowed_names(trace: LaneTrace, verdict: PathVerdict | None, hops: Sequence[Hop]) -> frozenset[int]:
    """Return the places of a path (0 for TTL 1) where somebody answers in the endpoint's name."""
    if verdict is None or verdict.state not in _EARLY:
        return frozenset()
    if isinstance(hops, LazyHops):  # without counting them: such a reply has the endpoint's address
        return frozenset(place for place, main in enumerate(main_of(hops)) if main == trace.lane.address)
    return frozenset(
        place
        for place, hop in enumerate(hops)
        if hop.main is not None and not hop.main.replies.keys().isdisjoint(_BORROWED_NAME)
    )


def systems_through(
    addresses: Sequence[str | None], owners: Owners, borrowed: frozenset[int] = frozenset()
) -> tuple[int | None, ...]:
    """Return the AS of each hop from all that it depends on; see `hop_systems`."""
    return choose_systems(
        [() if place in borrowed else _origins(address, owners) for place, address in enumerate(addresses)]
    )


def as_path_through(
    addresses: Sequence[str | None], owners: Owners, borrowed: frozenset[int] = frozenset()
) -> tuple[int, ...]:
    """Return the AS path of a lane from all that it depends on; see `as_path`."""
    path: list[int] = []
    seen: set[str] = set()
    before = ""
    for address, system in zip(addresses, systems_through(addresses, owners, borrowed), strict=True):
        if address is None:
            continue
        if address in seen and address != before:
            break
        before = address
        seen.add(address)
        if system is not None and (not path or path[-1] != system):
            path.append(system)
    return tuple(path)


def grade(trace: LaneTrace, owners: Owners, ttl: int, hops: Sequence[Hop] | None = None) -> Grade:
    """Return how far the AS of the hop at `ttl` can be trusted, from the hops around it.

    Routers answer from the interface the probe came in by, and a link between two ASes is numbered by one of
    them. So an AS is sure where the next hop with an AS is in the same one, and in doubt where the next is
    in another. The last hop with an AS may be either; only the endpoint's own address leaves no doubt.
    What a trace recorded, where no source knows the address, has its own grade and confirms no other.
    `hops`: as for `hop_systems`.
    """
    hops = trace.hops if hops is None else hops
    systems = hop_systems(trace, owners, hops=hops)
    if not 1 <= ttl <= len(systems) or systems[ttl - 1] is None:
        return Grade.NONE
    if _is_recorded(hops[ttl - 1], owners):
        return Grade.RECORDED
    own = systems[ttl - 1]
    systems = tuple(
        None if _is_recorded(hop, owners) else system for hop, system in zip(hops, systems, strict=True)
    )
    following = next((system for system in systems[ttl:] if system is not None), None)
    if following is not None:
        return Grade.STRONG if following == own else Grade.BORDER
    preceding = next((system for system in reversed(systems[: ttl - 1]) if system is not None), None)
    hop = hops[ttl - 1]
    at_end = hop.main is not None and hop.main.address == trace.lane.address
    return Grade.STRONG if at_end and preceding == own else Grade.NORMAL


def parting(paths: Sequence[Sequence[int]]) -> int | None:
    """Return how many ASes all `paths` have in common before they diverge; None when they are all alike. A
    path that ends while another goes on diverges at its end.
    """
    if not paths or all(tuple(path) == tuple(paths[0]) for path in paths):
        return None
    shared = 0
    for systems in zip(*paths, strict=False):
        if len(set(systems)) > 1:
            break
        shared += 1
    return shared


def _origins(address: str | None, owners: Owners) -> tuple[int, ...]:
    owner = owners.get(address) if address is not None else None
    return owner.asns if owner is not None else ()


def _is_recorded(hop: Hop, owners: Owners) -> bool:
    owner = owners.get(hop.main.address) if hop.main is not None else None
    return owner is not None and owner.recorded


def _first_shared(candidates: tuple[int, ...], later: Sequence[tuple[int, ...]]) -> int:
    following = next((origins for origins in later if origins), ())
    return next((asn for asn in candidates if asn in following), candidates[0])
