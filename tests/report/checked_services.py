"""A snapshot with checks of every kind and a mail domain, whose servers say hostile things."""

from dataclasses import replace
from datetime import timedelta

from analysis.findings.checked import NO_BANNER, PROHIBITED, TIMES_OUT, fails, series, verified
from tracetui.analysis.findings import find
from tracetui.model import Address, ForeignText, ProbeProtocol, Snapshot
from tracetui.model.mail_domain import (
    Dane,
    Exchanger,
    LookupState,
    MailDomain,
    MtaSts,
    MtaStsPolicy,
    TlsaRecord,
)
from tracetui.model.outside_evidence import OutsideEvidence
from tracetui.model.safe_text import safe_text
from tracetui.model.service_check import (
    CertificateProblem,
    CheckFailure,
    CheckStep,
    DnsAnswer,
    FailureReason,
    HttpAnswer,
    Service,
    ServiceCheck,
    ServiceKind,
    ServiceSeries,
    SmtpDialogue,
    SmtpReply,
    StepTime,
)

HOSTILE = safe_text("a|b `c` **d** <b> [x](http://evil.example) \x1b[31m @all :a: |")
DECLINED = CheckFailure(
    CheckStep.BANNER, FailureReason.REJECTED, ForeignText(f"554 198.51.100.77 is listed {HOSTILE}")
)


def with_services(snapshot: Snapshot) -> Snapshot:
    """The snapshot with checks of its TCP lanes, one outcome a lane, and of other addresses."""
    at = snapshot.created_at - timedelta(seconds=5)
    tcp = [lane for lane in snapshot.lanes if lane.lane.protocol is ProbeProtocol.TCP]
    session = verified(at).tls
    assert session is not None
    strange = replace(
        verified(at),
        tls=replace(session, names_host=False, problem=CertificateProblem.SELF_SIGNED, alpn="http/1.1"),
        http=HttpAnswer(302, ForeignText("http://portal.example/?client=198.51.100.77")),
        smtp=SmtpDialogue(
            SmtpReply(220, ForeignText(f"{HOSTILE} [198.51.100.77]")),
            (ForeignText("STARTTLS"),),
            (ForeignText(HOSTILE),),
        ),
    )
    outcomes = (
        fails(TIMES_OUT),
        verified,
        fails(PROHIBITED),
        fails(DECLINED),
        lambda _: strange,
        fails(NO_BANNER),
    )
    found = []
    for place, outcome in enumerate(outcomes):
        made = series(tcp[place % len(tcp)], *(outcome(at - timedelta(seconds=ago)) for ago in (120, 60, 0)))
        if place >= len(tcp):
            made = replace(
                made, address=Address(f"203.0.113.{place}"), host=ForeignText(f"h{place}.example"), lane=None
            )
        found.append(made)
    dns = ServiceCheck(
        at,
        Address("192.0.2.10"),
        (StepTime(CheckStep.QUERY, 3_000_000),),
        dns=DnsAnswer(ForeignText("a.example."), "A", "NOERROR", 2, False),
    )
    found += [
        ServiceSeries(
            Address("203.0.113.53"),
            ForeignText("ns.example"),
            Service(ServiceKind.DNS_UDP, 53),
            None,
            None,
            (dns,),
            1,
            1,
            at,
        )
    ]
    domains = (_domain(found, at), _nothing(at))
    checked = replace(snapshot, outside=OutsideEvidence(services=tuple(found), mail_domains=domains))
    return replace(checked, findings=find(checked))


def _domain(found: list[ServiceSeries], at) -> MailDomain:
    dane = Dane(LookupState.FOUND, (TlsaRecord(3, 1, 1, "bb"),), True)
    return MailDomain(
        ForeignText("example.org"),
        at,
        LookupState.FOUND,
        (
            Exchanger(10, found[0].host, (found[0].address,), LookupState.FOUND, dane),
            Exchanger(
                20, found[1].host, (found[1].address, Address("203.0.113.99")), LookupState.FOUND, dane
            ),
            Exchanger(
                20, found[4].host, (found[4].address,), LookupState.FOUND, replace(dane, authenticated=False)
            ),
            Exchanger(30, ForeignText("gone.example"), (), LookupState.NONE, Dane(LookupState.FAILED)),
        ),
        True,
        sts=MtaSts(LookupState.FOUND, MtaStsPolicy("enforce", (ForeignText("*.protonmail.ch"),), 86400)),
    )


def _nothing(at) -> MailDomain:
    problem = ForeignText(HOSTILE)
    return MailDomain(
        ForeignText("b.example"), at, LookupState.FAILED, sts=MtaSts(LookupState.FOUND, None, problem)
    )
