"""Divides time into columns, and counts what a lane did in each."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from tracetui.analysis.cache import Remembered, reuse_equal
from tracetui.model import LaneTrace
from tracetui.model.span import Span, merged
from tracetui.model.span_counts import tally

NS: Final = 1_000_000_000
_DAY_S: Final = 86_400
_SIXTHS: Final = (1, 2, 3, 4, 5, 6, 10, 12, 15, 20, 30)
_STEPS_S: Final = (
    *_SIXTHS,
    *(60 * minutes for minutes in _SIXTHS),
    *(3600 * hours for hours in (1, 2, 3, 4, 6, 8, 12)),
)
"""What a minute, an hour and a day can be divided by."""

_MIN_WINDOW_S: Final = 60
_HELD: Final = 1.5
"""Rounds are not to the millisecond: a column without one shows the round before for as many intervals."""


@dataclass(frozen=True, slots=True)
class TimeGrid:
    """Columns of equal length, numbered from 1970 on: column n holds `n * step_ns` up to the next."""

    step_ns: int
    cells: int
    """Cells that a column is wide."""

    first: int
    last: int
    """The newest column, at the right edge."""

    @property
    def columns(self) -> int:
        """How many there are."""
        return self.last - self.first + 1

    def column_at(self, unix: int) -> int:
        """Return the column that holds a Unix time in nanoseconds, on the screen or not."""
        return unix // self.step_ns

    def ends_ns(self, column: int) -> int:
        """Return the last nanosecond of a column."""
        return (column + 1) * self.step_ns - 1

    def cell_of(self, column: int) -> int:
        """Return the first cell of a column, counted from the first cell of the grid."""
        return (column - self.first) * self.cells


def nice_step_s(least_s: float) -> int:
    """Return the shortest length of a clock's kind that is at least `least_s`."""
    fitting = next((step for step in _STEPS_S if step >= least_s), None)
    return fitting if fitting is not None else -(-int(least_s) // _DAY_S) * _DAY_S


def make_grid(width: int, *, oldest_ns: int, newest_ns: int, window_s: float | None) -> TimeGrid:
    """Return the grid that fills `width` cells up to `newest_ns` and shows at least `window_s`; None: all."""
    width = max(1, width)
    shown_s = window_s if window_s is not None else max(_MIN_WINDOW_S, (newest_ns - oldest_ns) / NS + 1)
    step_s = nice_step_s(shown_s / width)
    last = newest_ns // (step_s * NS)
    wanted = max(1, int(-(-shown_s // step_s)))
    if window_s is None:  # the oldest round must not fall off by the place of the columns
        wanted = max(wanted, last - oldest_ns // (step_s * NS) + 1)
        while wanted > width and step_s <= shown_s:
            step_s = nice_step_s(step_s + 1)
            last = newest_ns // (step_s * NS)
            wanted = last - oldest_ns // (step_s * NS) + 1
    cells = max(1, width // wanted)
    return TimeGrid(step_s * NS, cells, last - width // cells + 1, last)


class LaneColumns:
    """What one lane did, column by column, kept up as its rounds complete; a new round costs one round."""

    def __init__(self) -> None:
        self._step_ns = 0
        self._since: tuple[int, str] = (0, "")
        """Start of the statistics and the lane they belong to."""

        self._counted: tuple[int, int] | None = None
        """Number and start of the newest round in the columns."""

        self._from = 0
        """First column that was asked for when they were counted."""

        self._columns: dict[int, Span] = {}
        self._value: tuple[Span | None, ...] = ()
        self._made = Remembered[tuple[Span | None, ...]]()

    def update(self, trace: LaneTrace, grid: TimeGrid, interval_ns: int) -> tuple[Span | None, ...]:
        """Return what is known of each column of `grid`, None for no data; equal ones are one object."""
        newest = (trace.outcomes[-1].number, trace.outcomes[-1].started_ns) if trace.outcomes else None
        since = trace.started_ns, trace.lane.id
        return self._made.get(
            (),
            lambda: self._update(trace, grid, interval_ns, since),
            equal=(newest, grid, interval_ns, since),
        )

    def _update(
        self, trace: LaneTrace, grid: TimeGrid, interval_ns: int, since: tuple[int, str]
    ) -> tuple[Span | None, ...]:
        if (grid.step_ns, since) != (self._step_ns, self._since) or grid.first < self._from:
            self._step_ns, self._since, self._from = grid.step_ns, since, grid.first
            self._counted = None
            self._columns = _from_spans(trace, grid)
        self._count(trace, grid)
        for column in [column for column in self._columns if column < grid.first]:
            del self._columns[column]
        self._from = grid.first
        self._value = reuse_equal(_held(self._columns, grid, interval_ns), self._value)
        return self._value

    def _count(self, trace: LaneTrace, grid: TimeGrid) -> None:
        outcomes = trace.outcomes
        if not outcomes:
            return
        step_ns = grid.step_ns
        if self._counted is None:
            first = bisect_left(outcomes, grid.first * step_ns, key=lambda outcome: outcome.started_ns)
        else:
            number = self._counted[0]
            first = len(outcomes)
            while first and outcomes[first - 1].number > number:
                first -= 1
        for column, rounds in groupby(outcomes[first:], key=lambda outcome: outcome.started_ns // step_ns):
            span = tally(list(rounds))
            before = self._columns.get(column)
            self._columns[column] = span if before is None else merged(before, span)
        self._counted = outcomes[-1].number, outcomes[-1].started_ns


def _from_spans(trace: LaneTrace, grid: TimeGrid) -> dict[int, Span]:
    """Return the columns from before the oldest kept round; one span may be longer than a column."""
    columns: dict[int, Span] = {}
    if not trace.outcomes or trace.rounds <= len(trace.outcomes):
        return columns
    kept = trace.outcomes[0].started_ns // grid.step_ns
    for span in trace.spans:
        first, last = span.started_ns // grid.step_ns, span.ended_ns // grid.step_ns
        if span.ended_ns - span.started_ns < grid.step_ns:
            last = first  # all of a span that is shorter than a column counts where it starts
        for column in range(max(first, grid.first), min(last, kept - 1) + 1):
            before = columns.get(column)
            columns[column] = span if before is None else merged(before, span)
    return columns


def _held(columns: dict[int, Span], grid: TimeGrid, interval_ns: int) -> tuple[Span | None, ...]:
    found: list[Span | None] = []
    before: Span | None = None
    for column in range(grid.first, grid.last + 1):
        span = columns.get(column)
        if span is not None:
            before = span
        elif before is not None and column * grid.step_ns - before.ended_ns < _HELD * interval_ns:
            span = before
        found.append(span)
    return tuple(found)


def oldest_ns(traces: Sequence[LaneTrace]) -> int | None:
    """Return the start of the oldest known round."""
    starts = [trace.spans[0].started_ns for trace in traces if trace.spans]
    starts += [trace.outcomes[0].started_ns for trace in traces if trace.outcomes]
    return min(starts, default=None)


def newest_ns(traces: Sequence[LaneTrace]) -> int | None:
    """Return when the newest complete round began."""
    return max((trace.outcomes[-1].started_ns for trace in traces if trace.outcomes), default=None)
