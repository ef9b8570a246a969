"""A finding: a fact about the investigation, the explanations that evidence leaves, and what to measure next.

Values here are facts; the sentences that say them are made last, in `tracetui/analysis/words/`.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from tracetui.model.evidence import Candidate, ControlFit, Evidence, Outage, Relation
from tracetui.model.lane import ProbeProtocol
from tracetui.model.reference import Address, Asn, ForeignText, LaneId, Prefix
from tracetui.model.reply import ReplyKind


class FindingKind(StrEnum):
    """What is found. `docs/findings.md` says what each kind needs."""

    INSUFFICIENT = "insufficient"
    """Too few rounds to say anything."""

    REACHABLE = "reachable"
    """The endpoint answers."""

    CLOSED_PORT = "closed_port"
    """The host answers, the service refuses."""

    OUTAGE_ENDED = "outage_ended"
    """The endpoint answers again, after a time of silence."""

    LOCAL_PROBLEM = "local_problem"
    """Nothing gets past the first hop, or this machine could not send."""

    GENERAL_FAILURE = "general_failure"
    """Suspect and control stop at the same router."""

    EXPLICIT_FILTER = "explicit_filter"
    """A router says that it prohibits."""

    NO_ROUTE = "no_route"
    """A router says that it knows no way."""

    ROUTING_LOOP = "routing_loop"
    RESET_INJECTED = "reset_injected"
    """A reset that something other than the endpoint sent, or may have sent."""

    MIDDLEBOX_ANSWERS = "middlebox_answers"
    """Something nearer than the endpoint answers in its name, or may do so."""

    PORT_OR_PROTOCOL_FILTER = "port_or_protocol_filter"
    """One port or protocol stops where another to the same address is answered."""

    BLACKHOLE_IN_AS = "blackhole_in_as"
    """Silence, and all explanations that are left lie in one AS."""

    BLACKHOLE_AT_BORDER = "blackhole_at_border"
    """Silence, and all explanations that are left lie in two neighbouring ASes."""

    SILENT_EDGE = "silent_edge"
    """Silence that begins in the endpoint's own network."""

    BLACKHOLE_UNLOCALISED = "blackhole_unlocalised"
    """Silence, and explanations are left that lie in different places."""

    RETURN_PATH_SUSPECT = "return_path_suspect"
    """Routers beyond the last that answers do not answer direct probes either."""

    INTERMITTENT = "intermittent"
    """Sometimes reached, or the place where it stops moves."""


ENDPOINT_KINDS: Final = frozenset({FindingKind.REACHABLE, FindingKind.OUTAGE_ENDED, FindingKind.CLOSED_PORT})
"""Kinds of findings in which the endpoint itself answers, as far as is seen."""


class Confidence(StrEnum):
    """How far a finding can be relied on; computed from the explanations that are left."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"

    @property
    def level(self) -> int:
        """1 to 3: how many of three marks are filled."""
        return ("low", "medium", "high").index(self.value) + 1


class Direction(StrEnum):
    """Which way packets are lost."""

    FORWARD = "forward"
    """On the way to the endpoint."""

    UNKNOWN = "unknown"
    """A loss on the way out and one on the way back are both left."""


class PlaceKind(StrEnum):
    """Where an explanation puts the cause."""

    SYSTEM = "as"
    ENDPOINT = "endpoint"
    """The endpoint, its firewall or its own network's edge."""

    HERE = "here"
    """This machine or its own network."""

    UNKNOWN = "unknown"
    NOBODY = "nobody"
    """Nothing is lost at all."""


@dataclass(frozen=True, slots=True)
class Place:
    """A place that an explanation puts the cause at."""

    kind: PlaceKind
    asn: Asn | None = None
    """Of `SYSTEM`; None where a mask hides it."""


