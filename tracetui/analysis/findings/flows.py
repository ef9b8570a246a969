"""Could a load balancer with a dead branch look like this? The chance of the flows parting as they did.

A balancer gives each flow a branch for good, so a hundred rounds of one flow are one draw.
"""

from collections import defaultdict
from collections.abc import Callable, Hashable, Sequence
from typing import Final

from tracetui.analysis.findings.controls import stops_at_same_place
from tracetui.analysis.findings.owners import near_prefix
from tracetui.analysis.findings.reading import Condition, Reading
from tracetui.analysis.findings.scene import Scene
from tracetui.model import Address, FlowKind, LaneId
from tracetui.model.evidence import BranchesMeet, FlowsSplit

UNLIKELY: Final = 0.05
"""Chance at or below which a dead branch is ruled out."""

_GROUPINGS: Final[Sequence[Callable[[Reading], Hashable]]] = (
    lambda reading: reading.lane.address,
    lambda reading: near_prefix(reading.lane.address),
    lambda reading: reading.lane.label,
    lambda reading: reading.lane.protocol,
    lambda reading: (near_prefix(reading.lane.address), reading.lane.label),
)
"""What a filter may choose by; a group of flows that one could have picked has one of these in common."""


def flows_split(scene: Scene, suspect: Reading) -> FlowsSplit | None:
    """Return how likely flows through L part so by chance; None where no group of flows stops as a whole.

    All k flows of one address, prefix, port or protocol stop, and m others pass. With the share of dead
    branches that fits best, that has the chance (k/(k+m))^k (m/(k+m))^m, for each of the groups that one
    could have picked.
    """
    crossing = scene.once(
        (flows_split, suspect.place, suspect.era.addresses), lambda: _Crossing(scene, suspect)
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

    def __init__(self, scene: Scene, suspect: Reading) -> None:
        last_ttl = suspect.era.last_ttl
        lanes = [
            other
            for other in scene.from_same_place(suspect)
            if stops_at_same_place(suspect, other) or _passes(suspect, other)
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


def _passes(suspect: Reading, other: Reading) -> bool:
    return other.condition is Condition.ANSWERED and other.passage(suspect.era.addresses) is not None


def _flows(reading: Reading, last_ttl: int) -> int:
    """Return how many flows a lane has beyond L: where each TTL is a flow, those of routers that can
    answer.
    """
    if reading.trace.flow is FlowKind.FIXED:
        return 1
    beyond = [ttl for ttl in reading.routers if ttl > last_ttl]
    return max(1, len(beyond))


def branches_meet(scene: Scene, suspect: Reading) -> BranchesMeet | None:
    """Return the routers that follow L on the ways of others, and the one at which these ways meet again."""
    key = branches_meet, suspect.place, suspect.era.addresses
    return scene.once(key, lambda: _branches_meet(scene, suspect))


def _branches_meet(scene: Scene, suspect: Reading) -> BranchesMeet | None:
    era = suspect.era
    ways = []
    for other in scene.from_same_place(suspect):
        passage = other.passage(era.addresses) if _passes(suspect, other) else None
        if passage is not None:
            ways.append(([step for step in other.steps if step.ttl > passage.ttl], other, passage.ttl))
    branches = {way[0].address for way, _, _ in ways if way}
    if len(branches) < 2:
        return None
    shared = set.intersection(*({step.address for step in way[1:]} for way, _, _ in ways if way))
    way, other, ttl = next(one for one in ways if one[0])
    meeting = next((step for step in way[1:] if step.address in shared), None)
    if meeting is None or meeting.address == other.lane.address:
        return None
    candidate = scene.candidate(other, era.last_ttl + meeting.ttl - ttl, meeting.address)
    return BranchesMeet(tuple(map(Address, sorted(branches))), candidate)
