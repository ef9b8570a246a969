"""Evidence about messages of routers, answers in the endpoint's name, loss, and this machine."""

from dataclasses import dataclass

from tracetui.model.evidence_base import Candidate, Evidence
from tracetui.model.reference import Address, ForeignText, LaneId
from tracetui.model.reply import ReplyKind


@dataclass(frozen=True, slots=True)
class RouterMessage(Evidence):
    """A router keeps answering a lane's probes with an ICMP message."""

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
    """Another router answers behind it, not only an endpoint."""

    not_last: bool
    """So it is not the last router before the refused address, which reports a host that is off. Only lanes
    to the same address, or in the same /24 (IPv6: /48), show that."""


@dataclass(frozen=True, slots=True)
class NothingBehind(Evidence):
    """No router answers behind this one on any path: it may be the last before its hosts."""

    router: Address


@dataclass(frozen=True, slots=True)
class LoopSeen(Evidence):
    """The same routers answered at several TTLs."""

    lane: LaneId
    rounds: int
    of_rounds: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Answers(Evidence):
    """How often answers in the endpoint's name arrived."""

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
    """Behind the router, the endpoint's included."""


@dataclass(frozen=True, slots=True)
class OwnProbesGoFarther(Evidence):
    """Routers farther away than the answer in the endpoint's name answered this lane in the same rounds."""

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
    """Endpoints of several networks answer right behind the same router, which is in none of them."""

    router: Candidate
    lanes: tuple[LaneId, ...]


@dataclass(frozen=True, slots=True)
class ControlFarther(Evidence):
    """A control of the same origin AS passes several routers behind the router before the answer."""

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
    """An endpoint that answers did not answer in the last rounds."""

    lane: LaneId
    rounds: int


@dataclass(frozen=True, slots=True)
class StopsBetween(Evidence):
    """The range of the last hops that replied in rounds without an answer."""

    lane: LaneId
    nearest: int
    farthest: int
    one_flow: bool


@dataclass(frozen=True, slots=True)
class FirstHopLoses(Evidence):
    """The first hop loses too, so the loss says nothing about the hops beyond."""

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
    """The local system cannot send, and its error message."""

    lanes: tuple[LaneId, ...]
    reason: ForeignText
