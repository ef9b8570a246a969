"""Which probes of a lane arrived at the machine at its end, and when answers to them left it: seen there."""

from bisect import bisect_right
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class ProbeArrivals:
    """What was seen at the end of one lane, from a moment on without a gap. Times are Unix time in ns."""

    lane: str
    """Its id."""

    seen_by: str | None
    """The vantage that has the endpoint's address; None: this machine, of a lane from a vantage to here."""

    direct: bool
    """Probes should arrive with the source address that they are sent from. Where a NAT is on the way, they
    may arrive with another port, and that none is seen shows nothing."""

    from_ns: int
    until_ns: int
    arrived_ns: tuple[int, ...] = ()
    """When probes arrived; of those close together, the first. In order."""

    answered_ns: tuple[int, ...] = ()
    """When answers to them left, likewise."""

    def until(self, moment_ns: int) -> "ProbeArrivals":
        """Return what had been seen by then."""
        if moment_ns >= self.until_ns:
            return self
        return replace(
            self,
            until_ns=moment_ns,
            arrived_ns=self.arrived_ns[: bisect_right(self.arrived_ns, moment_ns)],
            answered_ns=self.answered_ns[: bisect_right(self.answered_ns, moment_ns)],
        )
