"""Fisher's exact test, the binomial and the rank-sum test; for findings and comparisons."""

from bisect import bisect_right
from collections.abc import Sequence
from functools import lru_cache
from math import comb


@lru_cache(maxsize=4096)
def fisher_less(hits: int, tries: int, other_hits: int, other_tries: int) -> float:
    """Return the p-value that one group hits as rarely as it does, if both hit equally often.

    One-sided Fisher's exact test: given how many hits there are in all, the chance that at most `hits` of
    them fall into the first group of `tries`. 1 when a group has no tries.
    """
    if not tries or not other_tries:
        return 1.0
    total = hits + other_hits
    least = max(0, total - other_tries)
    ways = sum(comb(tries, k) * comb(other_tries, total - k) for k in range(least, hits + 1))
    return ways / comb(tries + other_tries, total)


def binomial_at_most(hits: int, tries: int, rate: float) -> float:
    """Return the chance of at most `hits` in `tries` that hit with `rate` each."""
    return min(1.0, sum(comb(tries, k) * rate**k * (1 - rate) ** (tries - k) for k in range(hits + 1)))


def rate_bound(tries: int) -> float:
    """Return the highest rate (0 to 1) that no hit in `tries` leaves likely: the rule of three, 95 %."""
    return min(1.0, 3 / tries) if tries else 1.0


def rank_sum_less(smaller: Sequence[float], larger: Sequence[float]) -> float:
    """Return the p-value that one group lies as far below another as it does, if both are alike.

    One-sided exact Mann-Whitney test; equal values count against a difference. `larger` is sorted. 1 when a
    group is empty.
    """
    if not smaller or not larger:
        return 1.0
    above = sum(bisect_right(larger, value) for value in map(float, smaller))
    ways = _rank_sum_ways(len(smaller), len(larger))
    return sum(ways[: above + 1]) / comb(len(smaller) + len(larger), len(smaller))


@lru_cache(maxsize=256)
def _rank_sum_ways(one: int, other: int) -> tuple[int, ...]:
    """Return in how many orders of two groups 0, 1, 2 ... pairs stand in the unexpected order."""
    ways = [1] + [0] * (one * other)
    for number in range(1, one + 1):  # times (1 - q^(other + number)) / (1 - q^number)
        for place in range(len(ways) - 1, other + number - 1, -1):
            ways[place] -= ways[place - other - number]
        for place in range(number, len(ways)):
            ways[place] += ways[place - number]
    return tuple(ways)
