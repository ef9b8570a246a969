"""Findings about this side: nothing gets past the first hop, or this machine cannot send. They name no AS."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from tracetui.analysis.findings.conclude import Amount, conclude
from tracetui.analysis.findings.explain import HERE, explained
from tracetui.analysis.findings.reading import Condition, Reading
from tracetui.analysis.findings.scene import Scene
from tracetui.analysis.findings.steps import keep_running, ordered
from tracetui.model import (
    Confidence,
    Direction,
    ExplanationKind,
    Finding,
    FindingKind,
    ForeignText,
    NextStep,
    Role,
    StepKind,
)
from tracetui.model.evidence import EndsAt, SystemRefuses
from tracetui.model.finding import CannotSend, StopsAtHome
from tracetui.model.moment import moment_of

_LANES_TOLD: Final = 8
_CHECK: Final = NextStep(StepKind.CHECK_HOME)
_FIRST_HOP: Final = 1
"""Beyond it may be the provider, who may number its routers privately."""


def everything_at_home(scene: Scene, lanes: Sequence[Reading]) -> Finding | None:
    """Return the finding when no lane of a vantage gets past the first hop."""
    told = [reading for reading in lanes if reading.condition is not Condition.INSUFFICIENT]
    failing = [reading for reading in told if reading.condition is not Condition.CANNOT_SEND]
    if not failing or not all(map(_at_home, told)):
        return None
    if len({reading.lane.address for reading in told}) == 1 and _gets_to_a_provider(scene, failing):
        return None
    controls = [reading for reading in told if reading.lane.role is Role.CONTROL]
    compared = bool(controls) and len(controls) < len(told)
    evidence = tuple(_end(scene, reading) for reading in told[:_LANES_TOLD])
    explanations = explained({ExplanationKind.OWN_FILTER: HERE}, evidence)
    amounts = [_amount(scene, reading) for reading in failing]
    amount = Amount(min(one.rounds for one in amounts), min(one.seconds for one in amounts))
    conclusion = conclude(explanations, amount, clear=compared)
    return Finding(
        kind=FindingKind.LOCAL_PROBLEM,
        confidence=conclusion.confidence,
        lanes=tuple(reading.id for reading in told),
        fact=StopsAtHome(controls_too=compared),
        since=moment_of(max(map(_since_ns, failing))),
        direction=Direction.UNKNOWN,
        explanations=explanations,
        evidence=evidence,
        next_steps=ordered(
            [
                _CHECK,
                keep_running(amount, Confidence.LOW, scene.snapshot.interval_s),
                None if controls else NextStep(StepKind.ADD_CONTROL),
            ],
            explanations,
        ),
        controls=tuple(reading.id for reading in controls) if compared else (),
    )


def cannot_send(readings: Iterable[Reading]) -> Iterator[Finding]:
    """Yield a finding for each reason the local system gives for not sending."""
    groups: dict[tuple[str, str], list[Reading]] = defaultdict(list)
    for reading in readings:
        groups[reading.place, reading.verdict.reason or ""].append(reading)
    for (_, reason), group in groups.items():
        lanes = tuple(reading.id for reading in group)
        words = ForeignText(reason)
        evidence = (SystemRefuses(lanes, words),)
        yield Finding(
            kind=FindingKind.LOCAL_PROBLEM,
            confidence=Confidence.HIGH,
            lanes=lanes,
            fact=CannotSend(words),
            direction=Direction.FORWARD,
            explanations=explained({ExplanationKind.OWN_FILTER: HERE}, evidence),
            evidence=evidence,
            next_steps=(_CHECK,),
        )


def _amount(scene: Scene, reading: Reading) -> Amount:
    said = reading.refused
    if said is not None:
        return Amount(said.messages, said.seconds + scene.snapshot.interval_s)
    return Amount(reading.era.rounds, reading.era.seconds(scene.snapshot.interval_s))


def _since_ns(reading: Reading) -> int:
    return reading.refused.since_ns if reading.refused is not None else reading.era.since_ns


def _at_home(reading: Reading) -> bool:
    """Tell whether a lane ends at or before the first hop."""
    if reading.condition is Condition.CANNOT_SEND:
        return True
    if reading.condition is Condition.REFUSED and reading.refused is not None:
        return (reading.ttl_of(reading.refused.address) or reading.refused.ttl) <= _FIRST_HOP
    return reading.condition is Condition.SILENT and reading.era.last_ttl <= _FIRST_HOP


def _gets_to_a_provider(scene: Scene, readings: Sequence[Reading]) -> bool:
    """One endpoint alone has nothing to be compared with, so it must not even get to a public first hop."""
    return any(map(scene.identifies, {step.address for reading in readings for step in reading.steps}))


def _end(scene: Scene, reading: Reading) -> EndsAt:
    if reading.condition is Condition.CANNOT_SEND:
        return EndsAt(reading.id, None, 0)
    said = reading.refused
    if said is not None:
        router = scene.candidate(reading, reading.ttl_of(said.address) or said.ttl, said.address)
        return EndsAt(reading.id, router, said.messages, said.icmp_type, said.icmp_code)
    return EndsAt(reading.id, scene.last_hop(reading), reading.era.rounds)
