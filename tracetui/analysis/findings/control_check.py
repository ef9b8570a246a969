"""Which control is good for which silent lane, and why another is not: what findings go by, in words."""

from collections.abc import Sequence
from dataclasses import dataclass

from tracetui.analysis.findings.controls import compare, parts_before
from tracetui.analysis.findings.reading import Course, Reading
from tracetui.analysis.findings.scene import Scene
from tracetui.model import LaneSnapshot, Role, Snapshot


@dataclass(frozen=True, slots=True)
class ControlCheck:
    """One control endpoint beside one lane that goes silent."""

    suspect: str
    """Lane id."""

    control: str
    """Id of the control's lane that is compared: of the same service where there is one."""

    valid: bool | None
    """None: not known yet."""

    words: str
    """Why, or what it shows."""


class ControlChecks:
    """Checks of one investigation, from snapshot to snapshot; an unchanged lane is not read again."""

    def __init__(self) -> None:
        self._readings: dict[str, Reading] = {}
        self._made_from: tuple[object, ...] = ()
        self._value: tuple[ControlCheck, ...] = ()

    def update(self, snapshot: Snapshot) -> tuple[ControlCheck, ...]:
        """Return a check for every silent suspect and every control endpoint, in board order."""
        self._readings = {lane.id: self._reading(lane) for lane in snapshot.lanes}
        readings = tuple(self._readings.values())
        made_from = (snapshot.owners, *readings)
        if len(made_from) != len(self._made_from) or any(
            one is not other for one, other in zip(made_from, self._made_from, strict=True)
        ):
            self._made_from = made_from
            self._value = tuple(_checks(Scene(snapshot, readings)))
        return self._value

    def _reading(self, lane: LaneSnapshot) -> Reading:
        known = self._readings.get(lane.id)
        if known is not None and _newest(known.snapshot) == _newest(lane):
            return known
        return Reading(lane, known, known.kept_tops if known is not None else None)


def _newest(lane: LaneSnapshot) -> tuple[object, ...]:
    """What a check can depend on: complete rounds, and what they are called."""
    trace = lane.trace
    last = id(trace.outcomes[-1]) if trace.outcomes else None
    return last, trace.rounds, trace.started_ns, trace.lane, trace.source, lane.verdict


def _checks(scene: Scene) -> Sequence[ControlCheck]:
    suspects = [
        reading
        for reading in scene.readings
        if reading.lane.role is Role.SUSPECT and reading.outcomes and reading.course is Course.SILENT
    ]
    controls: dict[object, list[Reading]] = {}
    for reading in scene.readings:
        if reading.lane.role is Role.CONTROL:
            controls.setdefault(reading.lane.panel, []).append(reading)
    return [
        _check(scene, suspect, _same_service(suspect, lanes))
        for suspect in suspects
        for lanes in controls.values()
    ]


def _same_service(suspect: Reading, lanes: Sequence[Reading]) -> Reading:
    return next((one for one in lanes if one.lane.label == suspect.lane.label), lanes[0])


def _check(scene: Scene, suspect: Reading, control: Reading) -> ControlCheck:
    valid, words = _judge(scene, suspect, control)
    return ControlCheck(suspect.id, control.id, valid, words)


def _judge(scene: Scene, suspect: Reading, control: Reading) -> tuple[bool | None, str]:
    if control.place != suspect.place:
        return False, "its probes start somewhere else"
    if control.lane.family != suspect.lane.family:
        return False, f"it is traced over IPv{control.lane.family}"
    if not control.outcomes:
        return None, "it has no complete round yet"
    ttl, addresses = suspect.era.last_ttl, suspect.era.addresses
    if not ttl:
        return True, f"both leave this machine{_beyond(scene, suspect, control)}"
    address = suspect.verdict.last_responsive or addresses[0]
    if control.passage(addresses) is not None:
        return True, f"it shares hop {ttl}, {address}{_beyond(scene, suspect, control)}"
    left = parts_before(suspect, control)
    where = f": its path is another from hop {left} on" if left is not None else ""
    return False, f"it does not share hop {ttl}, {address}{where}"


def _beyond(scene: Scene, suspect: Reading, control: Reading) -> str:
    """Return what a valid control shows, as the end of a sentence."""
    try:
        compared = compare(scene, suspect, control)
    except ValueError:  # an address behind a privacy mask, whose network nobody can tell
        return ""
    if compared is None or not compared.control_rounds:
        return "; the two have no round in common yet"
    if compared.passes:
        return ", and is answered from beyond it"
    if compared.control_hits:
        return "; too few common rounds to say that it is answered from beyond"
    return ", but nothing from beyond answers it either"
