"""Asks before many lanes of one target are traced: a stranger's MX record may have hundreds of names."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Static

from tracetui.tui.modal import Dialog, closing


class ManyLanesDialog(Dialog[bool]):
    """Yes or no; escape is no."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *closing(),
        Binding("y", "answer(True)", "Trace all"),
        Binding("n", "answer(False)", "Trace none"),
    ]

    def __init__(self, target: str, lanes: int) -> None:
        """`target` has so many `lanes`."""
        super().__init__()
        self._target = target
        self._lanes = lanes

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog") as dialog:
            dialog.border_title = "Many lanes"
            dialog.border_subtitle = "y traces them all · n or esc traces none"
            yield Static(f"{self._target} has {self._lanes} lanes. Trace them all?", markup=False)
            yield Static(
                "Each is probed up to its own end, round after round. Other people's names may have any "
                "number of addresses; all packets together stay within the limit of --max-rate.",
                classes="explanation",
                markup=False,
            )

    def action_answer(self, wanted: bool) -> None:  # noqa: FBT001  (Textual's way to pass it)
        self.dismiss(wanted)

    def action_leave(self) -> None:
        self.dismiss(False)  # noqa: FBT003  (the dialog's result)
