"""Formats details as rows: headings, wrapped text, blocks side by side."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Final

from rich.cells import cell_len
from rich.style import Style

from tracetui.tui.paint.fit import fit, wrapped
from tracetui.tui.paint.ink import Ink
from tracetui.tui.paint.pieces import Piece, exactly
from tracetui.tui.paint.rows_view import Row

Line = list[Piece]

BLANK: Line = []

INDENT: Final = 2
"""Cells from the left of what belongs to the line above."""


@dataclass(frozen=True, slots=True)
class Page:
    """What all details are written with."""

    ink: Ink
    width: int
    """Cells of a row."""

    def heading(self, text: str, note: str = "") -> Line:
        """Return a part's heading, with a muted note after it where there is room."""
        room = self.width - cell_len(text) - 2
        pieces: Line = [(fit(text, min(self.width, cell_len(text))), self.ink.heading)]
        if note and room >= min(12, cell_len(note)):
            pieces.append((f"  {fit(note, min(room, cell_len(note)))}", self.ink.muted))
        return pieces

    def prose(self, text: str, style: Style | None = None, *, indent: int = 0) -> Iterator[Line]:
        """Yield `text`, muted unless a style is given, in lines that all start at cell `indent`."""
        room = self.width - indent
        wide = not text.isascii() and cell_len(text) > len(text)  # characters of two cells
        for line in wrapped(text, room // 2 if wide else room):
            shown = fit(line, room).rstrip() if wide else line
            yield [(" " * indent, self.ink.none), (shown, self.ink.muted if style is None else style)]

    def ends(self, left: Sequence[Piece], right: Sequence[Piece]) -> Iterator[Line]:
        """Yield `left` and `right` at the two ends of a row; in more rows where they do not fit in one."""
        gap = self.width - _cells(left) - _cells(right)
        if gap >= 2:
            yield [*left, (" " * gap, self.ink.none), *right]
            return
        for side, indent in ((left, 0), (right, max(INDENT, self.width - _cells(right)))):
            if _cells(side) + (indent if indent > INDENT else 0) <= self.width:
                yield [(" " * indent, self.ink.none), *side]
            else:
                yield from self.prose("".join(text for text, _ in side), side[0][1], indent=indent)


def _cells(pieces: Sequence[Piece]) -> int:
    return sum(cell_len(text) for text, _ in pieces)


def beside(columns: Sequence[Sequence[Line]], width: int, gap: int, ink: Ink) -> Iterator[Line]:
    """Yield the lines of some columns side by side, each `width` cells wide and `gap` cells apart."""
    for row in zip_longest(*columns, fillvalue=BLANK):
        line: Line = []
        for position, part in enumerate(row):
            if position:
                line.append((" " * gap, ink.none))
            line += exactly(part, width, ink.none)
        yield line


def parts(sections: Iterable[Iterable[Line]]) -> list[Row]:
    """Return the rows of some parts, with one blank row between them; a part without lines is left out."""
    rows: list[Row] = []
    for section in sections:
        lines = [Row(tuple(line)) for line in section]
        if lines and rows:
            rows.append(Row(()))
        rows += lines
    return rows
