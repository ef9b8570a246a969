"""Orders the next steps of a finding: first the measurement that would decide most of what is left."""

import math
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Final

from tracetui.analysis.findings.conclude import NEEDED, Amount, left
from tracetui.analysis.findings.control_fit import Comparison
from tracetui.analysis.findings.observations import Observations
from tracetui.analysis.findings.observed_lane import ObservedLane
from tracetui.analysis.findings.other_direction import is_way_back, reverse_trace_step
from tracetui.analysis.findings.router_owner import near_prefix
from tracetui.analysis.findings.suggest_targets import other_services, suggested_controls
from tracetui.model import (
    Address,
    Asn,
    Confidence,
    ControlFit,
    Evidence,
    Explanation,
    ExplanationKind,
    ExplanationState,
    NextStep,
    Prefix,
    Relation,
    StepKind,
)
from tracetui.model.evidence import (
    BgpNotFollowed,
    BgpPath,
    LateReplies,
    ReachedElsewhere,
    RoutesDiffer,
    SameNextAs,
    ServiceAnswers,
    StopsElsewhere,
)

E, S = ExplanationKind, StepKind

_CONTROL: Final = (E.RARE_OR_LATE, E.OWN_FILTER, E.OTHER_WAY, E.ENDPOINT_SILENT, E.LOST_ON_RETURN, E.TOO_FAR)
TELLS: Final = {
    S.MARK_CONTROL: _CONTROL,
    S.ADD_CONTROL: _CONTROL,
    S.CONTROL_SERVICE: (E.RARE_OR_LATE, E.OWN_FILTER, E.OTHER_WAY),
    S.ADD_SERVICE: (E.DEAD_BRANCH, E.OTHER_WAY, E.ENDPOINT_ANSWERS, E.BOX_ANSWERS),
    S.BGP_PATH: (E.OTHER_WAY, E.ENDPOINT_SILENT, E.LOST_ON_RETURN, E.TOO_FAR),
    S.ADD_VANTAGE: (
        E.ENDPOINT_SILENT,
        E.OWN_FILTER,
        E.DROPPED_AT_LAST,
        E.DROPPED_BEYOND,
        E.DROPPED_IN_NEXT_AS,
    ),
    S.VANTAGE_INSIDE: (E.DROPPED_AT_LAST, E.DROPPED_BEYOND, E.OWN_FILTER),
    S.REVERSE_TRACE: (E.LOST_ON_RETURN, E.ENDPOINT_SILENT, E.HOST_OFF),
    S.RAISE_TIMEOUT: (E.RARE_OR_LATE,),
    S.RAISE_MAX_HOPS: (E.TOO_FAR,),
    S.CHECK_HOME: (E.OWN_FILTER,),
    S.ASK_OPERATOR: (E.ROUTER_REFUSES, E.FORGED_MESSAGE, E.ROUTERS_LOOP),
    S.CAPTURE_BOTH_SIDES: (E.BOX_ANSWERS, E.ENDPOINT_ANSWERS, E.ONLY_PROBES),
    S.KEEP_RUNNING: (E.PASSING_LOOP,),
}
"""The explanations that each step could rule out or strain."""

_COSTS: Final = (
    (S.KEEP_RUNNING, S.RUN_AGAIN),
    (S.MARK_CONTROL, S.CONTROL_SERVICE, S.ADD_SERVICE, S.RAISE_TIMEOUT, S.RAISE_MAX_HOPS),
    (S.ADD_CONTROL,),
    (S.BGP_PATH, S.CHECK_HOME),
    (S.ADD_VANTAGE,),
    (S.VANTAGE_INSIDE, S.REVERSE_TRACE, S.ASK_OPERATOR, S.CAPTURE_BOTH_SIDES),
)
"""What is done in a moment first."""

_MAX_STEPS: Final = 7
"""Steps of a finding."""


@cache
def would_tell(kind: ExplanationKind) -> tuple[StepKind, ...]:
    """Return the steps that could rule an explanation out or strain it, the cheapest first."""
    return tuple(step for steps in _COSTS for step in steps if kind in TELLS.get(step, ()))


def ordered(steps: Iterable[NextStep | None], explanations: Sequence[Explanation]) -> tuple[NextStep, ...]:
    """Return the steps there are, each once, the most telling first; time alone comes first where it is
    needed.
    """
    is_left = {one.kind for one in left(explanations)}
    strained = {one.kind for one in explanations if one.state is ExplanationState.STRAINED} - is_left
    cost = {kind: place for place, kinds in enumerate(_COSTS) for kind in kinds}
    found = list(dict.fromkeys(step for step in steps if step is not None))

    def rank(step: NextStep) -> tuple[object, ...]:
        tells = set(TELLS.get(step.kind, ()))
        return (
            step.kind is not S.KEEP_RUNNING or len(is_left) > 2,
            -len(tells & is_left),
            -len(tells & strained),
            cost[step.kind],
        )

    return tuple(sorted(found, key=rank)[:_MAX_STEPS])


