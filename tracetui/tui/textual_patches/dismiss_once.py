"""Modal screens that close only once, even if several closing messages are queued.

Textual 8.2: `Screen.dismiss` raises ScreenStackError on a screen that is closed already. Enter in a field is
a message to the dialog, which an escape pressed right after it can overtake.
"""

from typing import TypeVar

from textual.await_complete import AwaitComplete
from textual.screen import ModalScreen

Result = TypeVar("Result")


class DismissOnce(ModalScreen[Result]):
    """A modal screen whose second `dismiss` does nothing."""

    def dismiss(self, result: Result | None = None) -> AwaitComplete:
        """Close, unless it is closed already."""
        return super().dismiss(result) if self.is_active else AwaitComplete()
