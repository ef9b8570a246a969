"""Cyclic garbage is looked for while nobody waits.

A search stops the whole program: 2 ms for a thousand objects, 0.2 s for all, with 64 lanes, and by
Python's own thresholds there is a full one every few seconds. It cannot be left out: Textual's rows refer to
themselves.
"""

import gc
import time
from collections.abc import Callable
from typing import Final

from tracetui.tui.idle_time import IdleTime

_BETWEEN_KEYS_S: Final = 0.08
"""So long after a key or a click, young garbage may be looked for."""

_AT_REST_S: Final = 4.0
"""So long after, all garbage may."""

_YOUNG: Final = 1_500
"""New objects that are worth a search."""

_ALL_EVERY_S: Final = 30.0

_ALL_AT_LAST_S: Final = 60.0
"""After which all is looked through between two keys as well: what was closed must not pile up."""

_OVERDUE: Final = (50_000, 10, 10_000)
"""Thresholds at which Python looks in any case, for who never stops pressing keys. One key makes fewer new
objects; so many take 10 ms."""


def collect_rarely() -> None:
    """Have Python look only when it is overdue, and nobody ever among what there is now: once in a process.

    What is garbage already when this is called stays for good.
    """
    gc.freeze()
    gc.set_threshold(*_OVERDUE)


class IdleCollection:
    """Looks for garbage in place of Python, which does so in the middle of whatever allocates."""

    def __init__(self, idle: IdleTime, now_s: Callable[[], float] = time.monotonic) -> None:
        """`now_s` returns seconds that only grow."""
        self._idle = idle
        self._now_s = now_s
        self._searched_s = now_s()

    def tick(self) -> int | None:
        """Make the search that is due and disturbs nobody; return its generation: 2 is all.

        What is young goes in one search with what has survived one: it is not gone through twice.
        """
        now_s, idle_s = self._now_s(), self._idle.seconds
        if idle_s < _BETWEEN_KEYS_S:
            return None
        since_s = now_s - self._searched_s
        if since_s >= (_ALL_EVERY_S if idle_s >= _AT_REST_S else _ALL_AT_LAST_S):
            self._searched_s = now_s
            generation = 2
        elif gc.get_count()[0] >= _YOUNG:
            generation = 1
        else:
            return None
        gc.collect(generation)
        return generation
