"""Ask before something that cannot be undone."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static


class ConfirmDialog(ModalScreen[bool]):
    """Returns True for yes. The key that asked also confirms, so that the same key twice does it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y,d,delete,enter", "answer(True)", "Yes"),
        Binding("n,escape,q", "answer(False)", "No"),
    ]

    def __init__(self, title: str, question: str) -> None:
        super().__init__()
        self._title = title
        self._question = question

    def compose(self) -> ComposeResult:
        """The question and its keys."""
        with Vertical(classes="dialog -small") as dialog:
            dialog.border_title = self._title
            dialog.border_subtitle = "enter does it · esc keeps it"
            yield Static(Content(self._question))

    def action_answer(self, yes: bool) -> None:  # noqa: FBT001  (Textual passes it by position)
        """Close with the answer."""
        self.dismiss(yes)
