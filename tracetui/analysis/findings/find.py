"""Finds all findings and control checks of a snapshot; lanes without a new round are not read again."""

from collections.abc import Iterable
from typing import Final

from tracetui.analysis.cache import Cache, Remembered, reuse_equal
from tracetui.analysis.findings.answer_findings import answers
from tracetui.analysis.findings.control_fit import comparisons
from tracetui.analysis.findings.imported_evidence import imported_finding, without_probing
from tracetui.analysis.findings.intermittent_findings import insufficient, intermittent
from tracetui.analysis.findings.local_findings import cannot_send, everything_at_home
from tracetui.analysis.findings.message_findings import loops, refusals
from tracetui.analysis.findings.observations import Observations
from tracetui.analysis.findings.observed_lane import Condition, ObservedLane
from tracetui.analysis.findings.register_evidence import with_registers
from tracetui.analysis.findings.silence_findings import silences
from tracetui.analysis.lanes.history import Histories
from tracetui.model import ControlCheck, Finding, FindingKind, LaneSnapshot, LaneTrace, Role, Snapshot

_GOOD: Final = (
    FindingKind.OUTAGE_ENDED,
    FindingKind.CLOSED_PORT,
    FindingKind.REACHABLE,
    FindingKind.INSUFFICIENT,
)
"""Kinds that come after all trouble, in this order."""


def find(snapshot: Snapshot) -> tuple[Finding, ...]:
    """Return what the lanes of a snapshot together say, the most telling first."""
    return Findings().update(snapshot)


class Findings:
    """Findings of one investigation, from snapshot to snapshot. Not for several threads at once."""

    def __init__(self, histories: Histories | None = None) -> None:
        """`histories`: what rounds came to, where somebody else follows them too."""
        self._histories = histories if histories is not None else Histories()
        self._cache, self._imported_cache = Cache(), Cache()
        self._observed: dict[str, ObservedLane] = {}
        self._found: Remembered[tuple[Finding, ...]] = Remembered()
        self._value: tuple[Finding, ...] = ()
        self.controls: tuple[ControlCheck, ...] = ()
        """Which lane can serve as the control of which silent suspect, the best of each first."""

    def update(self, snapshot: Snapshot) -> tuple[Finding, ...]:
        """Return the findings of `snapshot`; the same objects as before where they say the same."""
        self._observed = {lane.id: self._observe(lane) for lane in snapshot.lanes}
        return self._update(snapshot)

    def at(self, snapshot: Snapshot) -> tuple[Finding, ...]:
        """Return the findings of `snapshot`, of any moment: what is found follows from its rounds alone."""
        self._observed = {lane.id: self._observe_anew(lane) for lane in snapshot.lanes}
        return self._update(snapshot)

    def _update(self, snapshot: Snapshot) -> tuple[Finding, ...]:
        return self._found.get(
            (
                snapshot.owners,
                snapshot.ases,
                snapshot.outside,
                snapshot.arrivals,
                *self._observed.values(),
            ),
            lambda: self._find(snapshot),
            equal=(snapshot.round_s,),
        )

    def _find(self, snapshot: Snapshot) -> tuple[Finding, ...]:
        self._histories.keep(self._observed)
        self._cache.next_generation()
        self._imported_cache.next_generation()
        # Apart, so that no trace of another tool changes what is found about lanes that are probed.
        probed = tuple(one for one in self._observed.values() if one.trace.provenance is None)
        imported = tuple(
            one for one in self._observed.values() if one.trace.provenance is not None and one.trace.hops
        )
        observations = Observations(snapshot, probed, self._cache, imported)
        beside = Observations(snapshot, imported, self._imported_cache, imported)
        known = {(finding.kind, finding.lanes): finding for finding in self._value}
        made = tuple(
            reuse_equal(finding, known.get((finding.kind, finding.lanes)))
            for finding in with_registers(
                observations, self._in_order([*_find(observations), *_of_imports(beside)])
            )
        )
        self._value = reuse_equal(made, self._value)
        self.controls = reuse_equal(tuple(_checks(observations)), self.controls)
        return self._value

    def _in_order(self, findings: Iterable[Finding]) -> list[Finding]:
        order = {lane_id: index for index, lane_id in enumerate(self._observed)}
        return sorted(findings, key=lambda finding: (*_rank(finding), order[finding.lanes[0]]))

    def _observe(self, lane: LaneSnapshot) -> ObservedLane:
        known = self._observed.get(lane.id)
        if known is not None and _says_the_same(known.snapshot, lane):
            return known
        return ObservedLane(lane, known, self._histories.of(lane.id))

    def _observe_anew(self, lane: LaneSnapshot) -> ObservedLane:
        return ObservedLane(lane, None, self._histories.of(lane.id), self._observed.get(lane.id))


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


def _find(observations: Observations) -> list[Finding]:
    found: list[Finding] = []
    remaining: list[ObservedLane] = []
    for lanes in observations.places:
        at_home = everything_at_home(observations, lanes)
        if at_home is not None:
            found.append(at_home)
            remaining += [observed for observed in lanes if observed.id not in at_home.lanes]
        else:
            remaining += lanes
    return found + _by_condition(observations, remaining)


def _of_imports(observations: Observations) -> list[Finding]:
    """Return what imported lanes say: by the same rules where their rounds suffice, else how far they got."""
    few = [one for one in observations.observed_lanes if one.condition is Condition.INSUFFICIENT]
    many = [one for one in observations.observed_lanes if one.condition is not Condition.INSUFFICIENT]
    return [
        *map(without_probing, _by_condition(observations, many)),
        *(imported_finding(observations, observed) for observed in few),
    ]


def _by_condition(observations: Observations, observed_lanes: Iterable[ObservedLane]) -> list[Finding]:
    lanes: dict[Condition, list[ObservedLane]] = {condition: [] for condition in Condition}
    for observed in observed_lanes:
        lanes[observed.condition].append(observed)
    return [
        *cannot_send(lanes[Condition.CANNOT_SEND]),
        *silences(observations, lanes[Condition.SILENT]),
        *refusals(observations, lanes[Condition.REFUSED]),
        *loops(observations, lanes[Condition.LOOPING]),
        *intermittent(observations, lanes[Condition.INTERMITTENT]),
        *answers(observations, [*lanes[Condition.EARLY], *lanes[Condition.ANSWERED]]),
        *insufficient(observations, [*lanes[Condition.INSUFFICIENT], *lanes[Condition.ENDLESS]]),
    ]


def _checks(observations: Observations) -> Iterable[ControlCheck]:
    """Yield a check of each silent suspect with each control that is marked, and with the best that is
    not.
    """
    for suspect in observations.observed_lanes:
        if suspect.lane.role is not Role.SUSPECT or suspect.condition is not Condition.SILENT:
            continue
        marked = False
        for one in comparisons(observations, suspect):
            is_marked = one.control.lane.role is Role.CONTROL
            if is_marked or not marked:
                yield one.check(observations)
            marked = marked or is_marked or one.fit.serves


def _rank(finding: Finding) -> tuple[int, int]:
    """Sort order: failures first, the most certain in front; then what works, then what is not known yet."""
    if finding.kind in _GOOD:
        return 1 + _GOOD.index(finding.kind), 0
    return 0, -finding.confidence.level
