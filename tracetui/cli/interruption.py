"""What the first interruption of a run without a screen does: it ends early, and reports what there is."""

import contextlib
import signal
from collections.abc import Callable, Iterator
from types import FrameType

from tracetui.cli.output import narrate


@contextlib.contextmanager
def interruptible(stop: Callable[[], object] = lambda: None) -> Iterator[list[int]]:
    """On the first SIGINT, SIGTERM or SIGHUP, call `stop` and put the signal into the list that this returns.

    The report then covers what was measured so far. A second signal raises KeyboardInterrupt.
    """
    received: list[int] = []

    def handle(number: int, _frame: FrameType | None) -> None:
        if received:
            raise KeyboardInterrupt
        received.append(number)
        stop()
        narrate("stopping; the report covers what was measured so far (interrupt again to abort)", over=True)

    previous = {
        number: signal.signal(number, handle) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    }
    try:
        yield received
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)
