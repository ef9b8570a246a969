"""A WHOIS server on loopback (RFC 3912) that says what a test tells it to, right or wrong."""

import socket
import struct
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self


@dataclass(frozen=True, slots=True)
class Said:
    """What to answer to a question."""

    text: bytes = b""
    held: threading.Event | None = None
    """Answer only once this is set."""

    drip: bool = False
    """After the text one byte at a time, for ever, until the client leaves."""

    reset: bool = False
    """End with a RST instead of a FIN."""


@dataclass
class WhoisServer:
    """A context manager; `answers` finds what to say to a question."""

    answers: Callable[[str], Said]
    asked: list[str] = field(default_factory=list)

    def __enter__(self) -> Self:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._threads: list[threading.Thread] = []
        self._accepter = threading.Thread(target=self._accept, daemon=True)
        self._accepter.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._socket.shutdown(socket.SHUT_RDWR)
        self._accepter.join(10)
        self._socket.close()
        for thread in self._threads:
            thread.join(10)

    @property
    def place(self) -> tuple[str, int]:
        """Host and port."""
        host, port = self._socket.getsockname()
        return host, port

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            thread = threading.Thread(target=self._serve, args=(connection,), daemon=True)
            self._threads.append(thread)
            thread.start()

    def _serve(self, connection: socket.socket) -> None:
        with connection:
            connection.settimeout(30)
            question = connection.makefile("rb").readline().decode().rstrip("\r\n")
            self.asked.append(question)
            said = self.answers(question)
            if said.held is not None:
                said.held.wait(30)
            try:
                connection.sendall(said.text)
                while said.drip:
                    connection.sendall(b"x" * 1024)
            except OSError:
                return  # the client left
            if said.reset:
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
