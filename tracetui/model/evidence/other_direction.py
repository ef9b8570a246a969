"""Evidence about the direction: traces from a vantage at or near the endpoint to our own address, and probes
seen to arrive at either end."""

from dataclasses import dataclass
from typing import Final

from tracetui.model.control import Relation
from tracetui.model.evidence_base import Candidate, Evidence
from tracetui.model.reference import Address, Asn, ForeignText, LaneId


@dataclass(frozen=True, slots=True)
class ReverseTrace(Evidence):
    """What one vantage near the endpoint, or this machine, sees the other way in the same rounds."""

    source: Address
    """Where it starts."""

    lanes: tuple[LaneId, ...]
    relation: Relation
    """Of the vantage to the endpoint."""

    back: bool
    """True for the way back, from the vantage to us; False for the way out, beside a way back that stops."""

    passes: bool
    """It reaches the other end, or at least routers of the network that the other end is in."""

    reached: bool
    """The other end itself answers."""

    hits: int
    """Rounds in which it did pass, of `rounds`."""

    rounds: int
    """Of the best of the lanes, since the silence began."""

    last: Candidate | None
    """The last router that answers, where it does not pass."""

    path: tuple[Asn, ...]
    alike: bool
    """Both ways were probed over ICMP, and no other service of the endpoint is answered: what takes answers
    on the way back would have to tell the endpoint's from the vantage's."""

    @property
    def speaks_for_way_back(self) -> bool:
        """True where answers of the endpoint itself would seldom be lost on the way back."""
        return self.back and self.passes and self.alike and self.relation >= Relation.NEIGHBOUR


@dataclass(frozen=True, slots=True)
class ProbesArrive(Evidence):
    """Whoever has the endpoint's address saw probes of a silent lane arrive."""

    lane: LaneId
    seen_by: ForeignText | None
    """The vantage there; None: this machine, to which the lane leads."""

    arrived: int
    """Rounds in which any arrived, of `rounds`; at least one."""

    answered: int
    """Rounds in which an answer to any left."""

    rounds: int
    """Since the silence began, and somebody watches."""

    @property
    def mostly(self) -> bool:
        """They arrive: nothing before the endpoint takes them."""
        return _mostly(self.arrived, self.rounds)

    @property
    def answers_leave(self) -> bool:
        """The endpoint answers, and none of its answers came: they are lost. It need not answer every round:
        a half-open connection of a SYN before is answered at intervals."""
        return self.mostly and self.answered >= MIN_ROUNDS

    @property
    def no_answer_leaves(self) -> bool:
        """The endpoint does not answer what it gets."""
        return self.mostly and self.answered == 0


@dataclass(frozen=True, slots=True)
class NoProbeArrives(Evidence):
    """Whoever has the endpoint's address saw no probe of a silent lane arrive."""

    lane: LaneId
    seen_by: ForeignText | None
    rounds: int
    """Since the silence began, and somebody watches; at least `ROUNDS_NEEDED`."""


@dataclass(frozen=True, slots=True)
class OtherWayArrivals(Evidence):
    """Beside a silent lane, whether probes of a trace the other way arrive."""

    lane: LaneId
    """The lane that traces the other way."""

    seen_by: ForeignText | None
    relation: Relation
    """Of the vantage to the endpoint."""

    arrived: int
    rounds: int

    @property
    def arrive(self) -> bool:
        """That way loses no packets of that trace."""
        return _mostly(self.arrived, self.rounds)

    @property
    def speaks_for_way_back(self) -> bool:
        """The way back is open for the endpoint's network: its own answers would seldom be lost there."""
        return self.seen_by is None and self.arrive and self.relation >= Relation.NEIGHBOUR


def _mostly(count: int, rounds: int) -> bool:
    return count >= MIN_ROUNDS and 2 * count > rounds


MIN_ROUNDS: Final = 5
"""Below this a share of rounds says nothing."""
