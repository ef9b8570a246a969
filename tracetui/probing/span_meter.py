"""Keeps the long history of a lane in bounded memory: time spans that get longer as the run does."""

from array import array
from collections.abc import Sequence
from dataclasses import replace
from functools import reduce
from operator import or_
from typing import Final

from tracetui.model import RoundOutcome, RoundSample
from tracetui.model.span import SPAN_NS, SPANS_KEPT, Span, merged
from tracetui.model.span_counts import tally
from tracetui.model.trace import SAMPLE_ROUNDS
from tracetui.probing.packed_span import CountedSpan, KeptSpan, Unpacked, packed, sample_of, span_of

_COUNTED_AT_ONCE: Final = 32

Spans = tuple[Sequence[Span], Sequence[RoundSample]]


class SpanMeter:
    """Counts complete rounds into spans of equal length, and keeps the last rounds of each; O(1) a round.

    Spans are aligned to Unix time, so that those of all lanes end together. When there are too many,
    neighbours are merged and the length doubles. There is no span for a time without rounds. After the clock
    was set back, rounds count into the newest span.
    """

    def __init__(self, *, length_ns: int = SPAN_NS, max_spans: int = SPANS_KEPT) -> None:
        self.length_ns = length_ns
        self._max_spans = max_spans
        self._complete = 0
        self._places = array("q")
        self._kept: list[KeptSpan] = []
        """The newest as it is, the others packed where that goes."""

        self._uncounted: list[RoundOutcome] = []
        """The last rounds of the newest span, counted together when it ends or somebody looks."""

        self._value: Spans | None = ((), ())

    def count(self, outcome: RoundOutcome) -> None:
        """A round is complete."""
        place = outcome.started_ns // self.length_ns
        if self._places and place > self._places[-1]:
            self._count_rounds()
            span, sample = self._newest()
            self._kept[-1] = span, _compact(sample)
        if not self._places or place > self._places[-1]:
            self._append(place, tally((outcome,)), RoundSample((outcome,), self._complete + 1))
        else:
            self._uncounted.append(outcome)
        self._complete += 1
        if len(self._uncounted) == _COUNTED_AT_ONCE:
            self._count_rounds()
        while len(self._kept) > self._max_spans:
            self._double()
        self._value = None

    def _count_rounds(self) -> None:
        if self._uncounted:
            rounds = tuple(self._uncounted)
            self._append(self._places[-1], tally(rounds), RoundSample(rounds, self._complete))
            self._uncounted.clear()

    def value(self) -> Spans:
        """Return the spans so far with their samples, oldest first; the same object while nothing changes."""
        if self._value is None:
            self._count_rounds()
            kept = tuple(self._kept)
            self._value = Unpacked(kept, span_of), Unpacked(kept, sample_of)
        return self._value

    def _append(self, place: int, span: Span, sample: RoundSample) -> None:
        if self._places and place <= self._places[-1]:
            before, sample_before = self._newest()
            rounds = (*sample_before.rounds, *sample.rounds)[-SAMPLE_ROUNDS:]
            self._kept[-1] = merged(before, span), RoundSample(rounds, sample.complete)
        else:
            if self._kept:
                self._kept[-1] = packed(*self._newest(), self._kept[-2] if len(self._kept) > 1 else None)
            self._places.append(place)
            self._kept.append((span, sample))

    def _newest(self) -> CountedSpan:
        return span_of(self._kept[-1]), sample_of(self._kept[-1])

    def _double(self) -> None:
        before = zip(self._places, self._kept, strict=True)
        self._places, self._kept = array("q"), []
        self.length_ns *= 2
        for place, kept in before:
            self._append(place // 2, span_of(kept), sample_of(kept))


def _compact(sample: RoundSample) -> RoundSample:
    """Merge rounds that were answered alike into one, with everything that they probed."""
    last, rounds = sample.rounds[-1], sample.rounds
    if not all(_alike(outcome, last) for outcome in rounds):
        return sample
    probed = reduce(or_, (outcome.probed for outcome in rounds))
    one = last if probed == last.probed else replace(last, replies=last.replies._replace(probed=probed))
    return replace(sample, rounds=(one,) * len(rounds))


def _alike(one: RoundOutcome, other: RoundOutcome) -> bool:
    return (
        one.path == other.path
        and one.kinds == other.kinds
        and (one.refusal and one.refusal.label) == (other.refusal and other.refusal.label)
        and one.failure == other.failure
        and not (one.doubled or one.late or other.doubled or other.late)
    )
