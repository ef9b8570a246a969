"""Resolves the targets of an investigation in the background: some at a time, on one event loop."""

import asyncio
import threading
from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial
from typing import Final

from tracetui.investigation.board_targets import TargetEntry
from tracetui.investigation.endpoint_lanes import endpoint_lanes
from tracetui.investigation.investigation_settings import Settings
from tracetui.investigation.resolve_target import ManyExchangersError, resolve
from tracetui.model import Endpoint, Lane, ResolutionError
from tracetui.ownership.interfaces import NameSource

_AT_ONCE: Final = 16
"""Targets that are resolved at a time; each may have dozens of names."""

_ANY_ADDRESS: Final = {4: "0.0.0.0", 6: "::"}  # noqa: S104  (stands for one that is not known yet)


def _nothing() -> None:
    """Wake nobody."""


class TargetResolver:
    """Finds the lanes of targets. Whatever goes wrong becomes the target's own problem.

    Its thread and its event loop live only while there is something to resolve.
    """

    def __init__(
        self,
        names: NameSource,
        settings: Settings,
        resolved: Callable[[TargetEntry, Sequence[Lane]], None],
        narrate: Callable[[str], None],
    ) -> None:
        """`resolved` gets each target, with its lanes or its problem, from a thread."""
        self._names = names
        self._settings = settings
        self._resolved = resolved
        self._narrate = narrate
        self._lock = threading.Lock()
        self._waiting: list[TargetEntry] = []
        self._running = self._closed = False
        self._wake: Callable[[], object] = _nothing
        """Has the event loop look at what waits; from any thread."""

    def submit(self, entry: TargetEntry) -> None:
        """Resolve a target; returns at once."""
        with self._lock:
            self._waiting.append(entry)
            if self._running:
                self._wake()
                return
            self._running = True
        try:
            threading.Thread(target=self._run, name="tracetui-resolve", daemon=True).start()
        except RuntimeError as error:  # no thread left
            self._stop_with(error)

    def close(self) -> None:
        """Stop resolving; what is under way is dropped."""
        with self._lock:
            self._closed = True
            self._wake()

    def _run(self) -> None:
        try:
            asyncio.run(self._serve())
        except Exception as error:  # noqa: BLE001  (such as no file descriptor for the event loop)
            self._stop_with(error)

    async def _serve(self) -> None:
        woken, slots, tasks = asyncio.Event(), asyncio.Semaphore(_AT_ONCE), set[asyncio.Task[None]]()
        loop = asyncio.get_running_loop()
        while True:
            woken.clear()
            with self._lock:
                entries, self._waiting = self._waiting, []
                if self._closed or not (entries or tasks):
                    self._running, self._wake = False, _nothing
                    return
                self._wake = partial(loop.call_soon_threadsafe, woken.set)
            for entry in entries:
                task = loop.create_task(self._work(entry, slots))
                tasks.add(task)
                task.add_done_callback(tasks.discard)
                task.add_done_callback(lambda _: woken.set())
            await woken.wait()

    async def _work(self, entry: TargetEntry, slots: asyncio.Semaphore) -> None:
        async with slots:
            try:
                self._resolved(entry, await self._lanes(entry))
            except Exception as error:  # noqa: BLE001  (whatever it is, the others are still resolved)
                self._give_up(entry, error)

    def _stop_with(self, error: Exception) -> None:
        with self._lock:
            entries, self._waiting = self._waiting, []
            self._running, self._wake = False, _nothing
        for entry in entries:
            self._give_up(entry, error)

    async def _lanes(self, entry: TargetEntry) -> Sequence[Lane]:
        """Return the lanes to trace; none where the user is to be asked first. Raises ResolutionError."""
        how, target = self._settings, entry.target
        most = None if entry.allowed else how.max_lanes
        try:
            found = await resolve(
                target, self._names, how.families, all_addresses=how.all_addresses, max_exchangers=most
            )
        except ManyExchangersError as many:
            each = endpoint_lanes([Endpoint(target, target.host, _ANY_ADDRESS[how.families[0]])], how)
            expected = many.exchangers * _at_one_place(each)
            return self._ask_first(entry, expected, f"about {expected} lanes ({many.exchangers} exchangers)")
        lanes = endpoint_lanes(found.endpoints, how)
        entry.addresses = found.addresses
        count = _at_one_place(lanes)
        if most is not None and count > most:
            hosts = len({lane.address for lane in lanes})
            of = f" ({hosts} addresses)" if hosts > 1 else ""
            of += " from each place" if len({lane.via for lane in lanes}) > 1 else ""
            return self._ask_first(entry, count, f"{count} lanes{of}")
        for remark in found.notes:
            self._narrate(remark)
        return lanes

    def _ask_first(self, entry: TargetEntry, lanes: int, words: str) -> Sequence[Lane]:
        """Have the target with so many lanes, in `words`, wait for the user's; return no lanes."""
        entry.unasked = lanes
        entry.problem = (
            f"{entry.target.text}: {words}, and more than {self._settings.max_lanes} of one target are not "
            f"traced unasked: --max-lanes {lanes} allows them"
        )
        return ()

    def _give_up(self, entry: TargetEntry, error: Exception) -> None:
        if isinstance(error, ResolutionError):
            entry.problem = str(error)
        else:
            reason = error.strerror if isinstance(error, OSError) and error.strerror else repr(error)
            entry.problem = f"{entry.target.text}: cannot be resolved: {reason}"
        self._resolved(entry, ())


def _at_one_place(lanes: Sequence[Lane]) -> int:
    """Return how many lanes begin at the place that has most: the user decides how many places there are."""
    return max(Counter(lane.via for lane in lanes).values(), default=0)