class ExplanationKind(StrEnum):
    """One way in which a fact could have come about."""

    DROPPED_AT_LAST = "dropped_at_last"
    """The last router that answers drops, after its TTL check."""

    DROPPED_BEYOND = "dropped_beyond"
    """The next router drops, before its TTL check."""

    OTHER_WAY = "other_way"
    """The way leaves the last router otherwise than the control's."""

    ENDPOINT_SILENT = "endpoint_silent"
    """The endpoint, its firewall or CPE is silent, behind routers that do not show."""

    RARE_OR_LATE = "rare_or_late"
    """Routers beyond answer seldom, or late."""

    LOST_ON_RETURN = "lost_on_return"
    """Answers are lost on their way back."""

    DEAD_BRANCH = "dead_branch"
    """A load balancer sends these flows over a dead branch."""

    OWN_FILTER = "own_filter"
    """A filter or NAT here, or the first network, takes packets or answers."""

    TOO_FAR = "too_far"
    """The endpoint is farther away than the TTLs probed."""

    ROUTER_REFUSES = "router_refuses"
    """The router that says so refuses."""

    FORGED_MESSAGE = "forged_message"
    """Somebody else sent the message in the router's name."""

    HOST_OFF = "host_off"
    """The host is off, or its address not in use."""

    BOX_ANSWERS = "box_answers"
    """Something on the way answers in the endpoint's name."""

    ENDPOINT_ANSWERS = "endpoint_answers"
    """The endpoint itself answers: near, behind NAT, or on a short branch."""

    ROUTERS_LOOP = "routers_loop"
    """Routers hand the packets to each other."""

    PASSING_LOOP = "passing_loop"
    """Routing is converging, and the loop is over soon."""


class ExplanationState(StrEnum):
    """What the evidence does to an explanation."""

    LEFT = "left"
    STRAINED = "strained"
    """It can be, but needs one seldom thing more, of which nothing was seen."""

    RULED_OUT = "ruled_out"


class StepKind(StrEnum):
    """A measurement or a question that would tell explanations apart."""

    KEEP_RUNNING = "keep_running"
    """For `seconds` more."""

    RUN_AGAIN = "run_again"
    """With more rounds: this run is over."""

    ADD_CONTROL = "add_control"
    """Add `address`, or an address in `prefix`, as a control."""

    MARK_CONTROL = "mark_control"
    """Mark the endpoint `address`, on the board already, as a control."""

    CONTROL_SERVICE = "control_service"
    """Trace the control `address` over the suspect's protocol and port too."""

    ADD_SERVICE = "add_service"
    """Trace `address` over another protocol or port too."""

    ADD_VANTAGE = "add_vantage"
    """Trace from another provider's network."""

    VANTAGE_INSIDE = "vantage_inside"
    """Trace from inside the AS `asn`."""

    BGP_PATH = "bgp_path"
    """Look up the BGP path to `prefix`, as the AS `asn` has it where that is given."""

    REVERSE_TRACE = "reverse_trace"
    """Have the endpoint's operator trace back."""

    ASK_OPERATOR = "ask_operator"
    """Ask the AS `asn` what its router does."""

    RAISE_TIMEOUT = "raise_timeout"
    RAISE_MAX_HOPS = "raise_max_hops"
    CHECK_HOME = "check_home"
    """Look at the own firewall, gateway and uplink."""

    CAPTURE_BOTH_SIDES = "capture_both_sides"
    """Capture packets at both ends: does the endpoint send that answer?"""


@dataclass(frozen=True, slots=True)
class NextStep:
    """Something that would tell explanations apart. Nothing probes it before the user accepts."""

    kind: StepKind
    lane: LaneId | None = None
    """The lane it is for."""

    address: Address | None = None
    protocol: ProbeProtocol | None = None
    port: int | None = None
    prefix: Prefix | None = None
    asn: Asn | None = None
    seconds: float | None = None
    relation: Relation | None = None
    """Of `address` to the suspect's."""

    tells: tuple[ExplanationKind, ...] = ()
    """The explanations that it could rule out or strain."""

    @property
    def target(self) -> str | None:
        """What would be traced, in the form a target is typed in; a prefix where an address must be
        chosen.
        """
        if self.address is None:
            return self.prefix
        bare = f"[{self.address}]" if ":" in self.address else str(self.address)
        if self.kind is StepKind.MARK_CONTROL or self.protocol is None:
            return str(self.address)
        return f"icmp://{bare}" if self.protocol is ProbeProtocol.ICMP else f"tcp://{bare}:{self.port}"


@dataclass(frozen=True, slots=True)
class Explanation:
    """One way in which the fact could have come about, and what the evidence leaves of it."""

    kind: ExplanationKind
    state: ExplanationState
    places: tuple[Place, ...]
    by: tuple[int, ...] = ()
    """Places, in the finding's `evidence`, of what rules it out or strains it."""

    would_tell: tuple[StepKind, ...] = ()
    """Steps that could rule it out or strain it."""


# Facts: what was measured, one class for each kind of statement