def keep_running(amount: Amount, confidence: Confidence, interval_s: float) -> NextStep | None:
    """Return how much longer to run for a firmer finding; None when time is not what it lacks."""
    wanted = NEEDED[Confidence.MEDIUM if confidence is Confidence.LOW else Confidence.HIGH]
    seconds = max((wanted.rounds - amount.rounds) * interval_s, wanted.seconds - amount.seconds)
    return NextStep(S.KEEP_RUNNING, seconds=math.ceil(seconds)) if seconds > 0 else None


def silence_steps(
    observations: Observations,
    suspect: ObservedLane,
    controls: Sequence[Comparison],
    evidence: Sequence[Evidence],
    named: Sequence[Asn],
) -> Iterable[NextStep | None]:
    """Yield what is left to do about a silent lane."""
    if not is_way_back(observations, suspect):  # our own network needs no control, and is nobody's business
        yield from _control_steps(observations, suspect, controls)
    yield from other_services(observations.snapshot, suspect.lane)[:1]
    if any(isinstance(one, LateReplies) for one in evidence):
        yield NextStep(S.RAISE_TIMEOUT)
    if not any(isinstance(one, ReachedElsewhere | StopsElsewhere) for one in evidence):
        yield NextStep(S.ADD_VANTAGE, suspect.id)
    last = observations.last_hop(suspect)
    at_last = (last.asn,) if last is not None and last.asn is not None else ()
    for asn in named or at_last:
        if not any(isinstance(one, StopsElsewhere) and one.inside == asn for one in evidence):
            yield NextStep(S.VANTAGE_INSIDE, suspect.id, asn=asn)
    for asn in at_last:
        if not _knows_routes(evidence, asn, controls):
            yield bgp_path(observations, suspect, asn)
    yield reverse_trace_step(observations, suspect)
    if any(isinstance(one, ServiceAnswers) for one in evidence):
        yield NextStep(S.CAPTURE_BOTH_SIDES, suspect.id)


def _knows_routes(evidence: Sequence[Evidence], asn: Asn, controls: Sequence[Comparison]) -> bool:
    """Tell whether the routes of an AS to the suspect, and to a control where there is one, are known."""
    compared = SameNextAs | RoutesDiffer | BgpNotFollowed
    if any(isinstance(one, compared) for one in evidence):
        return True
    known = any(isinstance(one, BgpPath) and one.viewer == asn for one in evidence)
    return known and not any(one.fit is ControlFit.VALID for one in controls)


def _control_steps(
    observations: Observations, suspect: ObservedLane, controls: Sequence[Comparison]
) -> Iterable[NextStep]:
    valid = [one for one in controls if one.fit is ControlFit.VALID]
    if any(one.relation is Relation.NEIGHBOUR for one in valid):
        return
    if not valid:
        for one in controls:
            if one.fit is ControlFit.OTHER_SERVICE:
                yield control_service(suspect, one.control)
                break
    offered = suggested_controls(observations.snapshot, suspect.id)
    near = [step for step in offered if step.relation is Relation.NEIGHBOUR]
    yield from (near or offered)[:2]
    if not offered:
        yield NextStep(S.ADD_CONTROL, suspect.id, prefix=Prefix(near_prefix(suspect.lane.address)))


def control_service(suspect: ObservedLane, control: ObservedLane) -> NextStep:
    """Ask for the suspect's own protocol and port on a control."""
    lane = suspect.lane
    return NextStep(
        S.CONTROL_SERVICE,
        suspect.id,
        address=Address(control.lane.address),
        protocol=lane.protocol,
        port=lane.port,
    )


def bgp_path(observations: Observations, suspect: ObservedLane, asn: Asn | None) -> NextStep:
    """Ask for the route to the endpoint as one AS has it."""
    owner = observations.owner(suspect.lane.address)
    announced = owner.prefix if owner is not None and owner.special is None else None
    return NextStep(
        S.BGP_PATH, suspect.id, prefix=Prefix(announced or near_prefix(suspect.lane.address)), asn=asn
    )


def add_control(suspect: ObservedLane) -> NextStep:
    """Ask for a control close to the suspect."""
    return NextStep(S.ADD_CONTROL, suspect.id, prefix=Prefix(near_prefix(suspect.lane.address)))
