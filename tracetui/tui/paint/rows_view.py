"""Rows to move over, each made of pieces of text in ink: what every view but the board of hops is made of."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import cast

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from tracetui.tui.paint.ink import Ink
from tracetui.tui.paint.inked_screen import InkedScreen
from tracetui.tui.paint.pieces import Piece, exactly

_STRONG = Style(bold=True)


@dataclass(frozen=True, slots=True)
class Row:
    """One line; `key` says what it stands for, None that the cursor passes over it."""

    pieces: tuple[Piece, ...]
    key: Hashable = None


class RowsView(ScrollView, can_focus=True):
    """Shows the rows it was last given, with a cursor on one of them; a repaint costs what changed.

    Foreign text never meets a markup parser here: pieces are text and style apart.
    """

    ALLOW_SELECT = False
    ALLOW_MAXIMIZE = False

    class Moved(Message):
        """The cursor is on another row."""

        def __init__(self, view: "RowsView", key: Hashable) -> None:
            super().__init__()
            self.view = view
            self.key = key

    class Opened(Message):
        """A row was clicked twice."""

        def __init__(self, view: "RowsView", key: Hashable) -> None:
            super().__init__()
            self.view = view
            self.key = key

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id, classes=classes)
        self.rows_painted = 0
        """Rows painted since the start; what a test counts."""

        self._rows: Sequence[Row] = ()
        self._cursor: int | None = None
        self._strips: dict[int, Strip] = {}

    @property
    def ink(self) -> Ink:
        """The screen's styles."""
        return cast("InkedScreen", self.screen).ink

    @property
    def chosen(self) -> Hashable:
        """Key of the row under the cursor; None where there is none to choose."""
        return self._rows[self._cursor].key if self._cursor is not None else None

    @property
    def keys(self) -> list[Hashable]:
        """What the cursor can stand on, from top to bottom."""
        return [row.key for row in self._rows if row.key is not None]

    @property
    def plain(self) -> str:
        """What is shown, without styles; for tests."""
        return "\n".join("".join(text for text, _ in row.pieces).rstrip() for row in self._rows)

    def show(self, rows: Sequence[Row]) -> None:
        """Show `rows` from now on; the cursor stays on its key, or near where that was."""
        chosen = self.chosen
        before, self._rows = self._rows, rows
        shared = min(len(before), len(rows))
        changed = [row for row in range(shared) if before[row] != rows[row]]
        place = self._place(chosen)
        if place != self._cursor:
            changed += [row for row in (place, self._cursor) if row is not None]
            self._cursor = place
        self._repaint_rows([*changed, *range(shared, max(len(before), len(rows)))])
        size = Size(self.size.width, len(rows))
        if size != self.virtual_size:
            self.virtual_size = size

    def _place(self, key: Hashable) -> int | None:
        choices = [index for index, row in enumerate(self._rows) if row.key is not None]
        if not choices:
            return None
        same = next((index for index in choices if self._rows[index].key == key), None)
        if key is not None and same is not None:
            return same
        return min(choices, key=lambda index: abs(index - (self._cursor or 0)))

    def repaint(self) -> None:
        """Paint every row again: the theme is different."""
        self._strips.clear()
        self.refresh()

    def choose(self, key: Hashable) -> bool:
        """Put the cursor on the row of `key`; False when there is none."""
        for index, row in enumerate(self._rows):
            if row.key == key and key is not None:
                self._move_to(index)
                return True
        return False

    def move_by(self, step: int) -> None:
        """Move the cursor over `step` rows that can be chosen; stop at the ends."""
        choices = [index for index, row in enumerate(self._rows) if row.key is not None]
        if self._cursor is None or not choices:
            self.scroll_relative(y=step, animate=False)
            return
        place = choices.index(self._cursor) + step
        self._move_to(choices[max(0, min(place, len(choices) - 1))])

    def move_first(self) -> None:
        """To the first row, with whatever stands above it."""
        self.move_by(-len(self._rows))
        self.scroll_to(y=0, animate=False)

    def move_last(self) -> None:
        """To the last row."""
        self.move_by(len(self._rows))
        self.scroll_end(animate=False)

    def move_page(self, direction: int) -> None:
        """Half a page down (1) or up (-1)."""
        self.move_by(direction * max(1, self.size.height // 2))

    def _move_to(self, index: int) -> None:
        if index == self._cursor:
            return
        before, self._cursor = self._cursor, index
        self._repaint_rows([index] if before is None else [before, index])
        top, height = self.scroll_offset.y, self.size.height
        if index < top:
            self.scroll_to(y=index, animate=False)
        elif height and index >= top + height:
            self.scroll_to(y=index - height + 1, animate=False)
        self.post_message(self.Moved(self, self.chosen))

    def render_line(self, y: int) -> Strip:
        """Return the row at line `y` of the view, painted now or before."""
        row = y + self.scroll_offset.y
        strip = self._strips.get(row)
        if strip is None:
            strip = self._strips[row] = self._paint(row)
        return strip

    def _paint(self, row: int) -> Strip:
        width, base = self.size.width, self.rich_style
        if row >= len(self._rows):
            return Strip.blank(width, base)
        self.rows_painted += 1
        pieces = exactly(self._rows[row].pieces, width, Style.null())
        if row == self._cursor and self.has_focus:
            paper = cast("InkedScreen", self.screen).cursor_paper
            base += Style(bgcolor=paper) if paper is not None else _STRONG
        return Strip([Segment(text, base + style) for text, style in pieces], width)

    def _repaint_rows(self, rows: Sequence[int]) -> None:
        for row in rows:
            self._strips.pop(row, None)
        top, (width, height) = self.scroll_offset.y, self.size
        regions = [Region(0, row - top, width, 1) for row in rows if top <= row < top + height]
        if regions:
            self.refresh(*regions)

    def _on_focus(self, event: events.Focus) -> None:
        super()._on_focus(event)
        self._repaint_rows([self._cursor] if self._cursor is not None else [])

    def _on_blur(self, event: events.Blur) -> None:
        super()._on_blur(event)
        self._repaint_rows([self._cursor] if self._cursor is not None else [])

    def on_resize(self) -> None:
        """Rows are as wide as the view."""
        self.repaint()

    def on_click(self, event: events.Click) -> None:
        """Choose the row under the pointer; open it on a double click."""
        event.stop()
        row = event.y + self.scroll_offset.y
        if row < len(self._rows) and self._rows[row].key is not None:
            self._move_to(row)
            if event.chain > 1:
                self.post_message(self.Opened(self, self._rows[row].key))
