"""A statement about the investigation: what was measured, what follows, and what to measure next."""

from dataclasses import dataclass
from enum import StrEnum


class FindingKind(StrEnum):
    """What is stated. `docs/findings.md` says what each kind needs and how sure it can be."""

    INSUFFICIENT = "insufficient"
    """Too few rounds to say anything."""

    REACHABLE = "reachable"
    """The endpoint answers."""

    CLOSED_PORT = "closed_port"
    """The host answers, the service refuses."""

    LOCAL_PROBLEM = "local_problem"
    """Everything stops at home, or this machine could not send."""

    GENERAL_FAILURE = "general_failure"
    """Suspect and control stop at the same router."""

    EXPLICIT_FILTER = "explicit_filter"
    """A router says that it prohibits."""

    NO_ROUTE = "no_route"
    """A router says that it knows no way."""

    ROUTING_LOOP = "routing_loop"
    RESET_INJECTED = "reset_injected"
    """A reset that the endpoint did not send."""

    MIDDLEBOX_ANSWERS = "middlebox_answers"
    """Something nearer than the endpoint answers in its name."""

    PORT_OR_PROTOCOL_FILTER = "port_or_protocol_filter"
    """One port or protocol stops where another to the same address passes."""

    BLACKHOLE_IN_AS = "blackhole_in_as"
    """Both candidate routers are in one AS."""

    BLACKHOLE_AT_BORDER = "blackhole_at_border"
    """The candidate routers are in two ASes."""

    SILENT_EDGE = "silent_edge"
    """Silence begins at the endpoint's own network."""

    BLACKHOLE_UNLOCALISED = "blackhole_unlocalised"
    """Silence, and no control that shows how the path goes on."""

    RETURN_PATH_SUSPECT = "return_path_suspect"
    """The answers may be lost on their way back."""

    INTERMITTENT = "intermittent"
    """Sometimes reached, or the place where it stops moves."""


class Confidence(StrEnum):
    """How far a finding can be relied on; the gates are in `docs/findings.md`."""

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
    """One trace cannot tell a drop on the way out from an answer lost on its way back."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A router that may be the one; a drop has two, the last that answers and the next."""

    ttl: int
    """On the path of the finding's first lane."""

    address: str | None
    """None where the router does not show itself."""

    asn: int | None
    """The AS that announces the address."""


class StepKind(StrEnum):
    """What the screen can do for a next step."""

    KEEP_RUNNING = "keep_running"
    ADD_CONTROL = "add_control"
    """Add `target` (or, where that is a prefix, an address in it) as a control."""

    MARK_CONTROL = "mark_control"
    """Mark the endpoint `target`, on the board already, as a control."""

    ADD_TARGET = "add_target"
    """Add `target` as it stands."""

    ADD_VANTAGE = "add_vantage"
    """Trace from somewhere else; `target` says where, such as `AS8359`."""


@dataclass(frozen=True, slots=True)
class NextStep:
    """Something that would make a finding surer, or refute it."""

    text: str
    """An instruction: `add a control in 156.154.64.0/24`."""

    kind: StepKind | None = None
    """None for what only people can do."""

    target: str | None = None
    """What the step is about, in the form a target is typed in. Nothing probes it before the user accepts."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One statement. All texts are plain, safe text: no markup, no control characters."""

    kind: FindingKind
    confidence: Confidence
    lanes: tuple[str, ...]
    """Ids of the lanes it speaks of, in board order."""

    sentences: tuple[str, ...]
    """The statement; the first sentence stands for itself."""

    ases: tuple[int, ...] = ()
    """The ASes it names as the place; of a border, the nearer one first."""

    candidates: tuple[Candidate, ...] = ()
    """Nearest first."""

    direction: Direction | None = None
    """None where nothing is lost."""

    evidence: tuple[str, ...] = ()
    counter_evidence: tuple[str, ...] = ()
    missing: tuple[NextStep, ...] = ()
    p_value: float | None = None
    """Of the comparison it rests on (Fisher's exact test, one-sided); of several, the largest."""

    controls: tuple[str, ...] = ()
    """Ids of the lanes it compares with."""

    @property
    def headline(self) -> str:
        """The statement in one sentence."""
        return self.sentences[0]

    @property
    def text(self) -> str:
        """The whole statement."""
        return " ".join(self.sentences)
