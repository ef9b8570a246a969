"""Clocks of simulated runs: one moves only when somebody waits, one runs fast."""

import time
from typing import Final

DEFAULT_START_NS: Final = 1_552_000_000_000_000_000
"""Unix time at which a virtual run begins, unless told otherwise: March 2019."""


class VirtualClock:
    """Implements `Clock`; the wire moves it."""

    def __init__(self, start_unix_ns: int = DEFAULT_START_NS) -> None:
        self._now_ns = 0
        self._start_unix_ns = start_unix_ns

    def monotonic_ns(self) -> int:
        return self._now_ns

    def unix_ns(self) -> int:
        return self._start_unix_ns + self._now_ns

    stamp_ns = unix_ns

    def advance_to(self, moment_ns: int) -> None:
        """Let time pass until the monotonic `moment_ns`; never backwards."""
        self._now_ns = max(self._now_ns, moment_ns)


class FastClock:
    """Implements `Clock`: the machine's own, from now on so many times as fast."""

    def __init__(self, speed: float) -> None:
        self._speed = speed
        self._real_start_ns = time.monotonic_ns()
        self._start_unix_ns = time.time_ns()

    def monotonic_ns(self) -> int:
        return int((time.monotonic_ns() - self._real_start_ns) * self._speed)

    def unix_ns(self) -> int:
        return self._start_unix_ns + self.monotonic_ns()

    stamp_ns = unix_ns

    def real_ns(self, passing_ns: float) -> float:
        """Return how long somebody must wait for so much time to pass."""
        return passing_ns / self._speed
