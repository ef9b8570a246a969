"""Evidence: measured facts that rule out, strain or leave explanations.

Each kind is a small frozen class; `name` is what JSON calls it. What a kind does to which explanation stands
in one table, `tracetui/analysis/findings/rules.py`; what it is called in sentences, in
`tracetui/analysis/words/`.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum, StrEnum
from typing import ClassVar

from tracetui.model.reference import Address, Asn, ForeignText, LaneId, Prefix
from tracetui.model.reply import ReplyKind


@dataclass(frozen=True, slots=True)
class Candidate:
    """A router that may be the one; a drop has two, the last that answers and the next."""

    ttl: int
    """On the path of the finding's first lane."""

    address: Address | None
    """None where the router does not show itself."""

    asn: Asn | None
    """The AS that announces the address."""


@dataclass(frozen=True, slots=True)
class Outage:
    """A time in which an endpoint did not answer a lane, too long to be chance."""

    since: datetime
    """Start of the first unanswered round."""

    until: datetime
    """Start of the first round that was answered again."""

    rounds: int


class Relation(IntEnum):
    """What a control's endpoint has in common with the suspect's: the more, the better the control."""

    OTHER = 0
    SAME_ORIGIN = 1
    """The same origin AS."""

    SAME_PREFIX = 2
    """The same announced prefix."""

    NEIGHBOUR = 3
    """The same /24 (IPv6: /48), the longest prefixes that are announced by themselves."""

    SAME_ADDRESS = 4
    """Another protocol or port of the very same host."""


class ControlFit(StrEnum):
    """Whether a lane can serve as the control of a silent lane, and if not, why not."""

    VALID = "valid"
    """Shares the address of hop L, is answered by routers beyond it and by its endpoint, over the same
    service.
    """

    OTHER_ORIGIN = "other_origin"
    """As `VALID`, but announced by another AS: shows that routers beyond L answer, and nothing of the way."""

    OTHER_SERVICE = "other_service"
    """As `VALID`, but over another protocol or port: shows that routers beyond L answer, and nothing of
    the way.
    """

    OTHER_VANTAGE = "other_vantage"
    OTHER_FAMILY = "other_family"
    """One is IPv4, the other IPv6."""

    NO_ROUNDS = "no_rounds"
    """No complete round in common yet."""

    NO_LAST_HOP = "no_last_hop"
    """The silent lane is answered by no hop at all, so there is nothing to share."""

    UNIDENTIFIED_LAST_HOP = "unidentified_last_hop"
    """Hop L has a private or shared address, which identifies no router."""

    PARTS_BEFORE = "parts_before"
    """Its path leaves the suspect's before L."""

    NOT_THROUGH_LAST_HOP = "not_through_last_hop"
    """Hop L is not on its path."""

    STOPS_TOO = "stops_too"
    """It goes silent at the same router."""

    FAILS_ITSELF = "fails_itself"
    """Its endpoint does not answer, or not reliably."""

    NO_ROUTER_BEYOND = "no_router_beyond"
    """Only its endpoint answers from beyond L, no router."""

    NOT_CLEAR = "not_clear"
    """It is answered from beyond L, but not clearly more often than the suspect (p >= 0.01)."""

    @property
    def serves(self) -> bool:
        """True when it can be compared with, at least to show that routers beyond L answer."""
        # Not by a set: an enumeration is slow to hash, and this is asked often.
        return self is ControlFit.VALID or self is ControlFit.OTHER_ORIGIN or self is ControlFit.OTHER_SERVICE


class Standing(StrEnum):
    """How firmly a router belongs to the AS that announces its address."""

    FIRM = "firm"
    """Its address and the next router's are in one AS."""

    LOOSE = "loose"
    """Its address and the one before are: it may be the next network's router, on a link numbered by this
    one.
    """

    EDGE = "edge"
    """Its address and the endpoint's right behind it are: it may be the router of the network before."""

    ALONE = "alone"
    """The path does not surely cross its AS: a third party's address, or an exchange LAN."""

    UNKNOWN = "unknown"
    """A private address, one of no known AS, or no address at all."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """Base of all kinds of evidence."""

    name: ClassVar[str] = "evidence"


# A silent lane and its surroundings


@dataclass(frozen=True, slots=True)
class Silence(Evidence):
    """Nothing beyond a hop answered."""

    name = "silence"
    lanes: tuple[LaneId, ...]
    ttl: int
    """The last hop that answers; 0 for none."""

    rounds: int
    seconds: float
    rate_bound: float
    """Highest rate of answers that so many silent rounds leave possible (95 %)."""


@dataclass(frozen=True, slots=True)
class RoutersAnswerControl(Evidence):
    """Routers beyond L answered a control in the very rounds in which they did not answer the suspect."""

    name = "routers_answer_control"
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
    """The suspect's packets go from L to the router L+1."""

    name = "way_shown"
    following: Candidate
    """L+1, which answers a valid control."""


