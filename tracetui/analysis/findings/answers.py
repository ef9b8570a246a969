"""Findings about lanes that are answered in their endpoint's name: by it, or by something else."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from tracetui.analysis.findings.answer_evidence import (
    answer_evidence,
    answer_ttl,
    candidate_before,
    next_owner,
)
from tracetui.analysis.findings.conclude import Amount, Conclusion, conclude, router_places, said
from tracetui.analysis.findings.era import responders_at
from tracetui.analysis.findings.explain import ENDPOINT, explained
from tracetui.analysis.findings.reading import Condition, Reading
from tracetui.analysis.findings.rules import state_of
from tracetui.analysis.findings.scene import Scene
from tracetui.analysis.findings.steps import ordered
from tracetui.analysis.findings.suggest import other_services
from tracetui.model import (
    Candidate,
    Confidence,
    Direction,
    Evidence,
    Explanation,
    ExplanationKind,
    ExplanationState,
    Finding,
    FindingKind,
    LaneId,
    NextStep,
    Outage,
    ReplyKind,
    StepKind,
)
from tracetui.model.evidence import AnsweredTwice, GoesFarther, RouterOwner, SameDistance
from tracetui.model.finding import AnsweredFrom, AnswersAgain
from tracetui.model.moment import moment_of, unix_ns

E, K = ExplanationKind, FindingKind

_REFUSALS: Final = {ReplyKind.RST, ReplyKind.PORT_UNREACHABLE}
_TOGETHER_S: Final = 10.0
"""Outages of an endpoint's lanes that begin or end no farther apart are one."""


@dataclass(frozen=True, slots=True)
class _Case:
    reading: Reading
    kind: FindingKind
    evidence: tuple[Evidence, ...]
    explanations: tuple[Explanation, ...]
    conclusion: Conclusion
    outages: tuple[Outage, ...]


def answers(scene: Scene, readings: Iterable[Reading]) -> list[Finding]:
    """Return a finding for each endpoint and what is said of its answers."""
    groups: dict[tuple[object, ...], list[_Case]] = defaultdict(list)
    outlines = {lanes[0].place: [lane.outline for lane in lanes if lane.outcomes] for lanes in scene.places}
    for reading in readings:
        case = scene.memory.recall(
            (answers, reading.id),
            (scene.snapshot.owners, reading.outline, *outlines[reading.place]),
            lambda reading=reading: _case(scene, reading),  # type: ignore[misc]
        )
        groups[_alike(scene, case)].append(case)
    return [_finding(scene, group) for group in groups.values()]


def _case(scene: Scene, reading: Reading) -> _Case:
    evidence: tuple[Evidence, ...] = tuple(answer_evidence(scene, reading))
    owners = tuple(_owners(scene, reading)) if _is_early(evidence) else ()
    evidence = (*evidence, *owners)
    box = tuple(dict.fromkeys(place for one in owners for place in router_places(one))) or router_places(None)
    explanations = explained({E.BOX_ANSWERS: box, E.ENDPOINT_ANSWERS: ENDPOINT}, evidence)
    kind = _kind(reading, evidence)
    return _Case(
        reading,
        kind,
        evidence,
        explanations,
        _conclusion(scene, reading, kind, evidence, explanations),
        reading.outages if kind is K.OUTAGE_ENDED else (),
    )


def _owners(scene: Scene, reading: Reading) -> Iterable[RouterOwner]:
    before = candidate_before(scene, reading)
    if before is not None:
        yield scene.router_owner(before)
    following = next_owner(scene, reading)
    if following is not None:
        yield following


def _is_early(evidence: Sequence[Evidence]) -> bool:
    """Tell whether anything shows hops behind the place that the answers come from."""
    endpoint, _ = state_of(E.ENDPOINT_ANSWERS, evidence)
    return endpoint is ExplanationState.RULED_OUT or any(isinstance(one, GoesFarther) for one in evidence)


def _state(kind: ExplanationKind, explanations: Sequence[Explanation]) -> ExplanationState:
    return next(one.state for one in explanations if one.kind is kind)


def _kind(reading: Reading, evidence: Sequence[Evidence]) -> FindingKind:
    resets = reading.proof is ReplyKind.RST or any(
        isinstance(one, AnsweredTwice) and ReplyKind.RST in {one.first, one.second} for one in evidence
    )
    if _is_early(evidence):
        return K.RESET_INJECTED if resets else K.MIDDLEBOX_ANSWERS
    if reading.proof in _REFUSALS:
        return K.CLOSED_PORT
    return K.OUTAGE_ENDED if reading.outages else K.REACHABLE


