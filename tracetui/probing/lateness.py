"""How late probes leave: what a busy machine does to the schedule."""

from dataclasses import dataclass
from typing import Final

_LATE_NS: Final = 50_000_000
"""The budget for 128 endpoints."""


@dataclass(slots=True)
class Lateness:
    """How late probes left, against the plan."""

    probes: int = 0
    worst_ns: int = 0
    over_50_ms: int = 0

    def add(self, late_ns: int) -> None:
        """Count one probe."""
        self.probes += 1
        self.worst_ns = max(self.worst_ns, late_ns)
        if late_ns > _LATE_NS:
            self.over_50_ms += 1
