"""The rootless prober on real Linux routers: hops, endpoints, and what is said when nothing can be sent."""

import json
import sys

import pytest

from lab import drive_prober
from lab.reports import lanes, path, replies
from lab.reports import report as lab_report
from lab.routers import Lab, host, router

pytestmark = pytest.mark.lab

HERE, SECOND, HERE6 = "100.64.0.9", "100.64.0.10", "2001:db8::9"
WEB, WEB6 = "9.9.0.1", "2001:db8:9::9"
ROUTERS, ROUTERS6 = ["5.1.0.1", "5.2.0.1"], ["2001:db8:1::1", "2001:db8:2::1"]
PACE = ("--rounds", "5", "--interval", "0.1", "--timeout", "0.4", "--offline", "--prober", "rootless")
USERS = pytest.mark.parametrize("nobody", [True, False], ids=["nobody", "root"])


def make_lab(*, ping: bool = True) -> Lab:
    """here - r1 - r2 - web. Without `ping`, the kernel's default stays: no ICMP datagram sockets."""
    lab = Lab.chain(
        host("here", HERE, HERE6, SECOND),
        [router("r1", ROUTERS[0], ROUTERS6[0]), router("r2", ROUTERS[1], ROUTERS6[1])],
        {host("web", WEB, WEB6, "9.9.1.0/24", "2001:db8:9:1::/64", listens=(443,)): None},
        icmp_ratelimit_ms=0,
    )
    if ping:
        lab.allow_ping("here")
    return lab


@pytest.fixture(scope="module")
def small(lab_available):
    with make_lab() as lab:
        yield lab


@pytest.fixture
def own(lab_available):
    """The same, to be broken."""
    with make_lab() as lab:
        yield lab


def report(lab, *words, nobody=True):
    snapshot = lab_report(lab, *PACE, *words, nobody=nobody)
    assert snapshot["vantage"]["prober"] == "rootless"
    return lanes(snapshot)


def drive(lab, probes, **further):
    """Start the driver; it waits for a line before each repetition."""
    wanted = json.dumps({"probes": probes, "listen_s": 0.3, "pauses": True, **further})
    return lab.popen("here", [sys.executable, drive_prober.__file__, wanted], nobody=True)


@USERS
@pytest.mark.parametrize(
    ("target", "kind", "reply_ttl"),
    [
        (f"tcp://{WEB}:443", "syn_ack", None),
        (f"tcp://{WEB}:80", "rst", None),
        (f"icmp://{WEB}", "echo_reply", [62, 62]),
        (f"tcp://[{WEB6}]:443", "syn_ack", [62, 62]),
        (f"tcp://[{WEB6}]:80", "rst", None),
        (f"icmp://[{WEB6}]", "echo_reply", [62, 62]),
    ],
)
def test_two_routers_and_the_endpoint(small, target, kind, reply_ttl, nobody):
    [lane] = report(small, target, nobody=nobody).values()
    six = "[" in target
    assert path(lane) == [*(ROUTERS6 if six else ROUTERS), WEB6 if six else WEB]
    assert replies(lane)[3, WEB6 if six else WEB, kind] == 5
    assert [hop["responders"][0]["reply_ttl"] for hop in lane["hops"]] == [[64, 64], [63, 63], reply_ttl]
    assert lane["source"] == (HERE6 if six else HERE)
    assert lane["flow"] == ("per_hop" if "tcp" in target else "fixed")
    assert all(hop["rtt_ms"]["best"] > 0 for hop in lane["hops"])


REFUSALS = {
    "9.9.1.1": ("net-unreachable", 3, 0),
    "9.9.1.2": ("host-unreachable", 3, 1),
    "9.9.1.3": ("prot-unreachable", 3, 2),
    "9.9.1.4": ("port-unreachable", 3, 3),
    "9.9.1.5": ("net-prohibited", 3, 9),
    "9.9.1.6": ("host-prohibited", 3, 10),
    "9.9.1.7": ("admin-prohibited", 3, 13),
    "2001:db8:9:1::1": ("no-route", 1, 0),
    "2001:db8:9:1::2": ("admin-prohibited", 1, 1),
    "2001:db8:9:1::3": ("addr-unreachable", 1, 3),
    "2001:db8:9:1::4": ("port-unreachable", 1, 4),
    "2001:db8:9:1::5": ("policy-fail", 1, 5),
    "2001:db8:9:1::6": ("reject-route", 1, 6),
}


