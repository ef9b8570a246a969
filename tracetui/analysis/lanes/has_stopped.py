"""Decides whether something stopped answering or was lost by chance; for hops, endpoints and messages alike.

A router that answers rarely, or a lossy path, makes single rounds look different. So what is missing counts
as gone only where that is hard to explain by how often it came before.
"""

from collections.abc import Iterator
from typing import Final

LOOKBACK: Final = 60
"""Rounds that say how often something answers, and what a path looks like now."""

MIN_ABSENT_ROUNDS: Final = 5
MAX_CHANCE: Final = 1e-4
"""Loss of 20 % makes five silent rounds in a row once in three thousand, and a screen sees thousands."""

RARE: Final = 0.05
"""Whatever answers less often than this counts as silent."""

Marks = bytes
"""One byte a round, oldest first: 1 where something holds for the round, else 0."""

NO: Final = b"\0"
YES: Final = b"\1"


def has_stopped(replies: int, asked: int, absent: int, looks: float = 1) -> bool:
    """Tell whether what answered `replies` of `asked` probes has stopped, having missed the last `absent`.

    `looks`: at how many places such a gap was looked for, each of which could have shown one by chance.
    """
    return absent >= MIN_ABSENT_ROUNDS and looks * (1 - replies / (asked + 1)) ** absent < MAX_CHANCE


def gaps(marks: Marks) -> Iterator[tuple[int, int]]:
    """Yield the rows of zeros that are too long to be chance, newest first: first place, and first after it.

    A row at the end is one too. Where there is no 1 at all, there is no gap.
    """
    end = len(marks)
    while True:
        stop = marks.rfind(NO * MIN_ABSENT_ROUNDS, 0, end) + MIN_ABSENT_ROUNDS
        if stop < MIN_ABSENT_ROUNDS:
            return
        start = len(marks[:stop].rstrip(NO))
        sides = marks[max(0, start - LOOKBACK) : start], marks[stop : stop + LOOKBACK]
        # What is rare on one side of the gap says nothing of it.
        steady = [side for side in sides if side.count(YES) > RARE * len(side)]
        replies, asked = sum(side.count(YES) for side in steady), sum(map(len, steady))
        if has_stopped(replies, asked, stop - start, len(marks) / (stop - start)):
            yield start, stop
        end = start


def after_last_gap(marks: Marks) -> int:
    """Return the place after the newest gap that has ended; 0 where there was none."""
    return next((stop for _, stop in gaps(marks.rstrip(NO))), 0)
