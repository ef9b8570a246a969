"""One connection to a far end: greets it, compares clocks with it, and hands over what it tells of lanes."""

import time
from collections.abc import Iterator, Sequence
from typing import Final, TypeAlias

from tracetui.model import safe_text
from tracetui.probing.clock import Clock
from tracetui.vantage import events
from tracetui.vantage.clock_offset import ClockOffset, better, offset_from
from tracetui.vantage.events import FarEndError
from tracetui.vantage.far_process import GREETING_PATIENCE_S, FarProcess
from tracetui.vantage.patience import EventLimit

PING_EVERY_S: Final = 0.5
MAX_SILENCE_S: Final = 10.0
"""Without an event for this long, not even an answer to a ping, the connection is taken for lost."""

MAX_START_S: Final = GREETING_PATIENCE_S + MAX_SILENCE_S
"""The same, before the far end has said who it is."""

_MAX_PINGS: Final = 100
_MAX_WAITING: Final = 10_000

Told: TypeAlias = events.Here | events.Pong | events.Done | events.ArrivalEvent | events.LaneEvent


class FarConnection:
    """Used by one thread; `wake` may be called from any."""

    def __init__(self, argv: Sequence[str], first: object, clock: Clock, limit: EventLimit) -> None:
        """Start `argv`, whose standard streams are those of the far end. Raises FarEndError."""
        self._process = FarProcess(argv, first)
        self._clock = clock
        self._limit = limit
        self.offset: ClockOffset | None = None
        """What is added to its times; None before the clocks are compared."""

        self._greeted = False
        self._pings: dict[int, tuple[int, int]] = {}
        self._ping = 0
        self._ping_s = 0.0
        self._heard_s = time.monotonic()
        self._waiting: list[events.ArrivalEvent | events.LaneEvent] = []
        """Before the clocks are compared no time can be told."""

    def send(self, *command: object) -> None:
        """Queue a command. Raises FarEndError where the connection has taken none for long."""
        self._process.send(command)

    def wake(self) -> None:
        """Make a waiting `receive` return; callable from any thread."""
        self._process.wake()

    def close(self) -> None:
        """End the connection; the far end ends by itself."""
        self._process.close()

    def receive(self, wait_s: float) -> Iterator[Told]:
        """Send what is due, wait at most `wait_s`, yield what came; lane events only with an `offset`.

        Raises FarEndError at the end of the connection.
        """
        now_s = time.monotonic()
        if self._greeted and now_s >= self._ping_s:
            self._ping_s = now_s + PING_EVERY_S
            self._send_ping()
        for event in self._process.events(wait_s):
            self._limit.take(event.probes if isinstance(event, events.Batch) else 1)
            self._heard_s = time.monotonic()
            yield from self._take(event)
        patience_s = MAX_SILENCE_S if self._greeted else MAX_START_S
        if now_s - self._heard_s > patience_s:
            raise FarEndError(f"nothing came for {patience_s:g} s")

    def _take(self, event: events.Event) -> Iterator[Told]:
        match event:
            case events.Pong():
                self._take_pong(event)
                yield event
                if self.offset is not None:
                    yield from self._waiting
                    self._waiting.clear()
            case events.Cannot():
                raise FarEndError(safe_text(event.reason, limit=200))
            case events.Here():
                self._greeted = True
                yield event
            case events.Done():
                yield event
            case _ if self.offset is not None:
                yield event
            case _:
                if len(self._waiting) >= _MAX_WAITING:
                    raise FarEndError("the far end does not answer")
                self._waiting.append(event)

    def _send_ping(self) -> None:
        self._ping += 1
        if len(self._pings) < _MAX_PINGS:
            self._pings[self._ping] = self._clock.unix_ns(), self._clock.monotonic_ns()
        self.send("ping", self._ping)

    def _take_pong(self, event: events.Pong) -> None:
        sent = self._pings.pop(event.number, None)
        if sent is not None:
            received = self._clock.unix_ns(), self._clock.monotonic_ns()
            far = event.unix_ns, event.monotonic_ns
            self.offset = better(self.offset, offset_from(sent, far, received))
