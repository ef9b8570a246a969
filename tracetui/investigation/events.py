"""What changed between two moments, in words."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final

from tracetui.analysis.words import headline_short
from tracetui.model import Event, EventKind, Finding, FindingKind, Lane, LaneSnapshot, PathState

_NO_NEWS: Final = frozenset({FindingKind.INSUFFICIENT, FindingKind.REACHABLE})


def named(lane: Lane) -> str:
    """Return what events call an endpoint."""
    return lane.host if lane.host == lane.address else f"{lane.host} ({lane.address})"


def lane_events(before: LaneSnapshot, now: LaneSnapshot, at: datetime) -> Iterator[Event]:
    """Yield the events that lead from `before` to `now`."""
    old, new = before.verdict, now.verdict
    name = f"{now.lane.label} to {now.lane.host}"
    if new.state is PathState.INSUFFICIENT:
        return
    if old.state is not new.state:
        was = "" if old.state is PathState.INSUFFICIENT else f" (before: {headline_short(before)})"
        yield Event(at, EventKind.STATE_CHANGED, f"{name}: {headline_short(now)}{was}", now.id)
    elif new.last_responsive_ttl != old.last_responsive_ttl:
        is_now, was = headline_short(now), headline_short(before)
        if is_now != was:
            yield Event(at, EventKind.LAST_RESPONSIVE_MOVED, f"{name}: {is_now} (before: {was})", now.id)
    moved = _moved_hop(before, now)
    if moved is not None:
        ttl, was_address, address = moved
        text = f"{name}: hop {ttl} answers from {address}, before from {was_address}"
        yield Event(at, EventKind.PATH_CHANGED, text, now.id)


def _moved_hop(before: LaneSnapshot, now: LaneSnapshot) -> tuple[int, str, str] | None:
    """Return the first TTL whose responder in the last round is one that this TTL never had before."""
    was_round, is_round = before.trace.outcomes[-1:], now.trace.outcomes[-1:]  # none after a restart
    if not was_round or not is_round or was_round[0] is is_round[0]:
        return None
    old, new = was_round[0].path, is_round[0].path
    for index, (was, address) in enumerate(zip(old, new, strict=False)):
        if was and address and was != address and not _known_responder(before, index, address):
            return index + 1, was, address
    return None


def _known_responder(lane: LaneSnapshot, index: int, address: str) -> bool:
    hops = lane.trace.hops
    return index < len(hops) and any(responder.address == address for responder in hops[index].responders)


def finding_events(before: Sequence[Finding], now: Sequence[Finding], at: datetime) -> Iterator[Event]:
    """Yield the events that lead from the findings `before` to those of `now`.

    A finding is the same while it is about some of the same lanes; it has changed when it is of another kind,
    names another place or is surer or less sure. What every lane says of itself (reached, not known yet) is
    no event here.
    """
    old = [finding for finding in before if finding.kind not in _NO_NEWS]
    for finding in now:
        if finding.kind in _NO_NEWS:
            continue
        words = f"{finding.headline} ({finding.confidence.value})"
        was = _same(finding, old)
        if was is None:
            yield Event(at, EventKind.FINDING_APPEARED, words, finding.lanes[0])
            continue
        old.remove(was)
        if (was.kind, was.confidence) != (finding.kind, finding.confidence):
            text = f"{words}; before: {was.kind.value.replace('_', ' ')} ({was.confidence.value})"
            yield Event(at, EventKind.FINDING_CHANGED, text, finding.lanes[0])
        elif not set(was.ases) <= set(finding.ases):  # an AS that has become known since is no news
            yield Event(at, EventKind.FINDING_CHANGED, f"{words}; before: {was.headline}", finding.lanes[0])
    going_on = {lane for finding in now if finding.kind not in _NO_NEWS for lane in finding.lanes}
    for finding in old:
        if going_on.isdisjoint(finding.lanes):
            yield Event(at, EventKind.FINDING_GONE, f"no longer: {finding.headline}", finding.lanes[0])


def _same(finding: Finding, others: Sequence[Finding]) -> Finding | None:
    """Return the one of `others` that is about the same lanes, of the same kind if there is one."""
    related = [other for other in others if not set(other.lanes).isdisjoint(finding.lanes)]
    alike = (other for other in related if other.kind is finding.kind)
    return next(alike, related[0] if related else None)
