"""Computes RTT figures of a hop: percentiles, jitter, spread."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from operator import mul, sub
from typing import Final

from tracetui.model import RttStatistics

JITTER_LOOKS_BACK: Final = 200
"""Samples that matter: older ones weigh less than (15/16)^200, three in a million."""

_KEPT: Final = 15 / 16
"""The share of the old jitter that remains after one more sample."""

_WEIGHTS: Final = tuple(_KEPT**age / 16 for age in range(JITTER_LOOKS_BACK - 1, -1, -1))
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


@dataclass(frozen=True, slots=True)
class Sums:
    """The sums of round-trip times, of at least one."""

    count: int
    total_us: int
    squares_us2: int
    best_us: int
    worst_us: int


def rtt_statistics(rtts_us: Sequence[int]) -> RttStatistics:
    """Return the figures of some round-trip times, at least one, in microseconds, oldest first."""
    sums = Sums(len(rtts_us), sum(rtts_us), sum(map(mul, rtts_us, rtts_us)), min(rtts_us), max(rtts_us))
    return statistics_of(sums, rtts_us[-1], jitter_after(0.0, None, rtts_us[-JITTER_LOOKS_BACK:]))


def statistics_of(sums: Sums, last_us: int, jitter_us: float) -> RttStatistics:
    """Return the figures that follow from sums, the last round-trip time and the jitter."""
    count, total = sums.count, sums.total_us
    several = count > 1
    # Whole numbers, so nothing cancels out.
    spread = count * sums.squares_us2 - total * total
    return RttStatistics(
        count=count,
        last_ns=last_us * 1000,
        best_ns=sums.best_us * 1000,
        mean_ns=total / count * 1000,
        worst_ns=sums.worst_us * 1000,
        stdev_ns=(spread / (count * (count - 1))) ** 0.5 * 1000 if several else None,
        jitter_ns=jitter_us * 1000 if several else None,
    )


def jitter_after(jitter_us: float, last_us: int | None, rtts_us: Sequence[int]) -> float:
    """Return the jitter by RFC 3550 section 6.4.1, J += (|D| - J) / 16, after some round-trip times more.

    At most `JITTER_LOOKS_BACK` of them, as a sum that runs in C. `jitter_us` is what it was, `last_us` the
    round-trip time that came last; None: these are the first.
    """
    if last_us is not None:
        rtts_us = [last_us, *rtts_us]
    steps = list(map(abs, map(sub, rtts_us[1:], rtts_us)))
    weighted: float = sum(map(mul, _WEIGHTS[len(_WEIGHTS) - len(steps) :], steps))
    return jitter_us * _KEPT ** len(steps) + weighted
