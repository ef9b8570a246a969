"""The state of a lane, from its rounds alone, and the verdict with its basis."""

from dataclasses import dataclass, replace
from enum import StrEnum

from tracetui.model.reply import ReplyKind


class PathState(StrEnum):
    """The state of one lane; findings over several lanes are built on it."""

    REACHED = "reached"
    """The endpoint answered (echo reply, SYN/ACK, RST or port unreachable)."""

    RESET = "reset"
    """A RST came from nearer than the endpoint."""

    UNREACHABLE = "unreachable"
    """A router answered unreachable (ICMP 3/x, ICMPv6 1/x)."""

    SILENT_AFTER = "silent_after"
    """Nothing answers past the last responsive hop."""

    LOOP = "loop"
    """The same addresses repeat with a period."""

    ANSWERED_EARLY = "answered_early"
    """A SYN/ACK or echo reply came from nearer than the endpoint."""

    LOCAL_FAILURE = "local_failure"
    """This machine could not send."""

    INSUFFICIENT = "insufficient"
    """Too few complete rounds to tell."""

    @property
    def fails(self) -> bool:
        """True where it is known that the endpoint is not reached as it should be."""
        return self not in (PathState.REACHED, PathState.INSUFFICIENT)


class Silence(StrEnum):
    """Why replies of a hop are missing; the first two are normal and show nothing."""

    SILENT_FORWARDING = "silent_forwarding"
    """Never answers, and something beyond it does."""

    RATE_LIMITED = "rate_limited"
    """Answers some probes while what is beyond it answers nearly all."""

    SILENT = "silent"
    """Never answers, and neither does anything beyond."""


@dataclass(frozen=True, slots=True)
class PathVerdict:
    """The state of a lane, with what it rests on."""

    state: PathState
    last_responsive_ttl: int | None = None
    """L: TTL of the last hop that replied in the rounds looked at (the endpoint's own, when reached)."""

    last_responsive: str | None = None
    """Its address."""

    destination_ttl: int | None = None
    proof: ReplyKind | None = None
    """The reply that proves `reached`, `reset` or `answered_early`."""

    proof_ttl: int | None = None
    """Lowest TTL that got it: the endpoint's own for `reached`, nearer for the other two."""

    icmp_type: int | None = None
    icmp_code: int | None = None
    """Of the router's message, for `unreachable`."""

    loop: tuple[str, ...] = ()
    """The addresses of one turn of the loop, for `loop`."""

    loop_period: int | None = None
    """TTLs of one turn: more than `loop` has addresses where some routers do not answer."""

    loop_ttl: int | None = None
    """TTL of the first of them."""

    rounds: int = 0
    """Complete rounds looked at."""

    reason: str | None = None
    """The local system's error message, for `local_failure`."""

    @property
    def ending(self) -> tuple[PathState, int | None, ReplyKind | None]:
        """State, TTL and refusal that lanes have in common which end alike, over whatever protocol."""
        match self.state:
            case PathState.REACHED:
                refusals = {ReplyKind.RST, ReplyKind.PORT_UNREACHABLE}
                return self.state, self.destination_ttl, self.proof if self.proof in refusals else None
            case PathState.RESET | PathState.ANSWERED_EARLY:
                return self.state, self.proof_ttl, self.proof
            case PathState.LOOP:
                return self.state, self.loop_ttl, None
            case _:
                return self.state, self.last_responsive_ttl, None

    def without_addresses(self) -> "PathVerdict":
        """Return the verdict for events and comparisons: they outlive masks, and tell only TTLs."""
        return replace(self, last_responsive=None, loop=("",) * len(self.loop), reason=None, rounds=0)
