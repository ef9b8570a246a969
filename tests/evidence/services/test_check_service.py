"""Checks of services against real servers on loopback."""

import asyncio
import contextlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import trustme
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from evidence.services.servers import (
    LOOPBACK,
    Mails,
    closed_port,
    deaf_port,
    reset,
    server_context,
    serving,
    smtp_serving,
)
from ownership.dns_server import SILENT, DnsServer, Reply, records
from tracetui.evidence.services.check_service import Client, Request, check_service
from tracetui.evidence.services.limits import Limits
from tracetui.model.service_check import (
    CertificateProblem,
    CheckStep,
    FailureReason,
    Service,
    ServiceCheck,
    ServiceKind,
)

HOST = "mx.example.org"
AT = datetime(2026, 11, 30, 12, 4, tzinfo=UTC)
SOON = Limits(0.3, 0.3, 0.3, 0.3, 2.0)
"""For steps that are to time out."""

PATIENT = Client(Limits(5, 5, 5, 1, 10))
HASTY = Client(SOON)
S, R = CheckStep, FailureReason


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA(organization_name="Example Authority")


@pytest.fixture(scope="module")
def trusting(authority, tmp_path_factory) -> Client:
    path = tmp_path_factory.mktemp("ca") / "ca.pem"
    authority.cert_pem.write_to_path(path)
    return replace(PATIENT, authorities=path)


async def checked(
    kind: ServiceKind, port: int, client: Client = PATIENT, host: str = HOST, **options
) -> ServiceCheck:
    request = Request(options.pop("address", LOOPBACK), host, Service(kind, port), **options)
    return await check_service(request, client, lambda: AT)


def steps(check: ServiceCheck) -> list[CheckStep]:
    return [one.step for one in check.steps]


# SMTP


async def test_smtp_without_tls_is_spoken_until_quit_and_no_mail_is_begun():
    mails = Mails()
    async with smtp_serving(mails) as port:
        found = await checked(ServiceKind.SMTP, port)
    assert found.failure is None
    assert steps(found) == [S.CONNECT, S.BANNER, S.EHLO]
    assert all(one.took_ns > 0 for one in found.steps)
    assert (found.smtp.banner.code, found.smtp.banner.text.split()[0]) == (220, "mx.example.org")
    assert "SIZE 33554432" in found.smtp.extensions
    assert found.smtp.extensions_after_tls is None
    assert mails.said == [f"EHLO [{LOOPBACK}]", "QUIT"]
    assert (found.started_at, found.source, found.tls) == (AT, LOOPBACK, None)


async def test_starttls_with_a_certificate_that_verifies(authority, trusting):
    mails = Mails()
    tls = server_context(authority.issue_cert(HOST, "10.0.0.1"))
    async with smtp_serving(mails, tls) as port:
        found = await checked(ServiceKind.SMTP, port, trusting)
    assert found.failure is None
    assert steps(found) == [S.CONNECT, S.BANNER, S.EHLO, S.STARTTLS, S.TLS, S.EHLO_AFTER_TLS]
    assert "STARTTLS" in found.smtp.extensions
    assert found.smtp.extensions_after_tls
    assert "STARTTLS" not in found.smtp.extensions_after_tls
    assert mails.said == [f"EHLO [{LOOPBACK}]"] * 2 + ["QUIT"]
    session = found.tls
    assert (session.version, session.problem, session.names_host, session.verified) == (
        "TLSv1.3",
        None,
        True,
        True,
    )
    assert session.certificate.names == (HOST, "10.0.0.1")
    assert session.certificate.issuer == "Example Authority"
    assert session.certificate.not_before < datetime.now(UTC) < session.certificate.not_after


async def test_a_certificate_that_nobody_vouches_for_ends_nothing(authority):
    mails = Mails()
    async with smtp_serving(mails, server_context(authority.issue_cert("other.example"))) as port:
        found = await checked(ServiceKind.SMTP, port)
    assert found.failure is None
    assert mails.said[-1] == "QUIT"
    assert (found.tls.problem, found.tls.names_host) == (CertificateProblem.UNKNOWN_ISSUER, False)
    assert not found.tls.verified


async def test_an_expired_certificate(authority, trusting):
    yesterday = datetime.now(UTC) - timedelta(days=1)
    leaf = authority.issue_cert(HOST, not_after=yesterday, not_before=yesterday - timedelta(days=9))
    async with serving(idle, tls=server_context(leaf)) as port:
        found = await checked(ServiceKind.TLS, port, trusting)
    assert (found.failure, found.tls.problem, found.tls.names_host) == (
        None,
        CertificateProblem.EXPIRED,
        True,
    )


