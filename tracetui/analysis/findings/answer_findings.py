"""Makes findings about lanes that get answers in their endpoint's name, from it or from something else."""

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
from tracetui.analysis.findings.conclude import LOW, NEEDED, Amount, Conclusion, conclude, router_places, said
from tracetui.analysis.findings.evidence_rules import state_of
from tracetui.analysis.findings.explain import ENDPOINT, explained, only_probes
from tracetui.analysis.findings.next_steps import ordered
from tracetui.analysis.findings.observations import Observations
from tracetui.analysis.findings.observed_lane import Condition, ObservedLane
from tracetui.analysis.findings.service_evidence import service_evidence
from tracetui.analysis.findings.suggest_targets import other_services
from tracetui.analysis.lanes.window import responders_at
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
    ProbeProtocol,
    ReplyKind,
    StepKind,
)
from tracetui.model.evidence import AnsweredTwice, GoesFarther, RouterOwner, SameDistance
from tracetui.model.finding import AnsweredFrom, AnswersAgain
from tracetui.model.moment import moment_of, unix_ns

E, K = ExplanationKind, FindingKind

_REFUSALS: Final = {ReplyKind.RST, ReplyKind.PORT_UNREACHABLE}
_PROBES_REFUSED: Final = {K.RESET_INJECTED, K.CLOSED_PORT}
_TOGETHER_S: Final = 10.0
"""Outages of an endpoint's lanes that begin or end no farther apart are one."""


@dataclass(frozen=True, slots=True)
class _Case:
    observed: ObservedLane
    kind: FindingKind
    evidence: tuple[Evidence, ...]
    explanations: tuple[Explanation, ...]
    conclusion: Conclusion
    outages: tuple[Outage, ...]


def answers(observations: Observations, observed_lanes: Iterable[ObservedLane]) -> list[Finding]:
    """Return one finding per endpoint and fact about its answers."""
    groups: dict[tuple[object, ...], list[_Case]] = defaultdict(list)
    outlines = {
        lanes[0].place: [lane.outline for lane in lanes if lane.outcomes] for lanes in observations.places
    }
    for observed in observed_lanes:
        checked = tuple(service_evidence(observations, observed))
        case = observations.cache.get(
            (answers, observed.id),
            (observations.snapshot.owners, observed.outline, *outlines[observed.place]),
            lambda observed=observed, checked=checked: _case(observations, observed, checked),  # type: ignore[misc]
            equal=checked,
        )
        groups[_alike(observations, case)].append(case)
    return [_finding(observations, group) for group in groups.values()]


def _case(observations: Observations, observed: ObservedLane, checked: Sequence[Evidence]) -> _Case:
    evidence: tuple[Evidence, ...] = (*checked, *answer_evidence(observations, observed))
    owners = tuple(_owners(observations, observed)) if _is_early(evidence) else ()
    evidence = (*evidence, *owners)
    box = tuple(dict.fromkeys(place for one in owners for place in router_places(one))) or router_places(None)
    kind = _kind(observed, evidence)
    other = only_probes(evidence, refusals=False) if kind in _PROBES_REFUSED else {}
    explanations = explained({E.BOX_ANSWERS: box, E.ENDPOINT_ANSWERS: ENDPOINT, **other}, evidence)
    return _Case(
        observed,
        kind,
        evidence,
        explanations,
        _conclusion(observations, observed, kind, evidence, explanations),
        observed.outages if kind is K.OUTAGE_ENDED else (),
    )


def _owners(observations: Observations, observed: ObservedLane) -> Iterable[RouterOwner]:
    before = candidate_before(observations, observed)
    if before is not None:
        yield observations.router_owner(before)
    following = next_owner(observations, observed)
    if following is not None:
        yield following


def _is_early(evidence: Sequence[Evidence]) -> bool:
    """Tell whether anything shows hops behind the place that the answers come from."""
    endpoint, _ = state_of(E.ENDPOINT_ANSWERS, evidence)
    return endpoint is ExplanationState.RULED_OUT or any(isinstance(one, GoesFarther) for one in evidence)


def _state(kind: ExplanationKind, explanations: Sequence[Explanation]) -> ExplanationState:
    return next(one.state for one in explanations if one.kind is kind)


def _kind(observed: ObservedLane, evidence: Sequence[Evidence]) -> FindingKind:
    resets = observed.proof is ReplyKind.RST or any(
        isinstance(one, AnsweredTwice) and ReplyKind.RST in {one.first, one.second} for one in evidence
    )
    if _is_early(evidence):
        return K.RESET_INJECTED if resets else K.MIDDLEBOX_ANSWERS
    waited_for = observed.proof is ReplyKind.PORT_UNREACHABLE and observed.lane.protocol is ProbeProtocol.UDP
    if observed.proof in _REFUSALS and not waited_for:
        return K.CLOSED_PORT
    return K.OUTAGE_ENDED if observed.outages else K.REACHABLE


