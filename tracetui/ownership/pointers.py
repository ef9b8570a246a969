"""PTR names in the background: many at once, each address once, and no patience with a dead resolver."""

import asyncio
import contextlib
from collections.abc import Callable
from typing import Final

from tracetui.model import ResolutionError
from tracetui.ownership.source import NameSource

CONCURRENT: Final = 32
"""Questions on the way at once."""

FAILURES_IN_A_ROW: Final = 8
"""So many without one answer between them, and the resolver counts as dead for a while."""

REST_S: Final = 30.0
"""How long a dead resolver is left alone; then one question finds out whether it lives again."""


class PointerLookups:
    """Turns submitted addresses into calls of `answered`. Everything runs on the event loop that runs `run`.

    While the resolver rests, what is submitted is not queued: `answered` is told None at once, and again with
    the name when the resolver is back.
    """

    def __init__(
        self, names: NameSource, answered: Callable[[str, str | None], None], *, rest_s: float = REST_S
    ) -> None:
        """`answered` is called once for every submitted address with its name or None, and again with a name
        that arrives after a rest."""
        self._names = names
        self._answered = answered
        self._rest_s = rest_s
        self._queue: asyncio.Queue[str] = asyncio.Queue()
        self._unanswered: list[str] = []
        self._failures = 0
        self._resting = False

    def submit(self, address: str) -> None:
        """Ask for an address, once; from the loop's own thread."""
        if self._resting:
            self._give_up(address)
        else:
            self._queue.put_nowait(address)

    async def run(self) -> None:
        """Work until cancelled."""
        async with asyncio.TaskGroup() as group:
            for _ in range(CONCURRENT):
                group.create_task(self._work())
            group.create_task(self._wake())

    async def _work(self) -> None:
        while True:
            address = await self._queue.get()
            try:
                name = await self._names.pointer(address)
            except ResolutionError:
                self._failures += 1
                self._give_up(address)
                if self._failures >= FAILURES_IN_A_ROW:
                    self._start_rest()
            else:
                self._failures = 0
                self._answered(address, name)

    def _give_up(self, address: str) -> None:
        self._unanswered.append(address)
        self._answered(address, None)

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
                await self._names.pointer(self._unanswered[0])
            except ResolutionError:
                continue
            self._resting, self._failures = False, 0
            waiting, self._unanswered = self._unanswered, []
            for address in waiting:
                self._queue.put_nowait(address)
