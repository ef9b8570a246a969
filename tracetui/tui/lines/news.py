"""Notices of changes: new, changed and ended findings, whether a control can serve, what registers say."""

from collections.abc import Iterator, Sequence
from typing import Final

from textual.notifications import SeverityLevel

from tracetui.model import Event, EventKind, Snapshot
from tracetui.tui.lines.control_fit import ControlNotices
from tracetui.tui.lines.register_news import RegisterNotices
from tracetui.tui.paint.fit import fit
from tracetui.words import event_words

_NOTICE_WIDTH: Final = 64

NEWS: Final = {
    EventKind.FINDING_APPEARED: "new finding",
    EventKind.FINDING_CHANGED: "finding changed",
    EventKind.FINDING_GONE: "finding",
}
"""What a notice begins with, by kind of event; the event itself says that a finding is no longer one."""


class ChangeNotices:
    """Compares each snapshot with the one before."""

    def __init__(self) -> None:
        self._seen: Event | None = None
        self._controls = ControlNotices()
        self._registers = RegisterNotices()

    def update(self, snapshot: Snapshot, width: int, *, key: str) -> Iterator[tuple[str, SeverityLevel]]:
        """Yield what is to be said in a screen of `width` cells; `key` shows all findings."""
        news = news_of_findings(snapshot.events, self._seen)
        self._seen = snapshot.events[-1] if snapshot.events else None
        if news:
            yield notice(news, snapshot, width, key=key), "information"
        for said, fits in self._controls.update(snapshot):
            yield said, "information" if fits else "warning"
        yield from self._registers.update(snapshot)


def notice(news: Sequence[Event], snapshot: Snapshot, width: int, *, key: str = "f") -> str:
    """Return one short notice for `width` cells: the foot of the board has the sentence itself.

    `key` shows all findings.
    """
    if len(news) == 1:
        words = f"{NEWS[news[0].kind]}: {event_words(news[0], snapshot)}"
        return fit(words, min(_NOTICE_WIDTH, width - 6)).rstrip()
    return f"{len(news)} findings are new or changed: {key} shows them"


def news_of_findings(events: Sequence[Event], seen: Event | None) -> list[Event]:
    """Return the events about findings after `seen`, oldest first."""
    news: list[Event] = []
    for event in reversed(events):
        if event is seen:
            break
        if event.kind in NEWS:
            news.append(event)
    return news[::-1]
