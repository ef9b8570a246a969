"""Evidence from traces in the other direction: from a vantage at or near the endpoint to our own address."""

from dataclasses import dataclass

from tracetui.model.control import Relation
from tracetui.model.evidence_base import Candidate, Evidence
from tracetui.model.reference import Address, Asn, LaneId


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
