"""Findings about lanes that are answered at times, and about those that have said too little."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from tracetui.analysis.findings.conclude import NEEDED, ROUNDS_NEEDED, Amount
from tracetui.analysis.findings.explain import ENDPOINT, HERE, UNKNOWN, explained
from tracetui.analysis.findings.reading import Condition, Reading
from tracetui.analysis.findings.scene import Scene
from tracetui.analysis.findings.share import WINDOW
from tracetui.analysis.findings.steps import ordered
from tracetui.analysis.findings.suggest import other_services
from tracetui.analysis.fisher import fisher_less
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
_ALIKE = 0.05
"""p at or above which a control does not lose clearly less."""


def intermittent(scene: Scene, readings: Iterable[Reading]) -> list[Finding]:
    """Return a finding for each endpoint that is reached at times, or whose place of silence moves."""
    groups: dict[tuple[str, str, bool], list[Reading]] = defaultdict(list)
    for reading in readings:
        groups[reading.place, reading.lane.address, reading.share.silent].append(reading)
    return [_intermittent(scene, group) for group in groups.values()]


def _intermittent(scene: Scene, readings: Sequence[Reading]) -> Finding:
    first = readings[0]
    moves = first.share.silent
    rounds = min(reading.share.rounds for reading in readings)
    amount = Amount(rounds, rounds * scene.snapshot.interval_s)
    evidence = tuple(one for reading in readings for one in _evidence(scene, reading))
    explanations = explained(_PLACES, evidence)
    enough = amount.reaches(NEEDED[Confidence.MEDIUM])
    return Finding(
        kind=FindingKind.INTERMITTENT,
        confidence=Confidence.MEDIUM if enough else Confidence.LOW,
        lanes=tuple(reading.id for reading in readings),
        fact=AtTimes(moves),
        since=moment_of(min(reading.outcomes[-reading.share.rounds].started_ns for reading in readings)),
        direction=Direction.UNKNOWN,
        explanations=explanations,
        evidence=evidence,
        next_steps=ordered(
            [
                NextStep(StepKind.KEEP_RUNNING),
                *other_services(scene.snapshot, first.lane)[:1],
                NextStep(StepKind.ADD_VANTAGE, first.id),
            ],
            explanations,
        ),
    )


def _evidence(scene: Scene, reading: Reading) -> Iterator[Evidence]:
    share = reading.share
    yield Answers(reading.id, reading.proof, reading.answered_once, share.answered, share.rounds)
    between = _stops_between(reading)
    if between is not None:
        yield between
    if reading.outages:
        yield EarlierOutages(reading.id, reading.outages)
    window = reading.outcomes[-WINDOW:]
    got = sum(bool(outcome.path) and outcome.path[0] is not None for outcome in window)
    if 2 * (len(window) - got) >= len(window) - share.answered:
        yield FirstHopLoses(reading.id, got, len(window))
    yield from _controls_lose(scene, reading)


def _stops_between(reading: Reading) -> StopsBetween | None:
    """Return between which hops the last replies came, and what a load balancer sees of the lane."""
    one_flow = reading.trace.flow is FlowKind.FIXED
    if reading.share.silent and reading.wanders is not None:
        return StopsBetween(reading.id, *reading.wanders, one_flow)
    tops = [
        top
        for top, answer in zip(reading.rounds.tops[-WINDOW:], reading.answers, strict=True)
        if answer is None
    ]
    return StopsBetween(reading.id, min(tops), max(tops), one_flow) if tops else None


def _controls_lose(scene: Scene, reading: Reading) -> Iterator[ControlLoses]:
    """Yield controls whose endpoints do not answer clearly more often: then it is not specific."""
    share = reading.share
    for other in scene.from_same_place(reading):
        lost = other.share.rounds - other.share.answered
        if other.lane.role is not Role.CONTROL or not other.share.answered or not lost:
            continue
        p_value = fisher_less(share.answered, share.rounds, other.share.answered, other.share.rounds)
        if p_value >= _ALIKE:
            yield ControlLoses(other.id, other.share.answered, other.share.rounds)


def insufficient(scene: Scene, readings: Sequence[Reading]) -> list[Finding]:
    """Return a finding for lanes with too few rounds, and one for those that no end was found of."""
    few = [reading for reading in readings if reading.condition is Condition.INSUFFICIENT]
    endless = [reading for reading in readings if reading.condition is Condition.ENDLESS]
    found = []
    if few:
        rounds = min(reading.trace.rounds for reading in few)
        done = all(reading.trace.finished for reading in few)
        seconds = (ROUNDS_NEEDED - rounds) * scene.snapshot.interval_s
        step = NextStep(StepKind.RUN_AGAIN) if done else NextStep(StepKind.KEEP_RUNNING, seconds=seconds)
        found.append(_too_little(few, TooFewRounds(rounds), step))
    if endless:
        top = max(reading.era.last_ttl for reading in endless)
        found.append(_too_little(endless, NoEnd(top), NextStep(StepKind.RAISE_MAX_HOPS)))
    return found


def _too_little(readings: Sequence[Reading], fact: TooFewRounds | NoEnd, step: NextStep) -> Finding:
    return Finding(
        kind=FindingKind.INSUFFICIENT,
        confidence=Confidence.LOW,
        lanes=tuple(reading.id for reading in readings),
        fact=fact,
        next_steps=(step,),
    )
