"""Limits the packets of all lanes together: stretches their interval, and never sends more in any second."""

import math
from typing import Final

_NS: Final = 1_000_000_000

BURST_S: Final = 0.02
"""Packets of this long may leave together: waking up for each alone would cost more than all the rest."""

_SLACK: Final = 1.02
"""A stretched interval is longer by this: what was late can be made up for."""

_SHORTEN_AT: Final = 0.9
"""A stretched interval becomes shorter only when less than this part of it is needed, so that it stays."""


class SendRate:
    """How many packets a second may leave, and which interval that allows.

    Lanes announce how many probes their rounds have. When all of them together would exceed the limit, every
    lane's interval is stretched alike. What still comes at once (first sweeps, lanes in step) waits its turn:
    the limit holds in any second.
    """

    def __init__(self, max_rate: int) -> None:
        """`max_rate`: packets a second."""
        self._planned = 0
        self._stretched_ns = 0
        self._full_ns = 0
        """When the packets sent so far would all have left, one after the other at the limit (GCRA)."""

        self.limit_to(max_rate)

    def limit_to(self, max_rate: int) -> None:
        """Change the limit."""
        self._packet_ns = math.ceil(_NS * (1 + BURST_S) / max_rate)
        self._burst_ns = max(0, int(BURST_S * _NS) - self._packet_ns)
        self._stretched_ns = 0

    # The interval

    def plan(self, before: int, probes: int) -> int:
        """A lane's rounds have `probes` from now on, and had `before`; return `probes`."""
        self._planned += probes - before
        return probes

    def stretch(self, interval_ns: int) -> int:
        """Return the interval that the limit allows: `interval_ns` or longer, then of two digits."""
        needed_ns = int(self._planned * self._packet_ns * _SLACK)
        if needed_ns <= interval_ns:
            self._stretched_ns = 0
            return interval_ns
        if needed_ns > self._stretched_ns or needed_ns < self._stretched_ns * _SHORTEN_AT:
            self._stretched_ns = _two_digits_up(needed_ns)
        return max(interval_ns, self._stretched_ns)

    def stretched_s(self, interval_s: float) -> float | None:
        """Return the interval that the limit allows in place of another; None where it allows that one."""
        interval_ns = int(interval_s * _NS)
        stretched_ns = self.stretch(interval_ns)
        return stretched_ns / _NS if stretched_ns > interval_ns else None

    # One packet after the other

    def allows(self, now_ns: int) -> bool:
        """Tell whether a packet may leave now."""
        return self._full_ns - now_ns <= self._burst_ns

    def count(self, now_ns: int) -> None:
        """A packet left."""
        self._full_ns = max(self._full_ns, now_ns) + self._packet_ns

    def next_ns(self, due_ns: int, now_ns: int) -> int:
        """Return when to send what is due at `due_ns`; where the limit holds it back, with some others."""
        if self._full_ns - now_ns <= self._burst_ns:
            return due_ns
        return max(due_ns, self._full_ns - self._burst_ns // 2)


def _two_digits_up(number: int) -> int:
    unit: int = 10 ** max(0, len(str(number)) - 2)
    return -(-number // unit) * unit
