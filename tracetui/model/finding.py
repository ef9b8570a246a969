"""A finding: a fact about the investigation, the explanations that are left, and its confidence.

All values are facts; sentences are made last, in `tracetui/words/`.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from tracetui.model.evidence.imported_traces import ImportedReach, ImportedStop
from tracetui.model.evidence_base import Candidate, Evidence, Outage
from tracetui.model.explanation import Explanation, ExplanationKind, ExplanationState, NextStep
from tracetui.model.reference import Asn, ForeignText, LaneId
from tracetui.model.reply import ReplyKind


class FindingKind(StrEnum):
    """The kind of a finding. `docs/findings.md` says what each kind needs."""

    INSUFFICIENT = "insufficient"
    """Too few rounds to tell more than what they showed."""

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
    """A router answers that it prohibits the packets."""

    NO_ROUTE = "no_route"
    """A router answers that it has no route."""

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
"""Kinds of findings in which the endpoint seems to answer."""


class Confidence(StrEnum):
    """How reliable a finding is, by the explanations that are left."""

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

    RETURN = "return"
    """On the way back: probes arrive at the endpoint."""

    BOTH = "both"
    """Probes arrive at neither end."""

    UNKNOWN = "unknown"
    """Packets may be lost on the way out or on the way back."""


class OtherDirection(StrEnum):
    """What is seen of the other way in the same rounds, by who sees probes arrive, or else by traces: from a
    vantage near the endpoint to us, or, of a finding about those, from us to the endpoint."""

    PASSES = "passes"
    STOPS = "stops"


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
    """Replies arrive, but too late to count."""


@dataclass(frozen=True, slots=True)
class RouterSays:
    """A router answers with an ICMP unreachable."""

    router: Candidate
    icmp_type: int
    icmp_code: int
    from_endpoint: bool


@dataclass(frozen=True, slots=True)
class Loops:
    """The same routers answer at several TTLs, again and again."""

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
class ImportTells:
    """How far an imported trace of few probes got."""

    how_far: ImportedReach | ImportedStop


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
    | ImportTells
    | NoEnd
)


@dataclass(frozen=True, slots=True)
class Finding:
    """A fact, with the explanations and evidence for it."""

    kind: FindingKind
    confidence: Confidence
    lanes: tuple[LaneId, ...]
    """The lanes it is about, in board order."""

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

    other_direction: OtherDirection | None = None
    """None where nobody traced the other way."""

    @property
    def left(self) -> tuple[Explanation, ...]:
        """The explanations that are left; all strained ones, where nothing else is."""
        found = tuple(one for one in self.explanations if one.state is ExplanationState.LEFT)
        return found or tuple(one for one in self.explanations if one.state is ExplanationState.STRAINED)

    @property
    def as_expected(self) -> bool:
        """True where the endpoint answers and no other explanation is left."""
        expected = all(one.kind is ExplanationKind.ENDPOINT_ANSWERS for one in self.left)
        return self.kind in ENDPOINT_KINDS and expected
