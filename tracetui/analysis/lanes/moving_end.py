"""Decides whether the last hop that answers moves back and forth, or just answers seldom."""

import math
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from typing import Final

WINDOW: Final = 60
"""Rounds looked at."""

_MIN_ROUNDS_EACH: Final = 5
"""A place counts when the last reply came from there in so many rounds."""

_MIN_MOVES: Final = 3
_MIN_DEVIATIONS: Final = 3.7
"""How far below its mean the number of runs must lie: by chance once in ten thousand windows."""


def moving_end(farthest: Sequence[int]) -> tuple[int, int] | None:
    """Return the nearest and the farthest TTL that L moves between; None when it stays, or moved once.

    `farthest` is the highest TTL that answered in each round. Replies of one hop that come and go by chance
    make many short runs, a path that changes makes few long ones (Wald and Wolfowitz's runs test).
    """
    window = farthest[-WINDOW:]
    seen = sorted(ttl for ttl, rounds in Counter(window).items() if rounds >= _MIN_ROUNDS_EACH)
    for far in reversed(seen[1:]):
        flags = [top >= far for top in window]
        moves = sum(one is not other for one, other in pairwise(flags))
        if moves >= _MIN_MOVES and _deviation(flags, moves + 1) < -_MIN_DEVIATIONS:
            return seen[0], seen[-1]
    return None


def _deviation(flags: Sequence[bool], runs: int) -> float:
    """How many standard deviations the number of runs lies off its mean, if the order were chance."""
    hits, misses, total = sum(flags), len(flags) - sum(flags), len(flags)
    product = 2 * hits * misses
    mean = product / total + 1
    variance = product * (product - total) / (total * total * (total - 1))
    return (runs - mean) / math.sqrt(variance) if variance > 0 else 0.0
