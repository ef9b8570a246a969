"""Events of an investigation, as facts; `tracetui/words/events.py` puts them into words."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from tracetui.model.finding import Finding
from tracetui.model.lane import Role
from tracetui.model.path_state import PathVerdict
from tracetui.model.reference import Address, ForeignText, LaneId


class EventKind(StrEnum):
    """What happened."""

    STATE_CHANGED = "state_changed"
    LAST_RESPONSIVE_MOVED = "last_responsive_moved"
    PATH_CHANGED = "path_changed"
    TARGET_ADDED = "target_added"
    TARGET_REMOVED = "target_removed"
    TRACES_IMPORTED = "traces_imported"
    STATISTICS_RESTARTED = "statistics_restarted"
    ROLE_CHANGED = "role_changed"
    SETTINGS_CHANGED = "settings_changed"
    VANTAGE_ADDED = "vantage_added"
    VANTAGE_REMOVED = "vantage_removed"
    VANTAGE_LOST = "vantage_lost"
    VANTAGE_BACK = "vantage_back"
    FINDING_APPEARED = "finding_appeared"
    FINDING_CHANGED = "finding_changed"
    FINDING_GONE = "finding_gone"
    PROGRAM_STOPPED = "program_stopped"
    MACHINE_SLEPT = "machine_slept"
    CLOCK_SET = "clock_set"


@dataclass(frozen=True, slots=True)
class LaneName:
    """The name of a lane, for events that outlive the lane."""

    label: str
    """`TCP/25` or `ICMP`."""

    host: ForeignText
    address: Address
    family: int


@dataclass(frozen=True, slots=True)
class StateChange:
    """A lane is in another state, or its last responsive hop moved; the verdicts are without addresses."""

    lane: LaneName
    now: PathVerdict
    before: PathVerdict


@dataclass(frozen=True, slots=True)
class HopMoved:
    """Another router answers at a hop."""

    lane: LaneName
    ttl: int
    now: Address
    before: Address


@dataclass(frozen=True, slots=True)
class FindingChange:
    """A finding appeared (no `before`), changed, or disappeared (no `now`)."""

    now: Finding | None
    before: Finding | None


@dataclass(frozen=True, slots=True)
class TargetChange:
    """The user added, removed, marked or changed something."""

    name: ForeignText
    """The target as it was typed, or the endpoint's host."""

    address: Address | None = None
    """Of an endpoint, unless it is the name itself."""

    role: Role | None = None
    services: str = ""
    back: bool = False
    """It was removed and is restored."""

    imported: ForeignText | None = None
    """Name of the imported trace that it is about."""


@dataclass(frozen=True, slots=True)
class TracesImported:
    """The user imported traces that other tools made."""

    count: int
    text: ForeignText
    """What they were read from: a file's name, or `pasted text`."""


@dataclass(frozen=True, slots=True)
class PaceChange:
    """The interval or the highest TTL was changed."""

    interval_s: float
    max_hops: int


@dataclass(frozen=True, slots=True)
class TimePassed:
    """How long the program was stopped or the machine slept, or by how much its clock was set forward."""

    seconds: float


@dataclass(frozen=True, slots=True)
class VantageChange:
    """The user added or removed a vantage, or the connection to it was lost or is there again."""

    name: ForeignText
    reason: ForeignText | None = None
    """Why the connection was lost."""


EventFacts = (
    StateChange
    | HopMoved
    | FindingChange
    | TargetChange
    | TracesImported
    | PaceChange
    | TimePassed
    | VantageChange
)


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened, with its time."""

    at: datetime
    kind: EventKind
    facts: EventFacts | None = None
    lane: LaneId | None = None


@dataclass(frozen=True, slots=True)
class Note:
    """A note of the user."""

    at: datetime
    text: str
