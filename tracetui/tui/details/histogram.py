"""Buckets for a histogram: their bounds, counts and bars."""

import math
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Final

_NICE: Final = (1.0, 2.0, 5.0)
_LOGARITHMIC_FROM: Final = 10.0
"""Ratio of the highest to the lowest value from which buckets grow instead of being equally wide."""

_MIN_WIDTH: Final = 0.001
"""No bucket is narrower: values are exact to a microsecond, and bounds are in milliseconds."""

_MIN_WIDTH_SHARE: Final = 0.001
"""Width of a bucket, as a share of the highest value, below which differences mean nothing."""

BLOCK: Final = "█"
HALF: Final = "▌"


def bucket_bounds(lowest: float, highest: float, max_buckets: int) -> list[float]:
    """Return the ascending bounds of `max_buckets` buckets or fewer (at least 3) for `lowest` to `highest`.

    Both are 0 or more. Equally wide in steps of 1, 2 or 5 times a power of ten where the range is narrow;
    1, 2, 5, 10 ... or 1, 10, 100 ... where it is wide.
    """
    low, high = max(0.0, lowest), max(lowest, highest, _MIN_WIDTH)
    if high / max(low, _MIN_WIDTH) >= _LOGARITHMIC_FROM and low > 0:
        growing = _growing(low, high, max_buckets)
        if growing:
            return growing
    step = nice_step(max((high - low) / max_buckets, high * _MIN_WIDTH_SHARE))
    while math.floor(high / step) - math.floor(low / step) + 1 > max_buckets:
        step = nice_step(step * 1.01)
    first = math.floor(low / step)
    return [_tidy(index * step) for index in range(first, math.floor(high / step) + 2)]


def nice_step(minimum: float) -> float:
    """Return the lowest of 1, 2 or 5 times a power of ten that is not below `minimum` (nor below 0.001)."""
    minimum = max(minimum, _MIN_WIDTH)
    decade = 10.0 ** math.floor(math.log10(minimum))
    return _tidy(next((nice * decade for nice in _NICE if nice * decade >= minimum * 0.9999), 10 * decade))


def bucket_counts(values: Iterable[float], edges: Sequence[float]) -> list[int]:
    """Return how many of the values are in each bucket; what lies beyond the edges is in the outermost."""
    ordered = sorted(values)
    places = [0, *(bisect_left(ordered, edge) for edge in edges[1:-1]), len(ordered)]
    return [after - before for before, after in pairwise(places)]


def bar(count: int, largest: int, width: int) -> str:
    """Return a bar of at most `width` cells in half cells; whatever is counted at all shows."""
    if not count or width <= 0:
        return ""
    halves = max(1, round(2 * width * count / largest))
    return BLOCK * (halves // 2) + HALF * (halves % 2)


def bucket_words(edges: Sequence[float]) -> list[str]:
    """Return `20–25` for each bucket."""
    return [f"{low:g}–{high:g}" for low, high in pairwise(edges)]


def _growing(low: float, high: float, max_buckets: int) -> list[float]:
    first, last = math.floor(math.log10(low)), math.floor(math.log10(high)) + 1
    for factors in (_NICE, _NICE[:1]):
        marks = [_tidy(factor * 10.0**power) for power in range(first, last + 1) for factor in factors]
        start = bisect_right(marks, low) - 1
        end = bisect_right(marks, high)
        if end - start <= max_buckets:
            return marks[start : end + 1]
    return []


def _tidy(value: float) -> float:
    return float(f"{value:.12g}")
