"""How long the user has been doing nothing."""

import time
from collections.abc import Callable


class IdleTime:
    """Since when nothing was pressed: what costs time waits for such moments."""

    def __init__(self, now_s: Callable[[], float] = time.monotonic) -> None:
        """`now_s` returns seconds that only grow."""
        self._now_s = now_s
        self._pressed_s = now_s()

    def pressed(self) -> None:
        """Note that the user is at work."""
        self._pressed_s = self._now_s()

    @property
    def seconds(self) -> float:
        """How long ago the user pressed something."""
        return self._now_s() - self._pressed_s