async def test_smtp_over_tls_from_the_start_and_ipv6(authority, trusting):
    mails = Mails()
    tls = server_context(authority.issue_cert(HOST))
    async with smtp_serving(mails, tls, "::1", at_once=True) as port:
        found = await checked(ServiceKind.SMTPS, port, trusting, address="::1")
    assert steps(found) == [S.CONNECT, S.TLS, S.BANNER, S.EHLO]
    assert found.tls.verified
    assert mails.said == ["EHLO [IPv6:::1]", "QUIT"]


async def test_a_server_that_declines_is_told_goodbye():
    heard = []

    async def decline(reader, writer):
        writer.write(b"554-go away\r\n554 203.0.113.9 is listed\r\n")
        heard.append(await reader.readline())
        writer.write(b"221 bye\r\n")
        await writer.drain()

    async with serving(decline) as port:
        found = await checked(ServiceKind.SMTP, port)
    assert found.ending == (S.BANNER, R.REJECTED)
    assert found.failure.detail == "554 go away 203.0.113.9 is listed"
    assert (found.smtp.banner.code, heard) == (554, [b"QUIT\r\n"])


async def test_what_follows_starttls_in_clear_text_is_dropped(authority, trusting):
    tls = server_context(authority.issue_cert(HOST))

    async def inject(reader, writer):
        writer.write(b"220 mx\r\n")
        await reader.readline()
        writer.write(b"250-mx\r\n250 STARTTLS\r\n")
        await reader.readline()
        writer.write(b"220 go on\r\n250-injected\r\n250 XEVIL\r\n")
        await writer.drain()
        await writer.start_tls(tls)
        await reader.readline()
        writer.write(b"250-mx\r\n250 SIZE 1\r\n")
        await reader.readline()

    async with serving(inject) as port:
        found = await checked(ServiceKind.SMTP, port, trusting)
    assert found.smtp.extensions_after_tls == ("SIZE 1",)


# Connections that fail


async def test_a_port_that_nobody_listens_on_is_refused():
    found = await checked(ServiceKind.TCP, closed_port())
    assert (found.ending, steps(found), found.failure.detail) == ((S.CONNECT, R.REFUSED), [], "")


async def test_a_port_that_drops_times_out():
    with deaf_port() as port:
        found = await checked(ServiceKind.SMTP, port, HASTY)
    assert (found.ending, found.steps) == ((S.CONNECT, R.TIMED_OUT), ())


async def test_an_address_of_somebody_else_cannot_be_the_source():
    found = await checked(ServiceKind.TCP, closed_port(), source="192.0.2.1")
    assert found.ending == (S.CONNECT, R.LOCAL)
    assert found.failure.detail == "cannot assign requested address"
    assert found.source == "192.0.2.1"


async def test_the_source_address_is_the_one_asked_for():
    mails = Mails()
    async with smtp_serving(mails) as port:
        found = await checked(ServiceKind.SMTP, port, source="127.0.0.9")
    assert (found.source, mails.peers, mails.said[0]) == ("127.0.0.9", ["127.0.0.9"], "EHLO [127.0.0.9]")


async def test_a_connection_that_is_reset():
    async def rst(reader, writer):
        reset(writer)

    async with serving(rst) as port:
        found = await checked(ServiceKind.SMTP, port)
    assert found.ending == (S.BANNER, R.RESET)


async def test_a_connection_that_is_closed_without_a_word():
    async def close(reader, writer):
        writer.close()

    async with serving(close) as port:
        assert (await checked(ServiceKind.SMTP, port)).ending == (S.BANNER, R.CLOSED)

    async def hear_and_close(reader, writer):
        await reader.read(10_000)
        writer.close()

    async with serving(hear_and_close) as port:
        assert (await checked(ServiceKind.TLS, port)).ending == (S.TLS, R.CLOSED)
        assert (await checked(ServiceKind.HTTP, port)).ending == (S.REQUEST, R.CLOSED)
        assert (await checked(ServiceKind.DNS_TCP, port)).ending == (S.QUERY, R.CLOSED)


async def idle(reader, writer):
    await reader.read()


async def test_a_tarpit_that_says_nothing():
    async with serving(idle) as port:
        for kind, step in [
            (ServiceKind.SMTP, S.BANNER),
            (ServiceKind.TLS, S.TLS),
            (ServiceKind.HTTP, S.REQUEST),
            (ServiceKind.DNS_TCP, S.QUERY),
        ]:
            found = await checked(kind, port, HASTY)
            assert (found.ending, steps(found)) == ((step, R.TIMED_OUT), [S.CONNECT])
        assert (await checked(ServiceKind.TCP, port)).failure is None


