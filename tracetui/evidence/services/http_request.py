"""Asks an HTTP server for a page: the head of the response, or a small body."""

import io
from dataclasses import dataclass
from http.client import HTTPException, HTTPResponse
from typing import Final, cast

from tracetui.evidence.services.connection import Connection
from tracetui.evidence.services.limits import MAX_BODY, MAX_HEAD, StepError
from tracetui.model.reference import ForeignText
from tracetui.model.safe_text import safe_text
from tracetui.model.service_check import FailureReason, HttpAnswer

_HEAD_END: Final = b"\r\n\r\n"
_MAX_LOCATION: Final = 500


@dataclass(frozen=True, slots=True)
class Page:
    """A response with its body."""

    status: int
    body: bytes


async def ask_head(connection: Connection, host: str) -> HttpAnswer:
    """Ask for `/` and return the head of the response; the body is not read. Raises StepError."""
    await _ask(connection, host, "/")
    head, _ = await _read_head(connection)
    response = _parsed(head)
    location = response.getheader("Location")
    return HttpAnswer(
        response.status,
        None if location is None else ForeignText(safe_text(location, limit=_MAX_LOCATION)),
    )


async def fetch(connection: Connection, host: str, path: str) -> Page:
    """Return a page of at most `MAX_BODY` bytes. Raises StepError."""
    await _ask(connection, host, path)
    head, rest = await _read_head(connection)
    length = _parsed(head).length
    received = bytearray(rest)
    while length is None or len(received) < length:
        if len(received) > MAX_BODY:
            raise StepError(FailureReason.TOO_MUCH)
        data = await connection.receive()
        if not data:
            break
        received += data
    response = _parsed(head + bytes(received))
    try:
        return Page(response.status, response.read())
    except (HTTPException, ValueError, OverflowError) as error:  # the last: a chunk of more than 2^63 bytes
        raise StepError(FailureReason.NOT_UNDERSTOOD, str(error)) from None


async def _ask(connection: Connection, host: str, path: str) -> None:
    shown = f"[{host}]" if ":" in host else host
    await connection.send(
        f"GET {path} HTTP/1.1\r\nHost: {shown}\r\nUser-Agent: tracetui\r\nAccept: */*\r\n"
        "Connection: close\r\n\r\n".encode("ascii", "replace")
    )


async def _read_head(connection: Connection) -> tuple[bytes, bytes]:
    """Return the head of the response with its end, and what of the body came with it."""
    received = bytearray()
    while (end := received.find(_HEAD_END)) < 0:
        if len(received) > MAX_HEAD:
            raise StepError(FailureReason.TOO_MUCH)
        data = await connection.receive()
        if not data:
            if received and not b"HTTP/".startswith(bytes(received[:5])):
                raise StepError(FailureReason.NOT_UNDERSTOOD, received[:100].decode("utf-8", "replace"))
            raise StepError(FailureReason.CLOSED)
        received += data
        if not received.startswith(b"HTTP/"[: len(received)]):
            raise StepError(FailureReason.NOT_UNDERSTOOD, received[:100].decode("utf-8", "replace"))
    body = end + len(_HEAD_END)
    return bytes(received[:body]), bytes(received[body:])


class _Bytes:
    """What http.client accepts as a socket."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    def makefile(self, _mode: str) -> io.BytesIO:
        return io.BytesIO(self._content)


def _parsed(content: bytes) -> HTTPResponse:
    """Raises StepError."""
    import socket

    response = HTTPResponse(cast("socket.socket", _Bytes(content)))
    try:
        response.begin()
    except (HTTPException, ValueError) as error:
        raise StepError(FailureReason.NOT_UNDERSTOOD, str(error)) from None
    return response
