"""Checks one service of one endpoint, step by step, each within its time limit."""

import asyncio
import contextlib
import socket
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from tracetui.evidence.services.connection import Connection, open_socket
from tracetui.evidence.services.limits import Limits, StepError
from tracetui.evidence.services.smtp_dialogue import accept, ask_starttls, read_banner, say_ehlo, say_quit
from tracetui.model.reference import Address, ForeignText
from tracetui.model.safe_text import safe_text
from tracetui.model.service_check import (
    CheckFailure,
    CheckStep,
    DnsAnswer,
    FailureReason,
    HttpAnswer,
    Service,
    ServiceCheck,
    ServiceKind,
    SmtpDialogue,
    StepTime,
    TlsSession,
)

if TYPE_CHECKING:
    from tracetui.evidence.services.tls_client import TlsClient

_TLS_AT_ONCE = {ServiceKind.SMTPS, ServiceKind.TLS, ServiceKind.HTTPS}
_MAIL = {ServiceKind.SMTP, ServiceKind.SMTPS}
_WEB = {ServiceKind.HTTP, ServiceKind.HTTPS}


@dataclass(frozen=True, slots=True)
class Request:
    """What to check, from where."""

    address: str
    host: str
    """Name for SNI, certificate, `Host:` and DNS; the address itself where it has none."""

    service: Service
    source: str | None = None
    interface: str | None = None


@dataclass(frozen=True, slots=True)
class Client:
    """How checks are made."""

    limits: Limits = Limits()  # noqa: RUF009  (frozen)
    authorities: Path | None = None
    """PEM file of certificate authorities to trust; None: the system's."""


async def check_service(request: Request, client: Client, now: Callable[[], datetime]) -> ServiceCheck:
    """Return what a check came to, within `client.limits`; only cancellation is raised."""
    course = _Course(request, client)
    started_at = now()
    failure = None
    try:
        async with asyncio.timeout(client.limits.total_s):
            await course.run()
    except StepError as error:
        failure = CheckFailure(course.step, error.reason, error.detail, error.icmp)
    except TimeoutError:
        failure = CheckFailure(course.step, FailureReason.TIMED_OUT)
    except Exception as error:  # noqa: BLE001  (what libraries make of hostile answers is not declared)
        failure = CheckFailure(course.step, FailureReason.NOT_UNDERSTOOD, ForeignText(safe_text(repr(error))))
    finally:
        course.close()
    return ServiceCheck(
        started_at=started_at,
        source=None if course.source is None else Address(course.source),
        steps=tuple(course.steps),
        failure=failure,
        smtp=course.smtp,
        tls=course.tls,
        http=course.http,
        dns=course.dns,
    )


class _Course:
    """A check under way, and what is known already."""

    def __init__(self, request: Request, client: Client) -> None:
        self._request, self._client, self._limits = request, client, client.limits
        self._connection: Connection | None = None
        self.step = CheckStep.CONNECT
        self.steps: list[StepTime] = []
        self.source: str | None = request.source
        self.smtp: SmtpDialogue | None = None
        self.tls: TlsSession | None = None
        self.http: HttpAnswer | None = None
        self.dns: DnsAnswer | None = None

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()

    async def run(self) -> None:
        """Raises StepError and TimeoutError."""
        kind = self._request.service.kind
        if kind is ServiceKind.DNS_UDP:
            await self._dns_over_udp()
            return
        connection = await self._connect()
        if kind in _TLS_AT_ONCE:
            await self._start_tls(connection)
        if kind in _MAIL:
            await self._speak_smtp(connection)
        elif kind in _WEB:
            from tracetui.evidence.services.http_request import ask_head

            async with self._taking(CheckStep.REQUEST, self._limits.answer_s):
                self.http = await ask_head(connection, self._request.host)
        elif kind is ServiceKind.DNS_TCP:
            from tracetui.evidence.services.dns_query import ask_over_tcp, question

            async with self._taking(CheckStep.QUERY, self._limits.answer_s):
                self.dns = await ask_over_tcp(connection, question(self._name, self._family))

    @contextlib.asynccontextmanager
    async def _taking(self, step: CheckStep, limit_s: float) -> AsyncIterator[None]:
        self.step = step
        began = time.perf_counter_ns()
        async with asyncio.timeout(limit_s):
            yield
        self.steps.append(StepTime(step, time.perf_counter_ns() - began))

    @property
    def _name(self) -> str:
        """The host where it is a name."""
        return "" if self._request.host == self._request.address else self._request.host

    @property
    def _family(self) -> int:
        return 6 if ":" in self._request.address else 4

    async def _connect(self) -> Connection:
        asked = self._request
        async with self._taking(CheckStep.CONNECT, self._limits.connect_s):
            self._connection = await Connection.open(
                asked.address, asked.service.port, asked.source, asked.interface
            )
        self.source = self._connection.source
        return self._connection

    async def _start_tls(self, connection: Connection) -> None:
        client = self._tls_client()  # to import and to load authorities takes a while
        async with self._taking(CheckStep.TLS, self._limits.answer_s):
            self.tls = await connection.start_tls(client)

    def _tls_client(self) -> "TlsClient":
        from tracetui.evidence.services.tls_client import TlsClient

        alpn = ("http/1.1",) if self._request.service.kind is ServiceKind.HTTPS else ()
        return TlsClient(self._request.host, alpn, self._client.authorities)

    async def _speak_smtp(self, connection: Connection) -> None:
        try:
            await self._introduce(connection)
        except StepError as error:
            if error.reason is FailureReason.REJECTED:
                await self._say_quit(connection)
            raise
        await self._say_quit(connection)

    async def _introduce(self, connection: Connection) -> None:
        async with self._taking(CheckStep.BANNER, self._limits.banner_s):
            banner = await read_banner(connection)
            self.smtp = said = SmtpDialogue(banner)
            accept(banner)
        async with self._taking(CheckStep.EHLO, self._limits.answer_s):
            extensions = await say_ehlo(connection)
            self.smtp = said = SmtpDialogue(banner, extensions)
        if said.offers_starttls and self.tls is None:
            async with self._taking(CheckStep.STARTTLS, self._limits.answer_s):
                await ask_starttls(connection)
            await self._start_tls(connection)
            async with self._taking(CheckStep.EHLO_AFTER_TLS, self._limits.answer_s):
                self.smtp = SmtpDialogue(banner, extensions, await say_ehlo(connection))

    async def _say_quit(self, connection: Connection) -> None:
        with contextlib.suppress(StepError, TimeoutError):
            async with asyncio.timeout(self._limits.goodbye_s):
                await say_quit(connection)

    async def _dns_over_udp(self) -> None:
        from tracetui.evidence.services.dns_query import ask_over_udp, question

        asked = self._request
        self.step = CheckStep.QUERY
        opened, target = open_socket(
            asked.address, asked.service.port, socket.SOCK_DGRAM, asked.source, asked.interface
        )
        with opened:
            async with self._taking(CheckStep.QUERY, self._limits.answer_s):
                await asyncio.get_running_loop().sock_connect(opened, target)
                self.source = opened.getsockname()[0].partition("%")[0]
                self.dns = await ask_over_udp(opened, question(self._name, self._family))