def _conclusion(
    observations: Observations,
    observed: ObservedLane,
    kind: FindingKind,
    evidence: Sequence[Evidence],
    explanations: Sequence[Explanation],
) -> Conclusion:
    rounds = observed.rate.rounds
    if kind in {K.RESET_INJECTED, K.MIDDLEBOX_ANSWERS}:
        amount = Amount(rounds, rounds * observations.snapshot.round_s)
        found = conclude(explanations, amount)
        if kind is K.RESET_INJECTED:
            return found
        # A proxy may be the endpoint's own wish, so its network is not named.
        only_a_box = _state(E.ENDPOINT_ANSWERS, explanations) is ExplanationState.RULED_OUT
        enough = only_a_box and amount.reaches(NEEDED[Confidence.MEDIUM])
        return Conclusion(Confidence.MEDIUM if enough else Confidence.LOW, ())
    if any(one.kind is E.ONLY_PROBES for one in explanations):
        return LOW
    if _state(E.BOX_ANSWERS, explanations) is ExplanationState.LEFT:
        return Conclusion(Confidence.LOW if kind is K.CLOSED_PORT else Confidence.MEDIUM, ())
    if kind is K.CLOSED_PORT and not any(isinstance(one, SameDistance) for one in evidence):
        return Conclusion(Confidence.MEDIUM, ())
    return Conclusion(said(rounds), ())


def _alike(observations: Observations, case: _Case) -> tuple[object, ...]:
    observed = case.observed
    left = tuple((one.kind, one.state, one.places) for one in case.explanations)
    where = answer_ttl(observed) if case.kind in {K.RESET_INJECTED, K.MIDDLEBOX_ANSWERS} else None
    times = tuple(round(unix_ns(one.since) / 1e9 / _TOGETHER_S) for one in case.outages)
    address = observed.lane.address if where is None else candidate_before(observations, observed)
    return observed.place, address, case.kind, where, left, case.conclusion.ases, times


def _finding(observations: Observations, cases: Sequence[_Case]) -> Finding:
    key = (_finding, *(case.observed.id for case in cases))
    return observations.cache.get(key, (observations.company, *cases), lambda: _make(observations, cases))


def _make(observations: Observations, cases: Sequence[_Case]) -> Finding:
    first = cases[0]
    observed = first.observed
    evidence = tuple(dict.fromkeys(one for case in cases for one in case.evidence))
    confidence = min((case.conclusion.confidence for case in cases), key=lambda one: one.level)
    early = first.kind in {K.RESET_INJECTED, K.MIDDLEBOX_ANSWERS}
    before = candidate_before(observations, observed)
    explanations = tuple(explained({one.kind: one.places for one in first.explanations}, evidence))
    return Finding(
        kind=first.kind,
        confidence=confidence,
        lanes=tuple(case.observed.id for case in cases),
        fact=_fact(observations, cases, before),
        since=_since(cases) if first.kind is not K.REACHABLE else None,
        ases=first.conclusion.ases,
        candidates=_candidates(before, evidence) if early else (),
        direction=Direction.FORWARD if first.kind is K.RESET_INJECTED else None,
        explanations=explanations,
        evidence=evidence,
        next_steps=()
        if first.kind in {K.REACHABLE, K.OUTAGE_ENDED}
        else _steps(observations, observed, explanations),
        controls=_ids(observations, cases) if early else (),
    )


def _fact(
    observations: Observations, cases: Sequence[_Case], before: Candidate | None
) -> AnsweredFrom | AnswersAgain:
    first = cases[0]
    if first.kind is K.OUTAGE_ENDED:
        return AnswersAgain(first.outages, _last_in_outage(observations, first.observed))
    known = [other.distance for other in observations.siblings(first.observed) if other.distance is not None]
    ttl = answer_ttl(first.observed)
    farther = max((one for one in known if ttl is not None and one > ttl), default=None)
    return AnsweredFrom(first.observed.proof, ttl, before, farther)


def _last_in_outage(observations: Observations, observed: ObservedLane) -> Candidate | None:
    """Return the last router that answered in the newest outage."""
    silences = [one for one in observed.rounds.gaps if one.end < len(observed.outcomes)]
    if not silences:
        return None
    rounds = observed.outcomes[silences[-1].first : silences[-1].end]
    farthest = observed.rounds.farthest_router[silences[-1].first : silences[-1].end]
    ttl = sorted(farthest)[len(farthest) // 2]
    found = responders_at(rounds, ttl)
    return observations.candidate(observed, ttl, found[0]) if found else None


def _since(cases: Sequence[_Case]) -> datetime | None:
    """Return when the answers began, of the lane that began last."""
    starts = [case.observed.answered_since for case in cases]
    known = [one for one in starts if one is not None]
    return moment_of(max(known)) if known else None


def _candidates(before: Candidate | None, evidence: Sequence[Evidence]) -> tuple[Candidate, ...]:
    owners = [one.router for one in evidence if isinstance(one, RouterOwner)]
    found = [*([before] if before is not None else []), *owners]
    return tuple(dict.fromkeys(found))[:2]


def _ids(observations: Observations, cases: Sequence[_Case]) -> tuple[LaneId, ...]:
    found = {
        sibling.id
        for case in cases
        for sibling in observations.siblings(case.observed)
        if sibling.condition is Condition.ANSWERED
    }
    return tuple(observed.id for observed in observations.observed_lanes if observed.id in found)


def _steps(
    observations: Observations, observed: ObservedLane, explanations: Sequence[Explanation]
) -> tuple[NextStep, ...]:
    """Ask for what the comparison lacks: ICMP to the same address, another port, both ends."""
    return ordered(
        [
            *other_services(observations.snapshot, observed.lane)[:1],
            NextStep(StepKind.CAPTURE_BOTH_SIDES, observed.id),
            NextStep(StepKind.ADD_VANTAGE, observed.id),
        ],
        explanations,
    )
