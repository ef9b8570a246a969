"""Rebuilds the trace of a lane for an earlier moment or a time window, from the rounds kept."""

from bisect import bisect_left, bisect_right
from dataclasses import replace

from tracetui.analysis.lanes.window import WINDOW
from tracetui.analysis.rounds.probes_by_ttl import Columns
from tracetui.model import LaneTrace, RoundOutcome
from tracetui.model.span import Span


def between(
    trace: LaneTrace,
    from_ns: int | None = None,
    until_ns: int | None = None,
    columns: Columns | None = None,
) -> LaneTrace:
    """Return the trace that the rounds begun at `from_ns` to `until_ns` alone would have made.

    Unix times in nanoseconds; None: as far as rounds are kept, up to now. RTTs are exact to a microsecond.
    What a round does not carry comes from the whole trace: TTLs of replies, MPLS labels. A late reply counts
    with the round that carries it, and a round that was still open then counts as complete. `columns`: what
    has been counted of the lane before. Hops are counted when somebody looks at them.
    """
    first, end = places(trace, from_ns, until_ns)
    outcomes = trace.outcomes[first:end]
    proofs = [outcome for outcome in outcomes[-WINDOW:] if outcome.endpoint_ttl is not None]
    destination_ttl = min((proof.endpoint_ttl or 0 for proof in proofs), default=None)
    from_start = from_ns is None and trace.rounds == len(trace.outcomes)
    return replace(
        trace,
        started_ns=trace.started_ns if from_start or not outcomes else outcomes[0].started_ns,
        rounds=len(outcomes),
        hops=(columns or Columns()).hops(trace, first, end, destination_ttl),
        outcomes=outcomes,
        endpoint=proofs[-1].endpoint if proofs else None,
        destination_ttl=destination_ttl,
        failure=outcomes[-1].failure if outcomes else None,
        finished=trace.finished and outcomes[-1:] == trace.outcomes[-1:],
        spans=_spans(trace.spans, from_ns, until_ns),
    )


def places(trace: LaneTrace, from_ns: int | None, until_ns: int | None) -> tuple[int, int]:
    """Return the place of the first kept round of a stretch of time, and of the first one after it.

    Rounds stand in order of time, but for a clock that was set back: then some too many count.
    """
    outcomes = trace.outcomes
    first = 0 if from_ns is None else bisect_left(outcomes, from_ns, key=_start)
    end = len(outcomes) if until_ns is None else bisect_right(outcomes, until_ns, key=_start)
    return first, max(first, end)


def _start(one: RoundOutcome | Span) -> int:
    return one.started_ns


def _spans(spans: tuple[Span, ...], from_ns: int | None, until_ns: int | None) -> tuple[Span, ...]:
    """Keep the spans that lie wholly in the stretch; they stand in order of time, as rounds do."""
    first = 0 if from_ns is None else bisect_left(spans, from_ns, key=_start)
    end = len(spans) if until_ns is None else bisect_right(spans, until_ns, key=lambda span: span.ended_ns)
    return spans[first:end]
