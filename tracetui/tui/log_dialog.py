"""What happened, with its time: the newest last."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from tracetui.model import Snapshot


class LogDialog(ModalScreen[None]):
    """Scrollable; shows the events up to the moment it was opened."""

    AUTO_FOCUS = "VerticalScroll"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,o", "leave", "Close"),
        Binding("j", "scroll(1)", "Down", show=False),
        Binding("k", "scroll(-1)", "Up", show=False),
    ]

    def __init__(self, snapshot: Snapshot) -> None:
        super().__init__()
        self._snapshot = snapshot

    def compose(self) -> ComposeResult:
        """The events."""
        with VerticalScroll(classes="dialog -large") as dialog:
            dialog.border_title = "events"
            dialog.border_subtitle = "times are UTC · esc closes"
            lines = [
                Content.assemble((f"{event.at:%H:%M:%S}  ", "bold"), event.text)
                for event in self._snapshot.events
            ]
            yield Static(Content("\n").join(lines) if lines else Content("Nothing has happened yet."))

    def on_mount(self) -> None:
        """Show the newest."""
        self.query_one(VerticalScroll).scroll_end(animate=False)

    def action_scroll(self, step: int) -> None:
        """Scroll a line."""
        self.query_one(VerticalScroll).scroll_relative(y=step, animate=False)

    def action_leave(self) -> None:
        """Close."""
        self.dismiss(None)
