"""Time, passed in."""

import time
from typing import Protocol


class Clock(Protocol):
    """Two clocks: one for deadlines, one for stamps that are compared with the kernel's."""

    def monotonic_ns(self) -> int:
        """Nanoseconds since some fixed moment; never steps."""

    def unix_ns(self) -> int:
        """Unix time in nanoseconds; the clock of SO_TIMESTAMPNS."""


class SystemClock:
    """The machine's own."""

    monotonic_ns = staticmethod(time.monotonic_ns)
    unix_ns = staticmethod(time.time_ns)
