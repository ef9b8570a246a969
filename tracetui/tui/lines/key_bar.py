"""The footer: as many keys as fit, clickable, each with its tooltip."""

from collections.abc import Sequence
from typing import Final

from rich.cells import cell_len
from rich.style import Style
from textual import events

from tracetui.tui.commands import COMMANDS, Command, commands_of
from tracetui.tui.paint.lines_view import LinesView
from tracetui.tui.paint.pieces import Piece
from tracetui.tui.view import ViewName

_ALWAYS: Final = frozenset({"help", "quit_board"})
"""Actions that stay when others have to go."""


def commands_that_fit(
    width: int, commands: Sequence[Command] = COMMANDS, view: ViewName = ViewName.BOARD
) -> list[Command]:
    """Return a view's footer for `width` cells, in the commands' order; the first ones are wanted most."""
    wanted = [command for command in commands if view in command.footer]
    left = width - 1 - sum(_width(command) for command in wanted if command.action in _ALWAYS)
    shown = []
    full = False
    for command in wanted:
        if command.action in _ALWAYS:
            shown.append(command)
            continue
        full = full or _width(command) > left
        if not full:
            left -= _width(command)
            shown.append(command)
    return shown


def _width(command: Command) -> int:
    return cell_len(command.keys_in_words) + 1 + cell_len(command.label) + 2


class KeyBar(LinesView):
    """The last line of the board."""

    def __init__(self) -> None:
        super().__init__()
        self._spans: list[tuple[int, Command]] = []
        """First cell of each command."""

    @property
    def _view(self) -> ViewName:
        seen: ViewName = getattr(self.screen, "view_name", ViewName.BOARD)
        return seen

    def on_resize(self) -> None:
        """Choose what fits."""
        self.update_keys()

    def update_keys(self) -> None:
        """Show what fits now."""
        ink = self.ink
        pieces: list[Piece] = [(" ", ink.none)]
        self._spans = []
        at = 1
        for command in commands_that_fit(self.size.width, commands_of(self.app), self._view):
            self._spans.append((at, command))
            click = Style.from_meta({"@click": f"screen.{command.action}"})
            pieces += [
                (command.keys_in_words, ink.heading + click),
                (f" {command.label}", ink.muted + click),
                ("  ", ink.none),
            ]
            at += _width(command)
        self.show([pieces])

    def command_at(self, x: int) -> Command | None:
        """Return the command shown at cell `x`."""
        return next(
            (command for start, command in reversed(self._spans) if start <= x < start + _width(command)),
            None,
        )

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Explain the key under the pointer."""
        command = self.command_at(event.x)
        purpose = command.purpose if command else None
        if self.tooltip != purpose:
            self.tooltip = purpose
