"""Results of service checks in words: for evidence, the screen and reports."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Final

from tracetui.model import Snapshot, counted
from tracetui.model.service_check import (
    Certificate,
    CertificateProblem,
    CheckFailure,
    CheckStep,
    FailureReason,
    Service,
    ServiceCheck,
    ServiceKind,
    ServiceSeries,
    TlsSession,
)
from tracetui.words.icmp import icmp_words
from tracetui.words.names import listed, moment_words

_KINDS: Final = {
    ServiceKind.TCP: "TCP",
    ServiceKind.SMTP: "SMTP",
    ServiceKind.SMTPS: "SMTP over TLS",
    ServiceKind.TLS: "TLS",
    ServiceKind.HTTP: "HTTP",
    ServiceKind.HTTPS: "HTTPS",
    ServiceKind.DNS_UDP: "DNS over UDP",
    ServiceKind.DNS_TCP: "DNS over TCP",
}
_STEPS: Final = {
    CheckStep.CONNECT: "connect",
    CheckStep.TLS: "TLS handshake",
    CheckStep.BANNER: "banner",
    CheckStep.EHLO: "answer to EHLO",
    CheckStep.STARTTLS: "answer to STARTTLS",
    CheckStep.EHLO_AFTER_TLS: "answer to EHLO over TLS",
    CheckStep.REQUEST: "HTTP response",
    CheckStep.QUERY: "DNS response",
}
_CONNECTIONS: Final = {
    FailureReason.TIMED_OUT: "connection attempts time out",
    FailureReason.REFUSED: "connections are refused",
    FailureReason.RESET: "connections are reset",
    FailureReason.UNREACHABLE: "connections fail",
    FailureReason.LOCAL: "this machine cannot connect",
}
_ANSWERS: Final = {
    FailureReason.TIMED_OUT: "the {} does not complete in time",
    FailureReason.REFUSED: "the {} is refused",
    FailureReason.RESET: "the connection is reset before the {}",
    FailureReason.CLOSED: "the connection is closed before the {}",
    FailureReason.UNREACHABLE: "the {} fails",
    FailureReason.LOCAL: "this machine cannot wait for the {}",
    FailureReason.TOO_MUCH: "the {} is longer than allowed",
    FailureReason.NOT_UNDERSTOOD: "the {} is not understood",
    FailureReason.REJECTED: "the {} is a refusal",
    FailureReason.TLS_FAILED: "the {} fails",
}
_PROBLEMS: Final = {
    CertificateProblem.EXPIRED: "it has expired",
    CertificateProblem.NOT_YET_VALID: "it is not valid yet",
    CertificateProblem.SELF_SIGNED: "it is self-signed",
    CertificateProblem.UNKNOWN_ISSUER: "its issuer is not trusted here",
    CertificateProblem.OTHER: "it does not verify",
}
_MAX_NAMES: Final = 4


def kind_words(service: Service) -> str:
    """Return `SMTP` or `DNS over UDP`."""
    return _KINDS[service.kind]


def service_words(service: Service) -> str:
    """Return `SMTP, port 25`."""
    return f"{_KINDS[service.kind]}, port {service.port}"


def time_words(nanoseconds: int) -> str:
    """Return `83 ms` or `0.4 ms`."""
    milliseconds = nanoseconds / 1e6
    return f"{milliseconds:.1f} ms" if milliseconds < 10 else f"{milliseconds:.0f} ms"


def failure_words(failure: CheckFailure) -> str:
    """Return where and why a check failed: `connection attempts time out`."""
    at_connect = failure.step is CheckStep.CONNECT and failure.reason in _CONNECTIONS
    words = (
        _CONNECTIONS[failure.reason] if at_connect else _ANSWERS[failure.reason].format(_STEPS[failure.step])
    )
    if failure.icmp is not None:
        family = 6 if failure.icmp.icmp_type == 1 else 4
        message = icmp_words(failure.icmp.icmp_type, failure.icmp.icmp_code, family)
        return f"{words}: ICMP {message} from {failure.icmp.sender or 'a hidden router'}"
    return f"{words}: {failure.detail}" if failure.detail else words


def answer_words(step: CheckStep, took_ns: int, code: int | None) -> str:
    """Return how soon a service answered: `banner 220 in 83 ms`."""
    took = time_words(took_ns)
    match step:
        case CheckStep.BANNER:
            return f"banner {code} in {took}"
        case CheckStep.REQUEST:
            return f"HTTP status {code} in {took}"
        case CheckStep.CONNECT:
            return f"connections open in {took}"
        case _:
            status = "" if code is None else f", HTTP status {code}"
            return f"{_STEPS[step]} in {took}{status}"


def check_words(check: ServiceCheck) -> str:
    """Return the result of a check in short: `banner 220 in 83 ms`, `connections are refused`."""
    if check.failure is not None:
        return failure_words(check.failure)
    took = {one.step: one.took_ns for one in check.steps}
    if check.smtp is not None and CheckStep.BANNER in took:
        return answer_words(CheckStep.BANNER, took[CheckStep.BANNER], check.smtp.banner.code)
    if check.http is not None and CheckStep.REQUEST in took:
        return answer_words(CheckStep.REQUEST, took[CheckStep.REQUEST], check.http.status)
    if check.dns is not None and CheckStep.QUERY in took:
        records = counted(check.dns.answers, "record")
        return f"{check.dns.rcode} with {records} in {time_words(took[CheckStep.QUERY])}"
    last = check.steps[-1]
    return answer_words(last.step, last.took_ns, None)


def row_words(series: ServiceSeries, snapshot: Snapshot) -> str:
    """Return since when checks have had the same result: `since 12:04:07 UTC (17 of 17)`."""
    return since_words(series.since, series.alike, series.total, snapshot)


def since_words(since: datetime, alike: int, total: int, snapshot: Snapshot) -> str:
    """Return `since 12:04:07 UTC (17 of 17)`, or `(the last 3 of 17)`."""
    if total == 1:
        return f"at {moment_words(since, snapshot)} (once)"
    count = f"{alike} of {total}" if alike == total else f"the last {alike} of {total}"
    return f"since {moment_words(since, snapshot)} ({count})"


def check_details(check: ServiceCheck) -> Iterator[str]:
    """Yield what the last check saw, one line per fact."""
    if check.steps:
        yield ", ".join(f"{_STEPS[one.step]} {time_words(one.took_ns)}" for one in check.steps)
    if check.smtp is not None:
        yield f"banner: {check.smtp.banner.code} {check.smtp.banner.text}".rstrip()
        if check.smtp.extensions:
            yield f"EHLO: {', '.join(check.smtp.extensions)}"
        if check.smtp.extensions_after_tls:
            yield f"EHLO over TLS: {', '.join(check.smtp.extensions_after_tls)}"
        elif check.tls is None and check.smtp.extensions and not check.smtp.offers_starttls:
            yield "STARTTLS is not offered"
    if check.tls is not None:
        yield from tls_lines(check.tls, check.started_at)
    if check.http is not None:
        to = "" if check.http.location is None else f", redirects to {check.http.location}"
        yield f"HTTP status {check.http.status}{to}"
    if check.dns is not None:
        cut = ", truncated" if check.dns.truncated else ""
        yield (
            f"{check.dns.record_type} of {check.dns.question}: {check.dns.rcode}, "
            f"{counted(check.dns.answers, 'record')}{cut}"
        )


def tls_lines(session: TlsSession, at: datetime) -> Iterator[str]:
    """Yield what a TLS handshake showed."""
    alpn = f", ALPN {session.alpn}" if session.alpn else ""
    if session.certificate is None:
        yield f"{session.version}{alpn}; its certificate cannot be read"
        return
    yield f"{session.version}{alpn}; {certificate_verdict(session)}"
    yield certificate_words(session.certificate, at)


def certificate_verdict(session: TlsSession) -> str:
    """Return whether a certificate verifies and is for the host."""
    named = "for the host" if session.names_host else "not for the host"
    if session.problem is None:
        return f"the certificate verifies and is {named}"
    return f"the certificate is {named} and does not verify: {_PROBLEMS[session.problem]}"


def certificate_words(certificate: Certificate, at: datetime) -> str:
    """Return names, issuer and dates."""
    names: list[str] = [*certificate.names[:_MAX_NAMES]]
    if len(certificate.names) > _MAX_NAMES:
        names.append(f"{len(certificate.names) - _MAX_NAMES} more")
    days = (certificate.not_after - at).days
    left = f", {counted(days, 'day')} left" if days >= 0 else ""
    return (
        f"certificate for {listed(names) or 'no name'} by {certificate.issuer or 'nobody'}, valid from "
        f"{_day(certificate.not_before)} to {_day(certificate.not_after)}{left}"
    )


def _day(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%d")
