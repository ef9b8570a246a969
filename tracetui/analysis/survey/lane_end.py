"""Decides how a lane of the investigation ends, for its survey: as of now, not over all its rounds."""

from typing import Final

from tracetui.analysis.lanes.window import WINDOW, exceeded
from tracetui.analysis.survey.trace_end import Ending, Hops, TraceEnd, TtlReplies, end_of
from tracetui.model import LaneSnapshot, LaneTrace, PathState, ReplyKind

_ENDINGS: Final = {
    PathState.REACHED: Ending.REACHED,
    PathState.RESET: Ending.RESET,
    PathState.UNREACHABLE: Ending.REFUSED,
    PathState.LOOP: Ending.LOOP,
    PathState.SILENT_AFTER: Ending.SILENT,
}
"""Who answers early, in the endpoint's name, is not known: that counts for neither side, as does the rest."""

_KINDS: Final = {kind.value: kind for kind in ReplyKind}


def lane_end(lane: LaneSnapshot) -> TraceEnd:
    """Return how a lane ends.

    Of a lane with rounds in time that is its state, from its last five rounds. A trace that was read once is
    judged as in a file of results: one trace has fewer rounds than a state needs.
    """
    return _of_rounds(lane) if lane.trace.timed else _of_one_trace(lane.trace)


def _of_rounds(lane: LaneSnapshot) -> TraceEnd:
    verdict = lane.verdict
    ending = _ENDINGS.get(verdict.state, Ending.UNCLEAR)
    routers = exceeded(lane.trace.outcomes[-WINDOW:])
    last = max(routers, default=0) if ending is Ending.REACHED else verdict.last_responsive_ttl or 0
    hops = [tuple(routers.get(ttl, ())) for ttl in range(1, last + 1)]
    if hops and not hops[-1] and ending is not Ending.REACHED and verdict.last_responsive is not None:
        hops[-1] = (verdict.last_responsive,)  # a router that refuses may never say that a TTL ran out
    return TraceEnd(ending if hops or not ending.stops else Ending.UNCLEAR, _without_tail(hops))


def _without_tail(hops: list[tuple[str, ...]]) -> Hops:
    """Return the hops up to the last one that answered."""
    while hops and not hops[-1]:
        hops.pop()
    return tuple(hops)


def _of_one_trace(trace: LaneTrace) -> TraceEnd:
    ttls = [
        TtlReplies(
            hop.ttl,
            hop.sent > 0,
            [
                (responder.address, responder.address == trace.lane.address, _kind(label))
                for responder in hop.responders
                for label in responder.replies
            ],
        )
        for hop in trace.hops
    ]
    found = end_of(ttls)
    if trace.endpoint is None or found.ending in {Ending.REACHED, Ending.RESET}:
        return found
    # It answered from beyond the hops that are kept: RIPE Atlas tries it once more with TTL 255.
    return TraceEnd(Ending.RESET if trace.endpoint is ReplyKind.RST else Ending.REACHED, found.hops)


def _kind(label: str) -> ReplyKind:
    """Return the kind of a reply by its label, which for an unreachable has the code."""
    return _KINDS.get(label, ReplyKind.UNREACHABLE)
