"""Finds when the last change began, for a comparison with just before it."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Final

from tracetui.analysis.lanes.window import WINDOW
from tracetui.model import Event, EventKind, LaneSnapshot, PathState, Snapshot
from tracetui.model.event import HopMoved, StateChange
from tracetui.model.moment import moment_of, unix_ns

_KINDS: Final = frozenset({EventKind.STATE_CHANGED, EventKind.LAST_RESPONSIVE_MOVED, EventKind.PATH_CHANGED})
_ONE_CHANGE_ROUNDS: Final = 2 * WINDOW
"""Changes of which each follows the one before within so many rounds are told as one."""


def before_last_change(snapshot: Snapshot) -> datetime | None:
    """Return the moment before the last change of a state or a path began; None where nothing changed.

    A state is told from several rounds, so its event comes later than what it tells.
    """
    lanes = {lane.id: lane for lane in snapshot.probed}
    begun = sorted(_begun(snapshot, lanes), reverse=True)
    if not begun:
        return None
    found = begun[0]
    near_ns = int(_ONE_CHANGE_ROUNDS * snapshot.interval_s * 1e9)
    for moment_ns in begun:
        if found - moment_ns > near_ns:
            break
        found = moment_ns
    return moment_of(found // 1000 * 1000) - timedelta(microseconds=1)


def _begun(snapshot: Snapshot, lanes: Mapping[str, LaneSnapshot]) -> Iterator[int]:
    for event in snapshot.events:
        lane = lanes.get(event.lane or "")
        if lane is None or event.kind not in _KINDS or _is_first(event):
            continue
        began = _began(event, lane, int(snapshot.interval_s * 1e9))
        if began > _first_ns(lane):
            yield began


def _first_ns(lane: LaneSnapshot) -> int:
    trace = lane.trace
    first = trace.spans[:1] or trace.outcomes[:1]
    return first[0].started_ns if first else trace.started_ns


def _is_first(event: Event) -> bool:
    facts = event.facts
    return isinstance(facts, StateChange) and facts.before.state is PathState.INSUFFICIENT


def _began(event: Event, lane: LaneSnapshot, interval_ns: int) -> int:
    """Return the Unix time of the first round in which a change shows, as near as it is known."""
    seen_ns = unix_ns(event.at)
    facts = event.facts
    if isinstance(facts, HopMoved):
        return _first_round_of(facts, lane, seen_ns) or seen_ns - WINDOW * interval_ns
    if _is_latest(event, lane) and lane.since_ns is not None and lane.since_ns <= seen_ns:
        return lane.since_ns
    return seen_ns - WINDOW * interval_ns


def _first_round_of(facts: HopMoved, lane: LaneSnapshot, seen_ns: int) -> int | None:
    """Return when the round began in which the new router answered first."""
    found, place = None, facts.ttl - 1
    for outcome in reversed(lane.trace.outcomes):
        who = outcome.path[place] if place < len(outcome.path) else None
        if found is not None and who not in {None, facts.now}:
            break
        if who == facts.now and outcome.started_ns <= seen_ns:
            found = outcome.started_ns
    return found


def _is_latest(event: Event, lane: LaneSnapshot) -> bool:
    """Tell whether an event led to the state in which the lane is."""
    facts = event.facts
    if event.kind is not EventKind.STATE_CHANGED or not isinstance(facts, StateChange):
        return False
    return facts.now.state is lane.verdict.state