def _conclusion(
    scene: Scene,
    reading: Reading,
    kind: FindingKind,
    evidence: Sequence[Evidence],
    explanations: Sequence[Explanation],
) -> Conclusion:
    rounds = reading.share.rounds
    if kind in {K.RESET_INJECTED, K.MIDDLEBOX_ANSWERS}:
        amount = Amount(rounds, rounds * scene.snapshot.interval_s)
        found = conclude(explanations, amount)
        if kind is K.RESET_INJECTED:
            return found
        # A proxy may be the endpoint's own wish, so its network is not named.
        only_a_box = _state(E.ENDPOINT_ANSWERS, explanations) is ExplanationState.RULED_OUT
        return Conclusion(Confidence.MEDIUM if only_a_box else Confidence.LOW, ())
    if _state(E.BOX_ANSWERS, explanations) is ExplanationState.LEFT:
        return Conclusion(Confidence.LOW if kind is K.CLOSED_PORT else Confidence.MEDIUM, ())
    if kind is K.CLOSED_PORT and not any(isinstance(one, SameDistance) for one in evidence):
        return Conclusion(Confidence.MEDIUM, ())
    return Conclusion(said(rounds), ())


def _alike(scene: Scene, case: _Case) -> tuple[object, ...]:
    reading = case.reading
    left = tuple((one.kind, one.state, one.places) for one in case.explanations)
    where = answer_ttl(reading) if case.kind in {K.RESET_INJECTED, K.MIDDLEBOX_ANSWERS} else None
    times = tuple(round(unix_ns(one.since) / 1e9 / _TOGETHER_S) for one in case.outages)
    address = reading.lane.address if where is None else candidate_before(scene, reading)
    return reading.place, address, case.kind, where, left, case.conclusion.ases, times


def _finding(scene: Scene, cases: Sequence[_Case]) -> Finding:
    first = cases[0]
    made_from: list[object] = [scene.company, *cases]
    key = (_finding, *(case.reading.id for case in cases))
    return scene.memory.recall(key, tuple(made_from), lambda: _make(scene, cases, first))


def _make(scene: Scene, cases: Sequence[_Case], first: _Case) -> Finding:
    reading = first.reading
    evidence = tuple(dict.fromkeys(one for case in cases for one in case.evidence))
    confidence = min((case.conclusion.confidence for case in cases), key=lambda one: one.level)
    early = first.kind in {K.RESET_INJECTED, K.MIDDLEBOX_ANSWERS}
    before = candidate_before(scene, reading)
    explanations = tuple(explained({one.kind: one.places for one in first.explanations}, evidence))
    return Finding(
        kind=first.kind,
        confidence=confidence,
        lanes=tuple(case.reading.id for case in cases),
        fact=_fact(scene, cases, before),
        since=_since(cases) if first.kind is not K.REACHABLE else None,
        ases=first.conclusion.ases,
        candidates=_candidates(before, evidence) if early else (),
        direction=Direction.FORWARD if first.kind is K.RESET_INJECTED else None,
        explanations=explanations,
        evidence=evidence,
        next_steps=()
        if first.kind in {K.REACHABLE, K.OUTAGE_ENDED}
        else _steps(scene, reading, explanations),
        controls=_ids(scene, cases) if early else (),
    )


def _fact(scene: Scene, cases: Sequence[_Case], before: Candidate | None) -> AnsweredFrom | AnswersAgain:
    first = cases[0]
    if first.kind is K.OUTAGE_ENDED:
        return AnswersAgain(first.outages, _last_in_outage(scene, first.reading))
    known = [other.distance for other in scene.siblings(first.reading) if other.distance is not None]
    ttl = answer_ttl(first.reading)
    farther = max((one for one in known if ttl is not None and one > ttl), default=None)
    return AnsweredFrom(first.reading.proof, ttl, before, farther)


def _last_in_outage(scene: Scene, reading: Reading) -> Candidate | None:
    """Return the last router that answered in the newest outage."""
    silences = [one for one in reading.rounds.silences if one.end < len(reading.outcomes)]
    if not silences:
        return None
    rounds = reading.outcomes[silences[-1].first : silences[-1].end]
    tops = reading.rounds.router_tops[silences[-1].first : silences[-1].end]
    ttl = sorted(tops)[len(tops) // 2]
    found = responders_at(rounds, ttl)
    return scene.candidate(reading, ttl, found[0]) if found else None


def _since(cases: Sequence[_Case]) -> datetime | None:
    """Return when the answers began, of the lane that began last."""
    starts = [case.reading.answered_since for case in cases]
    known = [one for one in starts if one is not None]
    return moment_of(max(known)) if known else None


def _candidates(before: Candidate | None, evidence: Sequence[Evidence]) -> tuple[Candidate, ...]:
    owners = [one.router for one in evidence if isinstance(one, RouterOwner)]
    found = [*([before] if before is not None else []), *owners]
    return tuple(dict.fromkeys(found))[:2]


def _ids(scene: Scene, cases: Sequence[_Case]) -> tuple[LaneId, ...]:
    found = {
        sibling.id
        for case in cases
        for sibling in scene.siblings(case.reading)
        if sibling.condition is Condition.ANSWERED
    }
    return tuple(reading.id for reading in scene.readings if reading.id in found)


def _steps(scene: Scene, reading: Reading, explanations: Sequence[Explanation]) -> tuple[NextStep, ...]:
    """Ask for what the comparison lacks: ICMP to the same address, another port, both ends."""
    return ordered(
        [
            *other_services(scene.snapshot, reading.lane)[:1],
            NextStep(StepKind.CAPTURE_BOTH_SIDES, reading.id),
            NextStep(StepKind.ADD_VANTAGE, reading.id),
        ],
        explanations,
    )
