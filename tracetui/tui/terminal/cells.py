"""The cells that a terminal shows, and what to send so that it shows others.

A screen's update is lines of styled text. Of them only cells are sent that differ from what the terminal
shows already, by way of few bytes: a jump or the cells between, codes of only what changes in the style.
"""

from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Final, NamedTuple

from rich.cells import split_graphemes
from rich.color import ColorSystem
from textual.strip import Strip

from tracetui.tui.terminal.graphic_rendition import change

UNKNOWN: Final = "\0"
"""The text of a cell whose content is unknown; no drawn cell has it."""

_CELLS_KNOWN: Final = 4096

_SHORT_WAY: Final = 3
"""So many cells are written again rather than jumped over: a jump takes three or four bytes."""


class Piece(NamedTuple):
    """Part of a line, where it is to be."""

    y: int
    x: int
    strip: Strip


class TerminalCells:
    """What a terminal of some size shows; unknown at first."""

    def __init__(self, width: int, height: int, colours: ColorSystem = ColorSystem.TRUECOLOR) -> None:
        self.size = (width, height)
        self._rows = [_Row(width) for _ in range(height)]
        self._colours = colours

    def draw(self, pieces: Iterable[Piece]) -> str:
        """Return what to send to a terminal, wherever its cursor is, that has no style set; nor after it."""
        pen = _Pen()
        for y, x, strip in pieces:
            if 0 <= y < len(self._rows):
                row = self._rows[y]
                if row.drawn.get(x) is not strip:
                    row.draw(y, x, strip, self._colours, pen)
        return pen.finish()


class _Pen:
    """Where the terminal writes next, and in which style; None: who knows."""

    __slots__ = ("codes", "sent", "x", "y")

    def __init__(self) -> None:
        self.sent: list[str] = []
        self.codes = ""
        self.y: int | None = None
        self.x: int | None = None

    def write(self, text: str, codes: str) -> None:
        if codes != self.codes:
            self.sent.append(change(self.codes, codes))
            self.codes = codes
        self.sent.append(text)

    def jump(self, y: int, x: int) -> None:
        if y != self.y:
            self.sent.append(f"\x1b[{y + 1};{x + 1}H" if x else f"\x1b[{y + 1}H")
        elif self.x is not None and x > self.x:
            ahead = x - self.x
            self.sent.append(f"\x1b[{ahead}C" if ahead > 1 else "\x1b[C")
        else:
            self.sent.append(f"\x1b[{x + 1}G")
        self.y, self.x = y, x

    def finish(self) -> str:
        self.sent.append(change(self.codes, ""))
        return "".join(self.sent)


class _Row:
    """One line: each cell's text, none for the second of a wide character, and the codes of its style."""

    __slots__ = ("codes", "drawn", "texts")

    def __init__(self, width: int) -> None:
        self.texts = [UNKNOWN] * width
        self.codes = [""] * width
        self.drawn: dict[int, Strip] = {}
        """By where they begin, whole strips that stand here since they were drawn."""

    def draw(self, y: int, x: int, strip: Strip, colours: ColorSystem, pen: _Pen) -> None:
        """Draw a strip, at most up to the right margin."""
        texts = self.texts
        width = len(texts)
        end = x + strip.cell_length
        self.drawn = {
            at: other for at, other in self.drawn.items() if at >= end or at + other.cell_length <= x
        }
        if x and x < width and not texts[x]:
            self._blank(y, x - 1, pen)
        at = x
        for text, style, control in strip:
            if control:
                continue
            codes = "" if style is None else style._ansi  # noqa: SLF001  (what rich keeps of a style it has rendered)
            if codes is None:
                codes = Strip.render_ansi(style, colours)
            cells = list(text) if text.isascii() and text.isprintable() else split_cells(text)
            after = at + len(cells)
            if after > width:
                cells, after = _cut(cells, width - at), width
            if texts[at:after] != cells or self.codes[at:after].count(codes) != after - at:
                self._draw_cells(y, at, cells, codes, pen)
            at = after
        if at < width and not texts[at]:
            self._blank(y, at, pen)
        if at == end:
            self.drawn[x] = strip

    def _draw_cells(self, y: int, x: int, cells: list[str], codes: str, pen: _Pen) -> None:
        """Draw what differs of cells of one style."""
        texts, own = self.texts, self.codes
        last = len(cells) - 1
        for index, text in enumerate(cells):
            at = x + index
            if not text:  # belongs to the wide character before it
                continue
            wide = index < last and not cells[index + 1]
            if (
                texts[at] == text
                and own[at] == codes
                and (not wide or (not texts[at + 1] and own[at + 1] == codes))
            ):
                continue
            if pen.y != y or pen.x != at:
                self._go(y, at, codes, pen)
            pen.write(text, codes)
            texts[at], own[at] = text, codes
            if wide:
                texts[at + 1], own[at + 1] = "", codes
            # Not all terminals give unusual characters the same width; and past the margin the cursor stays.
            pen.x = None if wide or len(text) > 1 or at + 1 == len(texts) else at + 1

    def _go(self, y: int, x: int, codes: str, pen: _Pen) -> None:
        """Move to a cell: over those between by writing them again, if that is no longer."""
        here = pen.x
        if y == pen.y and here is not None and 0 < x - here <= _SHORT_WAY:
            style, text = self.codes[here], "".join(self.texts[here:x])
            if (
                style in (codes, pen.codes)
                and self.codes[here:x].count(style) == x - here == len(text)
                and text.isascii()
                and UNKNOWN not in text
            ):
                pen.write(text, style)
                pen.x = x
                return
        pen.jump(y, x)

    def _blank(self, y: int, x: int, pen: _Pen) -> None:
        """Clear what is left of a wide character of which the other half is drawn over."""
        self._draw_cells(y, x, [" "], self.codes[x], pen)
        self.drawn.clear()


@lru_cache(_CELLS_KNOWN)
def split_cells(text: str) -> list[str]:
    """Return the text of each cell with its marks; nothing for the second cell of a wide character.

    Control characters are left out, and marks that follow no character.
    """
    printable = "".join(character for character in text if not _is_control(character))
    return list(_cells(printable))


def _cells(text: str) -> Iterator[str]:
    for start, end, width in split_graphemes(text)[0]:
        if width:
            yield text[start:end]
            yield from [""] * (width - 1)


def _is_control(character: str) -> bool:
    return character < " " or "\x7f" <= character < "\xa0"


def _cut(cells: list[str], width: int) -> list[str]:
    """Return the first `width` cells, without half a wide character."""
    first = cells[: max(width, 0)]
    return [*first[:-1], " "] if width > 0 and width < len(cells) and not cells[width] else first
