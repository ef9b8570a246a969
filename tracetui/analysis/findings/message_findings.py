"""Makes findings about what routers report themselves: ICMP unreachables, and routing loops."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from tracetui.analysis.findings.conclude import NEEDED, Amount, conclude, router_places
from tracetui.analysis.findings.explain import ENDPOINT, NOBODY, UNKNOWN, explained, only_probes
from tracetui.analysis.findings.next_steps import add_control, bgp_path, keep_running, ordered
from tracetui.analysis.findings.observations import Observations
from tracetui.analysis.findings.observed_lane import Condition, ObservedLane, Refused
from tracetui.analysis.findings.other_direction import reverse_trace_step, reverse_traces
from tracetui.analysis.findings.recent_rounds import LOOP_ROUNDS
from tracetui.analysis.findings.service_evidence import service_evidence
from tracetui.analysis.lanes.has_stopped import LOOKBACK
from tracetui.model import (
    Address,
    Candidate,
    Confidence,
    Direction,
    Evidence,
    ExplanationKind,
    Finding,
    FindingKind,
    NextStep,
    Place,
    PlaceKind,
    Relation,
    Role,
    Standing,
    StepKind,
)
from tracetui.model.evidence import LoopSeen, NothingBehind, PassesRouter, RouterMessage, RouterOwner
from tracetui.model.finding import Loops, RouterSays
from tracetui.model.moment import moment_of

E = ExplanationKind

_PROHIBITS: Final = {(3, 9), (3, 10), (3, 13), (1, 1), (1, 5), (1, 6)}
"""RFC 1812 section 5.2.7.1 (ICMP type 3); RFC 4443 section 3.1 (ICMPv6 type 1)."""

_REFUSES: Final = {(3, 2), (3, 3), (3, 14), (3, 15), (1, 4)}
"""A router's protocol or port unreachable is what a firewall's reject rule sends unless told otherwise."""

_NO_HOST: Final = {(3, 0), (3, 1), (1, 0), (1, 3)}
"""What a router also says when a host is off, or its address is not in use."""

_HOST_UNREACHABLE: Final = {(3, 1), (1, 3)}
_MAX_PASSING_TOLD: Final = 4
_MIN_LOOP_S: Final = 60.0
"""Routing that converges loops for seconds; a loop younger than this may be one of those."""


def refusals(observations: Observations, observed_lanes: Iterable[ObservedLane]) -> list[Finding]:
    """Return a finding for each router and message."""
    groups: dict[tuple[str, str, int, int], list[tuple[ObservedLane, Refused]]] = defaultdict(list)
    for observed in observed_lanes:
        said = observed.refused
        if said is not None:
            groups[observed.place, said.address, said.icmp_type, said.icmp_code].append((observed, said))
    return [_refusal(observations, group) for group in groups.values()]


def _refusal(observations: Observations, group: Sequence[tuple[ObservedLane, Refused]]) -> Finding:
    first, said = group[0]
    observed_lanes = [observed for observed, _ in group]
    code = (said.icmp_type, said.icmp_code)
    at_endpoint = said.address == first.lane.address
    router = observations.candidate(first, said.ttl, said.address)
    passing = [] if at_endpoint else list(_passing(observations, observed_lanes, said.address, code))
    owner = observations.router_owner(router)
    evidence: tuple[Evidence, ...] = (
        *(one for observed, said in group for one in service_evidence(observations, observed, said.since_ns)),
        *_refusal_evidence(group, owner, passing, at_endpoint=at_endpoint, code=code),
        *reverse_traces(observations, first, max(0, len(first.outcomes) - LOOKBACK)),
    )
    refused_by = ENDPOINT if at_endpoint else router_places(owner)
    places: dict[ExplanationKind, tuple[Place, ...]] = {
        E.ROUTER_REFUSES: refused_by,
        E.FORGED_MESSAGE: UNKNOWN,
    }
    if code in _NO_HOST and not at_endpoint:
        places[E.HOST_OFF] = ENDPOINT
    places |= only_probes(evidence)
    explanations = explained(places, evidence)
    amount = Amount(min(one.messages for _, one in group), min(one.seconds for _, one in group))
    conclusion = conclude(
        explanations,
        amount,
        witness=lambda _: code in _PROHIBITS and _is_witness(owner, observed_lanes, passing),
    )
    explicit = code in _PROHIBITS | _REFUSES
    return Finding(
        kind=FindingKind.EXPLICIT_FILTER if explicit else FindingKind.NO_ROUTE,
        confidence=conclusion.confidence,
        lanes=tuple(observed.id for observed in observed_lanes),
        fact=RouterSays(router, *code, at_endpoint),
        since=moment_of(max(one.since_ns for _, one in group)),
        ases=conclusion.ases,
        candidates=(router,),
        direction=Direction.FORWARD,
        explanations=explanations,
        evidence=evidence,
        next_steps=ordered(
            [
                keep_running(amount, conclusion.confidence, observations.snapshot.round_s),
                None if passing else add_control(first),
                None if explicit else bgp_path(observations, first, router.asn),
                NextStep(StepKind.ASK_OPERATOR, first.id, asn=router.asn),
                reverse_trace_step(observations, first) if code in _NO_HOST else None,
            ],
            explanations,
        ),
        controls=tuple(one.lane for one in passing),
    )


def _passing(
    observations: Observations, refused: Sequence[ObservedLane], router: str, code: tuple[int, int]
) -> Iterator[PassesRouter]:
    """Yield the lanes that go on past the router: controls, and all others that are reached."""
    for other in observations.from_same_place(refused[0]):
        if other in refused or (
            other.lane.role is Role.SUSPECT and other.condition is not Condition.ANSWERED
        ):
            continue
        ttl = other.path.ttl_of(router)
        if ttl is not None and other.recent.answered_beyond(ttl) > 1:
            behind = any(beyond > ttl and beyond != other.distance for beyond in other.path.routers)
            near = observations.relation(refused[0].lane.address, other.lane.address) >= Relation.NEIGHBOUR
            not_last = behind and (near or code not in _HOST_UNREACHABLE)
            yield PassesRouter(other.id, Address(router), ttl, behind, not_last)


def _refusal_evidence(
    group: Sequence[tuple[ObservedLane, Refused]],
    owner: RouterOwner,
    passing: Sequence[PassesRouter],
    *,
    at_endpoint: bool,
    code: tuple[int, int],
) -> Iterator[Evidence]:
    for observed, said in group:
        yield RouterMessage(observed.id, Address(said.address), *code, said.messages, observed.recent.length)
    if at_endpoint:
        return
    yield owner
    yield from passing[:_MAX_PASSING_TOLD]
    if code in _NO_HOST and not any(one.not_last for one in passing):
        yield NothingBehind(Address(group[0][1].address))


def _is_witness(owner: RouterOwner, refused: Sequence[ObservedLane], passing: Sequence[PassesRouter]) -> bool:
    """A firm router's own word, which a control passes and none gets."""
    controls_refused = any(one.lane.role is Role.CONTROL for one in refused)
    return owner.standing is Standing.FIRM and bool(passing) and not controls_refused


