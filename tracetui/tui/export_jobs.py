"""Runs exports on their own threads: starts them, reports what the user waits for, stops them."""

from collections.abc import Callable

from textual.screen import Screen
from textual.worker import Worker

_GROUP = "export"


class ExportJobs:
    """Runs work off the screen's thread: a large report takes its time, and so does a slow disk."""

    def __init__(self, screen: Screen[None]) -> None:
        self._screen = screen
        self._awaited: list[Worker[None]] = []
        self.progress = ""
        """What the user waits for, in words; "" for nothing."""

    def start(self, work: Callable[[], None], *, progress: str = "") -> None:
        """Run `work`; with `progress` the user waits for it, until `finish`."""
        worker = self._screen.run_worker(
            work, group=_GROUP, description=_GROUP, exit_on_error=False, thread=True
        )
        if progress:
            self.progress = progress
            self._awaited.append(worker)

    def call(self, callback: Callable[[], object]) -> None:
        """Run `callback` on the screen's thread, from another one, and wait for it."""
        self._screen.app.call_from_thread(callback)

    def finish(self, worker: Worker[None]) -> None:
        """Wait for `worker` no more."""
        self._awaited = [one for one in self._awaited if one is not worker]
        if not self._awaited:
            self.progress = ""

    def stop(self) -> None:
        """Stop what has not begun to write: a file that is begun is written whole."""
        self._screen.workers.cancel_group(self._screen, _GROUP)
        self._awaited = []
        self.progress = ""
