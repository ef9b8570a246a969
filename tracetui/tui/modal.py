"""What lies over the board: a dialog, or the details on a narrow terminal."""

from typing import TypeVar

from textual.await_complete import AwaitComplete
from textual.screen import ModalScreen

Result = TypeVar("Result")


class Modal(ModalScreen[Result]):
    """Is closed once, however many keys that close it wait behind each other.

    Enter in a field is a message to the dialog, which an escape pressed right after it can overtake.
    """

    def dismiss(self, result: Result | None = None) -> AwaitComplete:
        """Close, unless it is closed already."""
        if not self.is_active:
            return AwaitComplete()
        return super().dismiss(result)
