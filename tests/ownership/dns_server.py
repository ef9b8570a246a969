"""A DNS server on loopback, UDP and TCP, that says what a test tells it to, right or wrong."""

import asyncio
import contextlib
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self, cast

import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdatatype
import dns.rrset

Question = tuple[str, str]
"""Name without its final dot, in lower case, and type: `("example.org", "A")`."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What to do with a question."""

    records: tuple[str, ...] = ()
    """`TYPE DATA`, or `NAME TYPE DATA` for a record of another name."""

    rcode: str = "NOERROR"
    truncated: bool = False
    """Over UDP an empty answer with TC; over TCP the records."""

    garbage: bytes | None = None
    """These bytes instead of a message."""

    silent: bool = False
    held: threading.Event | None = None
    """Answer only once this is set."""

    ttl: int = 300


SERVFAIL = Reply(rcode="SERVFAIL")
SILENT = Reply(silent=True)
NXDOMAIN = Reply(rcode="NXDOMAIN")

Zone = Mapping[Question, Reply] | Callable[[str, str], Reply]


def records(*lines: str, **options) -> Reply:
    """A reply with these records."""
    return Reply(tuple(lines), **options)


@dataclass
class DnsServer:
    """A context manager; `address` is for `--dns-server`. Names that a mapping lacks are NXDOMAIN."""

    zone: Zone
    address: str = "127.0.0.1"
    port: int = 0
    delay_s: float = 0.0
    """How long every answer over UDP takes: the way there and back."""

    asked: list[Question] = field(default_factory=list)
    """Every question over UDP, in order."""

    over_tcp: list[Question] = field(default_factory=list)
    most_at_once: int = 0
    """The largest number of UDP questions that were unanswered at one time."""

    def __enter__(self) -> Self:
        self._open = 0
        self._loop = asyncio.new_event_loop()
        started = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(started,), daemon=True)
        self._thread.start()
        assert started.wait(10)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(10)

    @property
    def spelled(self) -> str:
        """Address and port, as an option takes them."""
        return f"{self.address}:{self.port}"

    def reply(self, question: Question) -> Reply:
        """Find what to do."""
        if callable(self.zone):
            return self.zone(*question)
        if question in self.zone:
            return self.zone[question]
        return Reply() if any(name == question[0] for name, _ in self.zone) else NXDOMAIN

    def _run(self, started: threading.Event) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._serve(started))
        self._loop.close()

    async def _serve(self, started: threading.Event) -> None:
        self._stop = asyncio.Event()
        self._tasks: set[asyncio.Task] = set()
        server = await asyncio.start_server(self._over_tcp, self.address, self.port)
        self.port = server.sockets[0].getsockname()[1]
        transport, _ = await self._loop.create_datagram_endpoint(
            lambda: _Udp(self), local_addr=(self.address, self.port)
        )
        started.set()
        await self._stop.wait()
        transport.close()
        server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await asyncio.sleep(0)

    def begin(self, transport: asyncio.DatagramTransport, data: bytes, peer: tuple) -> None:
        """Answer one datagram."""
        task = self._loop.create_task(self._over_udp(transport, data, peer))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _over_udp(self, transport: asyncio.DatagramTransport, data: bytes, peer: tuple) -> None:
        query, question = _parse(data)
        self.asked.append(question)
        reply = self.reply(question)
        self._open += 1
        self.most_at_once = max(self.most_at_once, self._open)
        try:
            if self.delay_s:
                await asyncio.sleep(self.delay_s)
            if reply.held is not None:
                await asyncio.to_thread(reply.held.wait, 30)
            if not reply.silent:
                transport.sendto(_message(query, reply, tcp=False), peer)
        finally:
            self._open -= 1

    async def _over_tcp(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            size = int.from_bytes(await reader.readexactly(2))
            query, question = _parse(await reader.readexactly(size))
            self.over_tcp.append(question)
            reply = self.reply(question)
            if not reply.silent:
                wire = _message(query, reply, tcp=True)
                writer.write(len(wire).to_bytes(2) + wire)
                await writer.drain()
        writer.close()


class _Udp(asyncio.DatagramProtocol):
    def __init__(self, server: DnsServer) -> None:
        self._server = server

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.DatagramTransport", transport)

    def datagram_received(self, data: bytes, addr: tuple) -> None:
        self._server.begin(self._transport, data, addr)


def _parse(data: bytes) -> tuple[dns.message.Message, Question]:
    query = dns.message.from_wire(data)
    name = query.question[0].name.to_text(omit_final_dot=True).lower()
    return query, (name, dns.rdatatype.to_text(query.question[0].rdtype))


def _message(query: dns.message.Message, reply: Reply, *, tcp: bool) -> bytes:
    if reply.garbage is not None:
        return reply.garbage
    answer = dns.message.make_response(query, recursion_available=True)
    answer.set_rcode(dns.rcode.from_text(reply.rcode))
    if reply.truncated and not tcp:
        answer.flags |= dns.flags.TC
        return answer.to_wire()
    for line in reply.records:
        name, kind, data = _record(query, line)
        # Not merged: a server may send a record twice, or of another name.
        answer.answer.append(dns.rrset.from_text(name, reply.ttl, "IN", kind, data))
    return answer.to_wire(max_size=65535)


def _record(query: dns.message.Message, line: str) -> tuple[dns.name.Name, str, str]:
    first, rest = line.split(" ", 1)
    with contextlib.suppress(dns.rdatatype.UnknownRdatatype):
        dns.rdatatype.from_text(first)
        return query.question[0].name, first, rest
    kind, data = rest.split(" ", 1)
    return dns.name.from_text(first), kind, data
