"""Runs an asyncio event loop on its own thread."""

import asyncio
import contextlib
import threading
from collections.abc import Callable, Coroutine
from typing import Any, Final

_CANCELLED_AGAIN_S: Final = 0.05
_CANCELLED_TIMES: Final = 10


class LoopThread:
    """Runs one coroutine until it is stopped; takes calls from any thread, before the start too."""

    def __init__(self, name: str) -> None:
        self._loop = asyncio.new_event_loop()
        self._stopping = asyncio.Event()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._main: asyncio.Task[None] | None = None

    def start(self, main: Coroutine[Any, Any, None]) -> None:
        """Start the thread with `main`; once."""
        self._main = self._loop.create_task(main)
        self._thread.start()

    def call(self, function: Callable[..., object], *arguments: object) -> None:
        """Have the loop call `function`; nothing happens when it has stopped."""
        with contextlib.suppress(RuntimeError):  # the loop is closed
            self._loop.call_soon_threadsafe(function, *arguments)

    def stop(self, timeout_s: float) -> None:
        """Cancel the coroutine and all it started, and wait for the thread, at most `timeout_s`."""
        if self._main is None:
            self._loop.close()
            return
        self.call(self._stopping.set)
        self._thread.join(timeout_s)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_until_complete(self._stopping.wait())
            # More than once: Python 3.11's wait_for loses a cancellation that meets its result.
            for _ in range(_CANCELLED_TIMES):
                tasks = asyncio.all_tasks(self._loop)
                if not tasks:
                    break
                for task in tasks:
                    task.cancel()
                self._loop.run_until_complete(asyncio.wait(tasks, timeout=_CANCELLED_AGAIN_S))
            self._loop.run_until_complete(self._loop.shutdown_asyncgens())
        finally:
            asyncio.set_event_loop(None)
            self._loop.close()