async def test_a_tarpit_of_a_byte_at_a_time_gets_no_more_than_its_step():
    async def drip(reader, writer):
        while True:
            writer.write(b"2")
            await writer.drain()
            await asyncio.sleep(0.02)

    async with serving(drip) as port:
        began = asyncio.get_running_loop().time()
        found = await checked(ServiceKind.SMTP, port, HASTY)
        took = asyncio.get_running_loop().time() - began
    assert found.ending == (S.BANNER, R.TIMED_OUT)
    assert took < 5 * SOON.banner_s


async def test_all_steps_together_have_a_limit_too():
    async with serving(idle) as port:
        client = Client(Limits(5, 60, 60, 60, 0.2))
        assert (await checked(ServiceKind.SMTP, port, client)).ending == (S.BANNER, R.TIMED_OUT)


@pytest.mark.parametrize(
    ("piece", "reason"),
    [
        (b"220 " + b"x" * (10 << 20), R.TOO_MUCH),
        (b"220-still going\r\n" * (1 << 19), R.TOO_MUCH),
        (b"\0" * (1 << 20), R.TOO_MUCH),
    ],
    ids=["one line of 10 MB", "endless lines", "zeros"],
)
async def test_of_a_banner_without_end_little_is_read(piece, reason):
    sent = []

    async def flood(reader, writer):
        for place in range(0, len(piece), 1 << 16):
            writer.write(piece[place : place + (1 << 16)])
            sent.append(1)
            await writer.drain()

    async with serving(flood) as port:
        found = await checked(ServiceKind.SMTP, port)
    assert found.ending == (S.BANNER, reason)
    assert len(sent) << 16 < 8 << 20


@pytest.mark.parametrize(
    "kind", [ServiceKind.HTTP, ServiceKind.HTTPS, ServiceKind.DNS_TCP, ServiceKind.SMTPS]
)
async def test_binary_garbage_is_not_understood(kind):
    async def garbage(reader, writer):
        writer.write(bytes(range(256)) * 200)
        await reader.read()

    async with serving(garbage) as port:
        found = await checked(kind, port)
    step = {ServiceKind.HTTP: S.REQUEST, ServiceKind.DNS_TCP: S.QUERY}.get(kind, S.TLS)
    reason = R.TLS_FAILED if step is S.TLS else R.NOT_UNDERSTOOD
    assert found.ending == (step, reason)
    assert found.failure.detail.isprintable()


async def test_smtp_where_tls_is_expected_says_so():
    async with smtp_serving(Mails()) as port:
        found = await checked(ServiceKind.SMTPS, port)
    assert (found.ending, found.failure.detail) == ((S.TLS, R.TLS_FAILED), "wrong version number")


async def test_a_server_that_refuses_the_handshake():
    async def alert(reader, writer):
        await reader.read(10_000)
        writer.write(b"\x15\x03\x03\0\x02\x02\x70")  # RFC 8446 section 6: unrecognized_name
        await reader.read()

    async with serving(alert) as port:
        found = await checked(ServiceKind.TLS, port)
    assert found.ending == (S.TLS, R.TLS_FAILED)
    assert "unrecognized name" in found.failure.detail


# TLS, HTTP


async def test_the_name_is_sent_and_an_address_is_not(authority, trusting):
    names = []
    tls = server_context(authority.issue_cert(HOST, LOOPBACK), ["http/1.1"])
    tls.sni_callback = lambda _session, name, _context: names.append(name)
    async with serving(idle, tls=tls) as port:
        assert (await checked(ServiceKind.TLS, port, trusting)).tls.verified
        assert (await checked(ServiceKind.TLS, port, trusting, host=LOOPBACK)).tls.verified
        other = await checked(ServiceKind.TLS, port, trusting, host="www.example.com")
    assert names == [HOST, None, "www.example.com"]
    assert (other.tls.problem, other.tls.names_host) == (None, False)


async def test_a_wildcard_stands_for_one_label(authority, trusting):
    async with serving(idle, tls=server_context(authority.issue_cert("*.example.org"))) as port:
        for host, named in [(HOST, True), ("a.b.example.org", False), ("example.org", False)]:
            assert (await checked(ServiceKind.TLS, port, trusting, host=host)).tls.names_host is named


def answering(response: bytes):
    async def answer(reader, writer):
        request = await reader.readuntil(b"\r\n\r\n")
        assert request.startswith(b"GET / HTTP/1.1\r\nHost: mx.example.org\r\n")
        writer.write(response)
        await writer.drain()
        await reader.read()

    return answer


async def test_http_status_and_redirect():
    response = b"HTTP/1.1 301 Moved\r\nLocation: https://mx.example.org/\x1b[31m\r\n\r\n"
    async with serving(answering(response)) as port:
        found = await checked(ServiceKind.HTTP, port)
    assert (found.failure, found.http.status) == (None, 301)
    assert found.http.location == "https://mx.example.org/�[31m"
    assert steps(found) == [S.CONNECT, S.REQUEST]


