"""An option list that moves like the board, and survives a very small terminal.

Textual 8.2: an `OptionList` goes on at its other end; without any room, page up and page down fail with a
KeyError.
"""

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.widgets import OptionList


class SafeOptionList(OptionList):
    """Stops at its ends; moves by pages only where it has room, and by j and k as well as by the arrows."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j", "cursor_down", "Down", show=False),
        Binding("k", "cursor_up", "Up", show=False),
    ]

    def action_cursor_down(self) -> None:
        if self.highlighted is None or self.highlighted < self.option_count - 1:
            super().action_cursor_down()

    def action_cursor_up(self) -> None:
        if self.highlighted is None or self.highlighted > 0:
            super().action_cursor_up()

    def action_page_up(self) -> None:
        if self.scrollable_content_region:
            super().action_page_up()  # type: ignore[no-untyped-call]

    def action_page_down(self) -> None:
        if self.scrollable_content_region:
            super().action_page_down()  # type: ignore[no-untyped-call]
