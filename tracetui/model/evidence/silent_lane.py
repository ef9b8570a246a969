"""Evidence about a silent lane and its surroundings."""

from dataclasses import dataclass
from datetime import datetime

from tracetui.model.control import ControlFit, Relation
from tracetui.model.evidence_base import Candidate, Evidence, Outage, Standing
from tracetui.model.reference import Address, Asn, LaneId, Prefix


@dataclass(frozen=True, slots=True)
class Silence(Evidence):
    """Nothing beyond a hop answered."""

    lanes: tuple[LaneId, ...]
    ttl: int
    """The last hop that answers; 0 for none."""

    rounds: int
    seconds: float
    rate_bound: float
    """Highest rate of answers that so many silent rounds leave possible (95 %)."""


@dataclass(frozen=True, slots=True)
class RoutersAnswerControl(Evidence):
    """Routers beyond L answered a control in the same rounds in which they did not answer the suspect."""

    control: LaneId
    fit: ControlFit
    relation: Relation
    ttl: int
    """Of L on the control's path."""

    hits: int
    rounds: int
    """Rounds of the control; in `hits` of them something from beyond L answered."""

    p_value: float
    """Fisher's exact test, one-sided."""

    following: Candidate | None
    """The next router after L on the control's path; its TTL is as the suspect would count."""

    gap: int
    """Silent hops between L and that router."""


@dataclass(frozen=True, slots=True)
class WayShown(Evidence):
    """The suspect's packets go from L to L+1."""

    following: Candidate
    """L+1, which answers a valid control."""


@dataclass(frozen=True, slots=True)
class SeenBefore(WayShown):
    """L+1 and the endpoint answered this lane until both fell silent within one round."""

    lanes: tuple[LaneId, ...]
    control: LaneId
    until: datetime
    """Start of the last round with an answer."""


@dataclass(frozen=True, slots=True)
class NeighbourPasses(WayShown):
    """A control in the same /24 (IPv6: /48) continues via L+1 to a router of another AS than L's."""

    control: LaneId
    prefix: Prefix
    beyond: Candidate
    """The router of the other AS."""


@dataclass(frozen=True, slots=True)
class CrossesPass(WayShown):
    """Another service of this address, and this service of another address, both go from L to L+1."""

    service: LaneId
    """Another protocol or port of the same address."""

    address: LaneId
    """The same protocol and port of another address."""


@dataclass(frozen=True, slots=True)
class FlowsSplit(Evidence):
    """How likely a load balancer with a dead branch would split the flows like this."""

    stopped: int
    passing: int
    groups: int
    """Groups of flows that could have been picked: addresses, services, prefixes."""

    chance: float
    """At most 1; at or below 0.05 a dead branch is ruled out."""


@dataclass(frozen=True, slots=True)
class BranchesMeet(Evidence):
    """Several routers follow L, and all paths through them meet again at one router."""

    branches: tuple[Address, ...]
    meeting: Candidate


@dataclass(frozen=True, slots=True)
class LateReplies(Evidence):
    """Replies from beyond L came, but too late to count."""

    lane: LaneId
    ttl: int
    """Lowest TTL with late replies beyond L."""

    count: int
    from_endpoint: bool


@dataclass(frozen=True, slots=True)
class AnsweredNearer(Evidence):
    """The endpoint answered this lane before, at a TTL that is still probed."""

    lane: LaneId
    ttl: int


@dataclass(frozen=True, slots=True)
class ReachedElsewhere(Evidence):
    """Another vantage reaches the endpoint."""

    source: Address
    lanes: tuple[LaneId, ...]
    path: tuple[Asn, ...]
    through_last: bool
    """Its path crosses L itself: then flow, source address or ingress link decides."""

    through_next: bool
    """Its path crosses L+1."""


@dataclass(frozen=True, slots=True)
class StopsElsewhere(Evidence):
    """Another vantage does not reach the endpoint either."""

    source: Address
    lanes: tuple[LaneId, ...]
    last: Candidate | None
    inside: Asn | None
    """The AS of the vantage, where its first hop shows that."""

    same_last_hop: bool
    control_passes: bool
    """A control from that vantage passes the router where it stops."""


@dataclass(frozen=True, slots=True)
class ControlStops(Evidence):
    """A control goes silent at the same router."""

    control: LaneId
    answered_before: bool
    """False: it never answered, which shows nothing."""


@dataclass(frozen=True, slots=True)
class ControlUnfit(Evidence):
    """A lane marked as a control cannot serve as one here."""

    control: LaneId
    fit: ControlFit
    ttl: int | None
    """TTL at which its path parts, if it does."""


@dataclass(frozen=True, slots=True)
class EarlierOutages(Evidence):
    """A lane was silent before, and came back."""

    lane: LaneId
    outages: tuple[Outage, ...]


@dataclass(frozen=True, slots=True)
class FirstOutage(Evidence):
    """Neither the lanes nor their control were silent before, as far as rounds are kept."""

    lanes: tuple[LaneId, ...]


@dataclass(frozen=True, slots=True)
class RouterOwner(Evidence):
    """The owner of a router, by its address and the neighbouring ones on the path."""

    router: Candidate
    origins: tuple[Asn, ...]
    """ASes that announce its address."""

    standing: Standing
    owners: tuple[Asn, ...]
    """The ASes whose router it may be; empty where that is unknown."""


@dataclass(frozen=True, slots=True)
class DirectProbes(Evidence):
    """Routers that the control shows beyond L, probed directly."""

    answered: tuple[LaneId, ...]
    silent: tuple[LaneId, ...]
