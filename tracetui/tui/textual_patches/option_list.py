"""A list to choose from that survives a terminal made tiny.

Textual 8.2: page up and page down of an `OptionList` without any room fail with a KeyError.
"""

from textual.widgets import OptionList


class SafeOptionList(OptionList):
    """Moves by pages only where it has room."""

    def action_page_up(self) -> None:
        if self.scrollable_content_region:
            super().action_page_up()  # type: ignore[no-untyped-call]

    def action_page_down(self) -> None:
        if self.scrollable_content_region:
            super().action_page_down()  # type: ignore[no-untyped-call]
