"""Names to addresses and back, against a real DNS server that does not always behave."""

import asyncio
import socket
from pathlib import Path

import pytest

from ownership.dns_server import NXDOMAIN, SERVFAIL, SILENT, DnsServer, Reply, records
from tracetui.model import ResolutionError
from tracetui.ownership.hosts_file import LocalNames
from tracetui.ownership.system_names import OfflineNames, SystemNames, parse_server


def run(coroutine):
    return asyncio.run(coroutine)


@pytest.fixture
def hosts(tmp_path):
    """Write a hosts file and read it."""

    def write(text):
        path = tmp_path / "hosts"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return LocalNames(path)

    return write


@pytest.fixture
def hasty(monkeypatch):
    """A resolver without patience."""
    for name in ("LIFETIME_S", "POINTER_LIFETIME_S"):
        monkeypatch.setattr(f"tracetui.ownership.dns_resolver.{name}", 0.2)


def test_addresses_by_family_in_the_order_the_server_gives():
    zone = {
        ("a.example", "A"): records("A 192.0.2.9", "A 192.0.2.1"),
        ("a.example", "AAAA"): records("AAAA 2001:db8::1"),
    }
    with DnsServer(zone) as server:
        names = SystemNames(server.spelled)
        assert run(names.addresses("a.example", 4)) == ("192.0.2.9", "192.0.2.1")
        assert run(names.addresses("a.example", 6)) == ("2001:db8::1",)
        assert run(names.addresses("A.EXAMPLE.", 4)) == ("192.0.2.9", "192.0.2.1")
        assert server.asked.count(("a.example", "A")) == 1  # the cache knew the second time, in another loop


def test_a_name_without_such_an_address_is_no_error():
    with DnsServer({("a.example", "A"): records("A 192.0.2.9")}) as server:
        assert run(SystemNames(server.spelled).addresses("a.example", 6)) == ()


def test_an_alias_is_followed():
    zone = {("www.example", "A"): records("CNAME a.example.", "a.example. A 192.0.2.9")}
    with DnsServer(zone) as server:
        assert run(SystemNames(server.spelled).addresses("www.example", 4)) == ("192.0.2.9",)


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        (NXDOMAIN, "a.example: no such name (NXDOMAIN)"),
        (SILENT, "a.example: no answer from DNS server 127.0.0.1 port {port} in 0.2 s: check the network"),
        (SERVFAIL, "a.example: DNS server 127.0.0.1 port {port} answered SERVFAIL: check"),
        (Reply(rcode="REFUSED"), "answered REFUSED"),
        (Reply(garbage=b"\x00"), "no answer from DNS server"),
        (Reply(garbage=bytes(range(256)) * 2), "no answer from DNS server"),
        (records("CNAME b.example.", "b.example. CNAME a.example."), "a.example: "),
    ],
)
def test_each_failure_is_one_line_that_says_which_it_is(hasty, reply, words):
    with DnsServer({("a.example", "A"): reply}) as server:
        with pytest.raises(ResolutionError) as caught:
            run(SystemNames(server.spelled).addresses("a.example", 4))
        assert words.format(port=server.port) in str(caught.value)
        assert "\n" not in str(caught.value)


def test_a_port_without_a_server_is_no_answer_either(hasty):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind(("127.0.0.1", 0))
        with pytest.raises(ResolutionError, match=r"a.example: no answer from DNS server 127\.0\.0\.1 port"):
            run(SystemNames(f"127.0.0.1:{taken.getsockname()[1]}").addresses("a.example", 4))


def test_a_truncated_answer_is_fetched_over_tcp():
    many = [f"A 192.0.2.{number}" for number in range(1, 200)]
    with DnsServer({("a.example", "A"): records(*many, truncated=True)}) as server:
        assert len(run(SystemNames(server.spelled).addresses("a.example", 4))) == 199
        assert server.over_tcp == [("a.example", "A")]


def test_mail_exchangers_by_preference_then_name():
    zone = {
        ("example.org", "MX"): records(
            "MX 20 backup.example.", "MX 10 b.example.", "MX 10 A.example.", "MX 5 far.example.net."
        )
    }
    with DnsServer(zone) as server:
        assert run(SystemNames(server.spelled).mail_exchangers("example.org")) == (
            "far.example.net",
            "A.example",
            "b.example",
            "backup.example",
        )


def test_a_domain_without_mx_is_its_own_exchanger():
    with DnsServer({("example.org", "A"): records("A 192.0.2.9")}) as server:
        assert run(SystemNames(server.spelled).mail_exchangers("example.org")) == ("example.org",)


def test_a_null_mx_says_that_there_is_no_mail():
    with (
        DnsServer({("example.org", "MX"): records("MX 0 .")}) as server,
        pytest.raises(ResolutionError, match=r"^example.org: takes no mail .*RFC 7505"),
    ):
        run(SystemNames(server.spelled).mail_exchangers("example.org"))


