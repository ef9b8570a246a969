"""A widget of whole lines of styled text, with links; it redraws only when a line changes."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, cast

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.geometry import Size
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from tracetui.tui.paint.ink import Ink
from tracetui.tui.paint.inked_screen import InkedScreen
from tracetui.tui.paint.pieces import Piece, exactly

_LINK: Final = "link"


def link_to(number: int) -> Style:
    """Return the style of a piece that is a link: a click on it posts `LinesView.Clicked` with `number`."""
    return Style.from_meta({_LINK: number})


class LinesView(Widget):
    """Shows the lines it was last given; its automatic height is their number.

    Foreign text never meets a markup parser here: pieces are text and style apart.
    """

    ALLOW_SELECT = False

    @dataclass
    class Clicked(Message):
        """A piece that is a link was clicked; the line's owner knows what its number stands for."""

        view: "LinesView"
        number: int

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

    def on_click(self, event: events.Click) -> None:
        number = event.style.meta.get(_LINK)
        if isinstance(number, int):
            event.stop()
            self.post_message(self.Clicked(self, number))

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:  # noqa: ARG002  (Textual's)
        return len(self._lines)

    def render_line(self, y: int) -> Strip:
        width = self.size.width
        base = self.rich_style
        if not 0 <= y < len(self._lines):
            return Strip.blank(width, base)
        segments = [Segment(text, base + style) for text, style in exactly(self._lines[y], width, base)]
        return Strip(segments, width)
