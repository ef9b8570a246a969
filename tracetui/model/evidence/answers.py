"""Evidence about messages of routers, answers in the endpoint's name, loss, and this machine."""

from dataclasses import dataclass

from tracetui.model.evidence_base import Candidate, Evidence
from tracetui.model.reference import Address, ForeignText, LaneId
from tracetui.model.reply import ReplyKind


@dataclass(frozen=True, slots=True)
class RouterMessage(Evidence):
    """A router keeps saying something of a lane's probes."""

    lane: LaneId
    router: Address
    icmp_type: int
    icmp_code: int
    messages: int
    rounds: int


@dataclass(frozen=True, slots=True)
class PassesRouter(Evidence):
    """A lane goes on past the router that refuses another."""

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

    router: Address


@dataclass(frozen=True, slots=True)
class LoopSeen(Evidence):
    """Routers came again in so many rounds."""

    lane: LaneId
    rounds: int
    of_rounds: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Answers(Evidence):
    """How often something in the endpoint's name answered."""

    lane: LaneId
    proof: ReplyKind | None
    ttl: int | None
    answered: int
    rounds: int


@dataclass(frozen=True, slots=True)
class GoesFarther(Evidence):
    """Another lane to the same address shows hops behind the router that the answer follows."""

    lane: LaneId
    router: Candidate
    hops: int
    """Behind the router, the endpoint's own among them."""


@dataclass(frozen=True, slots=True)
class OwnProbesGoFarther(Evidence):
    """Routers answered this lane from farther away than the answer in the endpoint's name, in the same
    rounds.
    """

    lane: LaneId
    ttl: int


@dataclass(frozen=True, slots=True)
class AnsweredTwice(Evidence):
    """One probe was answered twice, in two kinds."""

    lane: LaneId
    first: ReplyKind
    second: ReplyKind
    times: int


@dataclass(frozen=True, slots=True)
class PrefixesAnswerBehind(Evidence):
    """Endpoints of several networks answer right behind one and the same router, which is in none of them."""

    router: Candidate
    lanes: tuple[LaneId, ...]


@dataclass(frozen=True, slots=True)
class ControlFarther(Evidence):
    """A control of the same origin AS goes on by several routers behind the router that the answer
    follows.
    """

    control: LaneId
    routers: int


@dataclass(frozen=True, slots=True)
class SameDistance(Evidence):
    """Another lane to the same address is answered from the same distance."""

    lane: LaneId
    ttl: int


@dataclass(frozen=True, slots=True)
class ReplyTtls(Evidence):
    """Two replies of one endpoint arrived with different TTLs; by itself this shows nothing."""

    lane: LaneId
    kind: ReplyKind
    ttl: int
    other: LaneId
    other_kind: ReplyKind
    other_ttl: int


@dataclass(frozen=True, slots=True)
class LatelySilent(Evidence):
    """An endpoint that answers did not do so in the last rounds."""

    lane: LaneId
    rounds: int


@dataclass(frozen=True, slots=True)
class StopsBetween(Evidence):
    """Where the last replies came from in rounds without an answer."""

    lane: LaneId
    nearest: int
    farthest: int
    one_flow: bool


@dataclass(frozen=True, slots=True)
class FirstHopLoses(Evidence):
    """Loss shows at the first hop already, so it says nothing about what is beyond."""

    lane: LaneId
    answered: int
    rounds: int


@dataclass(frozen=True, slots=True)
class ControlLoses(Evidence):
    """A control over the same first hops loses about as much."""

    control: LaneId
    answered: int
    rounds: int


@dataclass(frozen=True, slots=True)
class EndsAt(Evidence):
    """Where a lane ends."""

    lane: LaneId
    last: Candidate | None
    rounds: int
    icmp_type: int | None = None
    icmp_code: int | None = None
    """The message of the last hop, where it refuses."""


@dataclass(frozen=True, slots=True)
class SystemRefuses(Evidence):
    """The local system's own words on why it cannot send."""

    lanes: tuple[LaneId, ...]
    reason: ForeignText
