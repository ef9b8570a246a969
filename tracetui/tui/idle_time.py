"""Measures how long the user has been idle."""

import time
from collections.abc import Callable
from typing import Final

_ANSWERED_S: Final = 0.06
_MAX_PUT_OFF: Final = 2
"""Ticks in a row that leave the time to a key which was pressed just now."""


class IdleTime:
    """Tells for how long the user has pressed nothing, so that expensive work can wait."""

    def __init__(self, now_s: Callable[[], float] = time.monotonic) -> None:
        """`now_s` returns seconds that only grow."""
        self._now_s = now_s
        self._pressed_s = now_s()
        self._put_off = 0

    def pressed(self) -> None:
        """Record that the user pressed or clicked something."""
        self._pressed_s = self._now_s()

    @property
    def seconds(self) -> float:
        """How long ago the user pressed something."""
        return self._now_s() - self._pressed_s

    def key_comes_first(self) -> bool:
        """Tell whether a tick is to leave its time to a key that was pressed just now; not for long."""
        put_off = self.seconds < _ANSWERED_S and self._put_off < _MAX_PUT_OFF
        self._put_off = self._put_off + 1 if put_off else 0
        return put_off
