"""Pairs lanes with traces in the other direction: of a vantage near the endpoint to this machine.

A trace needs both ways, the answers' too. So where both stop, neither says which way loses packets; where one
passes, packets come through both ways between its two ends, and only what tells its packets from those of
the other can still be lost on the way back.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from tracetui.analysis.findings.conclude import ROUNDS_NEEDED
from tracetui.analysis.findings.observations import Observations
from tracetui.analysis.findings.observed_lane import Condition, ObservedLane
from tracetui.analysis.findings.router_owner import relation
from tracetui.model import (
    Address,
    Asn,
    Attribution,
    Direction,
    Evidence,
    ForeignText,
    Lane,
    NextStep,
    OtherDirection,
    ProbeProtocol,
    Relation,
    StepKind,
)
from tracetui.model.evidence import NoProbeArrives, OtherWayArrivals, ProbesArrive, ReverseTrace

_TELLS_NOTHING: Final = {Condition.INSUFFICIENT, Condition.CANNOT_SEND}


def relation_to_endpoint(
    source: str | None, lane: Lane, owner: Attribution | None, owner_of_source: Attribution | None
) -> Relation:
    """Return how near a vantage with this source address is to a lane's endpoint."""
    hidden = "hidden-"  # by a mask, which leaves nothing to compare
    if source is None or source.startswith(hidden) or lane.address.startswith(hidden):
        return Relation.OTHER
    if (":" in source) != (":" in lane.address):
        return Relation.OTHER
    return relation(source, lane.address, owner_of_source, owner)


def reverse_traces(observations: Observations, observed: ObservedLane, first: int) -> Iterator[ReverseTrace]:
    """Yield what traces the other way show since a lane's kept round at place `first`.

    Of a lane from here: the ways back from vantages near its endpoint. Of a way back: lanes from here to
    endpoints near its vantage.
    """
    back = not is_way_back(observations, observed)
    grouped: dict[tuple[str, str], list[tuple[Relation, ObservedLane]]] = defaultdict(list)
    for how_near, other in facing_lanes(observations, observed):
        if other.condition not in _TELLS_NOTHING:
            grouped[other.place, other.lane.address].append((how_near, other))
    start_ns, end_ns = observed.outcomes[first].monotonic_ns, observed.outcomes[-1].monotonic_ns
    for lanes in grouped.values():
        passages = [_passage(observations, other, start_ns, end_ns) for _, other in lanes]
        together = [one for one in passages if one.rounds >= ROUNDS_NEEDED]
        if together:
            yield _seen(observations, observed, lanes[0][0], together, back=back)


def facing_lanes(
    observations: Observations, observed: ObservedLane
) -> Iterator[tuple[Relation, ObservedLane]]:
    """Yield the lanes in the other direction, with how near the vantage is to the endpoint: of a lane from
    here the ways back, of a way back the lanes from here."""
    back = not is_way_back(observations, observed)
    if observed.lane.imported is not None or (back and observed.lane.via is not None):
        return
    for other in observations.observed_lanes:
        how_near = _facing(observations, observed, other) if back else _facing(observations, other, observed)
        if how_near > Relation.OTHER:
            yield how_near, other


def is_way_back(observations: Observations, observed: ObservedLane) -> bool:
    """Tell whether a lane leads from a vantage to this machine."""
    lane = observed.lane
    return lane.via is not None and lane.address in observations.snapshot.public_addresses


def other_direction(evidence: Iterable[Evidence]) -> OtherDirection | None:
    """Return what was seen of the other way: by who sees probes arrive, else by traces; None: nothing."""
    known = list(evidence)
    arrivals = [one for one in known if isinstance(one, OtherWayArrivals) and (one.arrive or not one.arrived)]
    if arrivals:
        return OtherDirection.PASSES if any(one.arrive for one in arrivals) else OtherDirection.STOPS
    seen = [one for one in known if isinstance(one, ReverseTrace)]
    if not seen:
        return None
    return OtherDirection.PASSES if any(one.passes for one in seen) else OtherDirection.STOPS


def direction(evidence: Iterable[Evidence]) -> Direction | None:
    """Return which way loses packets, by who sees probes arrive; None: neither; UNKNOWN: nobody tells."""
    known = list(evidence)
    other = [one for one in known if isinstance(one, OtherWayArrivals)]
    other_stops = bool(other) and not any(one.arrived for one in other)
    if any(isinstance(one, NoProbeArrives) for one in known):
        return Direction.BOTH if other_stops else Direction.FORWARD
    arrive = [one for one in known if isinstance(one, ProbesArrive) and one.mostly]
    if arrive and all(one.no_answer_leaves for one in arrive):
        return None
    return Direction.RETURN if other_stops or any(one.answers_leave for one in arrive) else Direction.UNKNOWN


