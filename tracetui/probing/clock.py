"""The clocks that probing reads, passed in so that tests and simulations bring their own."""

import time
from typing import Final, Protocol


class Clock(Protocol):
    """Three clocks: for deadlines and durations, for times that are shown, for stamps of the kernel."""

    def monotonic_ns(self) -> int:
        """Nanoseconds since a fixed moment; never stepped."""

    def unix_ns(self) -> int:
        """Unix time in nanoseconds as at the start of the run plus what has passed since; never stepped."""

    def stamp_ns(self) -> int:
        """Unix time in nanoseconds by the clock of SO_TIMESTAMPNS, which is stepped when somebody sets it."""


_BOOT_CLOCK: Final = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
"""Linux's monotonic clock stands still while the machine sleeps; this one does not."""


class SystemClock:
    """The clocks of this machine."""

    monotonic_ns = staticmethod(time.monotonic_ns)
    stamp_ns = staticmethod(time.time_ns)

    def __init__(self) -> None:
        self._anchor_ns: Final = time.time_ns() - time.clock_gettime_ns(_BOOT_CLOCK)

    def unix_ns(self) -> int:
        return self._anchor_ns + time.clock_gettime_ns(_BOOT_CLOCK)

    def set_by_ns(self) -> int:
        """Return by how much the clock was set, forward or back, since the start."""
        return time.time_ns() - self.unix_ns()

    def slept_ns(self) -> int:
        """Return how long the machine has slept since it was started."""
        awake_ns = time.monotonic_ns()
        return time.clock_gettime_ns(_BOOT_CLOCK) - awake_ns
