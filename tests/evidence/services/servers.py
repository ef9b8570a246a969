"""Servers on loopback for checks of services: right, wrong, slow, endless. Each is a context manager."""

import asyncio
import contextlib
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import cast

import trustme
from aiosmtpd.smtp import SMTP

Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
LOOPBACK = "127.0.0.1"


@contextlib.asynccontextmanager
async def serving(
    handler: Handler, address: str = LOOPBACK, tls: ssl.SSLContext | None = None
) -> AsyncIterator[int]:
    """Serve each connection with `handler`; yield the port."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError, asyncio.CancelledError, asyncio.IncompleteReadError):
            await handler(reader, writer)
        writer.transport.abort()

    server = await asyncio.start_server(serve, address, 0, ssl=tls)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()


@dataclass
class Mails:
    """A handler of aiosmtpd that takes down all that is said."""

    said: list[str] = field(default_factory=list)
    peers: list[str] = field(default_factory=list)

    async def handle_EHLO(self, server, session, envelope, hostname, responses):  # noqa: N802
        session.host_name = hostname
        self.said.append(f"EHLO {hostname}")
        self.peers.append(session.peer[0])
        return responses

    async def handle_QUIT(self, server, session, envelope):  # noqa: N802
        self.said.append("QUIT")
        return "221 Bye"

    async def handle_MAIL(self, server, session, envelope, address, options):  # noqa: N802
        self.said.append("MAIL")
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        self.said.append("DATA")
        return "250 OK"


@contextlib.asynccontextmanager
async def smtp_serving(
    mails: Mails,
    tls: ssl.SSLContext | None = None,
    address: str = LOOPBACK,
    port: int = 0,
    *,
    at_once: bool = False,
) -> AsyncIterator[int]:
    """Serve SMTP; with `tls` by STARTTLS, or from the start if `at_once`."""
    loop = asyncio.get_running_loop()
    context = None if at_once else tls
    made: list[SMTP] = []

    def protocol() -> SMTP:
        made.append(SMTP(mails, hostname="mx.example.org", tls_context=context, loop=loop))
        return made[-1]

    server = await loop.create_server(protocol, address, port, ssl=tls if at_once else None)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for one in made:
            if one.transport is not None:
                cast("asyncio.Transport", one.transport).abort()
        await asyncio.sleep(0)


def server_context(certificate: trustme.LeafCert, alpn: list[str] | None = None) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)
    if alpn:
        context.set_alpn_protocols(alpn)
    return context


@contextlib.contextmanager
def deaf_port():
    """A port whose SYNs are dropped: its backlog is full."""
    with contextlib.ExitStack() as stack:
        listener = stack.enter_context(socket.socket())
        listener.bind((LOOPBACK, 0))
        listener.listen(0)
        for _ in range(4):
            filler = stack.enter_context(socket.socket())
            filler.setblocking(False)
            with contextlib.suppress(BlockingIOError):
                filler.connect(listener.getsockname())
        yield listener.getsockname()[1]


def closed_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return probe.getsockname()[1]


def reset(writer: asyncio.StreamWriter) -> None:
    """End a connection with a RST."""
    opened = writer.get_extra_info("socket")
    opened.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
    writer.transport.abort()
