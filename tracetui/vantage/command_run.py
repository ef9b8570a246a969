"""Runs one command to its end, with limits on time and output; what it starts ends with it."""

import contextlib
import os
import re
import selectors
import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

from tracetui.files.owner import child_rights
from tracetui.model import safe_text

MAX_OUTPUT: Final = 1 << 20
"""Bytes; no trace of one lane is longer."""

_TELLS: Final = re.compile(r"(?!Try '|\s*$)")
"""Not a hint at a manual, and not empty."""

_MAX_ERROR: Final = 4096
_PIECE: Final = 1 << 16
_LOOK_EVERY_S: Final = 0.1
"""How often a running command looks whether it is to stop."""

_END_PATIENCE_S: Final = 0.5
"""Between asking its processes to end and ending them."""


class Ended(Enum):
    """How a run ended."""

    BY_ITSELF = auto()
    TIMEOUT = auto()
    TOO_MUCH = auto()
    """It wrote more than MAX_OUTPUT."""

    STOPPED = auto()
    """Nobody wants it any more."""

    NOT_STARTED = auto()


@dataclass(frozen=True, slots=True)
class Run:
    """One run of a command."""

    ended: Ended
    output: bytes = b""
    error: str = ""
    """The last line of its standard error; safe text."""

    status: int = 0
    """Exit status, negative for a signal; where the run was ended from here, of no meaning."""


def run(argv: Sequence[str], timeout_s: float, stopped: Callable[[], bool]) -> Run:
    """Run a command without a shell, without input and without a terminal.

    It gets a session of its own, which is ended whole: nothing that it starts stays, unless that leaves the
    session. Under sudo it runs as the calling user.
    """
    rights = child_rights()
    try:
        process = subprocess.Popen(  # noqa: S603  (arguments that the user wrote, no shell)
            argv,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
            user=rights.user,
            group=rights.group,
            extra_groups=rights.groups,
            env=rights.environment,
        )
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        return Run(Ended.NOT_STARTED, error=safe_text(f"cannot run {argv[0]}: {reason.lower()}", limit=200))
    with process:
        try:
            return _followed(process, time.monotonic() + timeout_s, stopped)
        finally:
            _end(process)


def _followed(process: "subprocess.Popen[bytes]", end_s: float, stopped: Callable[[], bool]) -> Run:
    assert process.stdout is not None  # noqa: S101  (a pipe)
    assert process.stderr is not None  # noqa: S101
    output, error = bytearray(), bytearray()
    ended = Ended.BY_ITSELF
    with selectors.DefaultSelector() as selector:
        selector.register(process.stdout, selectors.EVENT_READ, output)
        selector.register(process.stderr, selectors.EVENT_READ, error)
        while selector.get_map():
            if stopped():
                ended = Ended.STOPPED
                break
            if time.monotonic() >= end_s:
                ended = Ended.TIMEOUT
                break
            for key, _ in selector.select(_LOOK_EVERY_S):
                piece = os.read(key.fd, _PIECE)
                if not piece:
                    selector.unregister(key.fileobj)
                key.data.extend(piece)
            del error[:-_MAX_ERROR]
            if len(output) > MAX_OUTPUT:
                ended = Ended.TOO_MUCH
                break
            # A child that it left behind may hold the streams open.
            if process.poll() is not None and not selector.select(0):
                break
    if ended is not Ended.BY_ITSELF:
        return Run(ended, bytes(output[:MAX_OUTPUT]), _last_line(error))
    try:
        status = process.wait(max(0.0, end_s - time.monotonic()))
    except subprocess.TimeoutExpired:
        return Run(Ended.TIMEOUT, bytes(output), _last_line(error))
    return Run(ended, bytes(output), _last_line(error), status)


def _last_line(error: bytearray) -> str:
    lines = [one for one in error.decode("utf-8", "replace").splitlines() if _TELLS.match(one)]
    return safe_text(lines[-1], limit=200) if lines else ""


def _end(process: "subprocess.Popen[bytes]") -> None:
    """End all processes of the session."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGTERM)
        end_s = time.monotonic() + _END_PATIENCE_S
        while time.monotonic() < end_s:
            process.poll()
            os.killpg(process.pid, 0)
            time.sleep(0.01)
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
