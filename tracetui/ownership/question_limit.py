"""Limits questions to the DNS: so many open at a time, so many in any second, whoever asks."""

import asyncio
import contextlib
import threading
import time
from collections.abc import AsyncIterator, Callable
from typing import Final
from weakref import WeakKeyDictionary

MAX_PER_S: Final = 100
"""Questions in any second: a home router's resolver takes no more, and no name is urgent."""

_BURST_S: Final = 0.1
"""Questions of this long may be asked at once."""

_LOOPS: Final = 2
"""Event loops that ask at the same time: one resolves targets, one looks up who answers."""


class QuestionLimit:
    """Shared by all event loops that use one resolver."""

    def __init__(
        self, at_once: int, per_s: int = MAX_PER_S, now_s: Callable[[], float] = time.monotonic
    ) -> None:
        """`at_once`: questions that may be open."""
        self._at_once = max(1, at_once // _LOOPS)
        self._open: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Semaphore] = WeakKeyDictionary()
        self._spacing_s = (1 + _BURST_S) / per_s
        self._burst_s = max(0.0, _BURST_S - self._spacing_s)
        self._now_s = now_s
        self._full_s = 0.0
        """When the questions so far would all have been asked, one after the other at the limit (GCRA)."""

        self._lock = threading.Lock()

    @contextlib.asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Wait until a question may be asked; it is open inside."""
        async with self._slots():
            wait_s = self._book()
            if wait_s > 0:
                await asyncio.sleep(wait_s)
            yield

    def _book(self) -> float:
        """Take the next moment for a question; return how long to wait for it."""
        with self._lock:
            now_s = self._now_s()
            moment_s = max(now_s, self._full_s - self._burst_s)
            self._full_s = max(now_s, self._full_s) + self._spacing_s
            return moment_s - now_s

    def _slots(self) -> asyncio.Semaphore:
        loop = asyncio.get_running_loop()
        with self._lock:
            return self._open.setdefault(loop, asyncio.Semaphore(self._at_once))
