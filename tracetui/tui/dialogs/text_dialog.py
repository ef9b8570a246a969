"""A dialog that shows text to read; it scrolls and wraps to its width."""

from collections.abc import Iterator, Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content

from tracetui.tui.dialogs.wrapped_text import WrappedText
from tracetui.tui.modal import Dialog, ReadOnlyModal, closing
from tracetui.tui.paint.fit import wrapped


class TextDialog(ReadOnlyModal[None], Dialog[None]):
    """What `lines` returns, under a title."""

    AUTO_FOCUS = "VerticalScroll"
    BINDINGS: ClassVar[list[BindingType]] = [
        *closing(),
        Binding("j,J", "scroll(1)", "Down", show=False),
        Binding("k,K", "scroll(-1)", "Up", show=False),
    ]
    HEADING: ClassVar[str] = ""
    FOOT: ClassVar[str] = "esc closes"

    def lines(self, width: int) -> Sequence[Content]:
        """Return the text in lines of at most `width` cells."""
        raise NotImplementedError

    def compose(self) -> ComposeResult:
        with VerticalScroll(classes="dialog -large") as dialog:
            dialog.border_title = self.HEADING
            dialog.border_subtitle = self.FOOT
            yield WrappedText(self.lines)

    def action_scroll(self, step: int) -> None:
        self.query_one(VerticalScroll).scroll_relative(y=step, animate=False, immediate=True)


def hanging(
    lead: str, text: str, width: int, *, column: int, style: str = "bold $accent"
) -> Iterator[Content]:
    """Yield `lead` and `text` in lines of `width` cells; all of the text stands right of `column`."""
    for position, line in enumerate(wrapped(text, width - column)):
        yield Content.assemble(("" if position else lead).ljust(column), line).stylize(style, 0, column)
