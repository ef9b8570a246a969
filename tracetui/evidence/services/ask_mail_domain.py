"""Asks what a mail domain publishes: MX, addresses of the exchangers, MTA-STS, TLSA.

It brings dnspython along: import it late.
"""

import asyncio
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

import dns.asyncresolver
import dns.exception
import dns.flags
import dns.name
import dns.nameserver
import dns.rdata
import dns.rdatatype
import dns.resolver

from tracetui.evidence.services.check_service import Client
from tracetui.evidence.services.connection import Connection
from tracetui.evidence.services.http_request import fetch
from tracetui.evidence.services.limits import StepError
from tracetui.model.mail_domain import (
    Dane,
    Exchanger,
    LookupState,
    MailDomain,
    MtaSts,
    MtaStsPolicy,
    TlsaRecord,
)
from tracetui.model.reference import Address, ForeignText
from tracetui.model.safe_text import safe_text
from tracetui.model.service_check import FailureReason

MAX_EXCHANGERS: Final = 20
_MAX_ADDRESSES: Final = 16
"""Of one exchanger."""

_MAX_RECORDS: Final = 16
_MAX_DATA: Final = 128
"""Hexadecimal digits kept of a TLSA record: those of SHA-512."""

_MAX_PATTERNS: Final = 50
_AT_ONCE: Final = 8
"""Questions about one domain that are open at a time: others decide how many exchangers it has."""

_LIFETIME_S: Final = 5.0
_TRY_S: Final = 1.5
_STS_RECORD: Final = re.compile(r"v=STSv1\s*;")
_STS_PATH: Final = "/.well-known/mta-sts.txt"
_MODES: Final = {"enforce", "testing", "none"}
_MAX_AGE_DIGITS: Final = 10


@dataclass(frozen=True, slots=True)
class _Answer:
    state: LookupState
    records: Sequence[dns.rdata.Rdata] = ()
    authenticated: bool = False


class _Questions:
    """Asks for records, and says whether the resolver claims to have validated them (RFC 6840, 5.7)."""

    def __init__(self, server: tuple[str, int] | None) -> None:
        """`server`: the only one to ask; None: those of /etc/resolv.conf. Raises DNSException, OSError."""
        if server is None:
            self._resolver = dns.asyncresolver.Resolver()
        else:
            self._resolver = dns.asyncresolver.Resolver(configure=False)
            self._resolver.nameservers = [dns.nameserver.Do53Nameserver(*server)]
        self._resolver.timeout = _TRY_S
        self._resolver.flags = dns.flags.RD | dns.flags.AD
        self._slots = asyncio.Semaphore(_AT_ONCE)

    async def ask(self, name: str, kind: str) -> _Answer:
        try:
            async with self._slots:
                answer = await self._resolver.resolve(
                    dns.name.from_text(name), kind, search=False, lifetime=_LIFETIME_S
                )
        except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
            return _Answer(LookupState.NONE)
        except (dns.exception.DNSException, OSError, ValueError):
            return _Answer(LookupState.FAILED)
        return _Answer(LookupState.FOUND, tuple(answer), bool(answer.response.flags & dns.flags.AD))


@dataclass(frozen=True, slots=True)
class MailDomains:
    """Asks about mail domains over one resolver."""

    client: Client
    server: tuple[str, int] | None = None
    """The only DNS server to ask; None: the system's."""

    source: Callable[[str], str | None] = field(default=lambda _: None)
    """Returns the source address for a connection to an address."""

    sts_port: int = 443

    async def ask(self, domain: str, port: int, now: Callable[[], datetime]) -> MailDomain:
        """Return what `domain` publishes; `port` is the one that its exchangers take mail at."""
        asked_at = now()
        shown = ForeignText(safe_text(domain, limit=255))
        try:
            questions = _Questions(self.server)
        except (dns.exception.DNSException, OSError, ValueError):
            return MailDomain(shown, asked_at, LookupState.FAILED, sts=MtaSts(LookupState.FAILED))
        mx, sts = await asyncio.gather(questions.ask(domain, "MX"), self._sts(questions, domain))
        hosts = _by_preference(mx.records) if mx.state is LookupState.FOUND else [(0, domain)]
        if mx.state is LookupState.FAILED:
            hosts = []
        exchangers = await asyncio.gather(
            *(_exchanger(questions, preference, host, port) for preference, host in hosts[:MAX_EXCHANGERS])
        )
        return MailDomain(
            domain=shown,
            asked_at=asked_at,
            state=mx.state,
            exchangers=tuple(exchangers),
            authenticated=mx.authenticated,
            takes_no_mail=mx.state is LookupState.FOUND and not hosts,
            sts=sts,
        )

    async def _sts(self, questions: _Questions, domain: str) -> MtaSts:
        answer = await questions.ask(f"_mta-sts.{domain}", "TXT")
        texts = [_text_of(record) for record in answer.records]
        valid = [text for text in texts if _STS_RECORD.match(text)]
        if answer.state is not LookupState.FOUND or not valid:
            failed = answer.state is LookupState.FAILED
            return MtaSts(LookupState.FAILED if failed else LookupState.NONE)
        if len(valid) > 1:  # RFC 8461 section 3.1
            return MtaSts(LookupState.FOUND, None, ForeignText("there are several records"))
        try:
            limits = self.client.limits
            async with asyncio.timeout(limits.total_s):
                policy = await self._policy(questions, f"mta-sts.{domain}")
        except StepError as error:
            words = error.detail or error.reason.value.replace("_", " ")
            return MtaSts(LookupState.FOUND, None, ForeignText(words))
        except TimeoutError:
            return MtaSts(LookupState.FOUND, None, ForeignText("its server does not answer in time"))
        except Exception as error:  # noqa: BLE001  (as in `check_service`)
            return MtaSts(LookupState.FOUND, None, ForeignText(safe_text(repr(error))))
        return MtaSts(LookupState.FOUND, policy)

    async def _policy(self, questions: _Questions, host: str) -> MtaStsPolicy:
        """Fetch the policy: from a verified server, without following redirects (RFC 8461 section 3.3)."""
        from tracetui.evidence.services.tls_client import TlsClient

        addresses, _ = await _addresses(questions, host)
        if not addresses:
            raise StepError(FailureReason.LOCAL, f"{host} has no address")
        connection = await self._connect(addresses)
        try:
            session = await connection.start_tls(TlsClient(host, ("http/1.1",), self.client.authorities))
            if not session.verified:
                raise StepError(FailureReason.TLS_FAILED, f"the certificate of {host} does not verify")
            page = await fetch(connection, host, _STS_PATH)
        finally:
            connection.close()
        if page.status != 200:
            raise StepError(FailureReason.REJECTED, f"its server answers with HTTP status {page.status}")
        return read_policy(page.body)

    async def _connect(self, addresses: Sequence[str]) -> Connection:
        """Connect to the first address that takes the connection."""
        failure = StepError(FailureReason.TIMED_OUT, "its server does not answer in time")
        for address in addresses:
            try:
                async with asyncio.timeout(self.client.limits.connect_s):
                    return await Connection.open(address, self.sts_port, self.source(address))
            except StepError as error:
                words = error.detail or error.reason.value.replace("_", " ")
                failure = StepError(error.reason, f"its server cannot be reached: {words}", error.icmp)
            except TimeoutError:
                continue
        raise failure


