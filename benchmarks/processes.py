"""What running a command costs: CPU of the process and of everything it started.

As a script (`python processes.py RESULT COMMAND ...`) it is the process in between that adopts whatever the
command leaves behind, so that helpers such as mtr-packet are counted whether or not mtr waits for them.
"""

import ctypes
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_PR_SET_CHILD_SUBREAPER: Final = 36


@dataclass(frozen=True, slots=True)
class Cost:
    """One run of a command."""

    cpu_s: float
    """User and system time of the command and all its descendants: the kernel's own sum, not sampled.

    On a lab inside one machine it includes forwarding: a packet crosses the virtual routers within the
    sender's system call. Peers pay the same.
    """

    wall_s: float
    output: str


class CommandFailedError(Exception):
    """A measured command did not do what it should; the message has its last words."""


def run(command: Sequence[str], *, within: Sequence[str] = (), allowed: Sequence[int] = (0,)) -> Cost:
    """Run `command` to its end, by way of the command prefix `within` (a namespace), which is not counted.

    Raises CommandFailedError for an exit status that is not in `allowed`.
    """
    with tempfile.NamedTemporaryFile("r", suffix=".json") as result:
        finished = subprocess.run(
            [*within, sys.executable, __file__, result.name, *command],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        if finished.returncode not in allowed:
            words = (finished.stderr or finished.stdout).strip().splitlines() or ["it said nothing"]
            raise CommandFailedError(f"{command[0]} ended with status {finished.returncode}: {words[-1]}")
        spent = json.loads(result.read())
    return Cost(spent["cpu_s"], spent["wall_s"], finished.stdout)


def _run_and_adopt(command: Sequence[str]) -> tuple[int, float, float]:
    """Return exit status, CPU seconds and wall seconds of `command`."""
    ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1)
    started = time.perf_counter()
    status = subprocess.run(command, check=False).returncode
    wall_s = time.perf_counter() - started
    while True:
        try:
            os.wait()
        except ChildProcessError:
            break
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return status, usage.ru_utime + usage.ru_stime, wall_s


if __name__ == "__main__":
    status, cpu_s, wall_s = _run_and_adopt(sys.argv[2:])
    Path(sys.argv[1]).write_text(json.dumps({"cpu_s": cpu_s, "wall_s": wall_s}), encoding="utf-8")
    sys.exit(status)
