"""Runs network look-ups in parallel, and pauses after many failures in a row."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Iterable
from typing import Final

from tracetui.model import ResolutionError

MAX_CONCURRENT: Final = 32
"""Look-ups running at a time."""

MAX_FAILURES_IN_A_ROW: Final = 8
"""After this many failures without an answer between them, the service counts as down."""

REST_S: Final = 30.0
"""How long a service that is down is left alone; then one query checks whether it is back."""


class QueryPool:
    """Looks submitted addresses up, on the event loop of `run`."""

    def __init__(
        self,
        ask: Callable[[str], Awaitable[None]],
        gave_up: Callable[[str], None],
        *,
        rest_s: float = REST_S,
    ) -> None:
        """`ask` looks one address up and delivers the answer itself; it raises ResolutionError for none.

        `gave_up` then gets the address, also of all that are submitted while the service is down; when it is
        back, all of them are asked again.
        """
        self._ask = ask
        self._gave_up = gave_up
        self._rest_s = rest_s
        self._queue: asyncio.Queue[str] = asyncio.Queue()
        self._unanswered: list[str] = []
        self._failures = 0
        self._resting = False

    def submit(self, addresses: Iterable[str]) -> None:
        """Ask about addresses; from the loop's own thread."""
        for address in addresses:
            if self._resting:
                self._give_up(address)
            else:
                self._queue.put_nowait(address)

    async def run(self) -> None:
        """Work until cancelled."""
        async with asyncio.TaskGroup() as group:
            for _ in range(MAX_CONCURRENT):
                group.create_task(self._work())
            group.create_task(self._wake())

    async def _work(self) -> None:
        while True:
            address = await self._queue.get()
            try:
                await self._ask(address)
            except ResolutionError:
                self._failures += 1
                self._give_up(address)
                if self._failures >= MAX_FAILURES_IN_A_ROW:
                    self._start_rest()
            else:
                self._failures = 0

    def _give_up(self, address: str) -> None:
        self._unanswered.append(address)
        self._gave_up(address)

    def _start_rest(self) -> None:
        self._resting = True
        with contextlib.suppress(asyncio.QueueEmpty):
            while True:
                self._give_up(self._queue.get_nowait())

    async def _wake(self) -> None:
        while True:
            await asyncio.sleep(self._rest_s)
            if not self._resting:
                continue
            try:
                await self._ask(self._unanswered[-1])
            except ResolutionError:
                continue
            self._resting, self._failures = False, 0
            waiting, self._unanswered = self._unanswered[:-1], []
            for address in waiting:
                self._queue.put_nowait(address)
