"""What signals do to a run without a screen: the first ends it early, and what was measured is reported."""

import contextlib
import signal
from collections.abc import Callable, Iterator, Sequence
from types import FrameType
from typing import Final

from tracetui.cli.output import narrate

_ABORTING: Final = (signal.SIGINT, signal.SIGQUIT, signal.SIGTERM)
"""Sent again, they abort. Others come again by themselves: SIGXCPU every second, SIGHUP from
shell and kernel."""


@contextlib.contextmanager
def interruptible(stop: Callable[[], object] = lambda: None) -> Iterator[list[int]]:
    """On the first signal that would end the process, call `stop`, and put it into the list returned.

    The report then covers what was measured so far. Signals that are ignored stay so (`nohup`). A second
    SIGINT, SIGQUIT or SIGTERM raises KeyboardInterrupt.
    """
    from tracetui.investigation.ending_signals import ENDING

    received: list[int] = []

    def handle(number: int, _frame: FrameType | None) -> None:
        if received:
            if number in _ABORTING:
                raise KeyboardInterrupt
            return
        received.append(number)
        stop()
        narrate("stopping; the report covers what was measured so far (interrupt again to abort)", over=True)

    caught = [number for number in ENDING if signal.getsignal(number) is not signal.SIG_IGN]
    previous = {number: signal.signal(number, handle) for number in caught}
    try:
        yield received
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)


def exit_status(status: int, received: Sequence[int]) -> int:
    """Return the status of a run: as shells have it for one that a signal ended, else its own."""
    return 128 + received[0] if received else status
