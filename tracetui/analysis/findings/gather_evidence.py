"""Gathers the evidence about one silent lane: its controls, the path beyond, owners, other vantages."""

from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from typing import Final

from tracetui.analysis.exact_tests import rate_bound
from tracetui.analysis.findings.arriving_probes import arriving_probes
from tracetui.analysis.findings.bgp_evidence import BGP_CONTRADICTS, bgp_evidence
from tracetui.analysis.findings.conclude import Amount
from tracetui.analysis.findings.control_fit import Comparison, stops_at_same_place
from tracetui.analysis.findings.dead_branch import branches_meet, flows_split
from tracetui.analysis.findings.imported_evidence import imported_evidence
from tracetui.analysis.findings.observations import Observations
from tracetui.analysis.findings.observed_lane import Condition, ObservedLane
from tracetui.analysis.findings.other_direction import facing_lanes, reverse_traces
from tracetui.analysis.findings.service_evidence import service_evidence
from tracetui.analysis.findings.vantage_evidence import seen_elsewhere, seen_everywhere
from tracetui.analysis.findings.way_shown import ways_shown
from tracetui.analysis.rounds.lazy_hops import labelled_of
from tracetui.model import Candidate, ControlFit, Evidence, Role
from tracetui.model.evidence import (
    AnsweredNearer,
    ControlStops,
    ControlUnfit,
    DirectProbes,
    EarlierOutages,
    FirstOutage,
    LateReplies,
    RouterOwner,
    RoutersAnswerControl,
    Silence,
)

_MAX_CONTROLS_TOLD: Final = 4
"""Controls of one lane listed in the evidence."""


def silence_evidence(
    observations: Observations,
    observed: ObservedLane,
    amount: Amount,
    controls: Sequence[Comparison],
    others: Sequence[Comparison],
) -> Iterator[Evidence]:
    """Yield all evidence about a silent lane, given its controls and the `others` of its own services.

    What contradicts BGP, or BGP what was measured, comes first.
    """
    measured = tuple(_measured(observations, observed, amount, controls, others))
    told = tuple(bgp_evidence(observations, observed, controls, measured))
    against = [one for one in told if isinstance(one, BGP_CONTRADICTS)]
    yield from against
    yield from measured
    yield from (one for one in told if one not in against)


def rests_on(
    observations: Observations,
    observed: ObservedLane,
    controls: Sequence[Comparison],
    others: Sequence[Comparison],
) -> tuple[object, ...]:
    """Return objects of which at least one is another when the evidence about a silent lane is another."""
    snapshot = observations.snapshot
    outside = snapshot.outside
    bgp = outside.bgp
    aging = outside.services or bgp.routes or bgp.updates or bgp.questions
    if aging or snapshot.arrivals or any(facing_lanes(observations, observed)):
        return (snapshot,)  # it depends on the time too, or on rounds of lanes the other way
    return (
        observed,
        observations.paths,
        observations.board,
        seen_everywhere(observations, observed, _following(_told(controls, others))),
        *controls,
        *others,
        *observations.imported_to(observed.lane.address),
        *observations.imported_from(observed.place),
    )


def _measured(
    observations: Observations,
    observed: ObservedLane,
    amount: Amount,
    controls: Sequence[Comparison],
    others: Sequence[Comparison],
) -> Iterator[Evidence]:
    silence = observed.silence
    yield from service_evidence(observations, observed, silence.since_ns)
    yield Silence(
        (observed.id,), silence.last_ttl, amount.rounds, amount.seconds, rate_bound(max(1, amount.rounds))
    )
    shown = _told(controls, others)
    following = _following(shown)
    yield from shown[:_MAX_CONTROLS_TOLD]
    yield from ways_shown(observations, observed, controls, others)
    flows = flows_split(observations, observed)
    if flows is not None:
        yield flows
    yield from _late(observed)
    if observed.answered_once is not None:
        yield AnsweredNearer(observed.id, observed.answered_once)
    yield from seen_elsewhere(observations, observed, following)
    yield from arriving_probes(observations, observed, silence.first)
    yield from reverse_traces(observations, observed, silence.first)
    yield from _controls_that_do_not_serve(controls)
    yield from _outages(observed, controls)
    yield from _owners(observations, observed, shown)
    yield from _direct_probes(observations, observed, controls)
    yield from imported_evidence(observations, observed)


