"""Keeps the long history of a lane in bounded memory: time spans that get longer as the run does."""

from tracetui.analysis.rounds.span_counts import tally
from tracetui.model import RoundOutcome
from tracetui.model.span import SPAN_NS, SPANS_KEPT, Span, merged


class SpanMeter:
    """Counts complete rounds into spans of equal length, aligned to its start; O(1) a round.

    When there are too many spans, neighbours are merged and the length doubles. There is no span for a time
    without rounds. After the clock was set back, rounds count into the newest span.
    """

    def __init__(self, started_ns: int, *, length_ns: int = SPAN_NS, max_spans: int = SPANS_KEPT) -> None:
        self.length_ns = length_ns
        self._started_ns = started_ns
        self._max_spans = max_spans
        self._places: list[int] = []
        self._spans: list[Span] = []
        self._value: tuple[Span, ...] | None = ()

    def count(self, outcome: RoundOutcome) -> None:
        """A round is complete."""
        place = max(0, outcome.started_ns - self._started_ns) // self.length_ns
        self._append(place, tally((outcome,)))
        while len(self._spans) > self._max_spans:
            self._double()
        self._value = None

    def value(self) -> tuple[Span, ...]:
        """Return the spans so far, oldest first; the same object while nothing changes."""
        if self._value is None:
            self._value = tuple(self._spans)
        return self._value

    def _append(self, place: int, span: Span) -> None:
        if self._places and place <= self._places[-1]:
            self._spans[-1] = merged(self._spans[-1], span)
        else:
            self._places.append(place)
            self._spans.append(span)

    def _double(self) -> None:
        places, spans = self._places, self._spans
        self._places, self._spans = [], []
        self.length_ns *= 2
        for place, span in zip(places, spans, strict=True):
            self._append(place // 2, span)