@pytest.mark.parametrize(
    ("reply", "name"),
    [
        (records("PTR r1.example.net."), "r1.example.net"),
        (records("PTR ."), None),
        (records("PTR .", "PTR z.example.", "PTR b.example."), "b.example"),
        (Reply(), None),
        (NXDOMAIN, None),
        (records(r"PTR evil\027[31m.example."), r"evil\027[31m.example"),
        (
            records("CNAME 9.0-15.2.0.192.in-addr.arpa.", "9.0-15.2.0.192.in-addr.arpa. PTR c.example."),
            "c.example",
        ),
    ],
)
def test_pointers(reply, name):
    with DnsServer({("9.9.9.9.in-addr.arpa", "PTR"): reply}) as server:
        assert run(SystemNames(server.spelled).pointer("9.9.9.9")) == name


def test_a_pointer_of_an_ipv6_address():
    question = ("8.8.8.8." + "0." * 16 + "0.6.8.4.0.6.8.4.1.0.0.2.ip6.arpa", "PTR")
    with DnsServer({question: records("PTR dns.example.")}) as server:
        assert run(SystemNames(server.spelled).pointer("2001:4860:4860::8888")) == "dns.example"


@pytest.mark.parametrize(
    "address",
    ["10.1.2.3", "192.0.2.1", "100.64.0.1", "127.0.0.9", "fe80::1", "fe80::1%eth0", "fd00::1", "224.0.0.5"],
)
def test_nobody_is_asked_about_special_addresses(hosts, address):
    with DnsServer(lambda name, kind: records("PTR leaked.example.")) as server:
        assert run(SystemNames(server.spelled, local=hosts("")).pointer(address)) is None
        assert server.asked == []


def test_what_the_machine_knows_is_not_asked(hosts):
    local = hosts(
        "# a comment\n192.0.2.7 Router.LAN router # more\n2001:db8::7 router\n\n10.0.0.1\n"
        "nonsense names\n192.0.2.8 router\n10.0.0.1 gateway\n"
    )
    with DnsServer(lambda name, kind: records("A 198.51.100.1")) as server:
        names = SystemNames(server.spelled, local=local)
        assert run(names.addresses("router", 4)) == ("192.0.2.7", "192.0.2.8")
        assert run(names.addresses("ROUTER", 6)) == ("2001:db8::7",)
        assert (
            run(names.addresses("router.lan", 6)) == ()
        )  # as getaddrinfo: the file has the name, so it decides
        assert run(names.addresses("localhost", 4)) == ("127.0.0.1",)
        assert run(names.addresses("web.localhost", 6)) == ("::1",)
        assert run(names.addresses("192.0.2.50", 4)) == ("192.0.2.50",)
        assert run(names.addresses("2001:DB8:0::50", 6)) == ("2001:db8::50",)
        assert run(names.addresses("192.0.2.50", 6)) == ()
        assert run(names.pointer("192.0.2.7")) == "Router.LAN"
        assert run(names.pointer("10.0.0.1")) == "gateway"
        assert server.asked == []


def test_a_hosts_file_of_bytes_is_read_for_what_it_is(hosts):
    local = hosts(b"\xff\xfe\x00garbage\n192.0.2.1 caf\xc3\xa9 b\xffd\r\n\x1b[31m red\n1.2.3.4 \x1b[31mred\n")
    assert local.addresses("café") == ("192.0.2.1",)
    assert run(OfflineNames(local=local).pointer("1.2.3.4")) == "�[31mred"
    assert LocalNames(Path("/nonexistent/hosts")).addresses("x") is None


def test_offline_names_refuse_what_only_dns_knows(hosts):
    names = OfflineNames(local=hosts("192.0.2.7 router\n"))
    assert run(names.addresses("router", 4)) == ("192.0.2.7",)
    assert run(names.addresses("localhost", 6)) == ("::1",)
    assert run(names.pointer("192.0.2.7")) == "router"
    assert run(names.pointer("9.9.9.9")) is None
    with pytest.raises(ResolutionError, match=r"^a.example: .*--offline.*give its address$"):
        run(names.addresses("a.example", 4))
    with pytest.raises(ResolutionError, match=r"^mx:a.example: .*--offline"):
        run(names.mail_exchangers("a.example"))


@pytest.mark.parametrize(
    ("text", "server"),
    [
        ("192.0.2.53", ("192.0.2.53", 53)),
        ("192.0.2.53:5353", ("192.0.2.53", 5353)),
        ("2001:db8::53", ("2001:db8::53", 53)),
        ("[2001:db8::53]", ("2001:db8::53", 53)),
        ("[2001:db8::53]:5353", ("2001:db8::53", 5353)),
    ],
)
def test_how_a_server_is_written(text, server):
    assert parse_server(text) == server


@pytest.mark.parametrize(
    "text", ["", "dns.example", "192.0.2.53:0", "192.0.2.53:x", "192.0.2.53:99999999999", "[::1", "[::1]53"]
)
def test_what_is_no_server_is_said(text):
    with pytest.raises(ResolutionError, match="is not the address of a DNS server: write"):
        SystemNames(text)