def _told(controls: Sequence[Comparison], others: Sequence[Comparison]) -> list[RoutersAnswerControl]:
    """Return what controls show; beside a valid one, a control of another service or origin adds nothing."""
    valid = [one for one in controls if one.fit is ControlFit.VALID]
    return [one.evidence for one in (*(valid or controls), *others) if one.evidence is not None]


def _following(shown: Sequence[RoutersAnswerControl]) -> str | None:
    """Return the address of L+1, where a control shows it."""
    following = shown[0].following if shown else None
    return following.address if following is not None else None


def _late(observed: ObservedLane) -> Iterator[LateReplies]:
    late = observed.late_beyond
    if late:
        ttl = min(late)
        count = sum(map(len, late.values()))
        endpoint = any(observed.lane.address in addresses for addresses in late.values())
        yield LateReplies(observed.id, ttl, count, endpoint)


def _controls_that_do_not_serve(controls: Sequence[Comparison]) -> Iterator[Evidence]:
    for one in controls:
        if one.control.lane.role is not Role.CONTROL or one.fit.serves:
            continue
        if one.fit is ControlFit.STOPS_TOO:
            yield ControlStops(one.control.id, one.control.answered_once is not None)
        elif one.fit is not ControlFit.OTHER_VANTAGE:
            yield ControlUnfit(one.control.id, one.fit, one.ttl)


def _outages(observed: ObservedLane, controls: Sequence[Comparison]) -> Iterator[Evidence]:
    """Yield earlier outages of the lane and of the controls it is compared with, in the time it was
    watched.
    """
    compared = [observed, *(one.control for one in controls if one.fit is ControlFit.VALID)]
    earlier = [one for one in compared if one.outages]
    yield from (EarlierOutages(one.id, one.outages) for one in earlier)
    if not earlier and observed.answered_once is not None:
        yield FirstOutage((observed.id,))


def _owners(
    observations: Observations, observed: ObservedLane, shown: Sequence[RoutersAnswerControl]
) -> Iterator[RouterOwner]:
    """Yield whose L is, and L+1; of branches, and of a label-switched path, each router."""
    routers: dict[str, Candidate] = {}
    last = observations.last_hop(observed)
    if last is not None and last.address is not None:
        routers[last.address] = last
    for one in shown[:1]:
        if one.following is not None:
            routers.update((router.address or "", router) for router in _label_switched(observations, one))
    meet = branches_meet(observations, observed)
    if meet is not None:
        for branch in meet.branches:
            routers.setdefault(
                branch, observations.candidate(observed, observed.silence.last_ttl + 1, branch)
            )
        routers.setdefault(meet.meeting.address or "", meet.meeting)
    yield from map(observations.router_owner, routers.values())


def _label_switched(observations: Observations, shown: RoutersAnswerControl) -> Iterator[Candidate]:
    """Yield L+1 on a control's path; where it or the one after answers with labels, all to the end of the
    LSP.
    """
    control = observations.lane(shown.control)
    following = shown.following
    if following is None:
        return
    yield following
    offset = following.ttl - (shown.ttl + 1 + shown.gap)
    labelled = {ttl for ttl, _ in labelled_of(control.trace.hops)}
    for step in control.path.steps:
        if step.ttl <= shown.ttl + shown.gap:
            continue
        if step.ttl not in labelled:
            return
        yield observations.candidate(control, step.ttl + offset, step.address)


def _direct_probes(
    observations: Observations, observed: ObservedLane, controls: Sequence[Comparison]
) -> Iterator[DirectProbes]:
    """The user's lanes to routers beyond L on the best control's path, silent at the same place or
    answered.
    """
    guide = next((one for one in controls if one.fit.serves and one.ttl is not None), None)
    if guide is None or guide.ttl is None:
        return
    beyond = _addresses_beyond(observations, guide.control, guide.ttl)
    lanes = [other for other in observations.from_same_place(observed) if other.lane.address in beyond]
    answered = tuple(lane.id for lane in lanes if lane.condition is Condition.ANSWERED)
    silent = tuple(lane.id for lane in lanes if stops_at_same_place(observations, observed, lane))
    if answered or silent:
        yield DirectProbes(answered, silent)


def _addresses_beyond(observations: Observations, control: ObservedLane, ttl: int) -> AbstractSet[str]:
    def make() -> AbstractSet[str]:
        return {address for at, routers in control.path.routers.items() if at > ttl for address in routers}

    return observations.paths.once((_addresses_beyond, control.id, ttl), make)
