"""Shows notices: in the board's first line, or as Textual's toasts over a dialog."""

from textual.notifications import SeverityLevel
from textual.screen import Screen

from tracetui.model import Snapshot
from tracetui.tui.command import key_of
from tracetui.tui.lines.news import ChangeNotices
from tracetui.tui.lines.notice import SHOWN_S, Notice
from tracetui.tui.textual_patches.toasts import remove_toasts


class NoticeDisplay:
    """Shows one notice at a time."""

    def __init__(self, board: Screen[None]) -> None:
        self._board = board
        self._changes = ChangeNotices()
        self._waiting: tuple[str, SeverityLevel] | None = None

    def tell_news(self, snapshot: Snapshot) -> None:
        """Say once what is new since the snapshot before."""
        app = self._board.app
        for words, severity in self._changes.update(
            snapshot, app.size.width, key=key_of(app, "show_findings")
        ):
            self.say(words, severity)

    def say(self, words: str, severity: SeverityLevel) -> None:
        """Show a notice in place of the one before; of several said at once, the last."""
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
