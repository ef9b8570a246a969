"""A clock that only moves when somebody waits: ten minutes pass in a second, the same way every time."""

from typing import Final

DEFAULT_START_NS: Final = 1_552_000_000_000_000_000
"""Unix time at which a virtual run begins, unless told otherwise: March 2019."""


class VirtualClock:
    """Implements `Clock`; the wire moves it."""

    def __init__(self, start_unix_ns: int = DEFAULT_START_NS) -> None:
        self._now_ns = 0
        self._start_unix_ns = start_unix_ns

    def monotonic_ns(self) -> int:
        """Nanoseconds since the clock was made."""
        return self._now_ns

    def unix_ns(self) -> int:
        """The start, and what has passed since."""
        return self._start_unix_ns + self._now_ns

    def advance_to(self, moment_ns: int) -> None:
        """Let time pass until the monotonic `moment_ns`; never backwards."""
        self._now_ns = max(self._now_ns, moment_ns)
