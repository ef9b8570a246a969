"""Makes findings about this machine and its first hop; they name no AS."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from tracetui.analysis.findings.conclude import Amount, conclude, said
from tracetui.analysis.findings.explain import HERE, explained, only_probes
from tracetui.analysis.findings.next_steps import keep_running, ordered
from tracetui.analysis.findings.observations import Observations
from tracetui.analysis.findings.observed_lane import Condition, ObservedLane
from tracetui.analysis.findings.service_evidence import service_evidence
from tracetui.model import (
    Confidence,
    Direction,
    Evidence,
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

_MAX_LANES_TOLD: Final = 8
_CHECK: Final = NextStep(StepKind.CHECK_HOME)
_FIRST_HOP: Final = 1
"""Beyond it may be the provider, who may number its routers privately."""


def everything_at_home(observations: Observations, lanes: Sequence[ObservedLane]) -> Finding | None:
    """Return the finding when no lane of a vantage gets past the first hop."""
    told = [observed for observed in lanes if observed.condition is not Condition.INSUFFICIENT]
    failing = [observed for observed in told if observed.condition is not Condition.CANNOT_SEND]
    if not failing or not all(map(_at_home, told)):
        return None
    if len({observed.lane.address for observed in told}) == 1 and _gets_to_a_provider(observations, failing):
        return None
    controls = [observed for observed in told if observed.lane.role is Role.CONTROL]
    compared = bool(controls) and len(controls) < len(told)
    since_ns = max(map(_since_ns, failing))
    evidence: tuple[Evidence, ...] = (
        *(one for observed in failing for one in service_evidence(observations, observed, since_ns)),
        *(_end(observations, observed) for observed in told[:_MAX_LANES_TOLD]),
    )
    explanations = explained({ExplanationKind.OWN_FILTER: HERE, **only_probes(evidence)}, evidence)
    amounts = [_amount(observations, observed) for observed in failing]
    amount = Amount(min(one.rounds for one in amounts), min(one.seconds for one in amounts))
    conclusion = conclude(explanations, amount, clear=compared)
    return Finding(
        kind=FindingKind.LOCAL_PROBLEM,
        confidence=conclusion.confidence,
        lanes=tuple(observed.id for observed in told),
        fact=StopsAtHome(controls_too=compared),
        since=moment_of(since_ns),
        direction=Direction.UNKNOWN,
        explanations=explanations,
        evidence=evidence,
        next_steps=ordered(
            [
                _CHECK,
                keep_running(amount, Confidence.LOW, observations.snapshot.round_s),
                None if controls else NextStep(StepKind.ADD_CONTROL),
            ],
            explanations,
        ),
        controls=tuple(observed.id for observed in controls) if compared else (),
    )


def cannot_send(observed_lanes: Iterable[ObservedLane]) -> Iterator[Finding]:
    """Yield a finding for each reason the local system gives for not sending."""
    groups: dict[tuple[str, str], list[ObservedLane]] = defaultdict(list)
    for observed in observed_lanes:
        groups[observed.place, observed.verdict.reason or ""].append(observed)
    for (_, reason), group in groups.items():
        lanes = tuple(observed.id for observed in group)
        words = ForeignText(reason)
        evidence = (SystemRefuses(lanes, words),)
        failing = [observed.failing for observed in group]
        starts = [rounds[0].started_ns for rounds in failing if rounds]
        yield Finding(
            kind=FindingKind.LOCAL_PROBLEM,
            confidence=said(min(map(len, failing))),
            lanes=lanes,
            fact=CannotSend(words),
            since=moment_of(max(starts)) if starts else None,
            direction=Direction.FORWARD,
            explanations=explained({ExplanationKind.OWN_FILTER: HERE}, evidence),
            evidence=evidence,
            next_steps=(_CHECK,),
        )


def _amount(observations: Observations, observed: ObservedLane) -> Amount:
    refused = observed.refused
    if refused is not None:
        return Amount(refused.messages, refused.seconds + observations.snapshot.round_s)
    return Amount(observed.silence.rounds, observed.silence.seconds(observations.snapshot.round_s))


def _since_ns(observed: ObservedLane) -> int:
    return observed.refused.since_ns if observed.refused is not None else observed.silence.since_ns


def _at_home(observed: ObservedLane) -> bool:
    """Tell whether a lane ends at or before the first hop."""
    if observed.condition is Condition.CANNOT_SEND:
        return True
    if observed.condition is Condition.REFUSED and observed.refused is not None:
        return observed.refused.ttl <= _FIRST_HOP
    return observed.condition is Condition.SILENT and observed.silence.last_ttl <= _FIRST_HOP


def _gets_to_a_provider(observations: Observations, observed_lanes: Sequence[ObservedLane]) -> bool:
    """One endpoint alone has nothing to be compared with, so it must not even get to a public first hop."""
    steps = [step for observed in observed_lanes for step in observed.path.steps]
    return any(observations.identifies(step.address) for step in steps)


def _end(observations: Observations, observed: ObservedLane) -> EndsAt:
    if observed.condition is Condition.CANNOT_SEND:
        return EndsAt(observed.id, None, 0)
    refused = observed.refused
    if refused is not None:
        router = observations.candidate(observed, refused.ttl, refused.address)
        return EndsAt(observed.id, router, refused.messages, refused.icmp_type, refused.icmp_code)
    return EndsAt(observed.id, observations.last_hop(observed), observed.silence.rounds)