def read_policy(body: bytes) -> MtaStsPolicy:
    """Return a policy file's contents. Raises StepError where it is none."""
    fields: dict[str, list[str]] = {}
    for line in body.decode("utf-8", "replace").splitlines():
        key, colon, value = line.partition(":")
        if colon:
            fields.setdefault(key.strip(), []).append(value.strip())
    mode, age = fields.get("mode", [""])[0], fields.get("max_age", [""])[0]
    valid_age = age.isascii() and age.isdigit() and len(age) <= _MAX_AGE_DIGITS
    if fields.get("version") != ["STSv1"] or mode not in _MODES or not valid_age:
        raise StepError(FailureReason.NOT_UNDERSTOOD, "what its server sends is no policy")
    patterns = tuple(ForeignText(safe_text(one, limit=255)) for one in fields.get("mx", [])[:_MAX_PATTERNS])
    return MtaStsPolicy(mode, patterns, int(age))


def _by_preference(records: Sequence[dns.rdata.Rdata]) -> list[tuple[int, str]]:
    """Return preferences and hosts of MX records, equal ones by name; a null MX (RFC 7505) is left out."""
    found = {
        (record.preference, record.exchange.canonicalize().to_text(omit_final_dot=True))  # type: ignore[attr-defined]
        for record in records
        if record.exchange != dns.name.root  # type: ignore[attr-defined]
    }
    return sorted(found)


async def _exchanger(questions: _Questions, preference: int, host: str, port: int) -> Exchanger:
    (addresses, state), dane = await asyncio.gather(
        _addresses(questions, host), questions.ask(f"_{port}._tcp.{host}", "TLSA")
    )
    return Exchanger(
        preference=preference,
        host=ForeignText(safe_text(host, limit=255)),
        addresses=tuple(map(Address, addresses)),
        addresses_state=state,
        dane=Dane(dane.state, tuple(map(_tlsa, dane.records[:_MAX_RECORDS])), dane.authenticated),
    )


async def _addresses(questions: _Questions, host: str) -> tuple[Sequence[str], LookupState]:
    answers = await asyncio.gather(questions.ask(host, "A"), questions.ask(host, "AAAA"))
    found = [
        str(record.address)  # type: ignore[attr-defined]
        for answer in answers
        for record in answer.records[:_MAX_ADDRESSES]
    ]
    if found:
        return tuple(dict.fromkeys(found)), LookupState.FOUND
    failed = any(answer.state is LookupState.FAILED for answer in answers)
    return (), LookupState.FAILED if failed else LookupState.NONE


def _tlsa(record: dns.rdata.Rdata) -> TlsaRecord:
    data: bytes = record.cert  # type: ignore[attr-defined]
    return TlsaRecord(
        record.usage,  # type: ignore[attr-defined]
        record.selector,  # type: ignore[attr-defined]
        record.mtype,  # type: ignore[attr-defined]
        data.hex()[:_MAX_DATA],
    )


def _text_of(record: dns.rdata.Rdata) -> str:
    strings: Sequence[bytes] = record.strings  # type: ignore[attr-defined]
    return b"".join(strings).decode("utf-8", "replace")
