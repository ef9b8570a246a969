"""Snapshots with checks of services beside what was traced."""

from dataclasses import replace
from datetime import timedelta

from tracetui.model import Address, ForeignText, LaneId, LaneSnapshot, ProbeProtocol, Snapshot
from tracetui.model.outside_evidence import OutsideEvidence
from tracetui.model.service_check import (
    Certificate,
    CheckFailure,
    CheckStep,
    FailureReason,
    IcmpCause,
    Service,
    ServiceCheck,
    ServiceKind,
    ServiceSeries,
    SmtpDialogue,
    SmtpReply,
    StepTime,
    TlsSession,
)

SECOND = timedelta(seconds=1)
BANNER = SmtpDialogue(SmtpReply(220, ForeignText("mail.example ESMTP")), (ForeignText("SIZE"),))
CONNECTED = StepTime(CheckStep.CONNECT, 40_000_000)
SPOKE = (CONNECTED, StepTime(CheckStep.BANNER, 83_000_000), StepTime(CheckStep.EHLO, 41_000_000))
TIMES_OUT = CheckFailure(CheckStep.CONNECT, FailureReason.TIMED_OUT)
REFUSED = CheckFailure(CheckStep.CONNECT, FailureReason.REFUSED)
PROHIBITED = CheckFailure(
    CheckStep.CONNECT, FailureReason.UNREACHABLE, icmp=IcmpCause(Address("198.51.100.1"), 3, 13)
)
NO_BANNER = CheckFailure(CheckStep.BANNER, FailureReason.TIMED_OUT)


def answers(at) -> ServiceCheck:
    """A banner."""
    return ServiceCheck(at, Address("192.0.2.10"), SPOKE, smtp=BANNER)


def opens(at) -> ServiceCheck:
    """A connection, and nothing asked."""
    return ServiceCheck(at, Address("192.0.2.10"), (CONNECTED,))


def verified(at) -> ServiceCheck:
    """A banner, and a valid certificate."""
    certificate = Certificate(
        (ForeignText("mail.example"),), ForeignText("CA"), at - 9 * SECOND, at + 9 * SECOND, "aa", "bb"
    )
    session = TlsSession("TLSv1.3", "", certificate, None, True)
    return replace(answers(at), tls=session)


def fails(failure: CheckFailure):
    """A check that fails so."""

    def check(at) -> ServiceCheck:
        return ServiceCheck(at, Address("192.0.2.10"), failure=failure)

    return check


def series(lane: LaneSnapshot, *checks: ServiceCheck, kind: ServiceKind = ServiceKind.SMTP) -> ServiceSeries:
    """The checks of a lane's service, oldest first."""
    one = lane.lane
    first, *others = checks
    vantage = None if one.vantage is None else Address(one.vantage)
    host, service = ForeignText(one.host), Service(kind, one.port or 0)
    found = ServiceSeries(
        Address(one.address), host, service, vantage, LaneId(one.id), (first,), 1, 1, first.started_at
    )
    for check in others:
        found = found.added(check)
    return found


def checked(snapshot: Snapshot, check, *, ago: float = 1, times: int = 3) -> Snapshot:
    """A snapshot in which every TCP lane was checked so, the last time so many seconds before its end."""
    found = []
    for lane in snapshot.lanes:
        if lane.lane.protocol is ProbeProtocol.TCP:
            moments = [snapshot.created_at - (ago + back) * SECOND for back in reversed(range(times))]
            found.append(series(lane, *map(check, moments)))
    return replace(snapshot, outside=OutsideEvidence(services=tuple(found)))
