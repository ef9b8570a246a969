"""A widget of rows of styled text with a cursor; the base of all views but the board."""

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass

from rich.style import Style
from textual import events
from textual.message import Message

from tracetui.tui.paint.cached_rows import CachedRows
from tracetui.tui.paint.pieces import Piece, exactly


@dataclass(frozen=True, slots=True)
class Row:
    """One line; `key` says what it stands for, None that the cursor passes over it."""

    pieces: tuple[Piece, ...]
    key: Hashable = None


class RowsView(CachedRows):
    """Shows the rows it was last given, with a cursor on one of them."""

    class Moved(Message):
        """The cursor is on another row."""

    class Opened(Message):
        """A row was clicked twice."""

    def __init__(self) -> None:
        super().__init__()
        self._rows: Sequence[Row] = ()

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self._rows)

    def __bool__(self) -> bool:
        """A view without rows is a view."""
        return True

    @property
    def chosen(self) -> Hashable:
        """Key of the row under the cursor; None where there is none to choose."""
        return self._rows[self._cursor].key if self._cursor is not None else None

    @property
    def keys(self) -> list[Hashable]:
        """What the cursor can stand on, from top to bottom."""
        return [row.key for row in self._rows if row.key is not None]

    def show(self, rows: Sequence[Row]) -> None:
        """Show `rows` from now on; the cursor stays on its key, or near where that was, and in sight."""
        chosen, cursor, top = self.chosen, self._cursor, self.scroll_offset.y
        before, self._rows = self._rows, rows
        self.repaint_changed(before, rows)
        self.stretch(self.size.width, len(rows))
        place = self._place(chosen)
        if place == cursor:
            return
        if place is not None and cursor is not None and top <= cursor < top + self.size.height:
            self.move_cursor(place)
        else:
            self.repaint_rows([row for row in (place, cursor) if row is not None])
            self._cursor = place

    def _place(self, key: Hashable) -> int | None:
        choices = [index for index, row in enumerate(self._rows) if row.key is not None]
        if not choices:
            return None
        same = next((index for index in choices if self._rows[index].key == key), None)
        if key is not None and same is not None:
            return same
        return min(choices, key=lambda index: abs(index - (self._cursor or 0)))

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
            self.scroll_relative(y=step, animate=False, immediate=True)
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
        self.move_cursor(index)
        self.post_message(self.Moved())

    def pieces_of(self, row: int, *, chosen: bool) -> Iterable[Piece] | None:  # noqa: ARG002  (any row's)
        if row >= len(self._rows):
            return None
        return exactly(self._rows[row].pieces, self.size.width, Style.null())

    def on_click(self, event: events.Click) -> None:
        """Choose the row under the pointer; open it on a double click."""
        event.stop()
        row = event.y + self.scroll_offset.y
        if row < len(self._rows) and self._rows[row].key is not None:
            self._move_to(row)
            if event.chain > 1:
                self.post_message(self.Opened())
