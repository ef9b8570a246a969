"""The widget that shows all hops of a panel, a line per TTL."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from textual import events
from textual.message import Message

from tracetui.tui.board.column_widths import ColumnWidths, HostMode
from tracetui.tui.board.hop_line import HopLine
from tracetui.tui.board.hop_paint import paint
from tracetui.tui.paint.cached_rows import CachedRows
from tracetui.tui.paint.pieces import Piece, exactly


class HopView(CachedRows):
    """The rows of one endpoint."""

    @dataclass
    class Chosen(Message):
        """A row was clicked."""

        view: "HopView"
        ttl: int
        again: bool
        """True for the second click of a double click."""

    @dataclass
    class Scrolled(Message):
        """This view scrolled, and the others should follow."""

        view: "HopView"
        row: int

        def can_replace(self, message: Message) -> bool:
            return isinstance(message, HopView.Scrolled) and message.view is self.view

    def __init__(self) -> None:
        super().__init__()
        self._cursor = 0
        self._rows: Sequence[HopLine] = ()
        self._columns: ColumnWidths | None = None
        self._mode = HostMode.ADDRESS
        self._scale_ns = 1

    @property
    def rows(self) -> Sequence[HopLine]:
        """What is shown, TTL 1 first."""
        return self._rows

    def show(
        self, rows: Sequence[HopLine], columns: ColumnWidths, *, mode: HostMode, scale_ns: int, height: int
    ) -> None:
        """Show `rows`; `height` is the number of rows to scroll over, the same in all panels."""
        if (columns, mode, scale_ns) != (self._columns, self._mode, self._scale_ns):
            self._columns, self._mode, self._scale_ns = columns, mode, scale_ns
            self._rows = rows
            self.repaint()
        else:
            before, self._rows = self._rows, rows
            self.repaint_changed(before, rows)
        self.stretch(columns.width, height)

    def pieces_of(self, row: int, *, chosen: bool) -> Iterable[Piece] | None:
        if row >= len(self._rows) or self._columns is None:
            return None
        columns, width = self._columns, self.size.width
        pieces = paint(
            self._rows[row], columns, self.ink, cursor=chosen, mode=self._mode, scale_ns=self._scale_ns
        )
        return pieces if columns.width == width else exactly(pieces, width, self.ink.plain)

    def on_resize(self) -> None:
        """Another number of rows is in sight."""
        self.post_message(self.Scrolled(self, self.scroll_offset.y))

    def on_click(self, event: events.Click) -> None:
        """Choose the row under the pointer."""
        event.stop()
        self.post_message(self.Chosen(self, event.y + self.scroll_offset.y + 1, again=event.chain > 1))

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        super().watch_scroll_y(old_value, new_value)
        if round(old_value) != round(new_value):
            self.post_message(self.Scrolled(self, round(new_value)))