@pytest.fixture(scope="module")
def refused(lab_available):
    with make_lab() as lab:
        for address, (code, _, _) in REFUSALS.items():
            lab.reject("r2", address, code)
        return report(lab, *REFUSALS)


@pytest.mark.parametrize("service", ["tcp/443", "icmp"])
@pytest.mark.parametrize("address", REFUSALS)
def test_refusals_by_a_router(refused, address, service):
    lane = refused[f"{address}:{service}"]
    routers = ROUTERS6 if ":" in address else ROUTERS
    assert path(lane)[:3] == [*routers, routers[1]]
    assert (lane["icmp"]["type"], lane["icmp"]["code"]) == REFUSALS[address][1:]
    assert lane["state"] == "unreachable"


def test_a_blackhole(own):
    own.blackhole("r2", WEB)
    for lane in report(own, WEB).values():
        assert lane["state"] == "silent_after"
        assert path(lane) == ROUTERS[:1]


@USERS
def test_where_ping_is_forbidden_tcp_goes_on(lab_available, nobody):
    with make_lab(ping=False) as lab:
        found = report(lab, WEB, WEB6, nobody=nobody)
    for address in (WEB, WEB6):
        assert found[f"{address}:tcp/443"]["state"] == "reached"
        refused = found[f"{address}:icmp"]
        assert refused["state"] == "local_failure"
        assert "net.ipv4.ping_group_range" in refused["failure"]
        assert "sysctl" in refused["failure"]
        assert "\n" not in refused["failure"]


def test_our_own_firewall_is_named_where_the_kernel_tells(own):
    own.output_drop("here", WEB)
    found = report(own, WEB)
    assert found[f"{WEB}:icmp"]["state"] == "local_failure"
    assert "firewall" in found[f"{WEB}:icmp"]["failure"]
    assert found[f"{WEB}:tcp/443"]["last_responsive"] is None, "of a SYN, connect() does not tell"


def test_our_own_firewall_may_answer(own):
    own.reject_output("here", WEB, "admin-prohibited")
    for lane in report(own, WEB).values():
        assert path(lane)[:1] == [HERE]
        assert lane["failure"] is None
        assert (lane["icmp"]["type"], lane["icmp"]["code"]) == (3, 13)


@pytest.mark.parametrize("address", ["8.8.8.8", "2a00::8"])
def test_no_route(small, address):
    for lane in report(small, address).values():
        assert lane["state"] == "local_failure"
        assert "no route" in lane["failure"]
        assert lane["source"] is None


@pytest.mark.parametrize(
    ("kind", "words"), [("blackhole", "blackhole"), ("prohibit", "prohibit"), ("unreachable", "unreachable")]
)
def test_routes_that_refuse(own, kind, words):
    own.ip("here", f"route add {kind} 7.7.7.7", f"route add {kind} 2001:db8:7::7")
    for lane in report(own, "7.7.7.7", "2001:db8:7::7").values():
        assert lane["state"] == "local_failure"
        assert words in lane["failure"]


def test_the_interface_is_down(own):
    own.link_down("here", "r1")
    for lane in report(own, WEB, WEB6).values():
        assert lane["state"] == "local_failure"
        assert lane["failure"]


def test_an_interface_of_ones_choice(small):
    [lane] = report(small, "--interface", "to-r1", f"tcp://{WEB}:443").values()
    assert lane["state"] == "reached"
    found = report(small, "--interface", "lo", WEB)
    assert {lane["state"] for lane in found.values()} <= {"local_failure", "silent_after"}
    assert not any(path(lane) for lane in found.values())


def test_a_neighbour_by_its_link_local_address(small):
    shown = small.run("r1", ["ip", "-6", "address", "show", "dev", "to-here", "scope", "link"]).stdout
    neighbour = shown.partition("inet6 ")[2].partition("/")[0] + "%to-r1"
    driver = drive(small, [["tcp", neighbour, 443, 3], ["icmp", neighbour, None, 3]])
    found = json.loads(driver.communicate("\n")[0].splitlines()[-1])
    assert {(reply["address"], reply["kind"]) for reply in found["replies"]} == {
        (neighbour, "rst"),
        (neighbour, "echo_reply"),
    }


def test_an_interface_that_is_not_there(small):
    argv = [sys.executable, "-m", "tracetui", "report", *PACE, "--interface", "eth77", WEB]
    ran = small.run("here", argv, nobody=True, check=False)
    assert ran.returncode == 3
    assert "eth77" in ran.stderr
    assert "to-r1" in ran.stderr, "it lists those that are there"
    assert ran.stderr.count("\n") == 1


