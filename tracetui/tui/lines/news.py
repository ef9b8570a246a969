"""What the board says once, in a notice: what has become of findings, and what a new control is good for."""

from collections.abc import Iterator

from textual.notifications import SeverityLevel

from tracetui.model import Event, Snapshot
from tracetui.tui.lines.control_fit import ControlNotices
from tracetui.tui.lines.shown_findings import news_of_findings, notice


class ChangeNotices:
    """Compares each snapshot with the one before."""

    def __init__(self) -> None:
        self._seen: Event | None = None
        self._controls = ControlNotices()

    def update(self, snapshot: Snapshot, width: int, *, key: str) -> Iterator[tuple[str, SeverityLevel]]:
        """Yield what is to be said in a screen of `width` cells; `key` shows all findings."""
        news = news_of_findings(snapshot.events, self._seen)
        self._seen = snapshot.events[-1] if snapshot.events else None
        if news:
            yield notice(news, snapshot, width, key=key), "information"
        for said, fits in self._controls.update(snapshot):
            yield said, "information" if fits else "warning"
