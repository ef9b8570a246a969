"""What all dialogs are: a modal screen that shows the board behind it, dimmed, at little cost."""

from collections.abc import Iterable
from typing import TypeVar

from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment
from rich.style import Style
from textual.renderables.background_screen import BackgroundScreen
from textual.screen import ModalScreen

Result = TypeVar("Result")


class Dialog(ModalScreen[Result]):
    """A modal screen over the board.

    Every change in it draws the board behind it again; Textual dims each of its pieces anew, which takes
    longer than all the rest.
    """

    def render(self) -> RenderableType:
        """Return what stands behind the dialog."""
        behind = super().render()
        return Dimmed(behind.screen, behind.color) if isinstance(behind, BackgroundScreen) else behind


class Dimmed(BackgroundScreen):
    """Dims each style once, however many pieces bear it."""

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterable[Segment]:
        """Return the pieces of the screen behind, dimmed."""
        known: dict[Style | None, Style | None] = {}
        for segment in console.render(self.screen._compositor, options):  # noqa: SLF001  (as Textual's own)
            text, style, control = segment
            if control:
                yield segment
                continue
            if style not in known:
                known[style] = next(iter(self.process_segments([Segment(text, style)], self.color))).style
            yield Segment(text, known[style])
