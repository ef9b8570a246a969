"""From a snapshot to its findings, and again from the next one without reading unchanged lanes anew."""

from collections.abc import Iterable
from typing import Final

from tracetui.analysis.findings.blackholes import blackhole
from tracetui.analysis.findings.closer import look_closer
from tracetui.analysis.findings.early_kinds import early_answers
from tracetui.analysis.findings.group import Group, grouped
from tracetui.analysis.findings.local_kinds import cannot_send, everything_at_home
from tracetui.analysis.findings.memory import Memory
from tracetui.analysis.findings.message_kinds import loops, refusals
from tracetui.analysis.findings.port_filter import port_filter
from tracetui.analysis.findings.reach_kinds import answered, insufficient, intermittent
from tracetui.analysis.findings.reading import Course, Reading
from tracetui.analysis.findings.scene import Scene
from tracetui.analysis.findings.silence_kinds import (
    general_failure,
    return_path_suspect,
    silent_edge,
    unlocalised,
)
from tracetui.analysis.findings.stops import find_stops
from tracetui.analysis.findings.tops import Tops
from tracetui.model import Finding, FindingKind, LaneSnapshot, LaneTrace, Snapshot

_GOOD: Final = (FindingKind.CLOSED_PORT, FindingKind.REACHABLE, FindingKind.INSUFFICIENT)
"""Kinds that come after all trouble, in this order."""

_SILENCE: Final = {
    FindingKind.BLACKHOLE_IN_AS: blackhole,
    FindingKind.BLACKHOLE_AT_BORDER: blackhole,
    FindingKind.SILENT_EDGE: silent_edge,
    FindingKind.BLACKHOLE_UNLOCALISED: unlocalised,
    FindingKind.GENERAL_FAILURE: general_failure,
    FindingKind.RETURN_PATH_SUSPECT: return_path_suspect,
    FindingKind.PORT_OR_PROTOCOL_FILTER: port_filter,
}


def find(snapshot: Snapshot) -> tuple[Finding, ...]:
    """Return what the lanes of a snapshot together say, the most telling first."""
    return Findings().update(snapshot)


class Findings:
    """Findings of one investigation, from snapshot to snapshot. Not for several threads at once."""

    def __init__(self, kept_tops: dict[str, Tops] | None = None) -> None:
        """`kept_tops`: what has been looked up of rounds, by lane id, for other moments too."""
        self.read = 0
        """Lanes read so far; an unchanged lane is not read again."""
        self._kept_tops = kept_tops if kept_tops is not None else {}
        self._memory = Memory()
        self._readings: dict[str, Reading] = {}
        self._made_from: tuple[object, ...] = ()
        self._value: tuple[Finding, ...] = ()

    def update(self, snapshot: Snapshot) -> tuple[Finding, ...]:
        """Return the findings of `snapshot`; the same objects as before where they say the same."""
        readings = [self._reading(lane) for lane in snapshot.lanes]
        made_from = (snapshot.owners, snapshot.ases, *readings)
        if len(made_from) == len(self._made_from) and all(
            one is other for one, other in zip(made_from, self._made_from, strict=True)
        ):
            return self._value
        self._readings = {reading.id: reading for reading in readings}
        for gone in self._kept_tops.keys() - self._readings.keys():
            del self._kept_tops[gone]
        self._made_from = made_from
        known = {(finding.lanes, finding.sentences): finding for finding in self._value}
        self._memory.next_scene()
        scene = look_closer(Scene(snapshot, readings, self._memory))
        made = tuple(
            _same(finding, known.get((finding.lanes, finding.sentences))) for finding in _find(scene)
        )
        if made != self._value:
            self._value = made
        return self._value

    def _reading(self, lane: LaneSnapshot) -> Reading:
        known = self._readings.get(lane.id)
        if known is not None and _says_the_same(known.snapshot, lane):
            return known
        self.read += 1
        return Reading(lane, known, self._kept_tops.setdefault(lane.id, Tops()))


def _same(finding: Finding, known: Finding | None) -> Finding:
    return known if known is not None and known == finding else finding


def _says_the_same(before: LaneSnapshot, now: LaneSnapshot) -> bool:
    """Tell whether no round has been completed since: what is in flight says nothing yet."""
    if now is before:
        return True
    old, new = before.trace, now.trace
    return (
        bool(old.outcomes)
        and bool(new.outcomes)
        and new.outcomes[-1] is old.outcomes[-1]
        and _standing(new) == _standing(old)
        and now.verdict == before.verdict
        and now.as_path == before.as_path
    )


def _standing(trace: LaneTrace) -> tuple[object, ...]:
    return trace.rounds, trace.started_ns, trace.finished, trace.lane, trace.source


def _find(scene: Scene) -> list[Finding]:
    found: list[Finding] = []
    remaining: list[Reading] = []
    for lanes in scene.places:
        at_home = everything_at_home(scene, lanes)
        if at_home is not None:
            found.append(at_home)
            remaining += [reading for reading in lanes if reading.id not in at_home.lanes]
        else:
            remaining += lanes
    found += _by_course(scene, remaining)
    order = {reading.id: index for index, reading in enumerate(scene.readings)}
    return sorted(found, key=lambda finding: (*_rank(finding), order[finding.lanes[0]]))


def _by_course(scene: Scene, readings: Iterable[Reading]) -> list[Finding]:
    courses: dict[Course, list[Reading]] = {course: [] for course in Course}
    for reading in readings:
        courses[reading.course].append(reading)
    return [
        *cannot_send(scene, courses[Course.CANNOT_SEND]),
        *(_about_silence(group) for group in grouped(scene, find_stops(scene, courses[Course.SILENT]))),
        *refusals(scene, courses[Course.REFUSED]),
        *loops(scene, courses[Course.LOOPING]),
        *early_answers(scene, courses[Course.EARLY]),
        *intermittent(scene, courses[Course.INTERMITTENT]),
        *answered(scene, courses[Course.ANSWERED]),
        *insufficient(scene, [*courses[Course.INSUFFICIENT], *courses[Course.ENDLESS]]),
    ]


def _about_silence(group: Group) -> Finding:
    return _SILENCE[group.first.kind](group)


def _rank(finding: Finding) -> tuple[int, int]:
    """Trouble first, the surest of it in front; then what is well, then what is not known yet."""
    if finding.kind in _GOOD:
        return 1 + _GOOD.index(finding.kind), 0
    return 0, -finding.confidence.level
