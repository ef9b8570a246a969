"""Reads which moment a report is to be compared with, and finds it once the run is over."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Final

from tracetui.analysis.changes.last_change import before_last_change
from tracetui.investigation.compare_moments import compared
from tracetui.model import Snapshot

LAST_CHANGE: Final = "last-change"
_AFTER_START: Final = re.compile(r"\+(\d{1,7})")


@dataclass(frozen=True, slots=True)
class MomentWanted:
    """A moment as it was typed: one of the three, or the one before the last change."""

    after_start_s: int | None = None
    clock: time | None = None
    """Time of day in UTC; the last one up to the end of the run."""

    moment: datetime | None = None

    def of(self, snapshot: Snapshot) -> datetime | None:
        """Return the moment; None where nothing changed."""
        if self.after_start_s is not None:
            return snapshot.started_at + timedelta(seconds=self.after_start_s)
        if self.clock is not None:
            end = snapshot.created_at.astimezone(UTC)
            found = datetime.combine(end.date(), self.clock, UTC)
            return found if found <= end else found - timedelta(days=1)
        return self.moment or before_last_change(snapshot)


def parse_moment(text: str) -> MomentWanted:
    """Read `last-change`, `+60` (seconds after the start), or a time in UTC. Raises ValueError."""
    if text == LAST_CHANGE:
        return MomentWanted()
    after = _AFTER_START.fullmatch(text)
    if after is not None:
        return MomentWanted(after_start_s=int(after[1]))
    try:
        if ":" in text and "-" not in text and not text.upper().startswith("T"):
            return MomentWanted(clock=time.fromisoformat(text).replace(tzinfo=None))
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(
            f"{text!r} is no moment: {LAST_CHANGE}, +SECONDS after the start, or a time in UTC such as "
            "12:04:07 or 2026-11-30T12:04:07"
        ) from None
    return MomentWanted(moment=moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment)


def compared_with(snapshot: Snapshot, wanted: MomentWanted) -> tuple[Snapshot, str]:
    """Return the snapshot compared with a moment, or as it is and why not, in one line."""
    moment = wanted.of(snapshot)
    if moment is None:
        return snapshot, "no state and no path changed: there is nothing to compare with"
    if moment >= snapshot.created_at:
        return snapshot, f"{moment:%Y-%m-%d %H:%M:%S} UTC is not before the end of the run"
    made = compared(snapshot, moment)
    return made, "" if made.comparison is not None else "nothing was measured by then"
