"""Screens over the board (dialogs, text to read) in which the keys for help and quit still work."""

from typing import ClassVar, Final, TypeVar

from rich.console import RenderableType
from textual import events
from textual.binding import Binding
from textual.renderables.background_screen import BackgroundScreen

from tracetui.tui.command import commands_of
from tracetui.tui.textual_patches.dimmed_background import DimmedBackground
from tracetui.tui.textual_patches.dismiss_once import DismissOnce

Result = TypeVar("Result")

_EVERYWHERE: Final = frozenset({"help", "quit_board"})
"""Commands of the board that their keys give from every screen."""


def closing() -> tuple[Binding, ...]:
    """Return bindings of esc and ctrl+c to the dialog's `leave`.

    ctrl+c copies what is selected, or else leaves the dialog, as a shell leaves a line. It ends the program
    on the board alone.
    """
    return (
        Binding("escape", "leave", "Close"),
        Binding("ctrl+c", "copy_text", "Copy", show=False),
        Binding("ctrl+c", "leave", "Close", show=False),
    )


class Dialog(DismissOnce[Result]):
    """A modal screen that shows the board behind it, dimmed."""

    def render(self) -> RenderableType:
        behind = super().render()
        return (
            DimmedBackground(behind.screen, behind.color) if isinstance(behind, BackgroundScreen) else behind
        )


class ReadOnlyModal(DismissOnce[Result]):
    """A screen to read: the user's keys for help and quit work in it; the screen's own keys come first."""

    OPENED_BY: ClassVar[str] = ""
    """Id of the command that opens it: its keys close it again."""

    PASSED_ON: ClassVar[frozenset[str]] = frozenset()
    """More commands of the board that can be given from here."""

    async def on_key(self, event: events.Key) -> None:
        """Close with the key that opened it, or give the board the command that the key stands for."""
        command = next((one for one in commands_of(self.app) if event.key in one.keys), None)
        if command is None:
            return
        if command.id == self.OPENED_BY:
            event.stop()
            self.action_leave()
        elif command.id in _EVERYWHERE | self.PASSED_ON and event.key not in self.active_bindings:
            event.stop()
            await self.app.screen_stack[0].run_action(command.action)

    def action_leave(self) -> None:
        self.dismiss(None)
