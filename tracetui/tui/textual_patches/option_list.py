"""A list to choose from."""

from textual.widgets import OptionList


class SafeOptionList(OptionList):
    """Pages only where it has room: without any, in a terminal made tiny, Textual's list fails."""

    def action_page_up(self) -> None:
        """A page up."""
        if self._has_room:
            super().action_page_up()  # type: ignore[no-untyped-call]

    def action_page_down(self) -> None:
        """A page down."""
        if self._has_room:
            super().action_page_down()  # type: ignore[no-untyped-call]

    @property
    def _has_room(self) -> bool:
        return bool(self.scrollable_content_region)
