"""Keeps the events of an investigation: what the user did, and what changed between two snapshots."""

from collections import deque
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final

from tracetui.investigation.detect_events import finding_events, measured_events, vantage_events
from tracetui.model import Event, EventKind, Finding, LaneSnapshot
from tracetui.model.event import EventFacts
from tracetui.model.remote_vantage import RemoteVantage
from tracetui.probing.interruptions import Interruption

EVENTS_KEPT: Final = 1000


class EventLog:
    """The last events, oldest first. Not thread-safe: the investigation locks."""

    def __init__(self) -> None:
        self._events: deque[Event] = deque(maxlen=EVENTS_KEPT)
        self._judged: dict[str, LaneSnapshot] = {}
        self._seen: Sequence[Interruption] = ()

    @property
    def all(self) -> tuple[Event, ...]:
        """The events."""
        return tuple(self._events)

    def add(self, at: datetime, kind: EventKind, facts: EventFacts | None = None) -> None:
        """Log something that the user did."""
        self._events.append(Event(at, kind, facts))

    def forget_lanes(self) -> None:
        """Compare no lane with what it was before: its statistics restart."""
        self._judged.clear()

    def compare_measured(
        self,
        ids: Iterable[str],
        lanes: Sequence[LaneSnapshot],
        interruptions: Sequence[Interruption],
        at: datetime,
    ) -> None:
        """Log what has changed in lanes, and what interrupted the program, since the last call."""
        before, self._judged = self._judged, dict(zip(ids, lanes, strict=True))
        seen, self._seen = self._seen, interruptions
        self._events.extend(measured_events(before, self._judged, seen, interruptions, at))

    def compare_findings(self, before: Sequence[Finding], now: Sequence[Finding], at: datetime) -> None:
        """Log which findings appeared, changed or are gone."""
        if before is not now:
            self._events.extend(finding_events(before, now, at))

    def compare_vantages(self, before: Sequence[RemoteVantage], now: Sequence[RemoteVantage]) -> None:
        """Log which connections were lost or are back."""
        if before is not now:
            self._events.extend(vantage_events(before, now))
