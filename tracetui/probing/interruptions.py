"""Notices that the program was stopped, that the machine slept, or that somebody set its clock."""

import time
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final, Protocol

_NS: Final = 1_000_000_000
_LEAST_NS: Final = _NS
"""A program on a busy machine may be late by less without being stopped."""

_LEAST_SET_NS: Final = _NS // 2


_MAX_KEPT: Final = 200


class InterruptionKind(Enum):
    """What happened."""

    STOPPED = auto()
    """The program did not run: SIGSTOP, ctrl+z, or a machine too busy to let it."""

    SLEPT = auto()
    """The machine slept."""

    CLOCK_SET = auto()


@dataclass(frozen=True, slots=True)
class Interruption:
    """Something that probes on their way did not survive."""

    kind: InterruptionKind
    at_ns: int
    """Unix time as shown when it was noticed."""

    length_ns: int
    """How long it lasted; by how much the clock was set, negative for back."""


class InterruptibleClock(Protocol):
    """What is asked of the system's clock."""

    def unix_ns(self) -> int: ...

    def set_by_ns(self) -> int: ...

    def slept_ns(self) -> int: ...


class NoInterruptions:
    """Where time passes only while the program runs: on a virtual clock, or one that is not the machine's."""

    stopped_ns = 0
    """How long the program did not run since the start."""

    set_by_ns = 0
    """By how much the clock was set since the start."""

    interruptions: tuple[Interruption, ...] = ()
    """The newest ones, oldest first."""

    def expect(self, now_ns: int, until_ns: int) -> None:
        """The engine is going to wait from now until then, monotonic times."""

    def look(self, now_ns: int) -> bool:
        """Tell whether anything happened since the last look; `now_ns`: monotonic time."""
        del now_ns
        return False


class InterruptionWatch(NoInterruptions):
    """Compares clocks whenever the engine comes round: for its thread alone."""

    def __init__(self, clock: InterruptibleClock) -> None:
        self._clock = clock
        self._slept_ns = clock.slept_ns()
        self._last_ns: int | None = None
        self._worked_ns = 0
        self._wait_ns = 0

    def expect(self, now_ns: int, until_ns: int) -> None:
        self._wait_ns = max(0, until_ns - now_ns)

    def look(self, now_ns: int) -> bool:
        found = []
        worked_ns = time.process_time_ns()
        if self._last_ns is not None:
            # Time that passed without this program waiting for it or working.
            stopped_ns = now_ns - self._last_ns - self._wait_ns - (worked_ns - self._worked_ns)
            if stopped_ns >= _LEAST_NS:
                self.stopped_ns += stopped_ns
                found.append((InterruptionKind.STOPPED, stopped_ns))
        self._last_ns, self._worked_ns, self._wait_ns = now_ns, worked_ns, 0
        slept_ns = self._clock.slept_ns()
        if slept_ns - self._slept_ns >= _LEAST_NS:
            found.append((InterruptionKind.SLEPT, slept_ns - self._slept_ns))
            self._slept_ns = slept_ns
        set_by_ns = self._clock.set_by_ns()
        if abs(set_by_ns - self.set_by_ns) >= _LEAST_SET_NS:
            found.append((InterruptionKind.CLOCK_SET, set_by_ns - self.set_by_ns))
            self.set_by_ns = set_by_ns
        if not found:
            return False
        at_ns = self._clock.unix_ns()
        new = (Interruption(kind, at_ns, length_ns) for kind, length_ns in found)
        self.interruptions = (*self.interruptions, *new)[-_MAX_KEPT:]
        return True
