"""What leaves the machine, counted by its own kernel: nothing offline, nothing for special addresses."""

import re
import sys

import pytest

from lab.routers import Lab, host, router

pytestmark = pytest.mark.lab

SERVER = "9.9.0.1"
PUBLIC = ["8.8.8.8", "1.1.1.1", "2001:4860:4860::8888", "6.0.0.1"]
SPECIAL = ["10.0.0.1", "192.0.2.1", "100.64.0.1", "fe80::1", "2001:db8::1", "64:ff9b::808:808", "192.88.99.1"]


@pytest.fixture
def counted(lab_available, tmp_path):
    """Run tracetui at a host that could reach a DNS server, and count its TCP and UDP packets."""
    topology = (host("here", "5.0.0.9", "2600::9"), [router("r1", "5.1.0.1", "2600:1::1")])
    with Lab.chain(*topology, {host("dns", SERVER, "2600:9::1"): None}, icmp_ratelimit_ms=0) as lab:
        lab.nft("here", 'output meta l4proto { tcp, udp } oifname != "lo" counter')

        def run(*words):
            before = packets(lab)
            argv = ["env", f"XDG_CACHE_HOME={tmp_path}", sys.executable, "-m", "tracetui", *words]
            done = lab.run("here", argv, check=False)
            return done, packets(lab) - before

        yield run


def packets(lab):
    listed = lab.run("here", ["nft", "list", "table", "inet", "lab"]).stdout
    (count,) = re.findall(r"counter packets (\d+)", listed)
    return int(count)


def test_nothing_is_asked_offline(counted):
    done, sent = counted("asn", "--offline", *PUBLIC, "localhost", "www.example.org")
    assert (done.returncode, sent) == (1, 0)
    assert "15169" in done.stdout
    assert "--offline" in done.stderr


def test_nothing_is_asked_about_special_addresses(counted):
    done, sent = counted("asn", "--dns-server", SERVER, "--as-source", "cymru", *SPECIAL)
    assert (done.returncode, sent) == (0, 0)
    assert "private-use (RFC 1918)" in done.stdout


def test_else_questions_do_leave_and_are_counted(counted):
    done, sent = counted("asn", "--dns-server", SERVER, "8.8.8.8")
    assert sent > 0
    assert "15169" in done.stdout  # and the answer does not wait for the server that is none


def test_an_offline_trace_sends_probes_alone(counted):
    done, sent = counted("report", "--offline", "-p", "icmp", "-r", "2", "-i", "0.2", "-f", "json", SERVER)
    assert (done.returncode, sent) == (0, 0), done.stderr
    assert '"5.1.0.1"' in done.stdout


def test_no_dns_asks_no_dns_about_hops(counted):
    done, sent = counted("report", "--no-dns", "-p", "icmp", "-r", "2", "-i", "0.2", "-f", "json", SERVER)
    assert (done.returncode, sent) == (0, 0), done.stderr
