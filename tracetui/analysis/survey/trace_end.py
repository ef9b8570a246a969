"""Decides how one trace of a survey ended, and keeps of it what a survey needs."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from tracetui.analysis.lanes.find_loop import find_loop
from tracetui.model import ReplyKind
from tracetui.model.imported_trace import ImportedHop, ImportedResponder, ImportedTrace

SILENT_TTLS: Final = 5
"""TTLs in a row without an answer that count as silence to the end."""

_ENDPOINT_KINDS: Final = frozenset({ReplyKind.ECHO_REPLY, ReplyKind.SYN_ACK, ReplyKind.PORT_UNREACHABLE})


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


def trace_end(trace: ImportedTrace) -> TraceEnd:
    """Return how a trace ended."""
    hops: list[tuple[Router, ...]] = []
    kinds: set[ReplyKind | None] = set()
    for hop in trace.hops:
        routers, at_hop = _answers(hop, trace)
        kinds |= at_hop
        if routers and not kinds:
            hops += [()] * (hop.ttl - 1 - len(hops))
            hops.append(routers)
    return TraceEnd(_ending(trace, hops, kinds), tuple(hops))


def _ending(
    trace: ImportedTrace, hops: list[tuple[Router, ...]], from_endpoint: set[ReplyKind | None]
) -> Ending:
    if from_endpoint:
        return Ending.RESET if from_endpoint == {ReplyKind.RST} else Ending.REACHED
    if not hops:
        return Ending.UNCLEAR
    if any(
        kind is ReplyKind.UNREACHABLE for hop in trace.hops if hop.ttl == len(hops) for kind in _kinds(hop)
    ):
        return Ending.REFUSED
    if find_loop({ttl: dict.fromkeys(routers, (0,)) for ttl, routers in enumerate(hops, 1) if routers}):
        return Ending.LOOP
    silent = sum(1 for hop in trace.hops if hop.ttl > len(hops) and hop.sent)
    return Ending.SILENT if silent >= SILENT_TTLS else Ending.UNCLEAR


def _answers(hop: ImportedHop, trace: ImportedTrace) -> tuple[tuple[Router, ...], set[ReplyKind | None]]:
    """Return the routers that answered at a hop, and what the endpoint answered."""
    routers: dict[Router, None] = {}
    from_endpoint: set[ReplyKind | None] = set()
    for responder, kind in _replies(hop):
        own = responder.address is not None and responder.address == trace.address
        if kind in _ENDPOINT_KINDS or kind is ReplyKind.RST or (own and kind is not ReplyKind.TIME_EXCEEDED):
            from_endpoint.add(kind)
        elif not own:
            routers[router_key(responder)] = None
    return tuple(routers), from_endpoint


def _replies(hop: ImportedHop) -> list[tuple[ImportedResponder, ReplyKind | None]]:
    if hop.figures is None:
        return [(reply.responder, reply.kind) for reply in hop.probes if reply is not None]
    counted = [(reply.responder, reply.kind) for reply in hop.figures.replies]
    told = {responder for responder, _ in counted}
    return [*counted, *((responder, None) for responder in hop.figures.responders if responder not in told)]


def _kinds(hop: ImportedHop) -> list[ReplyKind | None]:
    return [kind for _, kind in _replies(hop)]


def router_key(responder: ImportedResponder) -> Router:
    """Return what a router is called in a survey."""
    if responder.address is not None:
        return responder.address
    return f"AS{responder.asns[0]}" if responder.asns else f"name {responder.name}"


def is_address(router: Router) -> bool:
    """Tell whether a router is known by its address."""
    return not router.startswith(("AS", "name "))
