"""Notices to the user, also of changes: in the board's first line, or as Textual's toasts over a dialog."""

from collections.abc import Callable, Iterator, Sequence
from typing import ClassVar, Final

from rich.cells import cell_len
from textual import events
from textual.geometry import Size
from textual.notifications import SeverityLevel
from textual.screen import Screen
from textual.timer import Timer

from tracetui.model import Event, EventKind, Snapshot
from tracetui.model.public_vantage import AskStage, VantageAsk
from tracetui.tui.command import key_of
from tracetui.tui.lines.control_fit import ControlNotices
from tracetui.tui.lines.register_news import RegisterNotices
from tracetui.tui.paint.fit import fit, wrapped
from tracetui.tui.paint.lines_view import LinesView
from tracetui.tui.textual_patches.toasts import remove_toasts
from tracetui.words import ask_words, event_words

SHOWN_S: Final[dict[SeverityLevel, float]] = {"information": 4, "warning": 6, "error": 10}
"""How long notices stay."""

_ASIDE: Final = 4
"""Cells left and right of the words."""

_BESIDE_FROM: Final = 40
"""Cells for words from which a notice stands in the first line; with less, it stands in the line below."""

_NOTICE_WIDTH: Final = 64
_ROUND_AND_TIME: Final = 30
"""Cells of the first line that are not a short notice's."""

_NEWS: Final = {
    EventKind.FINDING_APPEARED: "new finding",
    EventKind.FINDING_CHANGED: "finding changed",
    EventKind.FINDING_GONE: "finding",
}
"""What a notice begins with, by kind of event; the event itself says that a finding is no longer one."""


class Notice(LinesView):
    """Shows the latest notice for some seconds, or until it is clicked.

    It is always there, so that words come with the frame of what they are about; Textual's own notices are
    mounted and laid out after it. It shares the first line with round and time, which it never covers.
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

    def __init__(self, draw_first_line: Callable[[], None]) -> None:
        """`draw_first_line` draws what shares the line with the notice, which it asks for its place."""
        super().__init__()
        self._draw_first_line = draw_first_line
        self._words = ""
        self._placed = (0, 0)
        self._timer: Timer | None = None

    def say(self, words: str, severity: SeverityLevel) -> None:
        """Show `words` instead of the previous ones."""
        for each in ("warning", "error"):
            self.set_class(severity == each, f"-{each}")
        self._words, self._placed = words, (0, 0)
        self.display = True
        self._draw_first_line()
        if self._timer is not None:
            self._timer.stop()
        self._timer = self.set_timer(SHOWN_S[severity], self.hide)

    def hide(self) -> None:
        """Show nothing more."""
        self.display = False
        self._draw_first_line()

    def place(self, width: int, kept: int) -> int:
        """Find room beside `kept` cells of a first line of `width`; return how many cells of it are covered.

        It stays where it is while that is right.
        """
        if not self.display:
            return 0
        room = width - kept - _ASIDE
        beside = room >= _BESIDE_FROM
        last_width, covered = self._placed
        if last_width != width or covered > (room + _ASIDE if beside else 0):
            ink = self.ink.none
            lines = wrapped(self._words, room if beside else width - _ASIDE)
            self.show([[(line, ink)] for line in lines])
            taken = max(map(cell_len, lines), default=0) + _ASIDE
            covered = taken if beside else 0
            self.styles.offset = (width - taken, 0 if beside else 1)
            self._placed = width, covered
        return covered

    def get_content_width(self, container: Size, viewport: Size) -> int:  # noqa: ARG002  (Textual's)
        return max(map(cell_len, self.plain.split("\n")), default=0)

    def on_click(self, event: events.Click) -> None:
        event.stop()
        self.hide()


class NoticeDisplay:
    """Shows one notice at a time."""

    def __init__(self, board: Screen[None]) -> None:
        self._board = board
        self._changes = ChangeNotices()
        self._waiting: tuple[str, SeverityLevel] | None = None
        self._told: list[VantageAsk] = []

    def tell_news(self, snapshot: Snapshot) -> None:
        """Say once what is new since the snapshot before."""
        app = self._board.app
        for words, severity in self._changes.update(
            snapshot, app.size.width, key=key_of(app, "show_findings")
        ):
            self.say(words, severity)

    def tell_answers(self, asks: Sequence[VantageAsk]) -> None:
        """Say once what came of each question to a public platform."""
        over = [ask for ask in asks if ask.stage.is_over]
        for ask in over:
            if not any(ask is one for one in self._told):
                self.say(ask_words(ask), "warning" if ask.stage is AskStage.FAILED else "information")
        self._told = over

    def say(self, words: str, severity: SeverityLevel) -> None:
        """Show a notice instead of the previous one; of several at once, the last."""
        if self._board.app.screen is self._board:
            self._board.query_one(Notice).say(words, severity)
            return
        if self._waiting is None:
            self._board.call_after_refresh(self._say_last)
        self._waiting = words, severity

    def _say_last(self) -> None:
        """Say what was said while a dialog stood over the board: over it, if it still does."""
        if self._waiting is None:
            return
        (words, severity), self._waiting = self._waiting, None
        app = self._board.app
        if app.screen is self._board:
            self._board.query_one(Notice).say(words, severity)
        else:
            remove_toasts(app)
            app.notify(words, severity=severity, timeout=SHOWN_S[severity], markup=False)


class ChangeNotices:
    """Compares each snapshot with the one before."""

    def __init__(self) -> None:
        self._seen: Event | None = None
        self._controls = ControlNotices()
        self._registers = RegisterNotices()

    def update(self, snapshot: Snapshot, width: int, *, key: str) -> Iterator[tuple[str, SeverityLevel]]:
        """Yield what is to be said in a screen of `width` cells; `key` shows all findings."""
        news = _news_of_findings(snapshot.events, self._seen)
        self._seen = snapshot.events[-1] if snapshot.events else None
        if news:
            yield _told(news, snapshot, width, key=key), "information"
        for said, fits in self._controls.update(snapshot):
            yield said, "information" if fits else "warning"
        yield from self._registers.update(snapshot)


def _told(news: Sequence[Event], snapshot: Snapshot, width: int, *, key: str) -> str:
    """Return one short notice for `width` cells: the foot of the board has the sentence itself.

    `key` shows all findings.
    """
    if len(news) == 1:
        words = f"{_NEWS[news[0].kind]}: {event_words(news[0], snapshot)}"
        return fit(words, min(_NOTICE_WIDTH, width - _ROUND_AND_TIME)).rstrip()
    return f"{len(news)} findings are new or changed: {key} shows them"


def _news_of_findings(events: Sequence[Event], seen: Event | None) -> list[Event]:
    """Return the events about findings after `seen`, oldest first."""
    news: list[Event] = []
    for event in reversed(events):
        if event is seen:
            break
        if event.kind in _NEWS:
            news.append(event)
    return news[::-1]
