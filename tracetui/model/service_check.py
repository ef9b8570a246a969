"""Checks of services: a real connection to an endpoint, how far it got, how soon, and what was answered.

All text of servers is safe text, cut to a line. Steps take nanoseconds; moments are aware.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from itertools import takewhile
from typing import Final

from tracetui.model.reference import Address, ForeignText, LaneId

MAX_CHECKS_KEPT: Final = 60
"""Checks of one service that a series keeps; older ones are counted."""


class ServiceKind(StrEnum):
    """What is said over a connection."""

    TCP = "tcp"
    """Nothing: it is opened and closed."""

    SMTP = "smtp"
    """Banner, EHLO, STARTTLS and EHLO again where it is offered, QUIT. No mail is sent."""

    SMTPS = "smtps"
    """The same over TLS from the start (RFC 8314)."""

    TLS = "tls"
    HTTP = "http"
    HTTPS = "https"
    DNS_UDP = "dns_udp"
    DNS_TCP = "dns_tcp"


@dataclass(frozen=True, slots=True)
class Service:
    """What is checked at an address."""

    kind: ServiceKind
    port: int

    @property
    def over_tcp(self) -> bool:
        """True for all but DNS over UDP."""
        return self.kind is not ServiceKind.DNS_UDP


_KINDS: Final[dict[int, tuple[ServiceKind, ...]]] = {
    25: (ServiceKind.SMTP,),
    53: (ServiceKind.DNS_UDP, ServiceKind.DNS_TCP),
    80: (ServiceKind.HTTP,),
    443: (ServiceKind.HTTPS,),
    465: (ServiceKind.SMTPS,),
    587: (ServiceKind.SMTP,),
    636: (ServiceKind.TLS,),
    853: (ServiceKind.TLS,),
    990: (ServiceKind.TLS,),
    993: (ServiceKind.TLS,),
    995: (ServiceKind.TLS,),
    8080: (ServiceKind.HTTP,),
    8443: (ServiceKind.HTTPS,),
}


def services_of_port(port: int) -> tuple[Service, ...]:
    """Return what is checked at a TCP port: the service it is assigned to, else the bare connection."""
    return tuple(Service(kind, port) for kind in _KINDS.get(port, (ServiceKind.TCP,)))


class CheckStep(StrEnum):
    """The steps of a check, in their order."""

    CONNECT = "connect"
    TLS = "tls"
    BANNER = "banner"
    EHLO = "ehlo"
    STARTTLS = "starttls"
    EHLO_AFTER_TLS = "ehlo_after_tls"
    REQUEST = "request"
    """The head of an HTTP response arrives."""

    QUERY = "query"
    """A DNS response arrives."""


class FailureReason(StrEnum):
    """Why a step failed."""

    TIMED_OUT = "timed_out"
    REFUSED = "refused"
    """By a RST, or by the ICMP message given with it."""

    RESET = "reset"
    CLOSED = "closed"
    """The other side ended the connection without an answer."""

    UNREACHABLE = "unreachable"
    """By an ICMP message of another machine."""

    LOCAL = "local"
    """This machine could not send: no route, no neighbour, no such source address, a local filter."""

    TOO_MUCH = "too_much"
    """More was sent than an answer may have."""

    NOT_UNDERSTOOD = "not_understood"
    """The answer is not of this protocol."""

    REJECTED = "rejected"
    """An answer of the protocol that declines: SMTP codes from 400 on."""

    TLS_FAILED = "tls_failed"


@dataclass(frozen=True, slots=True)
class IcmpCause:
    """The ICMP message that ended a connection attempt."""

    sender: Address
    icmp_type: int
    icmp_code: int


@dataclass(frozen=True, slots=True)
class CheckFailure:
    """Where a check ended, and why."""

    step: CheckStep
    reason: FailureReason
    detail: ForeignText = ForeignText("")  # noqa: RUF009  (an immutable string)
    """The system's or the server's own words; "" where they add nothing."""

    icmp: IcmpCause | None = None


@dataclass(frozen=True, slots=True)
class StepTime:
    """A step that succeeded."""

    step: CheckStep
    took_ns: int


@dataclass(frozen=True, slots=True)
class SmtpReply:
    """A reply of an SMTP server; its lines joined."""

    code: int
    text: ForeignText


@dataclass(frozen=True, slots=True)
class SmtpDialogue:
    """What an SMTP server said."""

    banner: SmtpReply
    extensions: tuple[ForeignText, ...] = ()
    """Of the answer to EHLO, without its greeting, which names the client."""

    extensions_after_tls: tuple[ForeignText, ...] | None = None
    """None where no TLS was begun by STARTTLS."""

    @property
    def offers_starttls(self) -> bool:
        """True where STARTTLS is among the extensions."""
        return any(line.upper() == "STARTTLS" for line in self.extensions)


class CertificateProblem(StrEnum):
    """Why this machine's certificate authorities do not vouch for a certificate."""

    EXPIRED = "expired"
    NOT_YET_VALID = "not_yet_valid"
    SELF_SIGNED = "self_signed"
    UNKNOWN_ISSUER = "unknown_issuer"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Certificate:
    """A server's certificate."""

    names: tuple[ForeignText, ...]
    """Of its subject alternative names, host names and addresses; of a longer list the first."""

    issuer: ForeignText
    not_before: datetime
    not_after: datetime
    sha256: str
    """Of the whole certificate, hexadecimal."""

    key_sha256: str
    """Of its SubjectPublicKeyInfo, hexadecimal."""


