"""The hops and the start time that reports show of a lane: since its last lasting change."""

from dataclasses import replace
from datetime import datetime

from tracetui.model import LaneSnapshot, LaneTrace, Snapshot
from tracetui.model.moment import moment_of
from tracetui.words import moment_words


def shown_trace(lane: LaneSnapshot) -> LaneTrace:
    """Return the trace with the hops that are shown instead of its own."""
    return lane.trace if lane.hops is lane.trace.hops else replace(lane.trace, hops=lane.hops)


def since(lane: LaneSnapshot) -> datetime | None:
    """Return the time of the lane's last lasting change; None where nothing changed since its start."""
    return None if lane.since_ns is None else moment_of(lane.since_ns)


def since_words(lane: LaneSnapshot, snapshot: Snapshot) -> str:
    """Return `since 12:04:07 UTC`; "" where nothing changed since the start."""
    moment = since(lane)
    return "" if moment is None else f"since {moment_words(moment, snapshot)}"
