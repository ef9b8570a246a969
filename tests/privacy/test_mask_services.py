"""What servers say of their clients is not told under a mask."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from analysis.findings.checked import PROHIBITED, checked, fails
from analysis.findings.simulated import run
from tracetui.model import Address, ForeignText
from tracetui.model.service_check import (
    Certificate,
    CertificateProblem,
    CheckFailure,
    CheckStep,
    FailureReason,
    HttpAnswer,
    IcmpCause,
    SmtpReply,
    TlsSession,
)
from tracetui.privacy.mask import masked
from tracetui.privacy.mask_services import without_clients
from tracetui.report import json_text
from tracetui.simulation.catalogue import load

AT = datetime(2026, 11, 30, tzinfo=UTC)
OWN = Certificate((ForeignText("mx.example"),), ForeignText("Example Corp Proxy"), AT, AT, "aa", "bb")


@pytest.mark.parametrize(
    ("code", "said", "shown"),
    [
        (220, "mx.example ESMTP", "mx.example ESMTP"),
        (220, "mx.example [198.51.100.7] at your service", "mx.example [hidden] at your service"),
        (220, "mx hello 198-51-100-7.isp.example", "mx hello hidden.isp.example"),
        (220, "mx [IPv6:2001:db8::7]", "mx [IPv6:hidden]"),
        (220, "mx 10:15:02 ready", "mx hidden ready"),
        (554, "dsl-7.isp.example is listed", "hidden"),
        (220, "", ""),
    ],
)
def test_replies(code, said, shown):
    assert without_clients(SmtpReply(code, ForeignText(said))) == SmtpReply(code, ForeignText(shown))


@pytest.mark.parametrize(
    ("detail", "shown"),
    [
        ("554 dsl-7.isp.example is listed", "554 hidden"),
        ("no route to host", "no route to host"),
        ("Hello 198.51.100.7", "Hello hidden"),
        ("", ""),
    ],
)
def test_details(detail, shown):
    failure = CheckFailure(CheckStep.BANNER, FailureReason.REJECTED, ForeignText(detail))
    assert without_clients(failure) == replace(failure, detail=ForeignText(shown))


@pytest.mark.parametrize(
    ("location", "shown"),
    [
        ("https://www.example.org/page?client=198.51.100.7", "https://www.example.org/…"),
        ("http://user:word@198.51.100.7/x", "http://hidden/…"),
        ("/login?from=198.51.100.7", "/…"),
        ("http://[", "hidden"),
        (None, None),
    ],
)
def test_redirects(location, shown):
    answer = HttpAnswer(302, None if location is None else ForeignText(location))
    assert without_clients(answer) == HttpAnswer(302, None if shown is None else ForeignText(shown))


def test_who_issued_a_certificate_that_nobody_vouches_for():
    session = TlsSession("TLSv1.3", "", OWN, CertificateProblem.UNKNOWN_ISSUER, True)
    hidden = replace(session, certificate=replace(OWN, issuer=ForeignText("hidden")))
    assert without_clients(session) == hidden
    valid = replace(session, problem=None)
    assert without_clients(valid) == valid


def test_a_router_that_no_lane_shows_may_be_a_first_hop():
    snapshot = checked(run(load("protonmail-2019"), rounds=6), fails(PROHIBITED))
    assert "198.51.100.1" in json_text(snapshot)
    assert "198.51.100.1" not in json_text(masked(snapshot, 0))
    known = next(hop.main for hop in snapshot.lanes[0].hops[2:] if hop.main)
    shown = replace(PROHIBITED, icmp=IcmpCause(Address(known.address), 3, 13))
    services = json_text(masked(checked(snapshot, fails(shown)), 1)).partition('"services"')[2]
    assert known.address in services
