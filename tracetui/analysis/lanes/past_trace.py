"""Rebuilds the trace of a lane for an earlier moment, from the rounds kept or from samples of older ones."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import replace

from tracetui.analysis.lanes.window import WINDOW
from tracetui.analysis.rounds.probes_by_ttl import Columns
from tracetui.model import LaneTrace, RoundOutcome
from tracetui.model.span import Span


def until(trace: LaneTrace, until_ns: int, columns: Columns | None = None) -> LaneTrace:
    """Return the trace as it stood when the rounds begun by `until_ns` (Unix time) were complete.

    RTTs are exact to a microsecond. What a round does not carry comes from the whole trace: TTLs of replies,
    MPLS labels. A late reply counts with the round that carries it, and a round that was still open then
    counts as complete. `columns`: what has been counted of the lane before. Hops are counted when somebody
    looks at them. Where `is_sampled`, the rounds are those of the last sample before the moment.
    """
    if is_sampled(trace, until_ns):
        return _sampled(trace, until_ns)
    _, end = places(trace, None, until_ns)
    return _with_rounds(
        replace(
            trace,
            rounds=trace.rounds - len(trace.outcomes) + end,
            outcomes=trace.outcomes[:end],
            finished=trace.finished and end == len(trace.outcomes),
        ),
        columns or Columns(),
        trace,
        until_ns,
    )


def is_sampled(trace: LaneTrace, until_ns: int) -> bool:
    """Tell whether too few of the rounds before a moment are kept to tell the state of that moment."""
    dropped = trace.rounds > len(trace.outcomes)
    return dropped and places(trace, None, until_ns)[1] < WINDOW


def _sampled(trace: LaneTrace, until_ns: int) -> LaneTrace:
    place = bisect_left(trace.spans, until_ns, key=_end) - 1
    if place < 0:
        return _with_rounds(replace(trace, rounds=0, outcomes=()), Columns(), trace, until_ns)
    sample = trace.samples[place]
    then = replace(trace, rounds=sample.complete, outcomes=tuple(_numbered(sample.rounds)), finished=False)
    return _with_rounds(then, Columns(), then, until_ns)


def _numbered(rounds: tuple[RoundOutcome, ...]) -> Iterator[RoundOutcome]:
    """Yield the rounds of a sample with a number each, those that one stands for too."""
    last = rounds[-1].number
    for place, outcome in enumerate(rounds, start=1 - len(rounds)):
        number = last + place
        yield outcome if outcome.number == number else replace(outcome, number=number)


def _with_rounds(then: LaneTrace, columns: Columns, whole: LaneTrace, until_ns: int) -> LaneTrace:
    """Return the trace with what follows from its rounds, the first ones of `whole`."""
    outcomes = then.outcomes
    proofs = [outcome for outcome in outcomes[-WINDOW:] if outcome.endpoint_ttl is not None]
    destination_ttl = min((proof.endpoint_ttl or 0 for proof in proofs), default=None)
    spans = bisect_right(then.spans, until_ns, key=_end)
    return replace(
        then,
        hops=columns.hops(whole, 0, len(outcomes), destination_ttl),
        endpoint=proofs[-1].endpoint if proofs else None,
        destination_ttl=destination_ttl,
        failure=outcomes[-1].failure if outcomes else None,
        spans=then.spans[:spans],
        samples=then.samples[:spans],
    )


def places(trace: LaneTrace, from_ns: int | None, until_ns: int | None) -> tuple[int, int]:
    """Return the place of the first kept round of a stretch of time, and of the first one after it.

    Rounds stand in order of time, but for a clock that was set back: then some too many count.
    """
    outcomes = trace.outcomes
    first = 0 if from_ns is None else bisect_left(outcomes, from_ns, key=_start)
    end = len(outcomes) if until_ns is None else bisect_right(outcomes, until_ns, key=_start)
    return first, max(first, end)


def _start(one: RoundOutcome) -> int:
    return one.started_ns


def _end(span: Span) -> int:
    return span.ended_ns
