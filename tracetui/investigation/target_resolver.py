"""Resolves the targets of an investigation in the background: some at a time, on one event loop."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Final

from tracetui.investigation.board_targets import TargetEntry
from tracetui.investigation.endpoint_lanes import endpoint_lanes
from tracetui.investigation.investigation_settings import Settings
from tracetui.investigation.resolve_target import resolve
from tracetui.model import Lane, ResolutionError, Target
from tracetui.ownership.interfaces import NameSource
from tracetui.ownership.loop_thread import LoopThread

_AT_ONCE: Final = 16
"""Targets that are resolved at a time; each may have hundreds of names."""

_JOIN_S: Final = 0.5


class TargetResolver:
    """Finds the lanes of targets. Whatever goes wrong becomes the target's own problem."""

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
        self._queue: asyncio.Queue[TargetEntry] = asyncio.Queue()
        self._loop: LoopThread | None = None

    def submit(self, entry: TargetEntry) -> None:
        """Resolve a target; from one thread at a time."""
        try:
            if self._loop is None:
                loop = LoopThread("tracetui-resolve")
                loop.start(self._serve())
                self._loop = loop
        except (OSError, RuntimeError) as error:  # no file descriptor, no thread left
            self._give_up(entry, error)
        else:
            self._loop.call(self._queue.put_nowait, entry)

    def close(self) -> None:
        """Stop resolving."""
        if self._loop is not None:
            self._loop.stop(_JOIN_S)

    async def _serve(self) -> None:
        async with asyncio.TaskGroup() as group:
            for _ in range(_AT_ONCE):
                group.create_task(self._work())

    async def _work(self) -> None:
        while True:
            entry = await self._queue.get()
            try:
                self._resolved(entry, await self._lanes(entry))
            except Exception as error:  # noqa: BLE001  (whatever it is, the others are still resolved)
                self._give_up(entry, error)

    async def _lanes(self, entry: TargetEntry) -> Sequence[Lane]:
        """Return the lanes to trace. Raises ResolutionError."""
        how = self._settings
        found = await resolve(entry.target, self._names, how.families, all_addresses=how.all_addresses)
        lanes = endpoint_lanes(found.endpoints, how.sources)
        entry.addresses = found.addresses
        if len(lanes) > how.max_lanes:
            entry.problem = _too_many(entry.target, lanes, how.max_lanes)
            entry.unasked = tuple(lanes)
            return ()
        for remark in found.notes:
            self._narrate(remark)
        return lanes

    def _give_up(self, entry: TargetEntry, error: Exception) -> None:
        if isinstance(error, ResolutionError):
            entry.problem = str(error)
        else:
            reason = error.strerror if isinstance(error, OSError) and error.strerror else repr(error)
            entry.problem = f"{entry.target.text}: cannot be resolved: {reason}"
        self._resolved(entry, ())


def _too_many(target: Target, lanes: Sequence[Lane], most: int) -> str:
    hosts = len({lane.address for lane in lanes})
    of = f" ({hosts} addresses)" if hosts > 1 else ""
    return (
        f"{target.text}: {len(lanes)} lanes{of}, and more than {most} of one target are not traced unasked: "
        f"--max-lanes {len(lanes)} allows them"
    )
