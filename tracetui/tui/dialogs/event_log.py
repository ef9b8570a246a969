"""The dialog that lists all events with their times, the newest last."""

from collections.abc import Sequence
from typing import Final

from textual.containers import VerticalScroll
from textual.content import Content

from tracetui.model import Snapshot
from tracetui.tui.dialogs.text_dialog import TextDialog, hanging
from tracetui.words import event_words

_TIME: Final = 10
"""Cells for a time and the gap after it."""


class LogDialog(TextDialog):
    """The events up to the moment it was opened."""

    OPENED_BY = "show_log"
    HEADING = "events"
    FOOT = "times are UTC · esc closes"

    def __init__(self, snapshot: Snapshot) -> None:
        super().__init__()
        self._snapshot = snapshot

    def lines(self, width: int) -> Sequence[Content]:
        return [
            line
            for event in self._snapshot.events
            for line in hanging(
                f"{event.at:%H:%M:%S}", event_words(event, self._snapshot), width, column=_TIME
            )
        ] or [Content("No events yet.")]

    def on_mount(self) -> None:
        scroll = self.query_one(VerticalScroll)
        scroll.call_after_refresh(scroll.scroll_end, animate=False)
