"""What a mail domain publishes, asked from a DNS server and a policy server on loopback."""

import hashlib
from dataclasses import replace
from datetime import UTC, datetime

import dns.flags
import pytest
import trustme
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from evidence.services.servers import LOOPBACK, closed_port, server_context, serving
from ownership import dns_server
from ownership.dns_server import NXDOMAIN, SERVFAIL, DnsServer, records
from tracetui.evidence.services.ask_mail_domain import MailDomains, read_policy
from tracetui.evidence.services.check_service import Client
from tracetui.evidence.services.limits import Limits, StepError
from tracetui.model.mail_domain import Dane, LookupState, MailDomain, MtaSts, TlsaRecord, dane_agrees
from tracetui.model.reference import ForeignText
from tracetui.model.service_check import Certificate

AT = datetime(2026, 11, 30, 12, 4, tzinfo=UTC)
DIGEST = hashlib.sha256(b"key").hexdigest()
ZONE = {
    ("example.org", "MX"): records("MX 20 b.example.org.", "MX 10 a.example.org.", "MX 10 A.example.org."),
    ("a.example.org", "A"): records("A 192.0.2.1", "A 192.0.2.2"),
    ("a.example.org", "AAAA"): records("AAAA 2001:db8::1"),
    ("b.example.org", "A"): records("A 192.0.2.3"),
    ("_25._tcp.a.example.org", "TLSA"): records(f"TLSA 3 1 1 {DIGEST}"),
    ("_25._tcp.b.example.org", "TLSA"): SERVFAIL,
    ("_mta-sts.example.org", "TXT"): records('TXT "v=STSv1; id=1"'),
    ("mta-sts.example.org", "A"): records(f"A {LOOPBACK}"),
}
POLICY = b"version: STSv1\r\nmode: enforce\r\nmx: a.example.org\r\nmx: *.mail.example\r\nmax_age: 86400\r\n"


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="module")
def trusting(authority, tmp_path_factory) -> Client:
    path = tmp_path_factory.mktemp("ca") / "ca.pem"
    authority.cert_pem.write_to_path(path)
    return Client(Limits(2, 2, 2, 1, 5), path)


async def asked(zone, client: Client = Client(), domain: str = "example.org", **options) -> MailDomain:  # noqa: B008
    options.setdefault("sts_port", closed_port())
    with DnsServer(zone) as server:
        domains = MailDomains(client, (server.address, server.port), **options)
        return await domains.ask(domain, 25, lambda: AT)


def policy_server(response: bytes):
    async def answer(reader, writer):
        request = await reader.readuntil(b"\r\n\r\n")
        assert request.startswith(b"GET /.well-known/mta-sts.txt HTTP/1.1\r\nHost: mta-sts.example.org\r\n")
        writer.write(response)
        await writer.drain()
        writer.write_eof() if writer.can_write_eof() else writer.close()

    return answer


async def test_exchangers_come_by_preference_with_their_addresses():
    found = await asked(ZONE)
    assert (found.domain, found.asked_at, found.state) == ("example.org", AT, LookupState.FOUND)
    assert [(one.preference, one.host, one.addresses) for one in found.exchangers] == [
        (10, "a.example.org", ("192.0.2.1", "192.0.2.2", "2001:db8::1")),
        (20, "b.example.org", ("192.0.2.3",)),
    ]
    assert not found.authenticated


async def test_tlsa_records_and_their_absence():
    first, second = (await asked(ZONE)).exchangers
    assert first.dane == Dane(LookupState.FOUND, (TlsaRecord(3, 1, 1, DIGEST),))
    assert second.dane == Dane(LookupState.FAILED)


async def test_the_resolvers_claim_to_have_validated_is_told(monkeypatch):
    plain = dns_server._message

    def validated(query, reply, *, tcp):
        wire = bytearray(plain(query, reply, tcp=tcp))
        assert query.flags & dns.flags.AD
        wire[3] |= dns.flags.AD
        return bytes(wire)

    monkeypatch.setattr(dns_server, "_message", validated)
    found = await asked(ZONE)
    assert (found.authenticated, found.exchangers[0].dane.authenticated) == (True, True)


async def test_a_domain_without_mx_is_its_own_exchanger():
    found = await asked({("example.org", "A"): records("A 192.0.2.7")})
    assert found.state is LookupState.NONE
    assert [(one.host, one.addresses) for one in found.exchangers] == [("example.org", ("192.0.2.7",))]


async def test_a_null_mx_takes_no_mail():
    found = await asked({("example.org", "MX"): records("MX 0 .")})
    assert (found.takes_no_mail, found.exchangers) == (True, ())


async def test_a_server_that_fails_is_not_an_answer():
    found = await asked(lambda *_: SERVFAIL)
    assert (found.state, found.exchangers, found.sts) == (LookupState.FAILED, (), MtaSts(LookupState.FAILED))
    assert not found.takes_no_mail


