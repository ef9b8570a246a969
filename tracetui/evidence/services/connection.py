"""A TCP connection to a service, plain or over TLS: every read is bounded, the caller bounds the time."""

import asyncio
import socket
from typing import TYPE_CHECKING, Final, cast

from tracetui.evidence.services.limits import MAX_HANDSHAKE, MAX_LINE, StepError
from tracetui.evidence.services.socket_failure import queue_errors, step_error
from tracetui.model.service_check import FailureReason, TlsSession

if TYPE_CHECKING:
    from tracetui.evidence.services.tls_client import TlsClient

SocketAddress = tuple[str, int] | tuple[str, int, int, int]
_PIECE: Final = 4096


def open_socket(
    address: str, port: int, kind: socket.SocketKind, source: str | None, interface: str | None
) -> tuple[socket.socket, SocketAddress]:
    """Return a new non-blocking socket from `source`, and the address to connect it to.

    Raises StepError where this machine does not allow that.
    """
    opened = None
    try:
        family, target = _numeric(address, port, kind)
        opened = socket.socket(family, kind)
        opened.settimeout(0)
        if interface is not None:
            opened.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, interface.encode())
        if source is not None:
            opened.bind(_numeric(source, 0, kind)[1])
        queue_errors(opened, wanted=True)
    except OSError as error:
        if opened is not None:
            opened.close()
        raise StepError(FailureReason.LOCAL, (error.strerror or str(error)).lower()) from None
    return opened, target


def _numeric(address: str, port: int, kind: socket.SocketKind) -> tuple[socket.AddressFamily, SocketAddress]:
    """Return family and socket address of a numeric address, a scope's name as its number. Raises OSError."""
    found = socket.getaddrinfo(address, port, type=kind, flags=socket.AI_NUMERICHOST | socket.AI_NUMERICSERV)
    family, _, _, _, target = found[0]
    return family, cast("SocketAddress", target)


class Connection:
    """An open connection; `close` it. All methods raise StepError."""

    def __init__(self, opened: socket.socket) -> None:
        self._socket = opened
        self._loop = asyncio.get_running_loop()
        self._buffer = bytearray()
        self._tls: TlsClient | None = None

    @classmethod
    async def open(
        cls, address: str, port: int, source: str | None = None, interface: str | None = None
    ) -> "Connection":
        """Connect."""
        opened, target = open_socket(address, port, socket.SOCK_STREAM, source, interface)
        try:
            await asyncio.get_running_loop().sock_connect(opened, target)
            queue_errors(opened, wanted=False)
        except OSError as error:
            found = step_error(error, opened)
            opened.close()
            raise found from None
        except BaseException:
            opened.close()
            raise
        return cls(opened)

    @property
    def source(self) -> str:
        """The address it left from."""
        address: str = self._socket.getsockname()[0]
        return address.partition("%")[0]

    def close(self) -> None:
        """Close it at once."""
        self._socket.close()

    async def start_tls(self, client: "TlsClient") -> TlsSession:
        """Do the TLS handshake. What arrived before and was not read is dropped (RFC 3207 section 6)."""
        self._buffer.clear()
        received = 0
        while not client.handshake():
            await self._send(client.outgoing())
            data = await self._receive_raw()
            received += len(data)
            if not data:
                raise StepError(FailureReason.CLOSED)
            if received > MAX_HANDSHAKE:
                raise StepError(FailureReason.TOO_MUCH)
            client.incoming(data)
        await self._send(client.outgoing())
        self._tls = client
        return client.session()

    async def send(self, data: bytes) -> None:
        """Send all of `data`."""
        if self._tls is not None:
            self._tls.write(data)
            data = self._tls.outgoing()
        await self._send(data)

    async def read_line(self) -> bytes:
        """Return the next line without its end."""
        while (end := self._buffer.find(b"\n", 0, MAX_LINE)) < 0:
            if len(self._buffer) >= MAX_LINE:
                raise StepError(FailureReason.TOO_MUCH)
            data = await self.receive()
            if not data:
                raise StepError(FailureReason.CLOSED)
            self._buffer += data
        line = bytes(self._buffer[:end])
        del self._buffer[: end + 1]
        return line.removesuffix(b"\r")

    async def read_exactly(self, size: int) -> bytes:
        """Return the next `size` bytes; it is the caller who bounds them."""
        while len(self._buffer) < size:
            data = await self.receive()
            if not data:
                raise StepError(FailureReason.CLOSED)
            self._buffer += data
        found = bytes(self._buffer[:size])
        del self._buffer[:size]
        return found

    async def receive(self) -> bytes:
        """Return what arrives next, a few thousand bytes at most; b"" at the end of the stream."""
        if self._tls is None:
            return await self._receive_raw()
        while (data := self._tls.read(_PIECE)) is None:
            await self._send(self._tls.outgoing())
            raw = await self._receive_raw()
            if not raw:
                return b""
            self._tls.incoming(raw)
        return data

    async def _receive_raw(self) -> bytes:
        try:
            return await self._loop.sock_recv(self._socket, _PIECE)
        except OSError as error:
            raise step_error(error) from None

    async def _send(self, data: bytes) -> None:
        try:
            await self._loop.sock_sendall(self._socket, data)
        except OSError as error:
            raise step_error(error) from None
