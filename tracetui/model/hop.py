"""The counts of one TTL of a lane: probes, RTTs and responders."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

MAX_RESPONDERS: Final = 16
"""Addresses that a hop lists. Load balancers rarely have so many branches; forged replies may have any
number."""


@dataclass(frozen=True, slots=True)
class RttStatistics:
    """Round-trip times of the replies in time, nanoseconds."""

    count: int
    last_ns: int | None
    """This, the best and the worst are None where an imported trace does not tell them."""

    best_ns: int | None
    mean_ns: float
    worst_ns: int | None
    stdev_ns: float | None
    """Sample standard deviation (n - 1); None for one sample."""

    jitter_ns: float | None
    """Smoothed interarrival jitter, RFC 3550 section 6.4.1; None for one sample."""


@dataclass(frozen=True, slots=True)
class Responder:
    """One address that answered at one TTL."""

    address: str
    count: int
    """Replies of any kind, late ones too."""

    replies: Mapping[str, int]
    """Reply label (`time_exceeded`, `syn_ack`, `unreachable_13` ...) to count."""

    reply_ttl: tuple[int, int] | None
    """Lowest and highest TTL its replies arrived with."""

    mpls: tuple[int, ...]
    """Labels of the last reply that carried any."""

    last_ns: int
    """Unix time of its last reply."""


@dataclass(frozen=True, slots=True)
class Hop:
    """One TTL of one lane, since the statistics were last restarted."""

    ttl: int
    sent: int
    received: int
    """Probes answered in time."""

    lost: int
    """Probes whose time ran out with no reply at all so far."""

    late: int
    """Probes answered after their time ran out; not in `lost`, not in the RTT figures."""

    rtt: RttStatistics | None
    recent: tuple[int | None, ...]
    """RTT of the last completed probes, oldest first, nanoseconds; None for a lost one."""

    responders: tuple[Responder, ...]
    """Most replies first."""

    last_address: str | None
    """The last responder's address."""

    unlisted: int = 0
    """Replies that are in none of `responders`: beyond `MAX_RESPONDERS` addresses, or beyond what is kept for
    one probe."""

    @property
    def completed(self) -> int:
        """Probes that were answered or are lost."""
        return self.received + self.lost + self.late

    @property
    def loss_percent(self) -> float | None:
        """Lost of completed probes, in percent; None before the first is complete."""
        return 100.0 * self.lost / self.completed if self.completed else None

    @property
    def answered(self) -> bool:
        """True when any probe with this TTL was answered."""
        return bool(self.responders)

    @property
    def main(self) -> Responder | None:
        """The responder with the most replies."""
        return self.responders[0] if self.responders else None