async def test_an_exchanger_without_addresses():
    found = await asked({("example.org", "MX"): records("MX 10 gone.example.")})
    assert (found.exchangers[0].addresses, found.exchangers[0].addresses_state) == ((), LookupState.NONE)


@pytest.mark.parametrize(
    "response",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(POLICY), POLICY),
        b"HTTP/1.1 200 OK\r\n\r\n" + POLICY,
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n0\r\n\r\n" % (len(POLICY), POLICY),
    ],
    ids=["length", "until the end", "chunked"],
)
async def test_the_policy(authority, trusting, response):
    tls = server_context(authority.issue_cert("mta-sts.example.org"), ["http/1.1"])
    async with serving(policy_server(response), tls=tls) as port:
        found = await asked(ZONE, trusting, sts_port=port)
    policy = found.sts.policy
    assert (policy.mode, policy.patterns, policy.max_age_s) == (
        "enforce",
        ("a.example.org", "*.mail.example"),
        86400,
    )
    assert [
        policy.covers(host)
        for host in ("A.example.org", "x.mail.example", "x.y.mail.example", "b.example.org")
    ] == [
        True,
        True,
        False,
        False,
    ]


@pytest.mark.parametrize(
    ("response", "problem"),
    [
        (
            b"HTTP/1.1 301 Moved\r\nLocation: https://elsewhere.example/\r\n\r\n",
            "its server answers with HTTP status 301",
        ),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nno!", "what its server sends is no policy"),
        (b"HTTP/1.1 200 OK\r\n\r\n" + b"mx: a\n" * 100_000, "too much"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\nversion", "IncompleteRead"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\nmode", "index-sized"),
    ],
    ids=["redirect", "no policy", "endless", "cut", "a chunk beyond all numbers"],
)
async def test_what_is_no_policy(authority, trusting, response, problem):
    tls = server_context(authority.issue_cert("mta-sts.example.org"))
    async with serving(policy_server(response), tls=tls) as port:
        found = await asked(ZONE, trusting, sts_port=port)
    assert found.sts.policy is None
    assert problem in (found.sts.problem or "")


async def test_a_policy_server_that_does_not_verify_is_not_believed(authority, trusting):
    tls = server_context(authority.issue_cert("other.example"))
    async with serving(policy_server(b""), tls=tls) as port:
        found = await asked(ZONE, trusting, sts_port=port)
    assert found.sts.problem == "the certificate of mta-sts.example.org does not verify"


async def test_a_policy_server_that_is_not_there(trusting):
    assert (await asked(ZONE, trusting)).sts.problem == "its server cannot be reached: refused"
    nowhere = {name: reply for name, reply in ZONE.items() if name[0] != "mta-sts.example.org"}
    assert (await asked(nowhere, trusting)).sts.problem == "mta-sts.example.org has no address"


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        (NXDOMAIN, MtaSts(LookupState.NONE)),
        (records('TXT "v=spf1 -all"'), MtaSts(LookupState.NONE)),
        (records('TXT "v=STSv1; id=1"', 'TXT "v=STSv1; id=2"'), "there are several records"),
    ],
)
async def test_without_one_record_there_is_no_policy(reply, expected):
    found = await asked({**ZONE, ("_mta-sts.example.org", "TXT"): reply})
    assert expected in (found.sts, found.sts.problem)


def test_a_certificate_agrees_with_dane_or_not(authority):
    leaf = x509.load_pem_x509_certificate(authority.issue_cert("a").cert_chain_pems[0].bytes())
    whole = hashlib.sha256(leaf.public_bytes(Encoding.DER)).hexdigest()
    key = hashlib.sha256(
        leaf.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    ).hexdigest()
    own = Certificate((), ForeignText(""), AT, AT, whole, key)

    def agrees(*found: TlsaRecord) -> bool | None:
        return dane_agrees(Dane(LookupState.FOUND, found), own)

    assert agrees(TlsaRecord(3, 1, 1, key)) is True
    assert agrees(TlsaRecord(3, 0, 1, whole)) is True
    assert agrees(TlsaRecord(3, 1, 1, whole)) is False
    assert agrees(TlsaRecord(3, 1, 1, whole), TlsaRecord(3, 1, 1, key)) is True
    assert agrees(TlsaRecord(2, 1, 1, key)) is None
    assert agrees(TlsaRecord(3, 1, 1, whole), TlsaRecord(2, 0, 1, whole)) is None
    assert agrees() is None


@given(st.binary(max_size=400))
def test_whatever_a_policy_server_sends_is_a_policy_or_none(body):
    try:
        policy = read_policy(body)
    except StepError:
        return
    assert replace(policy).mode in {"enforce", "testing", "none"}