@dataclass(frozen=True, slots=True)
class TlsSession:
    """A TLS handshake that was completed, whatever the certificate is worth."""

    version: str
    """`TLSv1.3`."""

    alpn: str
    """The protocol chosen by ALPN; "" for none."""

    certificate: Certificate | None
    """None where it cannot be read."""

    problem: CertificateProblem | None = None
    """None: the certificate authorities that this machine trusts vouch for it."""

    names_host: bool | None = None
    """Whether it is for the name, or address, that was asked for."""

    @property
    def verified(self) -> bool:
        """True for a valid certificate of the host: whoever answers has the host's key."""
        return self.certificate is not None and self.problem is None and self.names_host is True


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    """The head of a response to `GET /`."""

    status: int
    location: ForeignText | None = None
    """Where it redirects to."""


@dataclass(frozen=True, slots=True)
class DnsAnswer:
    """A DNS response."""

    question: ForeignText
    record_type: str
    rcode: str
    """`NOERROR`, `REFUSED`."""

    answers: int
    """Records in its answer section."""

    truncated: bool


@dataclass(frozen=True, slots=True)
class ServiceCheck:
    """One check of one service."""

    started_at: datetime
    source: Address | None = None
    """Address that it left from; None where that was not decided."""

    steps: tuple[StepTime, ...] = ()
    """The steps that succeeded, in order."""

    failure: CheckFailure | None = None
    """None: all steps succeeded."""

    smtp: SmtpDialogue | None = None
    tls: TlsSession | None = None
    http: HttpAnswer | None = None
    dns: DnsAnswer | None = None

    def took_ns(self, step: CheckStep) -> int | None:
        """Return how long a step took; None where it did not succeed."""
        return next((one.took_ns for one in self.steps if one.step is step), None)

    @property
    def ending(self) -> tuple[CheckStep, FailureReason] | None:
        """Where and why it failed; None where it worked. Checks with the same ending are alike."""
        return None if self.failure is None else (self.failure.step, self.failure.reason)

    @property
    def spoke(self) -> bool:
        """True where something at the other side answered in the service's own protocol."""
        return any(said is not None for said in (self.smtp, self.tls, self.http, self.dns))


@dataclass(frozen=True, slots=True)
class ServiceSeries:
    """The checks of one service of one endpoint from one vantage."""

    address: Address
    host: ForeignText
    service: Service
    vantage: Address | None
    """Source address asked for; None: the system's choice."""

    lane: LaneId | None
    """The lane to the same address and port; None where it is not traced."""

    checks: tuple[ServiceCheck, ...]
    """The last `MAX_CHECKS_KEPT`, oldest first; never empty."""

    total: int
    """All checks."""

    alike: int
    """How many of the last checks, in a row, ended as the last did."""

    since: datetime
    """Start of the first of these."""

    @property
    def last(self) -> ServiceCheck:
        """The newest check."""
        return self.checks[-1]

    @property
    def works(self) -> bool:
        """True where the last check succeeded."""
        return self.last.failure is None

    def added(self, check: ServiceCheck) -> "ServiceSeries":
        """Return the series with one more check."""
        goes_on = check.ending == self.last.ending
        return replace(
            self,
            checks=(*self.checks, check)[-MAX_CHECKS_KEPT:],
            total=self.total + 1,
            alike=self.alike + 1 if goes_on else 1,
            since=self.since if goes_on else check.started_at,
        )

    def until(self, moment: datetime) -> "ServiceSeries | None":
        """Return the series as it stood at a moment; None where it had no check yet.

        A row of alike checks whose beginning is no longer kept counts from the oldest check kept.
        """
        if self.last.started_at <= moment:
            return self
        kept = tuple(check for check in self.checks if check.started_at <= moment)
        if not kept:
            return None
        row = list(takewhile(lambda check: check.ending == kept[-1].ending, reversed(kept)))
        later = len(self.checks) - len(kept)
        return replace(self, checks=kept, total=self.total - later, alike=len(row), since=row[-1].started_at)
