"""The widget that shows a notice over the right end of the first line."""

from typing import ClassVar, Final

from rich.cells import cell_len
from textual import events
from textual.geometry import Size
from textual.notifications import SeverityLevel
from textual.timer import Timer

from tracetui.tui.paint.fit import wrapped
from tracetui.tui.paint.lines_view import LinesView

SHOWN_S: Final[dict[SeverityLevel, float]] = {"information": 4, "warning": 6, "error": 10}
"""How long notices stay."""

_ASIDE: Final = 4
"""Cells left and right of the words."""


class Notice(LinesView):
    """Shows the latest notice for some seconds, or until it is clicked.

    It is always there, so that words come with the frame of what they are about; Textual's own notices are
    mounted and laid out after it.
    """

    DEFAULT_CSS: ClassVar[str] = """
    Notice {
        display: none;
        position: absolute;
        width: auto;
        padding: 0 2;
        background: $panel;
        color: $accent;
        &.-warning { color: $warning; }
        &.-error { color: $error; }
    }
    """

    def __init__(self) -> None:
        super().__init__()
        self._timer: Timer | None = None

    def say(self, words: str, severity: SeverityLevel) -> None:
        """Show `words` in place of those before."""
        room = self.app.size.width - _ASIDE
        lines = wrapped(words, room)
        ink = self.ink.none
        self.show([[(line, ink)] for line in lines])
        for each in ("warning", "error"):
            self.set_class(severity == each, f"-{each}")
        self.styles.offset = (room - max(map(cell_len, lines), default=0), 0)
        self.display = True
        if self._timer is not None:
            self._timer.stop()
        self._timer = self.set_timer(SHOWN_S[severity], self.hide)

    def hide(self) -> None:
        """Show nothing more."""
        self.display = False

    def get_content_width(self, container: Size, viewport: Size) -> int:  # noqa: ARG002  (Textual's)
        return max(map(cell_len, self.plain.split("\n")), default=0)

    def on_click(self, event: events.Click) -> None:
        event.stop()
        self.hide()
