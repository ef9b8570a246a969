"""Raw sockets on real Linux: what comes back, and what is said when nothing can be sent."""

import json
import sys

import pytest

from lab.routers import Lab, host, router

pytestmark = pytest.mark.lab

WEB, WEB6 = "9.9.0.1", "2001:db8:9::9"


@pytest.fixture(scope="module")
def small(lab_available):
    """here - r1 - r2 - web."""
    with Lab.chain(
        host("here", "100.64.0.9", "2001:db8::9"),
        [router("r1", "5.1.0.1", "2001:db8:1::1"), router("r2", "5.2.0.1", "2001:db8:2::1")],
        {host("web", WEB, WEB6, listens=(443,)): None},
        icmp_ratelimit_ms=0,
    ) as lab:
        yield lab


def report(lab: Lab, *words: str) -> dict:
    argv = [sys.executable, "-m", "tracetui", "report", "-f", "json", "--prober", "raw", "--offline"]
    ran = lab.run("here", [*argv, "-r", "2", "-i", "0.1", "--timeout", "0.4", *words], check=False)
    assert ran.stdout, ran.stderr
    return json.loads(ran.stdout)


def path(lane: dict) -> list[str]:
    return [hop["responders"][0]["address"] for hop in lane["hops"]]


@pytest.mark.parametrize(
    ("target", "kind"),
    [
        (f"tcp://{WEB}:443", "syn_ack"),
        (f"tcp://{WEB}:80", "rst"),
        (f"icmp://{WEB}", "echo_reply"),
        (f"tcp://[{WEB6}]:443", "syn_ack"),
        (f"tcp://[{WEB6}]:80", "rst"),
        (f"icmp://[{WEB6}]", "echo_reply"),
    ],
)
def test_two_routers_and_the_endpoint(small, target, kind):
    snapshot = report(small, target)
    [lane] = snapshot["lanes"]
    expected = ["2001:db8:1::1", "2001:db8:2::1", WEB6] if "[" in target else ["5.1.0.1", "5.2.0.1", WEB]
    assert path(lane) == expected
    assert lane["hops"][-1]["responders"][0]["replies"] == {kind: 2}
    assert [hop["responders"][0]["reply_ttl"] for hop in lane["hops"]] == [[64, 64], [63, 63], [62, 62]]
    assert snapshot["vantage"]["prober"] == "raw"
    assert snapshot["receiver"]["malformed"] == snapshot["receiver"]["dropped"] == 0


def test_the_capability_is_gone_once_the_sockets_are_open(small):
    script = """
import re
from tracetui.probing import privilege
from tracetui.probing.clock import SystemClock
from tracetui.probing.raw_wire import RawWire
assert privilege.can_open_raw()
wire = RawWire(SystemClock())
privilege.drop_net_raw()
assert not privilege.can_open_raw()
privilege.drop_net_raw()
status = open("/proc/self/status").read()
bits = {name: int(value, 16) >> 13 & 1 for name, value in re.findall(r"Cap(\\w+):\\s+([0-9a-f]+)", status)}
print(bits, wire.source_for("9.9.0.1", None), wire.reserve_port("100.64.0.9") > 0)
"""
    ran = small.run("here", [sys.executable, "-c", script])
    bits = "{'Inh': 0, 'Prm': 0, 'Eff': 0, 'Bnd': 0, 'Amb': 0}"
    assert ran.stdout.strip() == f"{bits} 100.64.0.9 True", ran.stderr


def test_without_privilege_one_line_says_what_to_do(small):
    argv = [sys.executable, "-m", "tracetui", "report", "--prober", "raw", WEB]
    ran = small.run("here", argv, nobody=True, check=False)
    assert ran.returncode == 3
    assert ran.stderr.startswith("tracetui: raw sockets need CAP_NET_RAW")
    assert ran.stderr.count("\n") == 1


def test_an_interface_that_is_not_there(small):
    argv = [sys.executable, "-m", "tracetui", "report", "--prober", "raw", "--interface", "eth77", WEB]
    ran = small.run("here", argv, check=False)
    assert ran.returncode == 3
    assert "eth77" in ran.stderr
    assert ran.stderr.count("\n") == 1


@pytest.mark.parametrize("target", ["icmp://8.8.8.8", "tcp://8.8.8.8:53", "icmp://2a00::8"])
def test_no_route_is_said_and_no_traceback(small, target):
    [lane] = report(small, target)["lanes"]
    assert lane["state"] == "local_failure"
    assert "no route" in lane["failure"]


def test_a_source_that_is_not_ours(small):
    [lane] = report(small, "--source", "100.64.0.77", f"icmp://{WEB}")["lanes"]
    assert lane["state"] == "local_failure"
    assert "100.64.0.77" in lane["failure"]


def test_our_own_firewall_is_named(lab_available):
    with Lab.chain(
        host("here", "100.64.0.9"), [router("r1", "5.1.0.1")], {host("web", WEB): None}, icmp_ratelimit_ms=0
    ) as lab:
        lab.nft("here", "output ip protocol icmp drop")
        lanes = {lane["protocol"]: lane for lane in report(lab, f"{WEB}:80")["lanes"]}
        assert lanes["icmp"]["state"] == "local_failure"
        assert "firewall" in lanes["icmp"]["failure"]
        assert lanes["tcp"]["state"] != "local_failure"
        assert path(lanes["tcp"]) == ["5.1.0.1", WEB]
        lab.link_down("here", "r1")
        failures = {lane["failure"] for lane in report(lab, f"tcp://{WEB}:80")["lanes"]}
        assert all(failures)


@pytest.mark.parametrize("prober", ["raw", "rootless"])
def test_a_link_local_neighbour_needs_its_zone_and_gets_it(small, prober):
    shown = small.run("r1", ["ip", "-6", "-br", "address", "show", "dev", "to-here"]).stdout
    neighbour = next(word for word in shown.split() if word.startswith("fe80")).partition("/")[0]
    small.allow_ping("here")
    snapshot = report(small, "--prober", prober, f"[{neighbour}%to-r1]:80")
    assert {lane["protocol"]: lane["state"] for lane in snapshot["lanes"]} == {
        "tcp": "reached",
        "icmp": "reached",
    }
