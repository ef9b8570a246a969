"""The process that connects to a far end: writes commands to it and reads its events, never blocking."""

import contextlib
import json
import os
import selectors
import subprocess
import time
from collections.abc import Iterator, Sequence
from typing import Final

from tracetui.files.owner import child_rights
from tracetui.model import safe_text
from tracetui.vantage.archive import archive
from tracetui.vantage.events import Event, EventReader, FarEndError, NoPythonError
from tracetui.vantage.far import GREETING

_MAX_BEFORE_GREETING: Final = 1 << 16
"""What a login script may print first."""

GREETING_PATIENCE_S: Final = 30.0
_MAX_ERROR: Final = 4096
_MAX_UNSENT: Final = 1 << 20
_PIECE: Final = 1 << 16
_END_PATIENCE_S: Final = 1.0

_NO_PYTHON: Final = (126, 127)
"""A shell's exit status for a command that is not there, or cannot be run."""

_OLD_PYTHON: Final = 9


class FarProcess:
    """One connection. Used by one thread; `wake` may be called from any."""

    def __init__(self, argv: Sequence[str], first: object) -> None:
        """Start `argv`, under sudo as the calling user; send the program and the first command.

        Raises FarEndError.
        """
        rights = child_rights()
        try:
            self._process = subprocess.Popen(  # noqa: S603  (arguments, no shell; parts are checked)
                argv,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                start_new_session=True,  # ctrl+c at our terminal is not for it
                user=rights.user,
                group=rights.group,
                extra_groups=rights.groups,
                env=rights.environment,
            )
        except OSError as error:
            raise FarEndError(f"cannot run {argv[0]}: {(error.strerror or str(error)).lower()}") from None
        self._unsent = bytearray(archive())
        self._reader = EventReader()
        self._greeted = False
        self._begun_s = time.monotonic()
        self._before = b""
        self._error = bytearray()
        self._wake_read, self._wake_write = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        self._selector = selectors.DefaultSelector()
        self._streams = tuple(
            stream
            for stream in (self._process.stdin, self._process.stdout, self._process.stderr)
            if stream is not None
        )
        self._stdin, self._stdout, self._stderr = (stream.fileno() for stream in self._streams)
        for stream in self._streams:
            os.set_blocking(stream.fileno(), False)
        self._selector.register(self._stdout, selectors.EVENT_READ)
        self._selector.register(self._stderr, selectors.EVENT_READ)
        self._selector.register(self._wake_read, selectors.EVENT_READ)
        self.send(first)

    def send(self, command: object) -> None:
        """Queue a command. Raises FarEndError where the connection has taken none for long."""
        self._unsent += json.dumps(command, separators=(",", ":")).encode() + b"\n"
        if len(self._unsent) > _MAX_UNSENT:
            raise FarEndError("the connection takes nothing any more")

    def wake(self) -> None:
        """Make a waiting `events` return; callable from any thread."""
        with contextlib.suppress(OSError):
            os.write(self._wake_write, b".")

    def events(self, wait_s: float) -> Iterator[Event]:
        """Send what is queued, wait at most `wait_s`, yield what came. Raises FarEndError at the end."""
        wanted = selectors.EVENT_WRITE if self._unsent else 0
        if wanted:
            self._selector.register(self._stdin, wanted)
        try:
            ready = self._selector.select(wait_s)
        finally:
            if wanted:
                self._selector.unregister(self._stdin)
        if not self._greeted and time.monotonic() - self._begun_s > GREETING_PATIENCE_S:
            raise FarEndError("no answer: the connection stands, the program there does not start")
        for key, _ in ready:
            if key.fd == self._stdin:
                self._write()
            elif key.fd == self._wake_read:
                with contextlib.suppress(BlockingIOError):
                    os.read(self._wake_read, _PIECE)
            elif key.fd == self._stderr:
                self._read_error()
            else:
                yield from self._read()

    def close(self) -> None:
        """End the connection; the far end ends by itself."""
        for stream in self._streams:
            with contextlib.suppress(OSError):
                stream.close()
        self._selector.close()
        os.close(self._wake_read)
        os.close(self._wake_write)
        try:
            self._process.wait(_END_PATIENCE_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _write(self) -> None:
        try:
            sent = os.write(self._stdin, self._unsent[:_PIECE])
        except BlockingIOError:
            return
        except OSError:
            self._unsent.clear()  # its end is read from the other streams
            return
        del self._unsent[:sent]

    def _read_error(self) -> None:
        with contextlib.suppress(BlockingIOError):
            piece = os.read(self._stderr, _PIECE)
            if not piece:
                self._selector.unregister(self._stderr)
            self._error += piece
            del self._error[:-_MAX_ERROR]

    def _read(self) -> Iterator[Event]:
        try:
            piece = os.read(self._stdout, _PIECE)
        except BlockingIOError:
            return
        if not piece:
            raise self._why_ended()
        if not self._greeted:
            self._before += piece
            start = self._before.find(GREETING)
            if start < 0:
                if len(self._before) > _MAX_BEFORE_GREETING:
                    raise FarEndError("the far shell prints too much before the program starts")
                return
            piece = self._before[start + len(GREETING) :]
            self._greeted, self._before = True, b""
        yield from self._reader.read(piece)

    def _why_ended(self) -> FarEndError:
        """Return why the connection ended."""
        with contextlib.suppress(OSError, KeyError, ValueError):
            while self._selector.get_key(self._stderr) and self._selector.select(0.1):
                self._read_error()
        try:
            status = self._process.wait(_END_PATIENCE_S)
        except subprocess.TimeoutExpired:
            status = None
        if not self._greeted and status in _NO_PYTHON:
            return NoPythonError("no python3 there (3.11 or newer is needed)")
        said = self._before.decode("utf-8", "replace") if status == _OLD_PYTHON else ""
        lines = (said or self._error.decode("utf-8", "replace")).strip().splitlines()
        last = safe_text(lines[-1], limit=200) if lines else ""
        if said and last:
            return NoPythonError(last)
        if self._greeted:
            return FarEndError(f"the connection ended ({last})" if last else "the connection ended")
        return FarEndError(last or "the connection ended before the program there started")