def reverse_trace_step(observations: Observations, suspect: ObservedLane) -> NextStep | None:
    """Ask for a trace back: of a vantage near the endpoint, or else of its operator; None where there is
    one."""
    if suspect.lane.via is not None:
        return (
            NextStep(StepKind.REVERSE_TRACE, suspect.id) if not is_way_back(observations, suspect) else None
        )
    near: list[tuple[Relation, str]] = []
    for other in observations.observed_lanes:
        how_near = _near(observations, other, suspect.lane)
        if how_near is Relation.OTHER:
            continue
        if is_way_back(observations, other):
            return None
        near.append((how_near, other.lane.via or ""))
    via = max(near, key=lambda one: one[0])[1] if near else ""
    return NextStep(StepKind.REVERSE_TRACE, suspect.id, via=ForeignText(via) if via else None)


def _near(observations: Observations, vantage: ObservedLane, lane: Lane) -> Relation:
    """Return how near the vantage of a lane is to the endpoint of another."""
    source = vantage.trace.source
    if vantage.lane.via is None or source is None:
        return Relation.OTHER
    owners = observations.owner(lane.address), observations.owner(source)
    return relation_to_endpoint(source, lane, *owners)


def _facing(observations: Observations, out: ObservedLane, back: ObservedLane) -> Relation:
    """Return how near the ends of two lanes in opposite directions are; OTHER for any other two."""
    if out.lane.via is not None or not is_way_back(observations, back):
        return Relation.OTHER
    public = observations.snapshot.public_addresses
    if out.trace.source in public and out.trace.source != back.lane.address:
        return Relation.OTHER
    return _near(observations, back, out.lane)


@dataclass(frozen=True, slots=True)
class _Passage:
    """How far a lane got in some rounds."""

    lane: ObservedLane
    rounds: int
    answered: int
    """Rounds in which its endpoint answered."""

    arrived: int
    """Rounds in which that or a router of the endpoint's own network answered."""

    @property
    def passes(self) -> bool:
        return self.arrived >= ROUNDS_NEEDED and 2 * self.arrived > self.rounds


def _passage(observations: Observations, observed: ObservedLane, start_ns: int, end_ns: int) -> _Passage:
    first, last = observed.rounds_between(start_ns, end_ns)
    answered = sum(answer is not None for answer in observed.rounds.answers[first:last])
    home = set(observations.origins(observed.lane.address))
    begun_there = {observations.system_at(observed, step.address) for step in observed.path.steps[:1]}
    inside = [
        step.ttl
        for step in observed.path.steps
        if step.address != observed.lane.address and observations.system_at(observed, step.address) in home
    ]
    arrived = answered
    if inside and not begun_there & home:
        arrived = max(answered, observed.router_hits_beyond(min(inside) - 1, first, last))
    return _Passage(observed, last - first, answered, arrived)


def _seen(
    observations: Observations,
    observed: ObservedLane,
    how_near: Relation,
    passages: Sequence[_Passage],
    *,
    back: bool,
) -> ReverseTrace:
    best = max(passages, key=lambda one: (one.arrived, one.rounds))
    lane = best.lane
    silent = lane.condition is Condition.SILENT
    over_icmp = any(one.passes and one.lane.lane.protocol is ProbeProtocol.ICMP for one in passages)
    return ReverseTrace(
        source=Address(lane.lane.via or lane.place),
        lanes=tuple(one.lane.id for one in passages),
        relation=how_near,
        back=back,
        passes=best.passes,
        reached=best.answered >= ROUNDS_NEEDED,
        hits=best.arrived,
        rounds=best.rounds,
        last=observations.last_hop(lane) if silent and not best.passes else None,
        path=tuple(map(Asn, lane.snapshot.as_path)),
        alike=over_icmp and _whole_host_is_silent(observations, observed),
    )


def _whole_host_is_silent(observations: Observations, observed: ObservedLane) -> bool:
    """Tell whether ICMP and all else to the endpoint goes silent at one router, so that no port is meant."""
    services = [observed, *observations.siblings(observed)]
    if any(one.condition is not Condition.SILENT for one in services):
        return False
    if not all(observations.same_last_hop(observed, one) for one in services):
        return False
    return any(one.lane.protocol is ProbeProtocol.ICMP for one in services)
