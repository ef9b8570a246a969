"""A widget of whole lines, each made of pieces of text in ink; it draws nothing while they stay the same."""

from collections.abc import Sequence
from typing import cast

from rich.segment import Segment
from textual.geometry import Size
from textual.strip import Strip
from textual.widget import Widget

from tracetui.tui.paint.ink import Ink
from tracetui.tui.paint.inked_screen import InkedScreen
from tracetui.tui.paint.pieces import Piece, exactly


class LinesView(Widget):
    """Shows the lines it was last given; its automatic height is their number.

    Foreign text never meets a markup parser here: pieces are text and style apart.
    """

    ALLOW_SELECT = False

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id, classes=classes)
        self._lines: list[list[Piece]] = []

    @property
    def ink(self) -> Ink:
        """The board's styles."""
        return cast("InkedScreen", self.screen).ink

    def show(self, lines: Sequence[Sequence[Piece]]) -> None:
        """Show `lines` from now on."""
        fresh = [list(line) for line in lines]
        if fresh == self._lines:
            return
        taller = len(fresh) != len(self._lines)
        self._lines = fresh
        self.refresh(layout=taller)

    @property
    def count(self) -> int:
        """Lines that it shows."""
        return len(self._lines)

    @property
    def plain(self) -> str:
        """What is shown, without styles."""
        return "\n".join("".join(text for text, _ in line).rstrip() for line in self._lines)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:  # noqa: ARG002  (Textual's)
        """Return the number of lines."""
        return len(self._lines)

    def render_line(self, y: int) -> Strip:
        """Return one line, exactly as wide as the widget."""
        width = self.size.width
        base = self.rich_style
        if not 0 <= y < len(self._lines):
            return Strip.blank(width, base)
        segments = [Segment(text, base + style) for text, style in exactly(self._lines[y], width, base)]
        return Strip(segments, width)
