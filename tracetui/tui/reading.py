"""Screens over the board that are read, not typed into: keys that mean the same everywhere."""

from typing import ClassVar, Final, TypeVar

from textual import events

from tracetui.tui.command_table import commands_of
from tracetui.tui.modal import Modal

Result = TypeVar("Result")

_EVERYWHERE: Final = frozenset({"help", "quit_board"})
"""Actions of the board that their keys do from every screen."""


class ReadOnlyModal(Modal[Result]):
    """Help and quit, by whichever keys the user has for them; the screen's own keys come first."""

    ACTION: ClassVar[str] = ""
    """The command that opens it: its keys close it again."""

    PASSED_ON: ClassVar[frozenset[str]] = frozenset()
    """More commands of the board that can be given from here."""

    async def on_key(self, event: events.Key) -> None:
        """Close with the key that opened it, or do what the key does everywhere."""
        action = next((one.action for one in commands_of(self.app) if event.key in one.keys), "")
        if action and action == self.ACTION:
            event.stop()
            self.action_leave()
        elif action in _EVERYWHERE | self.PASSED_ON and event.key not in self.active_bindings:
            event.stop()
            await self.app.screen_stack[0].run_action(action)

    def action_leave(self) -> None:
        """Close."""
        self.dismiss(None)
