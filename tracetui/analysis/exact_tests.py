"""Fisher's exact test and the binomial one, on counts of rounds; for findings."""

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
