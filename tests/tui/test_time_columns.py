"""Time in columns: grids of a clock's kind, and every round in its column once."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tracetui.model import LaneTrace
from tracetui.model.trace import OUTCOMES_KEPT
from tracetui.probing.span_meter import SpanMeter
from tracetui.tui.timeline.time_columns import (
    NS,
    LaneColumns,
    TimeGrid,
    make_grid,
    newest_ns,
    nice_step_s,
    oldest_ns,
)
from tui.timeline_scenes import traced

START_NS = 1_795_492_503 * NS


def lane(count: int, *, every_ns: int = NS, kept: int = OUTCOMES_KEPT) -> LaneTrace:
    """A lane after `count` rounds, of which it keeps the last; every one like the first of a real lane."""
    model = traced("drop-begins", 20).lanes[0].trace
    meter = SpanMeter()
    outcomes = []
    for number in range(count):
        one = replace(model.outcomes[0], number=number, started_ns=START_NS + number * every_ns)
        meter.count(one)
        outcomes.append(one)
    spans, samples = meter.value()
    return replace(
        model,
        started_ns=START_NS,
        rounds=count,
        outcomes=tuple(outcomes[-kept:]),
        spans=spans,
        samples=samples,
    )


def grid_of(trace: LaneTrace, width: int = 80, window_s: float | None = None) -> TimeGrid:
    oldest, newest = oldest_ns([trace]), newest_ns([trace])
    assert oldest is not None
    assert newest is not None
    return make_grid(width, oldest_ns=oldest, newest_ns=newest, window_s=window_s)


@given(
    st.integers(10, 300),
    st.integers(0, 10**6),
    st.sampled_from([None, 60.0, 300.0, 900.0]),
    st.integers(0, 10**9),
)
def test_a_grid_fills_its_width_and_shows_what_it_must(width, ran_s, window_s, offset_ns):
    oldest = START_NS + offset_ns
    newest = oldest + ran_s * NS
    grid = make_grid(width, oldest_ns=oldest, newest_ns=newest, window_s=window_s)
    assert width - grid.cells < grid.columns * grid.cells <= width
    assert grid.column_at(newest) == grid.last
    shown_s = grid.columns * grid.step_ns / NS
    assert shown_s >= (window_s or 60)
    if window_s is None:
        assert grid.first <= grid.column_at(oldest)
    assert shown_s <= 8 * max(window_s or ran_s, 60) + 8 * width


def test_steps_are_those_of_a_clock():
    assert [nice_step_s(s) for s in (0.1, 1.5, 7, 45, 61, 100_000, 200_000)] == [
        1, 2, 10, 60, 120, 172_800, 259_200,
    ]  # fmt: skip


@settings(deadline=None, max_examples=30)  # the first example traces
@given(st.lists(st.integers(1, 40), min_size=1, max_size=6), st.sampled_from([20, 50, 80, 150]))
def test_columns_kept_up_are_those_counted_at_once(steps, width):
    kept_up = LaneColumns()
    count = 0
    for step in steps:
        count += step
        trace = lane(count)
        grid = grid_of(trace, width, 60.0)
        columns = kept_up.update(trace, grid, NS)
        assert columns == LaneColumns().update(trace, grid, NS)
        assert sum(span.rounds for span in columns if span) == sum(
            grid.column_at(one.started_ns) >= grid.first for one in trace.outcomes
        )


def test_nothing_new_is_the_same_object():
    columns, trace = LaneColumns(), lane(30)
    grid = grid_of(trace)
    first = columns.update(trace, grid, NS)
    assert columns.update(replace(trace, version=2), grid, NS) is first


def test_a_column_without_a_round_shows_the_round_before_for_an_interval():
    trace = lane(10, every_ns=5 * NS)
    columns = LaneColumns().update(trace, grid_of(trace, 60, 60.0), 5 * NS)
    assert None not in columns[-45:]
    gap = replace(trace, outcomes=(*trace.outcomes[:4], *trace.outcomes[8:]))
    columns = LaneColumns().update(gap, grid_of(trace, 60, 60.0), 5 * NS)
    assert columns[-45:].count(None) > 10


@pytest.mark.parametrize("width", [30, 60, 100, 160])
def test_the_whole_run_is_shown_from_spans_where_rounds_are_no_longer_kept(width):
    trace = lane(3000, kept=100)
    columns = LaneColumns().update(trace, grid_of(trace, width), NS)
    begun = next(place for place, span in enumerate(columns) if span is not None)
    assert None not in columns[begun:]
    assert all(span is None or span.reached == span.rounds for span in columns)


def test_what_was_counted_stays_when_its_rounds_are_dropped():
    columns = LaneColumns()
    trace = lane(500, kept=100)
    for count in range(60, 500, 60):
        columns.update(
            lane(count, kept=100), TimeGrid(10 * NS, 1, START_NS // NS // 10, START_NS // NS // 10 + 60), NS
        )
    exact = columns.update(trace, TimeGrid(10 * NS, 1, START_NS // NS // 10, START_NS // NS // 10 + 60), NS)
    assert sum(span.rounds for span in exact if span) == 500


def test_restarted_statistics_begin_a_new_strip():
    columns = LaneColumns()
    trace = lane(60)
    grid = grid_of(trace)
    columns.update(trace, grid, NS)
    later = replace(trace, started_ns=START_NS + 50 * NS, outcomes=trace.outcomes[50:], spans=(), rounds=10)
    assert sum(span.rounds for span in columns.update(later, grid, NS) if span) == 10
