"""Makes the escape key respond as quickly as any other.

Textual 8.2: a terminal sends for it the character that begins the sequences of arrows and other keys, so
Textual waits whether more comes; but the input thread of its `LinuxDriver` looks only every tenth of a second
whether it has waited long enough.
"""

import selectors
import sys
import time
from collections.abc import Callable
from types import SimpleNamespace
from typing import Final

from textual.driver import Driver

_LOOK_EVERY_S: Final = 0.005
_FOR_S: Final = 0.1
"""So long after any input it looks that often."""


class ImpatientSelector(selectors.SelectSelector):
    """Waits shortly after there was something to read, for more of it or for the end of waiting."""

    def __init__(self, now_s: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._now_s = now_s
        self._impatient_until_s = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if self._now_s() < self._impatient_until_s:
            timeout = _LOOK_EVERY_S
        ready = super().select(timeout)
        if ready:
            self._impatient_until_s = self._now_s() + _FOR_S
        return ready


def shorten_escape_delay(driver: type[Driver]) -> None:
    """Have the input thread of a driver wait with an `ImpatientSelector`; others are left as they are."""
    module = sys.modules[driver.__module__]
    if hasattr(module, "selectors"):
        module.selectors = SimpleNamespace(  # type: ignore[attr-defined]
            SelectSelector=ImpatientSelector, EVENT_READ=selectors.EVENT_READ
        )
