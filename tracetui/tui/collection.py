"""Cyclic garbage is looked for while nobody waits.

A search stops the whole program: 2 ms for a thousand objects, 0.2 s for all, with 64 lanes, and by
Python's own thresholds there is a full one every few seconds. It cannot be left out: Textual's rows refer to
themselves.
"""

import gc
import time
from collections.abc import Callable
from typing import Final

_PRESSED_RECENTLY_S: Final = (0.08, 1.0, 4.0)
"""For so long after a key or a click, a search of generation 0, 1, 2 can wait."""

_DUE: Final = (1_500, 10, 10)
"""New objects, searches of generation 0, of generation 1, after which it is time for one."""

_OVERDUE: Final = (10_000, 30, 50)
"""After which there is one in any case."""


class IdleCollection:
    """Takes over from Python's own collection, which remains for who never stops pressing keys."""

    def __init__(self, now_s: Callable[[], float] = time.monotonic) -> None:
        """`now_s` returns seconds that only grow."""
        self._now_s = now_s
        self._pressed_s = now_s()

    def take_over(self) -> None:
        """Have Python look for garbage only when it is overdue, and never among what there is now."""
        gc.freeze()
        gc.set_threshold(*_OVERDUE)

    def pressed(self) -> None:
        """Note that the user is at work."""
        self._pressed_s = self._now_s()

    def tick(self) -> int | None:
        """Make the largest search that is due and disturbs nobody; return its generation.

        From Python 3.14 on there are increments in place of the largest, and its count stays 0.
        """
        idle_s = self._now_s() - self._pressed_s
        counts = gc.get_count()
        for generation in (2, 1, 0):
            if counts[generation] >= _DUE[generation] and idle_s >= _PRESSED_RECENTLY_S[generation]:
                gc.collect(generation)
                return generation
        return None
