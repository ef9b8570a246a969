"""Keeps the long history of a lane in bounded memory: time spans that get longer as the run does."""

from dataclasses import replace
from functools import reduce
from operator import or_

from tracetui.model import RoundOutcome, RoundSample
from tracetui.model.span import SPAN_NS, SPANS_KEPT, Span, merged
from tracetui.model.span_counts import tally
from tracetui.model.trace import SAMPLE_ROUNDS

Spans = tuple[tuple[Span, ...], tuple[RoundSample, ...]]


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
        self._places: list[int] = []
        self._spans: list[Span] = []
        self._samples: list[RoundSample] = []
        self._value: Spans | None = ((), ())

    def count(self, outcome: RoundOutcome) -> None:
        """A round is complete."""
        self._complete += 1
        place = outcome.started_ns // self.length_ns
        if self._places and place > self._places[-1]:
            self._samples[-1] = _compact(self._samples[-1])
        self._append(place, tally((outcome,)), RoundSample((outcome,), self._complete))
        while len(self._spans) > self._max_spans:
            self._double()
        self._value = None

    def value(self) -> Spans:
        """Return the spans so far with their samples, oldest first; the same object while nothing changes."""
        if self._value is None:
            self._value = tuple(self._spans), tuple(self._samples)
        return self._value

    def _append(self, place: int, span: Span, sample: RoundSample) -> None:
        if self._places and place <= self._places[-1]:
            self._spans[-1] = merged(self._spans[-1], span)
            rounds = (*self._samples[-1].rounds, *sample.rounds)[-SAMPLE_ROUNDS:]
            self._samples[-1] = RoundSample(rounds, sample.complete)
        else:
            self._places.append(place)
            self._spans.append(span)
            self._samples.append(sample)

    def _double(self) -> None:
        before = zip(self._places, self._spans, self._samples, strict=True)
        self._places, self._spans, self._samples = [], [], []
        self.length_ns *= 2
        for place, span, sample in before:
            self._append(place // 2, span, sample)


def _compact(sample: RoundSample) -> RoundSample:
    """Merge rounds that were answered alike into one, with everything that they probed."""
    last, rounds = sample.rounds[-1], sample.rounds
    if not all(_alike(outcome, last) for outcome in rounds):
        return sample
    probed = reduce(or_, (outcome.probed for outcome in rounds))
    one = last if probed == last.probed else replace(last, probed=probed)
    return replace(sample, rounds=(one,) * len(rounds))


def _alike(one: RoundOutcome, other: RoundOutcome) -> bool:
    return (
        one.path == other.path
        and one.kinds == other.kinds
        and (one.refusal and one.refusal.label) == (other.refusal and other.refusal.label)
        and one.failure == other.failure
        and not (one.doubled or one.late or other.doubled or other.late)
    )