@dataclass(frozen=True, slots=True)
class SeenBefore(WayShown):
    """L+1 and the endpoint answered this lane until both fell silent within one round."""

    name = "seen_before"
    lanes: tuple[LaneId, ...]
    control: LaneId
    until: datetime
    """Start of the last round with an answer."""


@dataclass(frozen=True, slots=True)
class NeighbourPasses(WayShown):
    """A control in the same /24 (IPv6: /48) goes on by L+1 to a router of another AS than L's."""

    name = "neighbour_passes"
    control: LaneId
    prefix: Prefix
    beyond: Candidate
    """The router of the other AS."""


@dataclass(frozen=True, slots=True)
class CrossesPass(WayShown):
    """Another service of this address, and this service of another address, both go from L to L+1."""

    name = "crosses_pass"
    service: LaneId
    """Another protocol or port of the same address."""

    address: LaneId
    """The same protocol and port of another address."""


@dataclass(frozen=True, slots=True)
class FlowsSplit(Evidence):
    """How likely a load balancer with a dead branch would part the flows as they are."""

    name = "flows_split"
    stopped: int
    passing: int
    groups: int
    """Groups of flows that one could have picked: addresses, services, prefixes."""

    chance: float
    """At most 1; at or below 0.05 a dead branch is ruled out."""


@dataclass(frozen=True, slots=True)
class BranchesMeet(Evidence):
    """Several routers follow L, and all the ways through them meet again at one router."""

    name = "branches_meet"
    branches: tuple[Address, ...]
    meeting: Candidate


@dataclass(frozen=True, slots=True)
class LateReplies(Evidence):
    """Replies from beyond L came, but too late to count."""

    name = "late_replies"
    lane: LaneId
    ttl: int
    """Lowest TTL with late replies beyond L."""

    count: int
    from_endpoint: bool


@dataclass(frozen=True, slots=True)
class AnsweredNearer(Evidence):
    """The endpoint answered this lane before, from within the TTLs that are probed."""

    name = "answered_nearer"
    lane: LaneId
    ttl: int


@dataclass(frozen=True, slots=True)
class ReachedElsewhere(Evidence):
    """Another vantage reaches the endpoint."""

    name = "reached_elsewhere"
    source: Address
    lanes: tuple[LaneId, ...]
    path: tuple[Asn, ...]
    through_last: bool
    """Its path crosses L itself: then flow, source or entrance decides."""

    through_next: bool
    """Its path crosses L+1."""


@dataclass(frozen=True, slots=True)
class StopsElsewhere(Evidence):
    """Another vantage does not reach the endpoint either."""

    name = "stops_elsewhere"
    source: Address
    lanes: tuple[LaneId, ...]
    last: Candidate | None
    inside: Asn | None
    """The AS that the vantage itself is in, where its first hop shows that."""

    same_last_hop: bool
    control_passes: bool
    """A control from that vantage passes the router where it stops."""


@dataclass(frozen=True, slots=True)
class ControlStops(Evidence):
    """A control goes silent at the same router."""

    name = "control_stops"
    control: LaneId
    answered_before: bool
    """False: it never answered, which proves nothing."""


@dataclass(frozen=True, slots=True)
class ControlUnfit(Evidence):
    """A lane that the user marked as a control cannot serve as one here."""

    name = "control_unfit"
    control: LaneId
    fit: ControlFit
    ttl: int | None
    """Where it parts, if it does."""


@dataclass(frozen=True, slots=True)
class EarlierOutages(Evidence):
    """A lane was silent before, and came back."""

    name = "earlier_outages"
    lane: LaneId
    outages: tuple[Outage, ...]


@dataclass(frozen=True, slots=True)
class FirstOutage(Evidence):
    """Neither the lanes nor the control they are compared with were silent before, as far as rounds are
    kept.
    """

    name = "first_outage"
    lanes: tuple[LaneId, ...]


@dataclass(frozen=True, slots=True)
class RouterOwner(Evidence):
    """Whose a router is, by its address and those next to it on the path."""

    name = "router_owner"
    router: Candidate
    origins: tuple[Asn, ...]
    """ASes that announce its address."""

    standing: Standing
    owners: tuple[Asn, ...]
    """The ASes whose router it may be; empty where nobody can say."""


@dataclass(frozen=True, slots=True)
class DirectProbes(Evidence):
    """Routers that the control shows beyond L, probed directly."""

    name = "direct_probes"
    answered: tuple[LaneId, ...]
    silent: tuple[LaneId, ...]


# Messages of routers


