"""Makes findings about lanes that are answered only at times, and about lanes with too few rounds."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from tracetui.analysis.exact_tests import fisher_less
from tracetui.analysis.findings.conclude import ROUNDS_NEEDED, Amount, conclude
from tracetui.analysis.findings.explain import ENDPOINT, HERE, UNKNOWN, explained
from tracetui.analysis.findings.next_steps import ordered
from tracetui.analysis.findings.observations import Observations
from tracetui.analysis.findings.observed_lane import Condition, ObservedLane
from tracetui.analysis.findings.service_evidence import service_evidence
from tracetui.analysis.findings.suggest_targets import other_services
from tracetui.analysis.lanes.has_stopped import LOOKBACK
from tracetui.model import (
    Confidence,
    Direction,
    Evidence,
    ExplanationKind,
    Finding,
    FindingKind,
    FlowKind,
    NextStep,
    Role,
    StepKind,
)
from tracetui.model.evidence import Answers, ControlLoses, EarlierOutages, FirstHopLoses, StopsBetween
from tracetui.model.finding import AtTimes, NoEnd, TooFewRounds
from tracetui.model.moment import moment_of

E = ExplanationKind
_PLACES = {
    E.DROPPED_AT_LAST: UNKNOWN,
    E.DROPPED_BEYOND: UNKNOWN,
    E.OTHER_WAY: UNKNOWN,
    E.ENDPOINT_SILENT: ENDPOINT,
    E.LOST_ON_RETURN: UNKNOWN,
    E.DEAD_BRANCH: UNKNOWN,
    E.OWN_FILTER: HERE,
}
_MIN_P_ALIKE = 0.05
"""p at or above which a control does not lose clearly less."""


def intermittent(observations: Observations, observed_lanes: Iterable[ObservedLane]) -> list[Finding]:
    """Return a finding for each endpoint that is reached at times, or whose place of silence moves."""
    groups: dict[tuple[str, str, bool], list[ObservedLane]] = defaultdict(list)
    for observed in observed_lanes:
        groups[observed.place, observed.lane.address, observed.rate.silent].append(observed)
    return [_intermittent(observations, group) for group in groups.values()]


def _intermittent(observations: Observations, observed_lanes: Sequence[ObservedLane]) -> Finding:
    first = observed_lanes[0]
    moves = first.rate.silent
    rounds = min(observed.rate.rounds for observed in observed_lanes)
    amount = Amount(rounds, rounds * observations.snapshot.round_s)
    evidence = tuple(one for observed in observed_lanes for one in _evidence(observations, observed))
    explanations = explained(_PLACES, evidence)
    conclusion = conclude(explanations, amount)
    return Finding(
        kind=FindingKind.INTERMITTENT,
        confidence=conclusion.confidence,
        lanes=tuple(observed.id for observed in observed_lanes),
        fact=AtTimes(moves),
        since=moment_of(
            min(observed.outcomes[-observed.rate.rounds].started_ns for observed in observed_lanes)
        ),
        direction=Direction.UNKNOWN,
        explanations=explanations,
        evidence=evidence,
        next_steps=ordered(
            [
                NextStep(StepKind.KEEP_RUNNING),
                *other_services(observations.snapshot, first.lane)[:1],
                NextStep(StepKind.ADD_VANTAGE, first.id),
            ],
            explanations,
        ),
    )


def _evidence(observations: Observations, observed: ObservedLane) -> Iterator[Evidence]:
    rate = observed.rate
    yield from service_evidence(observations, observed)
    yield Answers(observed.id, observed.proof, observed.answered_once, rate.answered, rate.rounds)
    between = _stops_between(observed)
    if between is not None:
        yield between
    if observed.outages:
        yield EarlierOutages(observed.id, observed.outages)
    window = observed.outcomes[-LOOKBACK:]
    got = sum(bool(outcome.path) and outcome.path[0] is not None for outcome in window)
    if 2 * (len(window) - got) >= len(window) - rate.answered:
        yield FirstHopLoses(observed.id, got, len(window))
    yield from _controls_lose(observations, observed)


def _stops_between(observed: ObservedLane) -> StopsBetween | None:
    """Return between which hops the last replies came, and what a load balancer sees of the lane."""
    one_flow = observed.trace.flow is FlowKind.FIXED
    if observed.rate.silent and observed.moving_end is not None:
        return StopsBetween(observed.id, *observed.moving_end, one_flow)
    farthest = [
        top
        for top, answer in zip(observed.rounds.farthest[-LOOKBACK:], observed.recent.answers, strict=True)
        if answer is None
    ]
    return StopsBetween(observed.id, min(farthest), max(farthest), one_flow) if farthest else None


def _controls_lose(observations: Observations, observed: ObservedLane) -> Iterator[ControlLoses]:
    """Yield controls whose endpoints do not answer clearly more often: then it is not specific."""
    rate = observed.rate
    for other in observations.from_same_place(observed):
        lost = other.rate.rounds - other.rate.answered
        if other.lane.role is not Role.CONTROL or not other.rate.answered or not lost:
            continue
        p_value = fisher_less(rate.answered, rate.rounds, other.rate.answered, other.rate.rounds)
        if p_value >= _MIN_P_ALIKE:
            yield ControlLoses(other.id, other.rate.answered, other.rate.rounds)


def insufficient(observations: Observations, observed_lanes: Sequence[ObservedLane]) -> list[Finding]:
    """Return a finding for lanes with too few rounds, and one for those that no end was found of."""
    few = [observed for observed in observed_lanes if observed.condition is Condition.INSUFFICIENT]
    endless = [observed for observed in observed_lanes if observed.condition is Condition.ENDLESS]
    found = []
    if few:
        rounds = min(observed.trace.rounds for observed in few)
        done = all(observed.trace.finished for observed in few)
        seconds = (ROUNDS_NEEDED - rounds) * observations.snapshot.round_s
        step = NextStep(StepKind.RUN_AGAIN) if done else NextStep(StepKind.KEEP_RUNNING, seconds=seconds)
        found.append(_too_little(few, TooFewRounds(rounds), step))
    if endless:
        top = max(observed.silence.last_ttl for observed in endless)
        found.append(_too_little(endless, NoEnd(top), NextStep(StepKind.RAISE_MAX_HOPS)))
    return found


def _too_little(
    observed_lanes: Sequence[ObservedLane], fact: TooFewRounds | NoEnd, step: NextStep
) -> Finding:
    return Finding(
        kind=FindingKind.INSUFFICIENT,
        confidence=Confidence.LOW,
        lanes=tuple(observed.id for observed in observed_lanes),
        fact=fact,
        next_steps=(step,),
    )