def test_two_vantages(own):
    own.ip("here", f"address add {SECOND}/32 dev to-r1")
    own.route("r1", SECOND, "here")
    own.route("r2", SECOND, "r1")
    own.route("web", SECOND, "r2")
    found = report(own, "--source", HERE, "--source", SECOND, WEB)
    assert {(lane["vantage"], lane["source"]) for lane in found.values()} == {(HERE, HERE), (SECOND, SECOND)}
    assert {lane["state"] for lane in found.values()} == {"reached"}


def test_one_source_under_two_names_shares_no_connection(small):
    """The same addresses and ports twice: one of the two lanes takes other source ports."""
    probes = [["tcp", WEB, 443, ttl] for ttl in (1, 2, 3)]
    first, second = drive(small, probes, repeat=3, vantage=HERE), drive(small, probes, repeat=3)
    results = [json.loads(each.communicate("\n" * 3)[0].splitlines()[-1]) for each in (first, second)]
    for result in results:
        assert result["refusals"] == []
        assert [reply["kind"] for reply in result["replies"]].count("syn_ack") == 3
        assert len(result["replies"]) == 9


def test_a_source_that_is_not_ours(small):
    for lane in report(small, "--source", "100.64.0.77", WEB).values():
        assert lane["state"] == "local_failure"
        assert "100.64.0.77" in lane["failure"]


def test_it_goes_on_when_the_link_is_back(own):
    probes = [[protocol, WEB, port, 2] for protocol, port in (("tcp", 443), ("icmp", None))]
    driver = drive(own, probes, repeat=3)
    assert driver.stdout.readline() == "ready\n"
    driver.stdin.write("\n")
    driver.stdin.flush()
    assert driver.stdout.readline() == "ready\n"
    own.ip("here", "link set to-r1 down")
    driver.stdin.write("\n")
    driver.stdin.flush()
    assert driver.stdout.readline() == "ready\n"
    own.ip("here", "link set to-r1 up")
    own.route("here", WEB, "r1")
    found = json.loads(driver.communicate("\n")[0])
    assert [(repetition, index) for repetition, index, _ in found["refusals"]] == [(1, 0), (1, 1)]
    assert sorted((reply["repetition"], reply["probe"]) for reply in found["replies"]) == [
        (repetition, index) for repetition in (0, 2) for index in (0, 1)
    ]
    assert {reply["address"] for reply in found["replies"]} == {ROUTERS[1]}
    assert found["sources"] == [HERE, HERE]
    assert found["left_open"] == 0


def test_this_machine_itself(small):
    found = report(small, "127.0.0.1:80", "::1")
    assert {lane["state"] for lane in found.values()} == {"reached"}
    assert {lane["destination_ttl"] for lane in found.values()} == {1}


def test_files_and_threads_are_gone_after_closing(small):
    script = """
import threading, time
from pathlib import Path
from tracetui.model import PROBED, Lane
from tracetui.probing.clock import SystemClock
from tracetui.probing.engine import Engine
from tracetui.probing.pace import Pace
from tracetui.probing.rootless_prober import RootlessProber
files = lambda: sorted(each.name for each in Path("/proc/self/fd").iterdir())
before = files()
clock = SystemClock()
prober = RootlessProber(clock)
engine = Engine(prober, clock, Pace(interval_s=0.1))
engine.start()
addresses = ("9.9.0.1", "2001:db8:9::9")
lanes = [Lane(a, a, a, p, 443 if p == "tcp" else None) for a in addresses for p in PROBED]
engine.add(lanes)
while not (engine.published.traces and all(trace.rounds >= 2 for trace in engine.published.traces)):
    time.sleep(0.01)
assert len(files()) > len(before) + 6
engine.remove([lane.id for lane in lanes])
while engine.published.traces:
    time.sleep(0.01)
assert len(files()) <= len(before) + 3, files()
prober.wake()
engine.close()
prober.wake()
assert engine.crash is None
print(files() == before)
"""
    ran = small.run("here", [sys.executable, "-c", script], nobody=True)
    assert ran.stdout.strip() == "True", ran.stderr


def test_the_soft_limit_of_files_is_raised(small):
    script = """
import resource
from tracetui.probing.clock import SystemClock
from tracetui.probing.rootless_prober import RootlessProber
resource.setrlimit(resource.RLIMIT_NOFILE, (100, 300))
RootlessProber(SystemClock()).close()
print(resource.getrlimit(resource.RLIMIT_NOFILE))
"""
    assert small.run("here", [sys.executable, "-c", script], nobody=True).stdout.strip() == "(300, 300)"
