"""An option list that survives a very small terminal.

Textual 8.2: page up and page down of an `OptionList` without any room fail with a KeyError.
"""

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.widgets import OptionList


class SafeOptionList(OptionList):
    """Moves by pages only where it has room; by j and k as well as by the arrows."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j", "cursor_down", "Down", show=False),
        Binding("k", "cursor_up", "Up", show=False),
    ]

    def action_page_up(self) -> None:
        if self.scrollable_content_region:
            super().action_page_up()  # type: ignore[no-untyped-call]

    def action_page_down(self) -> None:
        if self.scrollable_content_region:
            super().action_page_down()  # type: ignore[no-untyped-call]
