"""A dialog that asks for one line of text."""

from collections.abc import Callable
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input, Static

from tracetui.model import TracetuiError
from tracetui.tui.modal import Dialog, closing


class PromptDialog(Dialog[None]):
    """One line to type in; stays open until the input is valid."""

    AUTO_FOCUS = "Input"
    BINDINGS: ClassVar[list[BindingType]] = [*closing()]

    def __init__(
        self,
        title: str,
        take: Callable[[str], object],
        *,
        typed: str = "",
        explanation: str = "",
        foot: str = "enter accepts · esc closes",
        live: Callable[[str], str] | None = None,
        leave: Callable[[], object] | None = None,
    ) -> None:
        """`take` gets the line and may raise TracetuiError with what is wrong with it.

        `live` is called with every change and returns in words what came of it; `leave` is called when the
        dialog is closed without a line.
        """
        super().__init__()
        self._title = title
        self._take = take
        self._typed = typed
        self._explanation = explanation
        self._foot = foot
        self._live = live
        self._leave = leave

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog") as dialog:
            dialog.border_title = self._title
            dialog.border_subtitle = self._foot
            yield Input(self._typed, select_on_focus=False)
            yield Static("", id="problem", markup=False)
            yield Static(self._explanation, classes="explanation", markup=False)

    @on(Input.Submitted)
    def submit(self, event: Input.Submitted) -> None:
        """Hand the line over, or say what is wrong with it."""
        try:
            self._take(event.value)
        except TracetuiError as error:
            self.query_one("#problem", Static).update(Content(str(error)))
            return
        self.dismiss(None)

    @on(Input.Changed)
    def edited(self, event: Input.Changed) -> None:
        """Follow what is typed."""
        self.query_one("#problem", Static).update("")
        if self._live is not None:
            told = Content.styled(self._live(event.value), "$foreground 62%")
            self.query_one("#problem", Static).update(told)

    def action_leave(self) -> None:
        if self._leave is not None:
            self._leave()
        self.dismiss(None)
