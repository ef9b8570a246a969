"""Makes findings about silent lanes: one for all that stop at one router with the same explanations left."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from tracetui.analysis.findings.conclude import Amount, Conclusion, conclude, has_witness, is_clear
from tracetui.analysis.findings.control_fit import Comparison, comparisons, services
from tracetui.analysis.findings.explain import explained, next_router, silence_places
from tracetui.analysis.findings.gather_evidence import rests_on, silence_evidence
from tracetui.analysis.findings.next_steps import keep_running, ordered, silence_steps
from tracetui.analysis.findings.observations import Observations
from tracetui.analysis.findings.observed_lane import Condition, ObservedLane
from tracetui.analysis.findings.other_direction import direction, other_direction
from tracetui.analysis.lanes.decide_path_state import SILENT_TTLS
from tracetui.model import (
    Candidate,
    ControlFit,
    Direction,
    Evidence,
    Explanation,
    ExplanationKind,
    ExplanationState,
    Finding,
    FindingKind,
    LaneId,
    Role,
)
from tracetui.model.evidence import (
    DirectProbes,
    FirstOutage,
    ImportedGoesOn,
    ImportedReach,
    ImportedStop,
    LateReplies,
    OtherWayArrivals,
    ReverseTrace,
    RoutersAnswerControl,
    SeenBefore,
    Silence,
)
from tracetui.model.finding import SilentAfter
from tracetui.model.moment import moment_of

TOGETHER_NS: Final = 10_000_000_000
"""Lanes that went silent no farther apart are one finding."""


_IMPORTED: Final = (ImportedReach, ImportedStop, ImportedGoesOn)


@dataclass(frozen=True, slots=True)
class Case:
    """One silent lane with all evidence about it."""

    observed: ObservedLane
    last: Candidate | None
    amount: Amount
    controls: Sequence[Comparison]
    services: Sequence[Comparison]
    evidence: tuple[Evidence, ...]
    explanations: tuple[Explanation, ...]
    conclusion: Conclusion

    @property
    def stopping(self) -> tuple[LaneId, ...]:
        """Controls that stop at the same router."""
        return tuple(one.control.id for one in self.controls if one.fit is ControlFit.STOPS_TOO)

    @property
    def all_stop(self) -> bool:
        """A suspect stops, a control does too, and nothing that serves passes."""
        passes = self.services or any(one.fit.serves for one in self.controls)
        return self.observed.lane.role is Role.SUSPECT and bool(self.stopping) and not passes

    @property
    def following(self) -> Candidate | None:
        """L+1, where anything shows it."""
        return next_router(self.evidence)


def silences(observations: Observations, silent: Sequence[ObservedLane]) -> list[Finding]:
    """Return the findings about silent lanes; lanes of which the same is left, after one router, are one."""
    cases = [_case(observations, observed) for observed in silent]
    cases = _without_explained(cases)
    groups: dict[tuple[object, ...], list[Case]] = defaultdict(list)
    for case in cases:
        groups[_alike(observations, case)].append(case)
    return [_finding(observations, together) for group in groups.values() for together in _by_start(group)]


def _without_explained(cases: Sequence[Case]) -> list[Case]:
    """Leave out lanes at routers beyond L, which are evidence for others, and controls that fail with a
    suspect.
    """
    direct = {lane for case in cases for one in _direct(case) for lane in one.silent}
    stopping = {lane for case in cases if case.all_stop for lane in case.stopping}
    return [
        case
        for case in cases
        if case.observed.id not in direct
        and (case.observed.lane.role is Role.SUSPECT or case.observed.id not in stopping)
    ]


def _direct(case: Case) -> Iterable[DirectProbes]:
    return (one for one in case.evidence if isinstance(one, DirectProbes))


def _case(observations: Observations, observed: ObservedLane) -> Case:
    controls, others = comparisons(observations, observed), services(observations, observed)
    return observations.cache.get(
        (_case, observed.id),
        rests_on(observations, observed, controls, others),
        lambda: _make_case(observations, observed, controls, others),
    )


def _make_case(
    observations: Observations,
    observed: ObservedLane,
    controls: Sequence[Comparison],
    others: Sequence[Comparison],
) -> Case:
    silence = observed.silence
    amount = Amount(silence.rounds, silence.seconds(observations.snapshot.round_s))
    evidence = tuple(silence_evidence(observations, observed, amount, controls, others))
    last = observations.last_hop(observed)
    explanations = explained(silence_places(last, evidence), evidence)
    conclusion = conclude(
        explanations,
        amount,
        clear=is_clear(evidence, amount) and _to_the_end(observed),
        witness=lambda ases: has_witness(evidence, ases),
    )
    return Case(observed, last, amount, controls, others, evidence, explanations, conclusion)


def _to_the_end(observed: ObservedLane) -> bool:
    """Tell whether enough silent TTLs past L were probed."""
    return observed.silence.probed_ttl >= observed.silence.last_ttl + SILENT_TTLS


def _alike(observations: Observations, case: Case) -> tuple[object, ...]:
    """Return what lanes of one finding have in common."""
    silence = case.observed.silence
    labels = (
        frozenset(
            other.lane.label
            for other in (case.observed, *observations.siblings(case.observed))
            if other.condition is Condition.SILENT
        )
        if case.services
        else None
    )
    left = tuple((one.kind, one.state, one.places) for one in case.explanations)
    home = observations.origins(case.observed.lane.address)
    last = silence.address if observations.last_hop_identified(case.observed) else case.observed.lane.address
    return case.observed.place, silence.last_ttl, last, labels, left, case.conclusion, home


def _by_start(cases: Sequence[Case]) -> Iterator[Sequence[Case]]:
    """Yield the lanes that went silent together, in board order."""
    together: list[Case] = []
    for case in sorted(cases, key=lambda case: case.observed.silence.since_ns):
        if together and case.observed.silence.since_ns - together[-1].observed.silence.since_ns > TOGETHER_NS:
            yield [case for case in cases if case in together]
            together = []
        together.append(case)
    yield [case for case in cases if case in together]


def _finding(observations: Observations, cases: Sequence[Case]) -> Finding:
    return observations.cache.get(
        (_finding, *(case.observed.id for case in cases)),
        (observations.paths, observations.board, *cases),
        lambda: _make(observations, cases),
    )


def _make(observations: Observations, cases: Sequence[Case]) -> Finding:
    first = cases[0]
    evidence = merged(one for case in cases for one in case.evidence)
    explanations = explained(silence_places(first.last, evidence), evidence)
    conclusion = first.conclusion
    amount = Amount(min(case.amount.rounds for case in cases), min(case.amount.seconds for case in cases))
    candidates = _candidates(first)
    return Finding(
        kind=_kind(observations, cases, conclusion),
        confidence=conclusion.confidence,
        lanes=tuple(
            dict.fromkeys(
                [
                    *(case.observed.id for case in cases),
                    *(lane for case in cases for one in _direct(case) for lane in one.silent),
                ]
            )
        ),
        fact=_fact(cases),
        since=moment_of(max(case.observed.silence.since_ns for case in cases)),
        ases=conclusion.ases,
        candidates=candidates,
        direction=_direction(explanations, evidence),
        other_direction=other_direction(evidence),
        explanations=explanations,
        evidence=evidence,
        next_steps=ordered(
            [
                keep_running(amount, conclusion.confidence, observations.snapshot.round_s),
                *silence_steps(observations, first.observed, first.controls, evidence, conclusion.ases),
            ],
            explanations,
        ),
        p_value=_p_value(cases),
        controls=tuple(
            dict.fromkeys(one.control for one in evidence if isinstance(one, RoutersAnswerControl))
        ),
    )


def _kind(observations: Observations, cases: Sequence[Case], conclusion: Conclusion) -> FindingKind:
    first = cases[0]
    if first.services:
        return FindingKind.PORT_OR_PROTOCOL_FILTER
    if conclusion.ases:
        return FindingKind.BLACKHOLE_IN_AS if len(conclusion.ases) == 1 else FindingKind.BLACKHOLE_AT_BORDER
    if first.all_stop:
        return FindingKind.GENERAL_FAILURE
    if any(one.silent and not one.answered for one in _direct(first)):
        return FindingKind.RETURN_PATH_SUSPECT
    home = set(observations.origins(first.observed.lane.address))
    if first.last is not None and first.last.asn in home:
        return FindingKind.SILENT_EDGE
    return FindingKind.BLACKHOLE_UNLOCALISED


def _fact(cases: Sequence[Case]) -> SilentAfter:
    comparisons_ = [one for case in cases for one in case.controls]
    return SilentAfter(
        last=cases[0].last,
        passing=_ids(one.control for one in comparisons_ if one.fit.serves),
        services_answered=_ids(one.control for case in cases for one in case.services),
        stopping=tuple(dict.fromkeys(lane for case in cases for lane in case.stopping)),
        late=any(isinstance(one, LateReplies) for case in cases for one in case.evidence),
    )


def _ids(observed_lanes: Iterable[ObservedLane]) -> tuple[LaneId, ...]:
    return tuple(dict.fromkeys(observed.id for observed in observed_lanes))


def _candidates(case: Case) -> tuple[Candidate, ...]:
    following = case.following or Candidate(case.observed.silence.last_ttl + 1, None, None)
    return (*((case.last,) if case.last is not None else ()), following)


def _direction(explanations: Sequence[Explanation], evidence: Iterable[Evidence]) -> Direction | None:
    """Tell the direction by who sees probes arrive; else once answers lost on the way back are ruled out, and
    the endpoint's silence is too.
    """
    seen = direction(evidence)
    if seen is not Direction.UNKNOWN:
        return seen
    states = {one.kind: one.state for one in explanations}
    out = states[ExplanationKind.LOST_ON_RETURN] is ExplanationState.RULED_OUT
    return Direction.FORWARD if out else Direction.UNKNOWN


def _p_value(cases: Sequence[Case]) -> float | None:
    """Return the largest of the lanes' best comparisons; None where one has none."""
    best = [
        min((one.p_value for one in case.evidence if isinstance(one, RoutersAnswerControl)), default=None)
        for case in cases
    ]
    known = [p_value for p_value in best if p_value is not None]
    return max(known) if len(known) == len(best) else None


def merged(evidence: Iterable[Evidence]) -> tuple[Evidence, ...]:
    """Return evidence of several lanes, each once; what differs in the lane alone is told together.

    Imported traces, which rule out nothing, come last.
    """
    found: dict[object, Evidence] = {}
    for one in evidence:
        if isinstance(one, Silence | SeenBefore | FirstOutage):
            key = (type(one), replace(one, lanes=()))
            known = found.get(key)
            lanes = (*known.lanes, *one.lanes) if isinstance(known, type(one)) else one.lanes
            found[key] = replace(one, lanes=tuple(dict.fromkeys(lanes)))
        elif isinstance(one, ReverseTrace):  # of one vantage, since moments that differ by a round
            found.setdefault((ReverseTrace, one.lanes, one.relation, one.alike), one)
        elif isinstance(one, OtherWayArrivals):
            found.setdefault((OtherWayArrivals, one.lane, one.relation), one)
        else:
            found.setdefault((type(one), one), one)
    return tuple(sorted(found.values(), key=lambda one: isinstance(one, _IMPORTED)))
