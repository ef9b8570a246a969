"""An event loop on a thread of its own."""

import asyncio
import contextlib
import threading
from collections.abc import Callable, Coroutine
from typing import Any


class LoopThread:
    """Runs one coroutine until it is stopped; takes calls from any thread, before the start too."""

    def __init__(self, name: str) -> None:
        self._loop = asyncio.new_event_loop()
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
        """Cancel the coroutine and wait for the thread, at most `timeout_s`."""
        if self._main is None:
            self._loop.close()
            return
        self.call(self._main.cancel)
        self._thread.join(timeout_s)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            if self._main is not None:
                with contextlib.suppress(asyncio.CancelledError):
                    self._loop.run_until_complete(self._main)
            self._loop.run_until_complete(self._loop.shutdown_asyncgens())
        finally:
            asyncio.set_event_loop(None)
            self._loop.close()
