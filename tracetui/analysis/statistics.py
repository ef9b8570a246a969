"""Figures over the round-trip times a hop keeps."""

from collections.abc import Iterable, Sequence
from operator import mul, sub
from typing import Final

from tracetui.model import RttStatistics

JITTER_LOOKS_BACK: Final = 200
"""Samples that matter: older ones weigh less than (15/16)^200, three in a million."""

_WEIGHTS: Final = tuple((15 / 16) ** age / 16 for age in range(JITTER_LOOKS_BACK - 2, -1, -1))
"""Of the differences between neighbours, oldest first."""


def percentile(samples: Iterable[float | None], percent: float) -> float | None:
    """Return the percentile of the samples there are (None: a lost probe), between neighbours linearly.

    `percent` is 0 to 100. None when there is no sample at all.
    """
    present = sorted(sample for sample in samples if sample is not None)
    if not present:
        return None
    place = (len(present) - 1) * percent / 100
    below = int(place)
    above = min(below + 1, len(present) - 1)
    return present[below] + (present[above] - present[below]) * (place - below)


def rtt_statistics(rtts_us: Sequence[int]) -> RttStatistics:
    """Return the figures of some round-trip times, at least one, in microseconds, oldest first."""
    count, total = len(rtts_us), sum(rtts_us)
    # Whole numbers, so nothing cancels out.
    spread = count * sum(map(mul, rtts_us, rtts_us)) - total * total
    several = count > 1
    return RttStatistics(
        count=count,
        last_ns=rtts_us[-1] * 1000,
        best_ns=min(rtts_us) * 1000,
        mean_ns=total / count * 1000,
        worst_ns=max(rtts_us) * 1000,
        stdev_ns=(spread / (count * (count - 1))) ** 0.5 * 1000 if several else None,
        jitter_ns=_jitter(rtts_us[-JITTER_LOOKS_BACK:]) * 1000 if several else None,
    )


def _jitter(rtts_us: Sequence[int]) -> float:
    """Return the jitter by RFC 3550 section 6.4.1, J += (|D| - J) / 16, as a sum that runs in C."""
    steps = list(map(abs, map(sub, rtts_us[1:], rtts_us)))
    weighted: float = sum(map(mul, _WEIGHTS[-len(steps) :], steps))
    return weighted