async def test_https_with_alpn(authority, trusting):
    tls = server_context(authority.issue_cert(HOST), ["http/1.1"])
    async with serving(answering(b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 100_000), tls=tls) as port:
        found = await checked(ServiceKind.HTTPS, port, trusting)
    assert (found.http.status, found.http.location, found.tls.alpn) == (200, None, "http/1.1")


@pytest.mark.parametrize(
    "response",
    [
        b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 20_000,
        b"HTTP/1.1 200 OK\r\nX: " + b"y" * (1 << 20),
        b"HTTP/1.1 " + b"9" * 30_000 + b" OK\r\n\r\n",
        b"HTTP/9.9 x\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 200 + b"\r\n",
    ],
    ids=["endless head", "endless line", "status", "version", "many headers"],
)
async def test_hostile_heads_are_bounded(response):
    async with serving(answering(response)) as port:
        found = await checked(ServiceKind.HTTP, port)
    assert found.ending in {(S.REQUEST, R.TOO_MUCH), (S.REQUEST, R.NOT_UNDERSTOOD)}


# DNS


async def test_dns_over_udp_and_tcp():
    zone = {(HOST, "A"): records("A 192.0.2.1", "A 192.0.2.2")}
    with DnsServer(zone) as server:
        udp = await checked(ServiceKind.DNS_UDP, server.port)
        tcp = await checked(ServiceKind.DNS_TCP, server.port)
        other = await checked(ServiceKind.DNS_UDP, server.port, host="nowhere.example")
    assert (udp.failure, steps(udp), udp.source) == (None, [S.QUERY], LOOPBACK)
    assert (udp.dns.rcode, udp.dns.answers, udp.dns.record_type) == ("NOERROR", 2, "A")
    assert udp.dns.question == "mx.example.org."
    assert (steps(tcp), tcp.dns) == ([S.CONNECT, S.QUERY], udp.dns)
    assert (other.dns.rcode, other.dns.answers) == ("NXDOMAIN", 0)


async def test_a_dns_server_that_truncates_is_silent_or_talks_nonsense():
    for reply, expected in [
        (records("A 192.0.2.1", truncated=True), None),
        (SILENT, (S.QUERY, R.TIMED_OUT)),
        (Reply(garbage=b"\xff" * 40), (S.QUERY, R.NOT_UNDERSTOOD)),
    ]:
        with DnsServer({(HOST, "A"): reply}) as server:
            found = await checked(ServiceKind.DNS_UDP, server.port, HASTY)
        assert found.ending == expected
        assert found.dns is None or found.dns.truncated


async def test_a_closed_udp_port_is_refused_by_icmp():
    found = await checked(ServiceKind.DNS_UDP, closed_port())
    assert found.ending == (S.QUERY, R.REFUSED)
    assert (found.failure.icmp.sender, found.failure.icmp.icmp_type, found.failure.icmp.icmp_code) == (
        LOOPBACK,
        3,
        3,
    )


async def test_an_address_without_a_name_is_asked_for_the_root():
    with DnsServer({(".", "NS"): records("NS a.example.")}) as server:
        found = await checked(ServiceKind.DNS_UDP, server.port, host=LOOPBACK)
    assert (found.dns.question, found.dns.record_type, found.dns.answers) == (".", "NS", 1)


# Anything at all


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    pieces=st.lists(
        st.one_of(
            st.binary(max_size=300),
            st.sampled_from(
                [b"220 mx\r\n", b"250-mx\r\n", b"250 STARTTLS\r\n", b"HTTP/1.1 200 OK\r\n", b"\r\n"]
            ),
        ),
        max_size=8,
    ),
    kind=st.sampled_from(list(ServiceKind)),
)
def test_whatever_a_server_sends_is_a_result(pieces, kind):
    async def send(reader, writer):
        for piece in pieces:
            writer.write(piece)
        await writer.drain()

    async def once():
        async with serving(send) as port:
            return await checked(kind, port, HASTY)

    found = asyncio.run(once())
    for text in (found.failure.detail if found.failure else "", found.smtp.banner.text if found.smtp else ""):
        assert text.isprintable()


async def test_a_check_is_cancelled_at_once():
    async with serving(idle) as port:
        task = asyncio.create_task(checked(ServiceKind.SMTP, port))
        await asyncio.sleep(0.05)
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            async with asyncio.timeout(1):
                await task
        assert task.cancelled()


async def test_an_error_of_a_library_is_a_result(monkeypatch):
    def broken(*_):
        raise RuntimeError("\x1b[31m")

    monkeypatch.setattr("tracetui.evidence.services.check_service.read_banner", broken)
    async with serving(idle) as port:
        found = await checked(ServiceKind.SMTP, port)
    assert found.ending == (S.BANNER, R.NOT_UNDERSTOOD)
    assert found.failure.detail.isprintable()
