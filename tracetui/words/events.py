"""Sentences about events: what changed, in one line."""

from collections.abc import Mapping
from typing import Final

from tracetui.model import Event, EventKind, Finding, FindingKind, Snapshot, counted
from tracetui.model.event import (
    FindingChange,
    HopMoved,
    LaneName,
    PaceChange,
    StateChange,
    TargetChange,
    TimePassed,
    TracesImported,
    VantageChange,
)
from tracetui.model.path_state import PathState
from tracetui.words.findings import headline_of
from tracetui.words.lanes import state_words_short
from tracetui.words.names import duration_words

K = FindingKind

_KINDS: Final[Mapping[FindingKind, str]] = {
    K.INSUFFICIENT: "too few rounds",
    K.REACHABLE: "reached",
    K.CLOSED_PORT: "port closed",
    K.OUTAGE_ENDED: "answered again",
    K.LOCAL_PROBLEM: "local problem",
    K.GENERAL_FAILURE: "control silent too",
    K.EXPLICIT_FILTER: "refused by a router",
    K.NO_ROUTE: "no route",
    K.ROUTING_LOOP: "routing loop",
    K.RESET_INJECTED: "reset, perhaps injected",
    K.MIDDLEBOX_ANSWERS: "answered early",
    K.PORT_OR_PROTOCOL_FILTER: "one port or protocol silent",
    K.BLACKHOLE_IN_AS: "silent, located in one AS",
    K.BLACKHOLE_AT_BORDER: "silent, located at a border",
    K.SILENT_EDGE: "silent at the endpoint's edge",
    K.BLACKHOLE_UNLOCALISED: "silent, location unknown",
    K.RETURN_PATH_SUSPECT: "silent, return path in doubt",
    K.INTERMITTENT: "answered intermittently",
}
"""What a finding was before it changed, in a few words."""


_VANTAGE: Final[Mapping[EventKind, str]] = {
    EventKind.VANTAGE_ADDED: "vantage added",
    EventKind.VANTAGE_REMOVED: "vantage removed",
    EventKind.VANTAGE_LOST: "no connection",
    EventKind.VANTAGE_BACK: "connected again",
}


def event_words(event: Event, snapshot: Snapshot) -> str:  # noqa: PLR0911  (a table of facts)
    """Return what happened, as the log and the report tell it."""
    match event.facts:
        case StateChange():
            return _state(event.facts)
        case HopMoved(lane, ttl, now, before):
            return f"{_lane(lane)}: hop {ttl} answers from {now}, previously from {before}"
        case FindingChange(now, before):
            return _finding(now, before, snapshot)
        case TargetChange():
            return _target(event.kind, event.facts)
        case TracesImported(count, text):
            return f"imported {counted(count, 'trace')} from {text}"
        case PaceChange(interval_s, max_hops):
            return f"from now on a round every {interval_s:g} s, up to hop {max_hops}"
        case TimePassed(seconds):
            return _time_passed(event.kind, seconds)
        case VantageChange(name, reason):
            return f"{name}: {_VANTAGE[event.kind]}{f': {reason}' if reason else ''}"
        case None:
            return event.kind.value.replace("_", " ")


def _time_passed(kind: EventKind, seconds: float) -> str:
    lasted = duration_words(abs(seconds))
    if kind is EventKind.CLOCK_SET:
        way = "forward" if seconds > 0 else "back"
        return (
            f"this machine's clock was set {way} by {lasted}: times shown here go on as they were, "
            "durations are not affected"
        )
    what = "this machine slept" if kind is EventKind.MACHINE_SLEPT else "this program was stopped"
    return f"{what} for {lasted}: rounds on their way are left out, and the time does not count as silence"


def _lane(lane: LaneName) -> str:
    return f"{lane.label} to {lane.host}"


def _state(change: StateChange) -> str:
    now = state_words_short(change.now, change.lane.family)
    if change.before.state is PathState.INSUFFICIENT:
        return f"{_lane(change.lane)}: {now}"
    return f"{_lane(change.lane)}: {now} (previously: {state_words_short(change.before, change.lane.family)})"


def _finding(now: Finding | None, before: Finding | None, snapshot: Snapshot) -> str:
    if now is None:
        return f"no longer: {headline_of(before, snapshot)}" if before is not None else ""
    words = f"{headline_of(now, snapshot)} ({now.confidence.value})"
    if before is None:
        return words
    if (before.kind, before.confidence) == (now.kind, now.confidence):
        return f"{words}; previously: {headline_of(before, snapshot)}"
    return f"{words}; previously: {_KINDS[before.kind]} ({before.confidence.value})"


def _target(kind: EventKind, change: TargetChange) -> str:
    name = f"{change.name} ({change.address})" if change.address is not None else change.name
    if change.imported is not None:
        name = f"imported trace {change.imported} to {name}"
    match kind:
        case EventKind.TARGET_REMOVED:
            return f"{name} removed"
        case EventKind.ROLE_CHANGED:
            return f"{name} marked as {change.role.value if change.role is not None else '?'}"
        case EventKind.SETTINGS_CHANGED:
            return f"{name} probed with {change.services}"
        case _:
            return f"{name} restored" if change.back else f"{change.role or 'target'} {name} added"
