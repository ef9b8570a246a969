"""Runs Python's garbage collector while the user is idle, not between a key and its answer.

A collection stops the whole program: 2 ms for a thousand objects, 0.2 s for all, with 64 lanes, and by
Python's own thresholds a full one runs every few seconds. It cannot be turned off: Textual's objects refer
to each other.
"""

import gc
import time
from collections.abc import Callable
from typing import Final

from tracetui.tui.idle_time import IdleTime

_BETWEEN_KEYS_S: Final = 0.08
"""Time after a key or a click from which young objects are collected."""

_AT_REST_S: Final = 4.0
"""Time from which all objects are."""

_YOUNG: Final = 1_500
"""New objects that are worth a collection."""

_ALL_EVERY_S: Final = 30.0

_ALL_AT_LAST_S: Final = 60.0
"""After this, all objects are collected between two keys as well: what was closed must not pile up."""

_OVERDUE: Final = (50_000, 10, 10_000)
"""Thresholds of Python's own collector, for users who never stop pressing keys. One key creates fewer
objects; collecting so many takes 10 ms."""


def collect_rarely() -> None:
    """Let Python collect only when overdue, and never objects that exist now; call once per process.

    What is garbage already when this is called stays for good.
    """
    gc.freeze()
    gc.set_threshold(*_OVERDUE)


class IdleCollection:
    """Collects garbage in place of Python, which does so in the middle of whatever allocates."""

    def __init__(self, idle: IdleTime, now_s: Callable[[], float] = time.monotonic) -> None:
        """`now_s` returns seconds that only grow."""
        self._idle = idle
        self._now_s = now_s
        self._searched_s = now_s()

    def tick(self) -> int | None:
        """Run the collection that is due, if the user is idle; return its generation: 2 is all.

        Young objects are collected together with those that survived once: nothing is traversed twice.
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
