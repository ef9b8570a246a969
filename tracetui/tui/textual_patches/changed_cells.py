"""Only cells that change are sent to the terminal.

Textual 8.2: `App._display` sends every line of a region that changed, whole, and all codes of every style in
it, although most of it is on the terminal already. That is ten times what there is to tell.
"""

from collections.abc import Iterator
from typing import ClassVar

from rich.color import ColorSystem
from rich.console import Console, RenderableType
from textual import events
from textual._compositor import ChopsUpdate, CompositorUpdate, LayoutUpdate
from textual.app import App
from textual.binding import Binding, BindingType
from textual.geometry import Offset
from textual.screen import Screen

from tracetui.tui.terminal.cells import Piece, TerminalCells


class ChangedCells(App[None]):
    """An application that knows what its terminal shows, and sends what differs.

    After a resize nobody knows: then all is sent. A driver that was stopped, and goes on, sends a resize
    too; for one of the same size Textual itself draws nothing.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+l", "redraw", "Redraw", show=False, id="redraw", priority=True),
    ]
    """The board's command of this id, in dialogs too."""

    _cells: TerminalCells | None = None
    _cursor_sent: Offset | None = None

    def action_redraw(self) -> None:
        self.redraw()

    def redraw(self) -> None:
        """Send the whole screen: something else may have written on the terminal."""
        self._cells = None
        self.screen.refresh()

    async def on_event(self, event: events.Event) -> None:
        await super().on_event(event)
        if isinstance(event, events.Resize) and self._screen_stack:
            self.redraw()

    def _display(self, screen: Screen[object], renderable: RenderableType | None) -> None:
        shown: RenderableType | CompositorUpdate | None = renderable
        if isinstance(renderable, LayoutUpdate | ChopsUpdate) and self._draws():
            shown = self._difference(renderable)
        super()._display(screen, shown)  # type: ignore[arg-type]  # as Textual does

    def _draws(self) -> bool:
        """Tell whether an update is sent at all, as Textual decides it."""
        driver = self._driver
        return (
            self._running
            and not self._closed
            and not self._batch_count
            and driver is not None
            and not driver.is_headless
            and not driver.is_inline
        )

    def _difference(self, update: LayoutUpdate | ChopsUpdate) -> "Difference | None":
        """Return what to send; None for nothing."""
        cells = self._cells
        if cells is None or cells.size != self.screen.outer_size:
            colours = self.console._color_system or ColorSystem.TRUECOLOR  # noqa: SLF001  (as Textual's own)
            cells = self._cells = TerminalCells(*self.screen.outer_size, colours)
        sequence = cells.draw(pieces(update))
        cursor, self._cursor_sent = self._cursor_sent, self.cursor_position
        return Difference(sequence) if sequence or cursor != self.cursor_position else None


class Difference(CompositorUpdate):
    """What is to be sent."""

    def __init__(self, sequence: str) -> None:
        self.sequence = sequence

    def render_segments(self, console: Console) -> str:  # noqa: ARG002  (Textual's signature)
        return self.sequence


def pieces(update: LayoutUpdate | ChopsUpdate) -> Iterator[Piece]:
    """Yield the parts of lines that an update sends, as its `render_segments` has them."""
    if isinstance(update, LayoutUpdate):
        for y, line in enumerate(update.strips, update.region.y):
            x = update.region.x
            for strip in line:
                yield Piece(y, x, strip)
                x += strip.cell_length
        return
    for y, first, last in update.spans:
        for end, (x, chop) in zip(update.chop_ends[y], update.chops[y].items(), strict=False):
            if chop is None or x > last or end <= first:
                continue
            whole = first <= x < last and end <= last
            yield Piece(y, x, chop if whole else chop.crop(0, min(end, last) - x))
