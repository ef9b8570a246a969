"""Signals that end the program leave its terminal as it was, also while the program is suspended.

Textual 8.2 handles none of them. A suspended program that is told to end is continued by its shell in the
background: the driver then wants the terminal back, which it may not have, and stops again, for good. It
writes in the handlers of SIGTSTP and SIGCONT, which now and then waits for ever. And after SIGSTOP it starts
its threads a second time, which the program waits for at its end.
"""

import asyncio
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import Any

from textual.driver import Driver

from tracetui.investigation.ending_signals import ENDING


@contextmanager
def ending_signals(end: Callable[[int], None]) -> Iterator[None]:
    """Have `end` called with the number of a signal, right where the main thread is."""

    def handle(number: int, _frame: FrameType | None) -> None:
        end(number)

    before = {}
    with suppress(ValueError):  # not the main thread
        for number in ENDING:
            before[number] = signal.signal(number, handle)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


class LeavingTerminal(Driver):
    """What a driver does so as not to touch a terminal that it gave back, once the program is to end."""

    ending = False
    """Whether the program has been told to end."""

    _given_back = False

    def end(self) -> None:
        """The program is going to end: the terminal is restored even from the background."""
        self.ending = True
        signal.signal(signal.SIGTTOU, signal.SIG_IGN)

    def suspend_application_mode(self) -> None:
        super().suspend_application_mode()
        self._given_back = True

    def start_application_mode(self) -> None:
        if self.ending and self._given_back:
            return
        self._given_back = False
        super().start_application_mode()  # type: ignore[safe-super]
        thread = getattr(self, "_writer_thread", None)
        self._given_back = thread is not None and not thread.is_alive()  # it was stopped again

    def disable_input(self) -> None:
        if not self._given_back:
            super().disable_input()  # type: ignore[safe-super]

    def stop_application_mode(self) -> None:
        if not self._given_back:
            super().stop_application_mode()  # type: ignore[safe-super]

    def close(self) -> None:
        if not self._given_back:
            super().close()

    def write(self, data: str) -> None:
        if not self._given_back:  # nobody would take it from the queue
            super().write(data)  # type: ignore[safe-super]

    # In turn, not in the handler: that may have interrupted a write, whose lock it would wait for.

    def _sigtstp_application(self, *_: Any) -> None:  # noqa: ANN401  (as the driver's own)
        asyncio.get_running_loop().call_soon_threadsafe(super()._sigtstp_application)  # type: ignore[misc]

    def _sigcont_application(self, *_: Any) -> None:  # noqa: ANN401  (as above)
        asyncio.get_running_loop().call_soon_threadsafe(self._continue)

    def _continue(self) -> None:
        if self.ending:
            return
        if (
            not self._given_back
        ):  # stopped by SIGSTOP: others have used the terminal, but its threads are there
            self.suspend_application_mode()
        super()._sigcont_application()  # type: ignore[misc]


def leaving_driver(usual: type[Driver]) -> type[Driver]:
    """Return a driver like `usual` that is a `LeavingTerminal` too."""
    return type("LeavingDriver", (LeavingTerminal, usual), {})