def loops(observations: Observations, observed_lanes: Iterable[ObservedLane]) -> list[Finding]:
    """Return a finding for each loop."""
    groups: dict[tuple[str, frozenset[str]], list[ObservedLane]] = defaultdict(list)
    for observed in observed_lanes:
        if observed.loop is not None:
            groups[observed.place, frozenset(observed.loop.turn)].append(observed)
    return [_loop(observations, group) for group in groups.values()]


def _loop(observations: Observations, observed_lanes: Sequence[ObservedLane]) -> Finding:
    first = observed_lanes[0]
    turn = tuple(_in_turn(observations, first))
    owners = tuple(observations.router_owner(router) for router in turn)
    started = [one.loop_started for one in observed_lanes if one.loop_started is not None]
    since = max(started, key=lambda outcome: outcome.monotonic_ns)
    seconds = (first.outcomes[-1].monotonic_ns - since.monotonic_ns) / 1e9
    amount = Amount(min(one.loop_rounds for one in observed_lanes), seconds)
    evidence: tuple[Evidence, ...] = (
        *(
            checked
            for one in observed_lanes
            for checked in service_evidence(observations, one, since.started_ns)
        ),
        *(
            LoopSeen(one.id, one.loop_rounds, min(one.recent.length, LOOP_ROUNDS), seconds)
            for one in observed_lanes
        ),
        *owners,
    )
    found = [place for one in owners for place in router_places(one)]
    if first.loop is not None and len(turn) < first.loop.period:
        found.append(Place(PlaceKind.UNKNOWN))  # a router of the turn that does not show itself
    places: dict[ExplanationKind, tuple[Place, ...]] = {E.ROUTERS_LOOP: tuple(dict.fromkeys(found))}
    if seconds < _MIN_LOOP_S:
        places[E.PASSING_LOOP] = NOBODY
    places |= only_probes(evidence)
    explanations = explained(places, evidence)
    conclusion = conclude(explanations, amount)
    return Finding(
        kind=FindingKind.ROUTING_LOOP,
        confidence=conclusion.confidence,
        lanes=tuple(observed.id for observed in observed_lanes),
        fact=Loops(turn),
        since=moment_of(since.started_ns),
        ases=conclusion.ases,
        candidates=turn,
        direction=Direction.FORWARD,
        explanations=explanations,
        evidence=evidence,
        next_steps=ordered(
            [
                NextStep(StepKind.KEEP_RUNNING, seconds=NEEDED[Confidence.MEDIUM].seconds - seconds)
                if seconds < _MIN_LOOP_S
                else None,
                bgp_path(observations, first, turn[0].asn if turn else None),
                *(
                    NextStep(StepKind.ASK_OPERATOR, first.id, asn=asn)
                    for asn in dict.fromkeys(one.asn for one in turn if one.asn is not None)
                ),
            ],
            explanations,
        ),
    )


def _in_turn(observations: Observations, observed: ObservedLane) -> Iterator[Candidate]:
    for address in observed.loop.turn if observed.loop is not None else ():
        ttl = min(ttl for ttl, routers in observed.path.routers.items() if address in routers)
        yield observations.candidate(observed, ttl, address)
