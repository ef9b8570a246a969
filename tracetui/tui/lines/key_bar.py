"""The footer: as many keys as fit, clickable, each with its tooltip."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from rich.cells import cell_len
from textual import events
from textual.message import Message

from tracetui.tui.command import Command, commands_of
from tracetui.tui.paint.lines_view import LinesView
from tracetui.tui.paint.pieces import Piece
from tracetui.tui.view import ViewName

_ALWAYS: Final = frozenset({"show_findings", "help", "quit_board"})
"""Commands that are shown even where others have no room."""

_VIEWS: Final = frozenset({"show_board", "show_paths", "show_timeline", "show_evidence", "show_survey"})
"""Commands that may share a label."""

_VIEWS_LABEL: Final = "Views"
_ROOMY: Final = 110
"""Cells from which each view has its own label."""

_GAP: Final = 2


@dataclass(frozen=True, slots=True)
class Item:
    """A command of the footer, or several under one label."""

    commands: tuple[Command, ...]
    label: str

    @property
    def keys(self) -> list[str]:
        """A key a command, with the space between two where they are longer than a character."""
        words = [command.keys_in_words for command in self.commands]
        space = " " if any(cell_len(word) > 1 for word in words) else ""
        return [*(f"{word}{space}" for word in words[:-1]), words[-1]]

    @property
    def always(self) -> bool:
        """Shown however narrow the screen is: help, quit, findings, and views that share a label."""
        return self.commands[0].id in _ALWAYS or len(self.commands) > 1

    @property
    def width(self) -> int:
        """Cells, with the gap after it."""
        return sum(map(cell_len, self.keys)) + 1 + cell_len(self.label) + _GAP


def items_that_fit(width: int, commands: Sequence[Command], view: ViewName = ViewName.BOARD) -> list[Item]:
    """Return a view's footer for `width` cells, in the commands' order; the first ones are wanted most.

    On a narrow screen the keys of the views share a label.
    """
    wanted = [command for command in commands if view in command.footer]
    views = tuple(command for command in wanted if command.id in _VIEWS)
    items = [Item((command,), command.label_in(view)) for command in wanted]
    if width < _ROOMY and len(views) > 1:
        items = [
            Item(views, _VIEWS_LABEL) if item.commands[0] is views[0] else item
            for item in items
            if item.commands[0] not in views[1:]
        ]
    return _that_fit(width, items)


def _that_fit(width: int, items: Sequence[Item]) -> list[Item]:
    left = width - 1 + _GAP - sum(item.width for item in items if item.always)
    shown = []
    for item in items:
        if item.always:
            shown.append(item)
        elif item.width <= left:
            left -= item.width
            shown.append(item)
    return shown


class KeyBar(LinesView):
    """The last line of the board."""

    @dataclass
    class Pressed(Message):
        """The key of a command was clicked."""

        command: Command

    def __init__(self) -> None:
        super().__init__()
        self._spans: list[tuple[int, Command | None]] = []
        """First cell of each command; None where a label belongs to several, and after the last."""

    @property
    def _view(self) -> ViewName:
        seen: ViewName = getattr(self.screen, "view_name", ViewName.BOARD)
        return seen

    def on_resize(self) -> None:
        self.update_keys()

    def update_keys(self) -> None:
        """Show the keys that fit."""
        ink = self.ink
        pieces: list[Piece] = [(" ", ink.none)]
        self._spans = []
        at = 1
        for item in items_that_fit(self.size.width, commands_of(self.app), self._view):
            for command, key in zip(item.commands, item.keys, strict=True):
                self._spans.append((at, command))
                pieces.append((key, ink.heading))
                at += cell_len(key)
            if len(item.commands) > 1:
                self._spans.append((at, None))
            pieces += [(f" {item.label}", ink.muted), (" " * _GAP, ink.none)]
            at += 1 + cell_len(item.label) + _GAP
        self._spans.append((at - _GAP, None))
        self.show([pieces])

    def command_at(self, x: int) -> Command | None:
        """Return the command shown at cell `x`."""
        return next((command for start, command in reversed(self._spans) if start <= x), None)

    def on_click(self, event: events.Click) -> None:
        """Give the command under the pointer."""
        command = self.command_at(event.x)
        if command is not None:
            event.stop()
            self.post_message(self.Pressed(command))

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Explain the key under the pointer."""
        command = self.command_at(event.x)
        purpose = command.purpose if command else None
        if self.tooltip != purpose:
            self.tooltip = purpose
