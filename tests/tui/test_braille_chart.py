"""Dots: every sample in its place, whatever the size and the values."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracetui.tui.details.braille_chart import braille_chart, columns_of, dot_row

BITS = {  # column and row from above, as the Unicode chart of the block numbers the dots
    (0, 0): 1, (0, 1): 2, (0, 2): 3, (1, 0): 4, (1, 1): 5, (1, 2): 6, (0, 3): 7, (1, 3): 8,
}  # fmt: skip


def dots(rows):
    """The dots that are set: column from the left and row from below."""
    found = set()
    height = 4 * len(rows)
    for line, row in enumerate(rows):
        for cell, character in enumerate(row):
            bits = 0 if character == " " else ord(character) - 0x2800
            for (column, dot), number in BITS.items():
                if bits >> (number - 1) & 1:
                    found.add((2 * cell + column, height - 1 - (4 * line + dot)))
    return found


@given(
    st.lists(st.tuples(st.integers(-3, 40), st.none() | st.floats(allow_nan=True, allow_infinity=True))),
    st.integers(-1, 15),
    st.integers(-1, 6),
    st.floats(-1e9, 1e9),
    st.floats(-1e9, 1e9),
)
def test_any_points_make_a_chart_of_the_size_asked_for(points, width, height, bottom, top):
    chart = braille_chart(points, width, height, bottom=bottom, top=top)
    assert len(chart.rows) == max(0, height)
    assert all(len(row) == max(0, width) for row in (*chart.rows, chart.lost))
    assert set(chart.lost) <= {" ", "!"}


@given(
    st.lists(st.tuples(st.integers(0, 29), st.none() | st.floats(0, 500)), max_size=80),
    st.integers(1, 8),
    st.floats(0, 100),
    st.floats(101, 500),
)
def test_every_sample_has_its_dot_and_no_dot_is_without_one(points, height, bottom, top):
    chart = braille_chart(points, 15, height, bottom=bottom, top=top)
    wanted = {
        (column, dot_row(value, height, bottom=bottom, top=top))
        for column, value in points
        if value is not None
    }
    assert dots(chart.rows) == wanted
    assert {cell for cell, glyph in enumerate(chart.lost) if glyph == "!"} == {
        column // 2 for column, value in points if value is None
    }
    assert chart.clipped == sum(value is not None and value > top for _, value in points)


@given(st.floats(0, 100), st.floats(0, 100))
def test_more_is_never_lower(one, other):
    low, high = sorted((one, other))
    assert dot_row(low, 4, bottom=0, top=100) <= dot_row(high, 4, bottom=0, top=100)


def test_a_rising_line():
    chart = braille_chart(enumerate([0, 1, 2, 3, None, 7]), 3, 2, bottom=0, top=7)
    assert chart.rows == ("  ⠈", "⡠⠊ ")
    assert chart.lost == "  !"


@pytest.mark.parametrize(
    ("numbers", "columns", "placed"),
    [
        ([], 10, []),
        ([5], 10, [9]),
        ([3, 4, 7], 10, [5, 6, 9]),
        (list(range(8, 20)), 10, [-2, -1, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9]),
        (list(range(7, 21)), 10, [2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9]),
        ([1, 2], 0, []),
    ],
)
def test_rounds_stand_in_columns_the_newest_on_the_right(numbers, columns, placed):
    assert columns_of(numbers, columns) == placed


@given(st.sets(st.integers(0, 5000), min_size=1), st.integers(2, 200))
def test_rounds_share_a_column_with_the_same_ones_whatever_is_added(numbers, columns):
    ordered = sorted(numbers)
    placed = columns_of(ordered, columns)
    assert placed == sorted(placed)
    assert placed[-1] == columns - 1
    if columns * 1.25 <= ordered[-1] - ordered[0] < columns * 500:
        assert placed[0] >= 0
