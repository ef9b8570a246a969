"""Decides whether one dead branch of a load balancer explains a silence: the chance of the flows seen.

A balancer gives each flow a branch for good, so a hundred rounds of one flow are one draw.
"""

from collections import defaultdict
from collections.abc import Callable, Hashable, Sequence
from typing import Final

from tracetui.analysis.findings.control_fit import stops_at_same_place
from tracetui.analysis.findings.observations import Observations
from tracetui.analysis.findings.observed_lane import Condition, ObservedLane
from tracetui.analysis.findings.router_owner import near_prefix
from tracetui.model import Address, FlowKind, LaneId
from tracetui.model.evidence import BranchesMeet, FlowsSplit

UNLIKELY: Final = 0.05
"""Chance at or below which a dead branch is ruled out."""

_GROUPINGS: Final[Sequence[Callable[[ObservedLane], Hashable]]] = (
    lambda observed: observed.lane.address,
    lambda observed: near_prefix(observed.lane.address),
    lambda observed: observed.lane.label,
    lambda observed: observed.lane.protocol,
    lambda observed: (near_prefix(observed.lane.address), observed.lane.label),
)
"""What a filter may select by; the flows of a group that could have been picked share one of these."""


def flows_split(observations: Observations, suspect: ObservedLane) -> FlowsSplit | None:
    """Return how likely flows through L part so by chance; None where no group of flows stops as a whole.

    All k flows of one address, prefix, port or protocol stop, and m others pass. With the share of dead
    branches that fits best, that has the chance (k/(k+m))^k (m/(k+m))^m, for each of the groups that one
    could have picked.
    """
    if not observations.last_hop_identified(suspect):
        return None
    crossing = observations.paths.once(
        (flows_split, suspect.place, suspect.silence.addresses), lambda: _Crossing(observations, suspect)
    )
    stopping, passing, groups = crossing.stopping, crossing.passing, crossing.groups
    sizes = [
        sum(crossing.flows[lane] for lane in group)
        for group in groups
        if suspect.id in group and group <= stopping
    ]
    if not sizes or not passing:
        return None
    stopped = max(sizes)
    picked = sum(len(group) > 1 or stopped == 1 for group in groups)
    return FlowsSplit(stopped, passing, picked, min(1.0, _chance(stopped, passing) * picked))


class _Crossing:
    """The lanes that come to one router, and how they may be grouped; the same for all that stop there."""

    def __init__(self, observations: Observations, suspect: ObservedLane) -> None:
        last_ttl = suspect.silence.last_ttl
        lanes = [
            other
            for other in observations.from_same_place(suspect)
            if stops_at_same_place(observations, suspect, other) or _passes(suspect, other)
        ]
        self.flows = {other.id: _flows(other, last_ttl) for other in lanes}
        self.stopping = {other.id for other in lanes if other.condition is Condition.SILENT}
        self.passing = sum(flows for lane, flows in self.flows.items() if lane not in self.stopping)
        together: dict[Hashable, set[LaneId]] = defaultdict(set)
        for index, make in enumerate(_GROUPINGS):
            for other in lanes:
                together[index, make(other)].add(other.id)
        self.groups = set(map(frozenset, together.values()))


def _chance(stopped: int, passing: int) -> float:
    total = stopped + passing
    return float((stopped / total) ** stopped * (passing / total) ** passing)


def _passes(suspect: ObservedLane, other: ObservedLane) -> bool:
    return other.condition is Condition.ANSWERED and other.path.beyond(suspect.silence.addresses) is not None


def _flows(observed: ObservedLane, last_ttl: int) -> int:
    """Return how many flows a lane has beyond L: where each TTL is a flow, those of routers that can
    answer.
    """
    if observed.trace.flow is FlowKind.FIXED:
        return 1
    beyond = [ttl for ttl in observed.path.routers if ttl > last_ttl]
    return max(1, len(beyond))


def branches_meet(observations: Observations, suspect: ObservedLane) -> BranchesMeet | None:
    """Return the routers that follow L on the ways of others, and the one at which these ways meet again."""
    key = branches_meet, suspect.place, suspect.silence.addresses
    return observations.paths.once(key, lambda: _branches_meet(observations, suspect))


def _branches_meet(observations: Observations, suspect: ObservedLane) -> BranchesMeet | None:
    silence = suspect.silence
    ways = []
    for other in observations.from_same_place(suspect):
        beyond = other.path.beyond(silence.addresses) if _passes(suspect, other) else None
        if beyond is not None:
            ways.append(([step for step in other.path.steps if step.ttl > beyond.ttl], other, beyond.ttl))
    branches = {way[0].address for way, _, _ in ways if way}
    if len(branches) < 2:
        return None
    shared = set.intersection(*({step.address for step in way[1:]} for way, _, _ in ways if way))
    way, other, ttl = next(one for one in ways if one[0])
    meeting = next((step for step in way[1:] if step.address in shared), None)
    if meeting is None or meeting.address == other.lane.address:
        return None
    candidate = observations.candidate(other, silence.last_ttl + meeting.ttl - ttl, meeting.address)
    return BranchesMeet(tuple(map(Address, sorted(branches))), candidate)
