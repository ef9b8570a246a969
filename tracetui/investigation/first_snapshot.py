"""The snapshot of an investigation before anything is traced."""

from collections.abc import Sequence
from datetime import datetime

from tracetui.investigation.investigation_settings import Settings
from tracetui.model import AsSource, Snapshot, Tool, Vantage


def first_snapshot(
    settings: Settings,
    *,
    tool: Tool,
    vantage: Vantage,
    as_sources: Sequence[AsSource],
    title: str,
    now: datetime,
) -> Snapshot:
    """Return it: what is known from the start, without lanes."""
    return Snapshot(
        created_at=now,
        started_at=now,
        tool=tool,
        vantage=vantage,
        interval_s=settings.pace.interval_s,
        timeout_s=settings.pace.timeout_s,
        max_hops=settings.pace.max_hops,
        max_rate=settings.pace.max_rate,
        lanes=(),
        owners={},
        names={},
        ases=(),
        as_sources=tuple(as_sources),
        title=title,
    )
