"""The clocks that probing reads, passed in so that tests and simulations bring their own."""

import time
from typing import Protocol


class Clock(Protocol):
    """Two clocks: one for deadlines, one for stamps that are compared with the kernel's."""

    def monotonic_ns(self) -> int:
        """Nanoseconds since a fixed moment; never stepped."""

    def unix_ns(self) -> int:
        """Unix time in nanoseconds; the clock of SO_TIMESTAMPNS."""


class SystemClock:
    """The clocks of this machine."""

    monotonic_ns = staticmethod(time.monotonic_ns)
    unix_ns = staticmethod(time.time_ns)