@dataclass(frozen=True, slots=True)
class RouterMessage(Evidence):
    """A router keeps saying something of a lane's probes."""

    name = "router_message"
    lane: LaneId
    router: Address
    icmp_type: int
    icmp_code: int
    messages: int
    rounds: int


@dataclass(frozen=True, slots=True)
class PassesRouter(Evidence):
    """A lane goes on past the router that refuses another."""

    name = "passes_router"
    lane: LaneId
    router: Address
    ttl: int
    """Of the router on that lane."""

    router_behind: bool
    """Another router shows behind it, not only an endpoint."""

    not_last: bool
    """So it is not the last router before the refused address: a host that is off is announced by the last
    one, and only lanes to the same address, or in the same /24 (IPv6: /48), show that others follow.
    """


@dataclass(frozen=True, slots=True)
class NothingBehind(Evidence):
    """No path shows a router behind this one: it may be the last before its hosts."""

    name = "nothing_behind"
    router: Address


@dataclass(frozen=True, slots=True)
class LoopSeen(Evidence):
    """Routers came again in so many rounds."""

    name = "loop_seen"
    lane: LaneId
    rounds: int
    of_rounds: int
    seconds: float


# Answers in the endpoint's name


@dataclass(frozen=True, slots=True)
class Answers(Evidence):
    """How often something in the endpoint's name answered."""

    name = "answers"
    lane: LaneId
    proof: ReplyKind | None
    ttl: int | None
    answered: int
    rounds: int


@dataclass(frozen=True, slots=True)
class GoesFarther(Evidence):
    """Another lane to the same address shows hops behind the router that the answer follows."""

    name = "goes_farther"
    lane: LaneId
    router: Candidate
    hops: int
    """Behind the router, the endpoint's own among them."""


@dataclass(frozen=True, slots=True)
class OwnProbesGoFarther(Evidence):
    """Routers answered this lane from farther away than the answer in the endpoint's name, in the same
    rounds.
    """

    name = "own_probes_go_farther"
    lane: LaneId
    ttl: int


@dataclass(frozen=True, slots=True)
class AnsweredTwice(Evidence):
    """One probe was answered twice, in two kinds."""

    name = "answered_twice"
    lane: LaneId
    first: ReplyKind
    second: ReplyKind
    times: int


@dataclass(frozen=True, slots=True)
class PrefixesAnswerBehind(Evidence):
    """Endpoints of several networks answer right behind one and the same router, which is in none of them."""

    name = "prefixes_answer_behind"
    router: Candidate
    lanes: tuple[LaneId, ...]


@dataclass(frozen=True, slots=True)
class ControlFarther(Evidence):
    """A control of the same origin AS goes on by several routers behind the router that the answer
    follows.
    """

    name = "control_farther"
    control: LaneId
    routers: int


@dataclass(frozen=True, slots=True)
class SameDistance(Evidence):
    """Another lane to the same address is answered from the same distance."""

    name = "same_distance"
    lane: LaneId
    ttl: int


@dataclass(frozen=True, slots=True)
class ReplyTtls(Evidence):
    """Two replies of one endpoint arrived with different TTLs; by itself this shows nothing."""

    name = "reply_ttls"
    lane: LaneId
    kind: ReplyKind
    ttl: int
    other: LaneId
    other_kind: ReplyKind
    other_ttl: int


# At times, at home, too little


@dataclass(frozen=True, slots=True)
class LatelySilent(Evidence):
    """An endpoint that answers did not do so in the last rounds."""

    name = "lately_silent"
    lane: LaneId
    rounds: int


@dataclass(frozen=True, slots=True)
class StopsBetween(Evidence):
    """Where the last replies came from in rounds without an answer."""

    name = "stops_between"
    lane: LaneId
    nearest: int
    farthest: int
    one_flow: bool


@dataclass(frozen=True, slots=True)
class FirstHopLoses(Evidence):
    """Loss shows at the first hop already, so it says nothing about what is beyond."""

    name = "first_hop_loses"
    lane: LaneId
    answered: int
    rounds: int


@dataclass(frozen=True, slots=True)
class ControlLoses(Evidence):
    """A control over the same first hops loses about as much."""

    name = "control_loses"
    control: LaneId
    answered: int
    rounds: int


@dataclass(frozen=True, slots=True)
class EndsAt(Evidence):
    """Where a lane ends."""

    name = "ends_at"
    lane: LaneId
    last: Candidate | None
    rounds: int
    icmp_type: int | None = None
    icmp_code: int | None = None
    """The message of the last hop, where it refuses."""


@dataclass(frozen=True, slots=True)
class SystemRefuses(Evidence):
    """The local system's own words on why it cannot send."""

    name = "system_refuses"
    lanes: tuple[LaneId, ...]
    reason: ForeignText
