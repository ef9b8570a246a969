"""A lane's hops since its path last changed, and when those answered that are silent since then."""

from dataclasses import replace
from datetime import UTC, datetime

from tracetui.model import Hop, LaneSnapshot, LaneTrace, PathState, Snapshot


def current_trace(lane: LaneSnapshot) -> LaneTrace:
    """Return the trace with the hops counted since the lane's last change in place of those over all time."""
    trace = lane.trace
    if lane.hops is trace.hops:
        return trace
    return replace(trace, hops=lane.hops)


def hop_at(lane: LaneSnapshot, ttl: int) -> Hop | None:
    """Return the hop at `ttl` as it is counted since the last change; None where the lane has no such TTL."""
    return lane.hops[ttl - 1] if 1 <= ttl <= len(lane.hops) else None


def answered_before_ns(lane: LaneSnapshot, ttl: int) -> int | None:
    """Return when a hop that has been silent since the change answered last (Unix time); None for others.

    Also None past the endpoint's distance: the first sweep may have got the endpoint's answer there.
    """
    hops = lane.trace.hops
    if lane.hops is hops or ttl > len(hops) or not hops[ttl - 1].responders:
        return None
    hop = hop_at(lane, ttl)
    if (hop is not None and hop.answered) or (_by_endpoint(lane, ttl) and _by_endpoint(lane, ttl - 1)):
        return None
    return max(responder.last_ns for responder in hops[ttl - 1].responders)


def _by_endpoint(lane: LaneSnapshot, ttl: int) -> bool:
    """Tell whether the endpoint's address answered at `ttl`."""
    responders = lane.trace.hops[ttl - 1].responders if ttl else ()
    return any(responder.address == lane.lane.address for responder in responders)


def last_answered_before(lane: LaneSnapshot) -> int:
    """Return the highest TTL that answered before the last change and has been silent since; 0 for none."""
    if lane.hops is lane.trace.hops:
        return 0
    ttls = range(len(lane.hops), lane.verdict.last_responsive_ttl or 0, -1)
    return next((ttl for ttl in ttls if answered_before_ns(lane, ttl) is not None), 0)


def clock_words(unix: int, snapshot: Snapshot) -> str:
    """Return a moment's time of day (UTC), with its date where it is of another day than the snapshot."""
    at = datetime.fromtimestamp(unix // 1_000_000_000, UTC)
    return f"{at:%H:%M:%S}" if at.date() == snapshot.created_at.date() else f"{at:%Y-%m-%d %H:%M:%S}"


def since_words(lane: LaneSnapshot, snapshot: Snapshot) -> str:
    """Return `since 00:53:18 UTC` for a lane that went silent then; "" for any other."""
    if lane.since_ns is None or lane.verdict.state is not PathState.SILENT_AFTER:
        return ""
    return f"since {clock_words(lane.since_ns, snapshot)} UTC"
