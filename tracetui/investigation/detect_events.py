"""Detects what changed between two snapshots, as events for the log, the timeline and reports."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Final

from tracetui.model import (
    Address,
    Event,
    EventKind,
    Finding,
    FindingKind,
    ForeignText,
    Lane,
    LaneId,
    LaneSnapshot,
    PathState,
    Role,
)
from tracetui.model.event import (
    FindingChange,
    HopMoved,
    LaneName,
    StateChange,
    TargetChange,
    TimePassed,
    VantageChange,
)
from tracetui.model.moment import moment_of
from tracetui.model.remote_vantage import RemoteVantage
from tracetui.probing.interruptions import Interruption, InterruptionKind

_NO_NEWS: Final = frozenset({FindingKind.INSUFFICIENT, FindingKind.REACHABLE})


def endpoint_change(
    lane: Lane, *, role: Role | None = None, services: str = "", back: bool = False
) -> TargetChange:
    """Return what the user did to the endpoint of a lane."""
    address = None if lane.host == lane.address else Address(lane.address)
    imported = None if lane.imported is None else ForeignText(lane.imported)
    return TargetChange(ForeignText(lane.host), address, role, services, back, imported)


_INTERRUPTIONS: Final = {
    InterruptionKind.STOPPED: EventKind.PROGRAM_STOPPED,
    InterruptionKind.SLEPT: EventKind.MACHINE_SLEPT,
    InterruptionKind.CLOCK_SET: EventKind.CLOCK_SET,
}


def measured_events(
    before: Mapping[str, LaneSnapshot],
    now: Mapping[str, LaneSnapshot],
    seen: Sequence[Interruption],
    interruptions: Sequence[Interruption],
    at: datetime,
) -> Iterator[Event]:
    """Yield the events that lead from the lanes `before` to those of `now`, by id; and first what interrupted
    the program, unless that was `seen` before.
    """
    for one in interruptions:
        if one not in seen:
            yield Event(moment_of(one.at_ns), _INTERRUPTIONS[one.kind], TimePassed(one.length_ns / 1e9))
    for lane_id, lane in now.items():
        was = before.get(lane_id)
        if was is not None and was is not lane:
            yield from _lane_events(was, lane, at)


def _lane_events(before: LaneSnapshot, now: LaneSnapshot, at: datetime) -> Iterator[Event]:
    old, new = before.verdict, now.verdict
    if new.state is PathState.INSUFFICIENT:
        return
    name, lane = _name(now.lane), LaneId(now.id)
    change = StateChange(name, new.without_addresses(), old.without_addresses())
    if old.state is not new.state:
        yield Event(at, EventKind.STATE_CHANGED, change, lane)
    elif (new.last_responsive_ttl, new.destination_ttl) != (old.last_responsive_ttl, old.destination_ttl):
        yield Event(at, EventKind.LAST_RESPONSIVE_MOVED, change, lane)
    moved = _moved_hop(before, now)
    if moved is not None:
        ttl, was, address = moved
        yield Event(at, EventKind.PATH_CHANGED, HopMoved(name, ttl, Address(address), Address(was)), lane)


def _name(lane: Lane) -> LaneName:
    return LaneName(lane.label, ForeignText(lane.host), Address(lane.address), lane.family)


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

    A finding is the same while it shares lanes with an earlier one; it has changed when its kind, its ASes or
    its confidence are different. Findings that every lane has (reached, insufficient data) are no events.
    """
    old = [finding for finding in before if finding.kind not in _NO_NEWS]
    for finding in now:
        if finding.kind in _NO_NEWS:
            continue
        was = _same(finding, old)
        if was is None:
            yield _finding_event(at, EventKind.FINDING_APPEARED, finding, None)
            continue
        old.remove(was)
        surer = (was.kind, was.confidence) != (finding.kind, finding.confidence)
        if surer or not set(was.ases) <= set(finding.ases):  # an AS that became known since is no change
            yield _finding_event(at, EventKind.FINDING_CHANGED, finding, was)
    going_on = {lane for finding in now if finding.kind not in _NO_NEWS for lane in finding.lanes}
    for finding in old:
        if going_on.isdisjoint(finding.lanes):
            yield _finding_event(at, EventKind.FINDING_GONE, None, finding)


def vantage_events(before: Sequence[RemoteVantage], now: Sequence[RemoteVantage]) -> Iterator[Event]:
    """Yield the connections to vantages that were lost, and those that are there again, since `before`."""
    known = {vantage.name: vantage.interruptions for vantage in before}
    for vantage in now:
        old = {one.begin: one for one in known.get(vantage.name, ())}
        name = ForeignText(vantage.name)
        for one in vantage.interruptions:
            was = old.get(one.begin)
            if was is None:
                change = VantageChange(name, ForeignText(one.reason))
                yield Event(one.begin, EventKind.VANTAGE_LOST, change)
            if one.end is not None and (was is None or was.end is None):
                yield Event(one.end, EventKind.VANTAGE_BACK, VantageChange(name))


def _finding_event(at: datetime, kind: EventKind, now: Finding | None, before: Finding | None) -> Event:
    finding = now or before
    return Event(at, kind, FindingChange(now, before), finding.lanes[0] if finding is not None else None)


def _same(finding: Finding, others: Sequence[Finding]) -> Finding | None:
    """Return the one of `others` that is about the same lanes, of the same kind if there is one."""
    related = [other for other in others if not set(other.lanes).isdisjoint(finding.lanes)]
    alike = (other for other in related if other.kind is finding.kind)
    return next(alike, related[0] if related else None)
