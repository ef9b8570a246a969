"""All hops of a panel in one widget: a line a TTL, kept until its value changes."""

from collections.abc import Sequence
from typing import cast

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from tracetui.tui.board.columns import Columns, HostMode
from tracetui.tui.board.hop_line import HopLine
from tracetui.tui.board.hop_paint import paint
from tracetui.tui.paint.inked_screen import InkedScreen

_STRONG = Style(bold=True)


class HopView(ScrollView, can_focus=True):
    """The rows of one endpoint.

    A repaint costs what changed: one hop with new figures paints one row, a moved cursor two.
    """

    ALLOW_SELECT = False
    ALLOW_MAXIMIZE = False

    class Chosen(Message):
        """A row was clicked."""

        def __init__(self, view: "HopView", ttl: int, *, again: bool) -> None:
            """`again` is True for the second click of a double click."""
            super().__init__()
            self.view = view
            self.ttl = ttl
            self.again = again

    class Scrolled(Message):
        """This view scrolled, and the others should follow."""

        def __init__(self, view: "HopView", row: int) -> None:
            super().__init__()
            self.view = view
            self.row = row

        def can_replace(self, message: Message) -> bool:
            """Only the newest position counts."""
            return isinstance(message, HopView.Scrolled) and message.view is self.view

    def __init__(self) -> None:
        super().__init__()
        self.rows_painted = 0
        """Rows painted since the start; what a test counts."""

        self._rows: Sequence[HopLine] = ()
        self._columns: Columns | None = None
        self._mode = HostMode.ADDRESS
        self._scale_ns = 1
        self._cursor = 0
        self._strips: dict[int, Strip] = {}
        self._base: Style | None = None
        self._on_base: dict[Style, Style] = {}
        """Ink on the widget's own style: adding styles is what painting a row costs most."""

    @property
    def rows(self) -> Sequence[HopLine]:
        """What is shown, TTL 1 first."""
        return self._rows

    def show(
        self, rows: Sequence[HopLine], columns: Columns, *, mode: HostMode, scale_ns: int, height: int
    ) -> None:
        """Show `rows`; `height` is the number of rows to scroll over, the same in all panels."""
        if (columns, mode, scale_ns) != (self._columns, self._mode, self._scale_ns):
            self._columns, self._mode, self._scale_ns = columns, mode, scale_ns
            self._rows = rows
            self.repaint()
        else:
            before, self._rows = self._rows, rows
            shared = min(len(before), len(rows))
            changed = [
                row for row in range(shared) if before[row] is not rows[row] and before[row] != rows[row]
            ]
            self._repaint_rows([*changed, *range(shared, max(len(before), len(rows)))])
        size = Size(columns.width, height)
        if size != self.virtual_size:
            self.virtual_size = size

    def repaint(self) -> None:
        """Paint every row again: the theme or the columns are different."""
        self._strips.clear()
        self._base = None
        self._on_base.clear()
        self.refresh()

    def move_cursor(self, row: int) -> None:
        """Put the cursor on `row` (0 is TTL 1) and scroll to it."""
        if row != self._cursor:
            before, self._cursor = self._cursor, row
            self._repaint_rows([before, row])
        top, height = self.scroll_offset.y, self.size.height
        if row < top:
            self.scroll_to(y=row, animate=False)
        elif height and row >= top + height:
            self.scroll_to(y=row - height + 1, animate=False)

    def render_line(self, y: int) -> Strip:
        """Return the row at line `y` of the view, painted now or before."""
        row = y + self.scroll_offset.y
        strip = self._strips.get(row)
        if strip is None:
            strip = self._strips[row] = self._paint(row)
        return strip

    def _paint(self, row: int) -> Strip:
        base = self._base
        if base is None:
            base = self._base = self.rich_style
        if row >= len(self._rows) or self._columns is None:
            return Strip.blank(self.size.width, base)
        self.rows_painted += 1
        board = cast("InkedScreen", self.screen)
        cursor = self.has_focus and row == self._cursor
        segments = paint(
            self._rows[row], self._columns, board.ink, cursor=cursor, mode=self._mode, scale_ns=self._scale_ns
        )
        if cursor:
            shown = _chosen(segments, base, board)
        else:
            known = self._on_base
            for _, style, _ in segments:
                if style is not None and style not in known:
                    known[style] = base + style
            shown = [Segment(text, known[style] if style else base) for text, style, _ in segments]
        return Strip(shown, self._columns.width).adjust_cell_length(self.size.width, base)

    def _repaint_rows(self, rows: Sequence[int]) -> None:
        for row in rows:
            self._strips.pop(row, None)
        top, (width, height) = self.scroll_offset.y, self.size
        regions = [Region(0, row - top, width, 1) for row in rows if top <= row < top + height]
        if regions:
            self.refresh(*regions)

    def _on_focus(self, event: events.Focus) -> None:
        super()._on_focus(event)
        self._repaint_rows([self._cursor])

    def _on_blur(self, event: events.Blur) -> None:
        super()._on_blur(event)
        self._repaint_rows([self._cursor])

    def on_resize(self) -> None:
        """Rows are as wide as the view; another number of them is in sight."""
        self.repaint()
        self.post_message(self.Scrolled(self, self.scroll_offset.y))

    def on_click(self, event: events.Click) -> None:
        """Choose the row under the pointer."""
        event.stop()
        self.post_message(self.Chosen(self, event.y + self.scroll_offset.y + 1, again=event.chain > 1))

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Take the other panels along."""
        super().watch_scroll_y(old_value, new_value)
        if round(old_value) != round(new_value):
            self.post_message(self.Scrolled(self, round(new_value)))


def _chosen(segments: Sequence[Segment], base: Style, board: InkedScreen) -> list[Segment]:
    """Return a row with the background of the chosen one, or in bold where there is no such background."""
    if board.cursor_paper is None:
        return [Segment(text, base + style + _STRONG if style else base) for text, style, _ in segments]
    base += Style(bgcolor=board.cursor_paper)
    return [Segment(text, base + style if style else base) for text, style, _ in segments]
