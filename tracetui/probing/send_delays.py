"""Records how late probes leave, against their schedule."""

from dataclasses import dataclass


@dataclass(slots=True)
class SendDelays:
    """How late probes left."""

    probes: int = 0
    worst_ns: int = 0

    def add(self, late_ns: int) -> None:
        """Count one probe."""
        self.probes += 1
        self.worst_ns = max(self.worst_ns, late_ns)
