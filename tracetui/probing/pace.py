"""How fast, how long, how far: the settings of a run."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Pace:
    """The engine's settings."""

    interval_s: float = 1.0
    """From the start of a round of a lane to the start of its next; the first takes up to a quarter more."""

    timeout_s: float = 2.0
    """A probe unanswered for this long is lost; a reply after it is late."""

    max_hops: int = 30
    """Highest TTL ever probed."""

    rounds: int | None = None
    """Rounds a lane runs; None: until stopped."""


TOGETHER: Final = 5
"""Probes of a lane that leave one right after the other, but for a sweep's. They go to different routers, and
waking up for each alone would cost more than all the rest of it."""

SWEEP_SPACING_S: Final = 0.010
"""Between the TTLs of a sweep: 30 TTLs take 0.3 s. A sweep stops when the endpoint answers, so at most one
round-trip's worth of probes runs past the end."""

SWEEP_PROBES_PER_S: Final = 8000
"""Lanes that are added together send at most so many in their first sweeps: of very many, each is slower."""

MAX_LAG: Final = 0.25
"""By how much of an interval rounds of different lanes lag behind each other."""

SWEEP_STAGGER_S: Final = 0.003
"""Between the first sweeps of two lanes, so that a shared first router does not see them as one burst."""

SWEEP_STAGGER_LIMIT_S: Final = 0.150
"""No lane's first probe waits longer than this for the others."""