@dataclass(frozen=True, slots=True)
class SilentAfter:
    """Lanes go silent after a router, or nothing answers at all."""

    last: Candidate | None
    """L; None where nothing answers."""

    passing: tuple[LaneId, ...] = ()
    """Lanes to other addresses that pass it, those that the user marked as controls first."""

    services_answered: tuple[LaneId, ...] = ()
    """Other lanes to the same addresses whose endpoint answers."""

    stopping: tuple[LaneId, ...] = ()
    """Controls that stop at the same router."""

    late: bool = False
    """Answers do come, too late to count."""


@dataclass(frozen=True, slots=True)
class RouterSays:
    """A router answers with an ICMP unreachable."""

    router: Candidate
    icmp_type: int
    icmp_code: int
    from_endpoint: bool


@dataclass(frozen=True, slots=True)
class Loops:
    """The same routers come again."""

    turn: tuple[Candidate, ...]


@dataclass(frozen=True, slots=True)
class AnsweredFrom:
    """An answer in the endpoint's name, and where it seems to come from."""

    proof: ReplyKind | None
    ttl: int | None
    """The lowest TTL that gets it."""

    last: Candidate | None = None
    """The router before."""

    distance: int | None = None
    """The endpoint's own distance, where another lane shows that."""


@dataclass(frozen=True, slots=True)
class AnswersAgain:
    """The endpoint answers, after outages."""

    outages: tuple[Outage, ...]
    last: Candidate | None
    """The last router that answered in the last of them."""


@dataclass(frozen=True, slots=True)
class AtTimes:
    """The endpoint answers at times, or (`moves`) the place where the path goes silent moves."""

    moves: bool


@dataclass(frozen=True, slots=True)
class StopsAtHome:
    """No lane of a vantage gets past the first hop."""

    controls_too: bool


@dataclass(frozen=True, slots=True)
class CannotSend:
    """The local system refuses to send."""

    reason: ForeignText


@dataclass(frozen=True, slots=True)
class TooFewRounds:
    """Fewer complete rounds than it takes to say anything."""

    rounds: int


@dataclass(frozen=True, slots=True)
class NoEnd:
    """Routers answer up to the highest TTL probed."""

    ttl: int


Fact = (
    SilentAfter
    | RouterSays
    | Loops
    | AnsweredFrom
    | AnswersAgain
    | AtTimes
    | StopsAtHome
    | CannotSend
    | TooFewRounds
    | NoEnd
)


@dataclass(frozen=True, slots=True)
class Finding:
    """A fact, and what is left to explain it."""

    kind: FindingKind
    confidence: Confidence
    lanes: tuple[LaneId, ...]
    """The lanes it speaks of, in board order."""

    fact: Fact
    since: datetime | None = None
    """Start of the first round it holds for (UTC); None where nothing is wrong or no round tells."""

    ases: tuple[Asn, ...] = ()
    """The ASes that all explanations left lie in: one, or two at a border, the nearer first. None at low."""

    candidates: tuple[Candidate, ...] = ()
    """L and L+1, or the routers of a loop, or the router that refuses; nearest first."""

    direction: Direction | None = None
    """None where nothing is lost."""

    explanations: tuple[Explanation, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    next_steps: tuple[NextStep, ...] = ()
    """The one that tells most first."""

    p_value: float | None = None
    """Of the comparison it rests on (Fisher's exact test, one-sided); of several, the largest."""

    controls: tuple[LaneId, ...] = ()
    """The lanes it compares with."""

    @property
    def left(self) -> tuple[Explanation, ...]:
        """The explanations that are left; all strained ones, where nothing else is."""
        found = tuple(one for one in self.explanations if one.state is ExplanationState.LEFT)
        return found or tuple(one for one in self.explanations if one.state is ExplanationState.STRAINED)

    @property
    def as_expected(self) -> bool:
        """True where the endpoint answers and nothing else is left: then there is nothing to explain."""
        expected = all(one.kind is ExplanationKind.ENDPOINT_ANSWERS for one in self.left)
        return self.kind in ENDPOINT_KINDS and expected


@dataclass(frozen=True, slots=True)
class ControlCheck:
    """Whether one lane can serve as the control of one silent lane: the one answer, which everybody reads."""

    suspect: LaneId
    control: LaneId
    fit: ControlFit
    relation: Relation
    marked: bool
    """The user marked it as a control; False for another lane that can serve as one."""

    ttl: int | None = None
    """Of hop L on the control's path, where it is on it; where the path parts, for `PARTS_BEFORE`."""

    last: Candidate | None = None
    """Hop L of the silent lane."""
