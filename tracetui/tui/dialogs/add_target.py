"""The dialog that asks for a target to trace; it stays open until the input is valid."""

from collections.abc import Callable, Sequence
from typing import ClassVar, Final

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.suggester import SuggestFromList
from textual.widgets import Input, Static

from tracetui.investigation.target_line import OPTIONS
from tracetui.model import Role, TargetError
from tracetui.tui.modal import Dialog, closing

TARGET_EXAMPLES: Final = (
    "example.org   example.org:25   192.0.2.1   [2001:db8::1]:443   icmp://example.org   mx:example.org"
    f"\noptions: {OPTIONS}"
)


class AddDialog(Dialog[bool]):
    """Returns True when a target was added."""

    AUTO_FOCUS = "Input"
    BINDINGS: ClassVar[list[BindingType]] = [
        *closing(),
        Binding("up", "recall(1)", "Typed before", show=False),
        Binding("down", "recall(-1)", "Typed after", show=False),
    ]

    def __init__(
        self,
        role: Role,
        add: Callable[[str], None],
        *,
        typed: str = "",
        history: Sequence[str] = (),
    ) -> None:
        """`add` takes what was typed and raises TargetError with what is wrong with it.

        `typed` stands in the line already; of a prefix, the part that all its addresses share. `history`,
        newest first, completes what is being typed, and ↑ and ↓ go through it.
        """
        super().__init__()
        self._role = role
        self._add = add
        self._typed = _common_part(typed)
        self._history = list(history)
        self._place = -1

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog") as dialog:
            dialog.border_title = "Add a control" if self._role is Role.CONTROL else "Add a target"
            dialog.border_subtitle = "enter adds · → completes · ↑ earlier · esc closes"
            yield Input(
                self._typed,
                placeholder="host, host:port, address or mx:domain",
                id="target",
                select_on_focus=False,
                suggester=SuggestFromList(self._history, case_sensitive=False),
            )
            yield Static("", id="problem", markup=False)
            yield Static(self._explanation(), classes="explanation", markup=False)

    def _explanation(self) -> str:
        if self._role is Role.CONTROL:
            return f"A control should work, and is best in the same network as what fails.\n{TARGET_EXAMPLES}"
        words = "Traced over ICMP and TCP (443, or 25 for mail exchangers), unless the command line says"
        return f"{words} otherwise.\n{TARGET_EXAMPLES}"

    @on(Input.Submitted)
    def submit(self, event: Input.Submitted) -> None:
        """Add the target, or say what is wrong with it."""
        try:
            self._add(event.value)
        except TargetError as error:
            self.query_one("#problem", Static).update(Content(str(error)))
            return
        self.dismiss(True)  # noqa: FBT003  (the dialog's result)

    @on(Input.Changed)
    def edited(self) -> None:
        """Clear the problem once the user edits the line."""
        self.query_one("#problem", Static).update("")

    def action_recall(self, step: int) -> None:
        """Put a line typed earlier in place."""
        self._place = max(-1, min(self._place + step, len(self._history) - 1))
        line = self.query_one(Input)
        line.value = self._history[self._place] if self._place >= 0 else self._typed
        line.cursor_position = len(line.value)

    def action_leave(self) -> None:
        self.dismiss(False)  # noqa: FBT003  (the dialog's result)


def _common_part(typed: str) -> str:
    address, slash, length = typed.partition("/")
    if not slash or not length.isdigit():
        return typed
    if ":" in address:
        return address
    return "".join(f"{octet}." for octet in address.split(".")[: int(length) // 8])
