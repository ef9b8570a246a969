"""Waits until a running Textual app is idle, for tests of the screen: in place of Textual's own wait.

Textual sleeps for 20 ms, twice a key, until a sleep has used little CPU. Here the event loop is asked: an app
is idle once no callback is ready and no timer is due within the time that Textual would sleep.
"""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final
from unittest.mock import patch

from textual._wait import SLEEP_GRANULARITY, wait_for_idle

from tracetui.tui import TEXTUAL_SETTINGS

_FIRST_THREADS: Final = frozenset(threading.enumerate())
"""Those of pytest and its plugins."""


@contextmanager
def soon_idle() -> Iterator[None]:
    """Let pilots wait with `until_idle`, and screens paint as often as the program's, without animation."""
    with (
        patch("textual.app.wait_for_idle", until_idle),
        patch("textual.pilot.wait_for_idle", until_idle),
        patch("textual.screen.UPDATE_PERIOD", 1 / int(TEXTUAL_SETTINGS["TEXTUAL_FPS"])),
        patch("textual.constants.TEXTUAL_ANIMATIONS", TEXTUAL_SETTINGS["TEXTUAL_ANIMATIONS"]),
    ):
        yield


async def until_idle(min_sleep: float = SLEEP_GRANULARITY, max_sleep: float = 1) -> None:
    """Return once the loop has nothing to do; if a thread may be at work, when Textual's own wait would."""
    loop = asyncio.get_running_loop()
    start_s = loop.time()
    while loop.time() < start_s + max_sleep:
        threads_work = _threads_work(loop)
        for _ in range(2):  # the second one has looked for input
            await asyncio.sleep(0)
        if loop._ready:  # type: ignore[attr-defined]
            continue
        if threads_work:
            await wait_for_idle(min_sleep, max_sleep)
            return
        due_s = min(_timers_s(loop), default=None)
        if due_s is None or due_s > start_s + SLEEP_GRANULARITY:
            return
        await asyncio.sleep(due_s - loop.time())


def _threads_work(loop: asyncio.AbstractEventLoop) -> bool:
    """Return whether a thread started since may be doing something; the loop's own say so."""
    own = getattr(loop, "_default_executor", None)
    threads = own._threads if own else set()
    if own and (own._work_queue.qsize() or own._idle_semaphore._value < len(threads)):
        return True
    return not (_FIRST_THREADS | threads).issuperset(threading.enumerate())


def _timers_s(loop: asyncio.AbstractEventLoop) -> Iterator[float]:
    return (timer.when() for timer in loop._scheduled if not timer.cancelled())  # type: ignore[attr-defined]
