"""Asks a JSON service over HTTP: bounded answers, time-outs, and its wish to be asked later."""

import asyncio
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from tracetui import __version__
from tracetui.evidence.json_documents import Json
from tracetui.model import EvidenceError, safe_text

if TYPE_CHECKING:
    from httpx import AsyncClient, Response

MAX_BODY: Final = 8 << 20
"""Bytes of an answer, where a service needs no more."""

_MAX_REFUSAL: Final = 64 << 10
"""Bytes that are read of an answer which tells what is wrong."""

_MAX_DELAY_S: Final = 86_400.0


class RefusedForNowError(EvidenceError):
    """The service wants to be asked later."""


class UnreachableError(EvidenceError):
    """No whole answer came, or one that tells of trouble at the service: the next try may succeed."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a service answered."""

    body: bytes
    value: Json
    headers: Mapping[str, str]
    """By name in lower case."""


def _says_nothing(_: Json) -> str:
    return ""


@dataclass
class JsonService:
    """A service for one event loop; nothing is asked before the time that it named."""

    name: str
    base_url: str
    timeout_s: float
    """For one call, from connecting to the last byte."""

    max_wait_s: float
    """The longest wait for a service that asks for patience; a longer one is told to the user."""

    max_body: int = MAX_BODY
    refusal: Callable[[Json], str] = _says_nothing
    """Finds the service's own words in an answer that is no success; safe text."""

    now: Callable[[], datetime] = field(default=lambda: datetime.now(UTC))
    waits: Callable[[datetime], None] = field(default=lambda _: None)
    """Is told until when a call waits, at the service's wish."""

    _not_before: float = 0.0
    """By the monotonic clock."""

    def client(self, **headers: str) -> "AsyncClient":
        """Return a client, a context manager, that sends these headers with every call."""
        import httpx  # takes a tenth of a second

        return httpx.AsyncClient(
            timeout=self.timeout_s,
            # A connection that the server has just closed cannot be told from one that broke: none is kept.
            limits=httpx.Limits(max_keepalive_connections=0),
            headers={
                "User-Agent": f"tracetui/{__version__}",
                "Accept-Encoding": "identity",
                "Connection": "close",
                **headers,
            },
        )

    async def call(
        self,
        client: "AsyncClient",
        what: str,
        path: str,
        *,
        method: str = "GET",
        parameters: Mapping[str, str] | None = None,
        body: object = None,
        succeeded: HTTPStatus = HTTPStatus.OK,
    ) -> Answer:
        """Return the answer to one call; `what` names it in errors. Raises EvidenceError with one line.

        A service that asks for patience is waited for once, if it is not for long.
        """
        request = _Request(what, method, f"{self.base_url}/{path}", parameters or {}, body, succeeded)
        try:
            return await self._try(client, request)
        except RefusedForNowError:
            wait_s = self._not_before - time.monotonic()
            if wait_s > self.max_wait_s:
                raise
            self.waits(datetime.fromtimestamp(self.now().timestamp() + max(0.0, wait_s), UTC))
            await asyncio.sleep(max(0.0, wait_s))
        return await self._try(client, request)

    async def _try(self, client: "AsyncClient", request: "_Request") -> Answer:
        import httpx

        what = f"{self.name} {request.what}".rstrip()
        wait_s = self._not_before - time.monotonic()
        if wait_s > 0:
            raise RefusedForNowError(_patience(what, wait_s))
        try:
            async with (
                asyncio.timeout(self.timeout_s),
                client.stream(
                    request.method,
                    request.url,
                    params=request.parameters,
                    json=request.body,
                ) as response,
            ):
                await self._check(what, response, request.succeeded)
                body = await _body(what, response, self.max_body)
        except TimeoutError:
            raise UnreachableError(f"{what}: no whole answer in {self.timeout_s:g} s") from None
        except httpx.TimeoutException:
            raise UnreachableError(f"{what}: nothing for {self.timeout_s:g} s") from None
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            said = safe_text(str(error) or type(error).__name__)
            raise UnreachableError(f"{what}: {said}") from None
        if request.succeeded is HTTPStatus.NO_CONTENT:
            return Answer(b"", None, {})
        try:
            value: Json = json.loads(body)
        except (ValueError, RecursionError):
            raise EvidenceError(f"{what}: the answer is no JSON") from None
        return Answer(body, value, {name.lower(): text for name, text in response.headers.items()})

    async def _check(self, what: str, response: "Response", succeeded: HTTPStatus) -> None:
        """Raise EvidenceError for an answer that is none."""
        status = response.status_code
        if status == HTTPStatus.TOO_MANY_REQUESTS or (
            status == HTTPStatus.SERVICE_UNAVAILABLE and "retry-after" in response.headers
        ):
            wait_s = retry_after(response.headers.get("retry-after", ""), self.now())
            self._not_before = time.monotonic() + wait_s
            raise RefusedForNowError(_patience(what, wait_s))
        if status != succeeded:
            said = self._said(await _body(what, response, _MAX_REFUSAL)) if status < 500 else ""
            reason = safe_text(response.reason_phrase, limit=60)
            told = f"{what}: HTTP {status} {reason}".rstrip() + (f": {said}" if said else "")
            raise (UnreachableError if status >= 500 else EvidenceError)(told)
        if response.headers.get("content-encoding", "identity") != "identity":
            raise EvidenceError(f"{what}: a packed answer, which was not asked for")

    def _said(self, body: bytes) -> str:
        try:
            return self.refusal(json.loads(body))
        except (ValueError, RecursionError):
            return ""


@dataclass(frozen=True, slots=True)
class _Request:
    what: str
    method: str
    url: str
    parameters: Mapping[str, str]
    body: object
    succeeded: HTTPStatus


def _patience(what: str, wait_s: float) -> str:
    return f"{what}: asked too often; ask again in {max(1, round(wait_s))} s"


def retry_after(value: str, now: datetime) -> float:
    """Return the seconds that a Retry-After header names (RFC 9110 section 10.2.3); a minute without one."""
    value = value.strip()
    if value.isascii() and value.isdigit():
        return min(float(value[:9]), _MAX_DELAY_S)
    from email.utils import parsedate_to_datetime

    try:
        until = parsedate_to_datetime(value)
    except ValueError:
        return 60.0
    moment = until if until.tzinfo is not None else until.replace(tzinfo=UTC)
    return min(max(0.0, (moment - now).total_seconds()), _MAX_DELAY_S)


async def _body(what: str, response: "Response", limit: int) -> bytes:
    parts: list[bytes] = []
    size = 0
    async for part in response.aiter_raw():
        size += len(part)
        if size > limit:
            amount = f"{limit >> 20} MiB" if limit >= 1 << 20 else f"{limit >> 10} KiB"
            raise EvidenceError(f"{what}: more than {amount}, the answer is not read")
        parts.append(part)
    return b"".join(parts)
