"""The interface between the engine and whatever sends its probes."""

from collections.abc import Sequence
from typing import Final, Protocol

from tracetui.model import FlowKind, Lane, ReceiveCounters, Reply, ReplyKind

_TIME_EXCEEDED: Final = ReplyKind.TIME_EXCEEDED  # by name it is slow to get


class Probe:
    """One packet with one TTL. Only `OutstandingProbes` changes it.

    Not a dataclass: thousands a second are made.
    """

    __slots__ = (
        "deadline_ns",
        "first_kind",
        "further",
        "handle",
        "lane_id",
        "round",
        "sent_ns",
        "state",
        "ttl",
    )

    def __init__(self, lane_id: str, ttl: int, round_number: int) -> None:
        self.lane_id = lane_id
        self.ttl = ttl
        self.round = round_number
        self.state = PENDING
        self.sent_ns = 0  # monotonic
        self.deadline_ns = 0  # monotonic; after it the probe counts as lost
        self.handle: object = None  # what the prober's `send` returned
        self.first_kind = _TIME_EXCEEDED  # of the first reply, once there is one
        self.further = 0  # replies of other kinds after it


PENDING, ANSWERED, LATE, LOST = range(4)
"""`Probe.state`."""


class ProbeNotSentError(Exception):
    """The local system refused to send one probe; `str(error)` is one line for the user.

    Raised by `Prober.send` for EPERM, ENETUNREACH, EHOSTUNREACH, ENETDOWN, EADDRNOTAVAIL, ENOBUFS and their
    kind. The lane says so and tries again in its next round.
    """


class ProbeWaitsError(ProbeNotSentError):
    """Nothing is wrong, but a limit of this process holds the probe back: it may be sent soon."""


class Prober(Protocol):
    """Sends probes and returns matched replies.

    One receiver serves all lanes; one thread calls all methods but `wake`.
    """

    name: str
    """`raw`, `rootless` or `simulated`."""

    def open_lane(self, lane: Lane) -> None:
        """Prepare to probe `lane`: find its source address, reserve ports.

        Raises ProbeNotSentError when the system has no route or no such source now; the lane counts as open,
        and `send` tries again.
        """

    def close_lane(self, lane_id: str) -> None:
        """Forget a lane and its outstanding probes; replies to them are dropped from now on."""

    def source(self, lane_id: str) -> str | None:
        """Return the source address in use for a lane; None while there is none."""

    def flow(self, lane: Lane) -> FlowKind:
        """Tell what a load balancer sees of the lane."""

    def flow_id(self, lane_id: str) -> str:
        """Return what makes the lane's flow reproducible, in a few words: source port, ICMP identifier.

        "" while there is none. Called after every send, so it must be quick.
        """

    def flow_numbers(self, lane_id: str) -> tuple[int, ...]:
        """Return the source ports or ICMP identifiers of the lane's probes; as quickly."""

    def send(self, probe: Probe) -> object:
        """Send one probe now; return a handle that `forget` finds in it later.

        Raises ProbeNotSentError, and of these ProbeWaitsError where the same probe may be sent soon.
        """

    def forget(self, probe: Probe) -> None:
        """Expect no more replies to `probe`: it was answered long ago, or lost long ago."""

    def wait(self, until_ns: int) -> Sequence[tuple[Probe, Reply]]:
        """Block until the monotonic time `until_ns`, a reply or `wake`; return the matched replies.

        It need not return at a reply that the kernel has stamped: reading that later loses nothing. With
        `until_ns` in the past it returns what has arrived.
        """

    def wake(self) -> None:
        """Make a blocked `wait` return; callable from any thread."""

    @property
    def behind(self) -> bool:
        """True while replies may have arrived that `wait` has not returned: no probe is lost yet then."""

    @property
    def dropped(self) -> int:
        """Packets lost in the kernel before they were read, so far; one of them may have been a reply."""

    @property
    def counters(self) -> ReceiveCounters:
        """What was received and dropped so far (`duplicate` is the engine's)."""

    def close(self) -> None:
        """Close all sockets."""
