"""A scrolling widget of painted rows that are kept until they change, with a cursor on one of them."""

from collections.abc import Iterable, Sequence
from typing import cast

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.geometry import Region, Size
from textual.scroll_view import ScrollView
from textual.strip import Strip

from tracetui.tui.paint.ink import Ink
from tracetui.tui.paint.inked_screen import InkedScreen
from tracetui.tui.paint.pieces import Piece

_STRONG = Style(bold=True)


class CachedRows(ScrollView, can_focus=True):
    """Repaints only what changed: one row where a row is different, two where the cursor moved.

    Foreign text never meets a markup parser here: pieces are text and style apart.
    """

    ALLOW_SELECT = False
    ALLOW_MAXIMIZE = False

    def __init__(self) -> None:
        super().__init__()
        self._cursor: int | None = None
        """The chosen row; None: there is none to choose."""

        self._width = 0
        self._strips: dict[int, Strip] = {}
        self._base: Style | None = None
        self._on_base: dict[Style, Style] = {}
        """Ink on the widget's own style: adding styles is what painting a row costs most."""

    def pieces_of(self, row: int, *, chosen: bool) -> Iterable[Piece] | None:
        """Return the content of a row, as wide as the view; None below the last row."""
        raise NotImplementedError

    @property
    def ink(self) -> Ink:
        """The screen's styles."""
        return self._board.ink

    @property
    def _board(self) -> InkedScreen:
        return cast("InkedScreen", self.screen)

    def repaint(self) -> None:
        """Paint every row again: the theme, or how all rows are laid out, is different."""
        self._strips.clear()
        self._base = None
        self._on_base.clear()
        self.refresh()

    def notify_style_update(self) -> None:
        """Paint on another background from now on, where there is one; rows that are kept stay."""
        super().notify_style_update()
        self._base = None
        self._on_base.clear()

    def repaint_rows(self, rows: Sequence[int]) -> None:
        """Paint some rows again; those out of sight once they are seen."""
        for row in rows:
            self._strips.pop(row, None)
        top, (width, height) = self.scroll_offset.y, self.size
        regions = [Region(0, row - top, width, 1) for row in rows if top <= row < top + height]
        if regions:
            self.refresh(*regions)

    def repaint_changed(self, before: Sequence[object], after: Sequence[object]) -> None:
        """Paint those rows again that are not as before."""
        shared = min(len(before), len(after))
        changed = [
            row for row in range(shared) if before[row] is not after[row] and before[row] != after[row]
        ]
        self.repaint_rows([*changed, *range(shared, max(len(before), len(after)))])

    def stretch(self, width: int, rows: int) -> None:
        """Set the number of rows to scroll over."""
        size = Size(width, rows)
        if size != self.virtual_size:
            self.virtual_size = size

    def move_cursor(self, row: int) -> None:
        """Put the cursor on `row`, and scroll to it."""
        if row != self._cursor:
            before, self._cursor = self._cursor, row
            self.repaint_rows([row] if before is None else [before, row])
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
            strip = self._strips[row] = self._strip(row)
        return strip

    def _strip(self, row: int) -> Strip:
        base = self._base
        if base is None:
            base = self._base = self.rich_style
        chosen = row == self._cursor and self.has_focus
        pieces = self.pieces_of(row, chosen=chosen)
        if pieces is None:
            return Strip.blank(self.size.width, base)
        return self._paint(pieces, base, chosen=chosen)

    def _paint(self, pieces: Iterable[Piece], base: Style, *, chosen: bool) -> Strip:
        width = self.size.width
        if chosen:
            return Strip(list(_chosen(pieces, base, self._board)), width)
        known, segments = self._on_base, []
        for text, style in pieces:
            on_base = known.get(style)
            if on_base is None:
                on_base = known[style] = base + style
            segments.append(Segment(text, on_base))
        return Strip(segments, width)

    def on_focus(self, _: events.Focus) -> None:
        self._repaint_cursor()

    def on_blur(self, _: events.Blur) -> None:
        self._repaint_cursor()

    def _repaint_cursor(self) -> None:
        self.repaint_rows([] if self._cursor is None else [self._cursor])

    def on_resize(self) -> None:
        """Paint rows as wide as the view. Textual says this too of a view that is only shown again."""
        if self.size.width != self._width:
            self._width = self.size.width
            self.repaint()


def _chosen(pieces: Iterable[Piece], base: Style, board: InkedScreen) -> Iterable[Segment]:
    """Return a row with the background of the chosen one, or in bold where there is no such background."""
    if board.cursor_paper is None:
        return (Segment(text, base + style + _STRONG) for text, style in pieces)
    base += Style(bgcolor=board.cursor_paper)
    return (Segment(text, base + style) for text, style in pieces)
