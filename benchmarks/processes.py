"""Programs under measurement: how long one takes, and the CPU of a running one with all its children."""

import os
import signal
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Final, Self

_PATIENCE_S: Final = 10.0


class CommandFailedError(Exception):
    """A measured command did not do what it should; the message has its last words."""


def wall_s(command: Sequence[str]) -> float:
    """Run `command` to its end; return the seconds it took. Raises CommandFailedError."""
    started = time.perf_counter()
    finished = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    took_s = time.perf_counter() - started
    if finished.returncode:
        raise CommandFailedError(
            _last_words(command, finished.returncode, finished.stderr or finished.stdout)
        )
    return took_s


def cpu_s(process: int) -> float:
    """CPU time of a running process and its living descendants: user and system, the kernel's exact sum.

    It reads the processes' CPU clocks (clock_getcpuclockid(3)): no sampling, no ticks.
    """
    total, waiting = 0.0, [process]
    while waiting:
        each = waiting.pop()
        total += own_cpu_s(each)
        for children in Path(f"/proc/{each}/task").glob("*/children"):
            waiting += map(int, children.read_text(encoding="ascii").split())
    return total


def own_cpu_s(process: int) -> float:
    """The same of one process, without those that it started."""
    return time.clock_gettime((~process << 3) | 2)


class Running:
    """A command that runs on; a context manager that ends it."""

    def __init__(self, command: Sequence[str]) -> None:
        self._command = command
        self._process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
        )

    def cpu_s(self) -> float:
        """Its CPU time so far. Raises CommandFailedError when it has ended."""
        status = self._process.poll()
        if status is not None:
            assert self._process.stderr is not None
            raise CommandFailedError(_last_words(self._command, status, self._process.stderr.read()))
        return cpu_s(self._process.pid)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.send_signal(signal.SIGINT)
        try:
            self._process.communicate(timeout=_PATIENCE_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.communicate()


def _last_words(command: Sequence[str], status: int, said: str) -> str:
    lines = said.strip().splitlines() or ["it said nothing"]
    return f"{' '.join(command)} ended with status {status}: {lines[-1]}"


def cores() -> list[int]:
    """The cores that this process may use."""
    return sorted(os.sched_getaffinity(0))
