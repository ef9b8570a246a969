"""Forwards what is seen of probes that arrive at a vantage, as events.

Times are in microseconds, and after the first of a list each is the time since the one before.
"""

from collections.abc import Sequence
from itertools import pairwise

from tracetui.vantage.far.forwarded_counts import Emit


class ForwardedArrivals:
    """Implements `Watcher`; lanes are the numbers that the other end gave."""

    def __init__(self, emit: Emit) -> None:
        self._emit = emit

    def begin(self, lane: str, at_ns: int) -> None:
        self._emit(["watched", int(lane), at_ns // 1000])

    def see(self, lane: str, arrived_ns: Sequence[int], answered_ns: Sequence[int]) -> None:
        self._emit(["seen", int(lane), _packed(arrived_ns), _packed(answered_ns)])

    def look(self, at_ns: int) -> None:
        self._emit(["looked", at_ns // 1000])


def _packed(times_ns: Sequence[int]) -> list[int]:
    times_us = [time_ns // 1000 for time_ns in times_ns]
    return [*times_us[:1], *(later - earlier for earlier, later in pairwise(times_us))]
