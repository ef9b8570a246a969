"""Explanations of a fact, and the next steps that would tell them apart."""

from dataclasses import dataclass
from enum import StrEnum

from tracetui.model.control import Relation
from tracetui.model.lane import ProbeProtocol
from tracetui.model.reference import Address, Asn, ForeignText, LaneId, Prefix


class PlaceKind(StrEnum):
    """Where an explanation puts the cause."""

    SYSTEM = "as"
    ENDPOINT = "endpoint"
    """The endpoint, its firewall or its own network's edge."""

    HERE = "here"
    """This machine or its network."""

    UNKNOWN = "unknown"
    NOBODY = "nobody"
    """Nothing is lost."""


@dataclass(frozen=True, slots=True)
class Place:
    """A place where an explanation puts the cause."""

    kind: PlaceKind
    asn: Asn | None = None
    """Of `SYSTEM`; None where a mask hides it."""


class ExplanationKind(StrEnum):
    """One way in which a fact could have come about."""

    DROPPED_AT_LAST = "dropped_at_last"
    """The last router that answers drops, after its TTL check."""

    DROPPED_BEYOND = "dropped_beyond"
    """The next router drops, before its TTL check."""

    DROPPED_IN_NEXT_AS = "dropped_in_next_as"
    """A router of the next AS of the BGP path drops, before its TTL check."""

    OTHER_WAY = "other_way"
    """The path leaves the last router over another link than the control's."""

    ENDPOINT_SILENT = "endpoint_silent"
    """The endpoint, its firewall or CPE is silent, behind routers that do not show."""

    RARE_OR_LATE = "rare_or_late"
    """Routers beyond answer rarely, or late."""

    LOST_ON_RETURN = "lost_on_return"
    """Answers are lost on the way back."""

    DEAD_BRANCH = "dead_branch"
    """A load balancer sends these flows over a dead branch."""

    OWN_FILTER = "own_filter"
    """A filter or NAT here, or the first network, takes packets or answers."""

    TOO_FAR = "too_far"
    """The endpoint is farther away than the TTLs probed."""

    ONLY_PROBES = "only_probes"
    """Probes are treated differently from the connections of clients, which are answered."""

    ROUTER_REFUSES = "router_refuses"
    """The router that sent the message refuses."""

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
    """Possible, but only with something rare of which nothing was seen."""

    RULED_OUT = "ruled_out"


class StepKind(StrEnum):
    """A measurement or a question that would tell explanations apart."""

    KEEP_RUNNING = "keep_running"
    """For `seconds` more."""

    RUN_AGAIN = "run_again"
    """With more rounds, as this run is over."""

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
    """Have the endpoint's operator trace back; the vantage `via` can, where one is near it."""

    ASK_OPERATOR = "ask_operator"
    """Ask the AS `asn` what its router does."""

    RAISE_TIMEOUT = "raise_timeout"
    RAISE_MAX_HOPS = "raise_max_hops"
    CHECK_HOME = "check_home"
    """Check the firewall, gateway and uplink here."""

    CAPTURE_BOTH_SIDES = "capture_both_sides"
    """Capture packets at both ends: does the endpoint send that answer?"""


@dataclass(frozen=True, slots=True)
class Explanation:
    """One way in which the fact could have come about, and what the evidence leaves of it."""

    kind: ExplanationKind
    state: ExplanationState
    places: tuple[Place, ...]
    by: tuple[int, ...] = ()
    """Indices, in the finding's `evidence`, of what rules it out or strains it."""

    would_tell: tuple[StepKind, ...] = ()
    """Steps that could rule it out or strain it."""


@dataclass(frozen=True, slots=True)
class NextStep:
    """A step that would tell explanations apart. Nothing is probed before the user accepts it."""

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

    via: ForeignText | None = None
    """The vantage that can take the step."""

    @property
    def target(self) -> str | None:
        """The target to trace, as it would be typed; a prefix where an address must be chosen."""
        if self.address is None:
            return self.prefix
        bare = f"[{self.address}]" if ":" in self.address else str(self.address)
        if self.kind is StepKind.MARK_CONTROL or self.protocol is None:
            return str(self.address)
        return f"icmp://{bare}" if self.protocol is ProbeProtocol.ICMP else f"tcp://{bare}:{self.port}"
