"""The pace and reach of probing: the settings of a run, and the constants of its timing."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Pace:
    """The engine's settings."""

    interval_s: float = 1.0
    """From the start of one round of a lane to the start of the next; the first is up to a quarter longer."""

    timeout_s: float = 2.0
    """A probe without a reply for this long is lost; a reply after that is late."""

    max_hops: int = 30
    """Highest TTL probed."""

    max_rate: int = 1000
    """Packets a second, of all lanes together. Where their rounds would need more, all intervals are
    stretched alike."""

    rounds: int | None = None
    """Rounds a lane runs; None: until stopped."""


PROBES_PER_WAKEUP: Final = 5
"""Probes of a lane that are sent at once, except in a sweep. They go to different routers, and waking up for
each of them would cost more than everything else."""

MAX_PROBES_PER_WAKEUP: Final = 16
"""As many are sent at once at a fast pace, as traceroute does, so that no lane wakes up more often than every
`WAKEUP_SPACING_S`."""

WAKEUP_SPACING_S: Final = 0.1

EARLY_S: Final = 0.02
"""A probe leaves so much before it is due when another lane wakes up for its own."""

SWEEP_SPACING_S: Final = 0.010
"""Time between two TTLs of a sweep: 30 TTLs take 0.3 s. A sweep stops when the endpoint answers, so only the
probes of one round-trip time go beyond it."""

SWEEP_PROBES_PER_S: Final = 8000
"""Limit for the first sweeps of lanes that are added together: of very many lanes, each sweeps slower."""

MAX_LAG: Final = 0.25
"""Part of an interval by which the rounds of lanes are shifted against each other."""

SWEEP_STAGGER_S: Final = 0.003
"""Time between the first sweeps of two lanes, so that they do not reach a shared first router in one
burst."""

SWEEP_STAGGER_LIMIT_S: Final = 0.150
"""No lane's first probe waits longer than this for the others."""
