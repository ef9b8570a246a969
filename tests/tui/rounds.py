"""Rounds for the lanes of `scenes`: made from the hops, so that both say the same."""

from collections.abc import Sequence
from dataclasses import replace

from tracetui.model import LaneSnapshot, ReplyKind, RoundOutcome, RoundReplies
from tracetui.model.packed_rtts import pack_rtts
from tui.scenes import START

START_NS = int(START.timestamp()) * 1_000_000_000
SECOND_NS = 1_000_000_000


def with_rounds(shown: LaneSnapshot, *, failures: Sequence[int] = ()) -> LaneSnapshot:
    """The lane with an outcome for each of its rounds; of several responders each answers ten rounds."""
    trace = shown.trace
    outcomes = []
    for number in range(trace.rounds):
        path, kinds, rtts = [], [], []
        for hop in trace.hops:
            rtt = hop.recent[number]
            responder = hop.responders[number // 10 % len(hop.responders)] if hop.responders else None
            answers = rtt is not None and responder is not None
            path.append(responder.address if answers else None)
            kinds.append(ReplyKind(next(iter(responder.replies))) if answers else None)
            rtts.append(rtt // 1000 if answers and rtt is not None else None)
        while path and path[-1] is None:
            path.pop()
        ends = bool(path) and path[-1] == trace.lane.address
        outcomes.append(
            RoundOutcome(
                number=number,
                started_ns=START_NS + number * SECOND_NS,
                monotonic_ns=number * SECOND_NS,
                replies=RoundReplies(
                    probed=(1 << len(trace.hops) + 1) - 2,
                    path=tuple(path),
                    kinds=tuple(kinds[: len(path)]),
                    endpoint=kinds[len(path) - 1] if ends else None,
                    endpoint_ttl=len(path) if ends else None,
                    endpoint_reply_ttl=55 if ends else None,
                    failure="no route to host" if number in failures else None,
                ),
                packed_rtts=pack_rtts(rtts[: len(path)]),
            )
        )
    end = len(trace.hops) if outcomes and outcomes[-1].endpoint else None
    changed = replace(trace, started_ns=START_NS, outcomes=tuple(outcomes), destination_ttl=end)
    return replace(shown, trace=changed)
