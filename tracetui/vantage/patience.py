"""How long the lanes of a vantage are waited for, and how many of its events are taken: it may be hostile."""

import time
from collections.abc import Callable, Sequence
from typing import Final

from tracetui.model import LaneTrace
from tracetui.probing.pace import Pace
from tracetui.vantage.events import FarEndError

WITHOUT_PROGRESS_S: Final = 25.0
"""A report waits this long, and two intervals and a timeout more, for the next round of any lane there."""

_EVENTS_PER_PACKET: Final = 10
"""Events a second for each packet of its limit; three are usual: sent, reply, and the round's."""

_BURST: Final = 200_000
"""Events at once: what gathers while a connection stands still."""


class Progress:
    """Whether a vantage gets on with the rounds that were asked for."""

    def __init__(self, now_s: Callable[[], float] = time.monotonic) -> None:
        self._now_s = now_s
        self._rounds = 0
        self._last_s = now_s()

    @property
    def rounds(self) -> int:
        """Rounds that were asked for and are complete, of all lanes together."""
        return self._rounds

    def see(self, traces: Sequence[LaneTrace], pace: Pace) -> None:
        """Note the lanes as they are."""
        rounds = sum(
            trace.rounds if pace.rounds is None else min(trace.rounds, pace.rounds) for trace in traces
        )
        if rounds != self._rounds:
            self._rounds, self._last_s = rounds, self._now_s()

    def has_stopped(self, lanes: int, pace: Pace) -> bool:
        """Tell whether so many lanes have waited too long for a next round."""
        slow_s = lanes * pace.max_hops / pace.max_rate
        patience_s = WITHOUT_PROGRESS_S + 2 * max(pace.interval_s, slow_s) + pace.timeout_s
        return self._now_s() - self._last_s > patience_s


class EventLimit:
    """Ends a connection that tells more than any engine does."""

    def __init__(self, pace: Pace, now_s: Callable[[], float] = time.monotonic) -> None:
        self._now_s = now_s
        self._per_s = _EVENTS_PER_PACKET * pace.max_rate
        self._begun_s = now_s()
        self._taken = 0

    def take(self, count: int = 1) -> None:
        """Count events; a batch is as many as it tells of probes. Raises FarEndError beyond the limit."""
        self._taken += count
        if self._taken > _BURST + self._per_s * (self._now_s() - self._begun_s):
            raise FarEndError("the far end tells more than can be measured")
