"""Measures how long the user has been idle."""

import time
from collections.abc import Callable


class IdleTime:
    """Tells for how long the user has pressed nothing, so that expensive work can wait."""

    def __init__(self, now_s: Callable[[], float] = time.monotonic) -> None:
        """`now_s` returns seconds that only grow."""
        self._now_s = now_s
        self._pressed_s = now_s()

    def pressed(self) -> None:
        """Record that the user pressed or clicked something."""
        self._pressed_s = self._now_s()

    @property
    def seconds(self) -> float:
        """How long ago the user pressed something."""
        return self._now_s() - self._pressed_s
