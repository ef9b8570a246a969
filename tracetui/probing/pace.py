"""How fast, how long, how far: the settings of a run."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Pace:
    """The engine's settings."""

    interval_s: float = 1.0
    """From the start of one round of a lane to the start of its next."""

    timeout_s: float = 2.0
    """A probe unanswered for this long is lost; a reply after it is late."""

    max_hops: int = 30
    """Highest TTL ever probed."""

    rounds: int | None = None
    """Rounds a lane runs; None: until stopped."""


LATE_WINDOW_S: Final = 5.0
"""A lost probe is still recognised for this long, so that its reply counts as late and not as foreign."""

SWEEP_SPACING_S: Final = 0.010
"""Between the TTLs of a sweep: 30 TTLs take 0.3 s. A sweep stops when the endpoint answers, so at most one
round-trip's worth of probes runs past the end."""

SWEEP_STAGGER_S: Final = 0.003
"""Between the first sweeps of two lanes, so that a shared first router does not see them as one burst."""

SWEEP_STAGGER_LIMIT_S: Final = 0.150
"""No lane's first probe waits longer than this for the others."""
