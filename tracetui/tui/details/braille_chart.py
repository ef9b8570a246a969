"""Draws values over time as braille dots, two columns and four rows of dots per character."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from tracetui.tui.paint.sparkline import LOST

_BLANK: Final = 0x2800
_DOTS: Final = ((0x40, 0x04, 0x02, 0x01), (0x80, 0x20, 0x10, 0x08))
"""Bits of a character by column and by row from below (Unicode, block Braille Patterns: dots 1 to 8)."""

DOT_COLUMNS: Final = 2
DOT_ROWS: Final = 4

_STRIDES: Final = (*range(2, 13), 15, 20, 25, 30, 40, 50, 75, 100, 200, 500, 1000)
"""Rounds that may share a column."""

_BEYOND: Final = 1.25
"""Rounds, for each column, up to which every round has its own."""


@dataclass(frozen=True, slots=True)
class Chart:
    """Rows of characters, all equally wide."""

    rows: tuple[str, ...]
    """Highest values first."""

    lost: str
    """One row for the foot: `!` where a probe was lost, else a space."""

    clipped: int
    """Values above the scale, drawn in its highest row of dots."""


def braille_chart(
    points: Iterable[tuple[int, float | None]], width: int, height: int, *, bottom: float, top: float
) -> Chart:
    """Draw points in `width` × `height` characters.

    A point is a column of dots (0 to 2 × `width` - 1) and a value; None is a lost probe, and what is no
    number is not drawn. `bottom` and `top` are the values of the lowest and the highest row of dots; a value
    beyond them is drawn at the edge, a column beyond the chart is not drawn.
    """
    width, height = max(0, width), max(0, height)
    cells = [[0] * width for _ in range(height)]
    lost = [" "] * width
    clipped = 0
    for column, value in points:
        if not 0 <= column < width * DOT_COLUMNS:
            continue
        cell, side = divmod(column, DOT_COLUMNS)
        if value is None:
            lost[cell] = LOST
            continue
        clipped += value > top
        if height and not math.isnan(value):
            row, dot = divmod(dot_row(value, height, bottom=bottom, top=top), DOT_ROWS)
            cells[height - 1 - row][cell] |= _DOTS[side][dot]
    rows = tuple("".join(chr(_BLANK + bits) if bits else " " for bits in row) for row in cells)
    return Chart(rows, "".join(lost), clipped)


def dot_row(value: float, height: int, *, bottom: float, top: float) -> int:
    """Return the row of dots of a value, counted from below, in a chart `height` characters high."""
    highest = height * DOT_ROWS - 1
    if value >= top:
        return highest
    if value <= bottom:
        return 0
    return round((value - bottom) / (top - bottom) * highest)


def columns_of(numbers: Sequence[int], columns: int) -> list[int]:
    """Return a column of dots for each of some rounds, ascending by number; the newest is the rightmost.

    A column holds 1, 2, 3 ... rounds, always the same ones together, so that a chart moves as a whole. The
    oldest are left of the chart (below 0) where that spares the rest from sharing columns.
    """
    if not numbers or columns <= 0:
        return []
    first, last = numbers[0], numbers[-1]
    stride = 1
    if last - first >= columns * _BEYOND:
        stride = next((each for each in _STRIDES if last // each - first // each < columns), _STRIDES[-1])
    return [columns - 1 - last // stride + number // stride for number in numbers]
