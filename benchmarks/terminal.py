"""A program on a terminal of its own."""

import os
import pty
import select
import signal
import struct
import termios
import time
from collections.abc import Sequence
from fcntl import ioctl
from types import TracebackType
from typing import Final, Self

from processes import CommandFailedError

_PATIENCE_S: Final = 30.0

KEYS: Final = {
    "up": b"\x1b[A", "down": b"\x1b[B", "right": b"\x1b[C", "left": b"\x1b[D", "back-tab": b"\x1b[Z",
    "tab": b"\t", "enter": b"\r", "escape": b"\x1b", "space": b" ", "^d": b"\x04", "^u": b"\x15",
}  # fmt: skip
"""What a terminal sends for keys that are no characters."""


class Terminal:
    """Runs a command on a new pseudo-terminal; a context manager that ends the command."""

    def __init__(self, command: Sequence[str], columns: int = 120, rows: int = 40) -> None:
        self.started = time.perf_counter()
        self.drawn_bytes = 0
        self._last = b""
        self._ended = False
        self.pid, self._terminal = pty.fork()
        if self.pid == 0:
            ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
            os.environ["TERM"] = "xterm-256color"
            os.execvp(command[0], list(command))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if not self._ended:
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
        os.close(self._terminal)

    def wait_for(self, text: bytes, patience_s: float = _PATIENCE_S) -> float:
        """Read until the program has drawn `text`; return the seconds since its start.

        Raises TimeoutError.
        """
        drawn = b""
        while text not in drawn:
            piece = self._read(self.started + patience_s)
            if not piece:
                raise TimeoutError(f"no {text!r} on screen after {patience_s:.0f} s, but: {drawn[-200:]!r}")
            drawn += piece
        return time.perf_counter() - self.started

    def watch(self, seconds: float) -> None:
        """Read what it draws for some time."""
        until = time.perf_counter() + seconds
        while self._read(until):
            pass

    def press(self, key: bytes) -> None:
        """Send a key's bytes."""
        os.write(self._terminal, key)

    def answer_s(self, key: bytes, done: bytes) -> float | None:
        """Press a key; return the seconds until the last byte that came before the program's `done`.

        None where it drew nothing. Raises TimeoutError.
        """
        pressed = time.perf_counter()
        os.write(self._terminal, key)
        answered: float | None = None
        drawn = b""
        while done not in drawn:
            piece = self._read(pressed + _PATIENCE_S)
            if not piece:
                raise TimeoutError(f"{key!r} is not answered, but: {drawn[-200:]!r}")
            drawn = drawn[-len(done) :] + piece
            if piece not in done:
                answered = time.perf_counter() - pressed
        return answered

    def quit(self, key: bytes = b"q") -> None:
        """Press a key that ends the program, and wait for its end.

        Raises TimeoutError, and CommandFailedError for an exit status other than 0.
        """
        os.write(self._terminal, key)
        until = time.perf_counter() + _PATIENCE_S
        while time.perf_counter() < until:
            self._read(time.perf_counter() + 0.1)
            ended, status = os.waitpid(self.pid, os.WNOHANG)
            if ended:
                self._ended = True
                if status:
                    raise CommandFailedError(f"it ended with {status}; last on screen: {self._last[-300:]!r}")
                return
        raise TimeoutError(f"{key!r} did not end the program")

    def _read(self, until: float) -> bytes:
        """Return what was drawn; nothing once the time is over or the program has ended."""
        left_s = until - time.perf_counter()
        if left_s <= 0 or not select.select([self._terminal], [], [], left_s)[0]:
            return b""
        try:
            piece = os.read(self._terminal, 65536)
        except OSError:  # EIO: the last process on the terminal is gone
            return b""
        self.drawn_bytes += len(piece)
        self._last = piece
        return piece
