"""Decides how one trace of a survey ended, and keeps of it what a survey needs."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from tracetui.analysis.lanes.find_loop import find_loop
from tracetui.model import ReplyKind
from tracetui.model.imported_trace import ImportedHop, ImportedResponder, ImportedTrace

SILENT_TTLS: Final = 5
"""TTLs in a row without an answer that count as silence to the end."""

_ENDPOINT_KINDS: Final = frozenset(
    {ReplyKind.ECHO_REPLY, ReplyKind.SYN_ACK, ReplyKind.RST, ReplyKind.PORT_UNREACHABLE, ReplyKind.ANSWER}
)


class Ending(StrEnum):
    """How one trace ended."""

    REACHED = "reached"
    SILENT = "silent"
    REFUSED = "refused"
    """A router says unreachable."""

    LOOP = "loop"
    RESET = "reset"
    UNCLEAR = "unclear"

    @property
    def stops(self) -> bool:
        """Whether the endpoint was not reached, beyond doubt."""
        return self in {Ending.SILENT, Ending.REFUSED, Ending.LOOP}


Router = str
"""The address of a router, or `AS64500`, or `name r1.example`, where the trace does not show an address."""

Hops = tuple[tuple[Router, ...], ...]
"""Who answered at each TTL from 1 on up to the last router that did; () for a silent TTL."""


@dataclass(frozen=True, slots=True)
class TraceEnd:
    """What a survey keeps of a trace."""

    ending: Ending
    hops: Hops
    """Without the endpoint."""


@dataclass(frozen=True, slots=True)
class TtlReplies:
    """What came back for one TTL."""

    ttl: int
    probed: bool
    replies: Sequence[tuple[Router, bool, ReplyKind | None]]
    """Who answered, whether under the endpoint's own address, and the kind (None: unknown)."""


def trace_end(trace: ImportedTrace) -> TraceEnd:
    """Return how a trace by another tool ended."""
    return end_of([_of_hop(hop, trace.address) for hop in trace.hops])


def end_of(ttls: Sequence[TtlReplies]) -> TraceEnd:
    """Return how a trace ended, from what came back for each of its TTLs, lowest first."""
    hops: list[tuple[Router, ...]] = []
    kinds: set[ReplyKind | None] = set()
    for one in ttls:
        routers, at_ttl = _sorted(one)
        kinds |= at_ttl
        if routers and not kinds:
            hops += [()] * (one.ttl - 1 - len(hops))
            hops.append(routers)
    return TraceEnd(_ending(ttls, hops, kinds), tuple(hops))


def _ending(
    ttls: Sequence[TtlReplies], hops: list[tuple[Router, ...]], from_endpoint: set[ReplyKind | None]
) -> Ending:
    if from_endpoint:
        return Ending.RESET if from_endpoint == {ReplyKind.RST} else Ending.REACHED
    if not hops:
        return Ending.UNCLEAR
    at_last = (kind for one in ttls if one.ttl == len(hops) for _, _, kind in one.replies)
    if ReplyKind.UNREACHABLE in at_last:
        return Ending.REFUSED
    if find_loop({ttl: dict.fromkeys(routers, (0,)) for ttl, routers in enumerate(hops, 1) if routers}):
        return Ending.LOOP
    silent = sum(1 for one in ttls if one.ttl > len(hops) and one.probed)
    return Ending.SILENT if silent >= SILENT_TTLS else Ending.UNCLEAR


def _sorted(one: TtlReplies) -> tuple[tuple[Router, ...], set[ReplyKind | None]]:
    """Return the routers that answered for a TTL, and what the endpoint answered."""
    routers: dict[Router, None] = {}
    from_endpoint: set[ReplyKind | None] = set()
    for router, is_own, kind in one.replies:
        if kind in _ENDPOINT_KINDS or (is_own and kind is not ReplyKind.TIME_EXCEEDED):
            from_endpoint.add(kind)
        elif not is_own:
            routers[router] = None
    return tuple(routers), from_endpoint


def _of_hop(hop: ImportedHop, address: str | None) -> TtlReplies:
    replies = [
        (router_key(responder), responder.address is not None and responder.address == address, kind)
        for responder, kind in _replies(hop)
    ]
    return TtlReplies(hop.ttl, bool(hop.sent), replies)


def _replies(hop: ImportedHop) -> list[tuple[ImportedResponder, ReplyKind | None]]:
    if hop.figures is None:
        return [(reply.responder, reply.kind) for reply in hop.probes if reply is not None]
    counted = [(reply.responder, reply.kind) for reply in hop.figures.replies]
    told = {responder for responder, _ in counted}
    return [*counted, *((responder, None) for responder in hop.figures.responders if responder not in told)]


def router_key(responder: ImportedResponder) -> Router:
    """Return what a router is called in a survey."""
    if responder.address is not None:
        return responder.address
    return f"AS{responder.asns[0]}" if responder.asns else f"name {responder.name}"


def is_address(router: Router) -> bool:
    """Tell whether a router is known by its address."""
    return not router.startswith(("AS", "name "))
