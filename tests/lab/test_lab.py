"""The lab itself: its routers do what each policy promises, seen through traceroute and plain sockets."""

import os
import re
import select
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from lab import eight_routers as eight
from lab.routers import NOBODY, Lab, World, host, router

pytestmark = pytest.mark.lab

_CONNECT = """
import socket, sys
address, port = sys.argv[1], int(sys.argv[2])
connection = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET)
connection.settimeout(0.5)
try:
    connection.connect((address, port))
    print("connected")
except OSError as error:
    print(type(error).__name__, error.errno)
"""


def connect(lab: Lab, node: str, address: str, port: int, *, nobody: bool = False) -> str:
    argv = [sys.executable, "-I", "-c", _CONNECT, address, str(port)]
    return lab.run(node, argv, nobody=nobody).stdout.strip()


def hops(lab: Lab, address: str, *options: str, max_ttl: int = 10) -> list[str]:
    """What traceroute prints for each TTL: an address, with `!X` and the like after it, or `*`."""
    argv = ["traceroute", "-n", "-q1", "-w0.3", "-N32", f"-m{max_ttl}", *options, address]
    lines = lab.run("here", argv).stdout.splitlines()[1:]
    return [re.sub(r"  [0-9.]+ ms", "", line)[4:].strip() for line in lines]


@pytest.fixture
def small(lab_available):
    """here - r1 - r2 - r3 - web."""
    with Lab.chain(
        host("here", "100.64.0.9", "2001:db8::9"),
        [
            router("r1", "5.1.0.1", "2001:db8:1::1"),
            router("r2", "5.2.0.1", "2001:db8:2::1"),
            router("r3", "5.3.0.1", "2001:db8:3::1"),
        ],
        {host("web", "9.9.0.1", "2001:db8:9::1", "9.9.1.0/24", listens=(443,)): None},
        icmp_ratelimit_ms=0,
    ) as lab:
        yield lab


PATH = ["5.1.0.1", "5.2.0.1", "5.3.0.1"]


@pytest.mark.parametrize("options", [("-T", "-p443"), ("-I",)])
def test_every_router_answers_in_its_place(eight_router_lab, options):
    assert hops(eight_router_lab, eight.REACHED, *options) == [*eight.HOP_ADDRESSES, eight.REACHED]
    assert hops(eight_router_lab, eight.REACHED_V6, *options) == [*eight.HOP_ADDRESSES_V6, eight.REACHED_V6]


def test_the_endpoints_of_the_ready_made_lab_fail_as_declared(eight_router_lab):
    routers = list(eight.HOP_ADDRESSES)
    assert hops(eight_router_lab, eight.BLACKHOLED, "-T", "-p25") == [*routers[:4], *"*" * 6]
    assert hops(eight_router_lab, eight.BLACKHOLED_V6, "-I")[3:] == [eight.HOP_ADDRESSES_V6[3], *"*" * 6]
    assert hops(eight_router_lab, eight.FORWARD_DROPPED, "-I") == [*routers[:5], *"*" * 5]
    assert hops(eight_router_lab, eight.REJECTED, "-T", "-p25") == [*routers[:6], f"{routers[5]} !X"]
    assert hops(eight_router_lab, eight.REJECTED_V6, "-I")[6:] == [f"{eight.HOP_ADDRESSES_V6[5]} !X"]
    assert hops(eight_router_lab, eight.LOOPED, "-I") == [*routers[:7], routers[5], routers[6], routers[5]]
    assert hops(eight_router_lab, eight.RESET, "-T", "-p25") == [*routers[:5], eight.RESET]
    assert hops(eight_router_lab, eight.RESET, "-I") == [*routers, eight.RESET]
    assert connect(eight_router_lab, "here", eight.REACHED, eight.CLOSED_PORT) == "ConnectionRefusedError 111"
    assert connect(eight_router_lab, "here", eight.CONTROL, 25) == "connected"


def test_the_table_names_every_address_of_the_ready_made_lab():
    rows = [line.split("\t") for line in eight.ASN_TABLE.splitlines()]
    assert all(len(row) == 5 for row in rows)
    assert {row[2] for row in rows} == {"57681", "8359", "22822", "19905"}


def test_programs_without_rights_get_none(small):
    assert (
        "Operation not permitted"
        in small.run("here", ["ip", "link", "set", "lo", "down"], nobody=True, check=False).stderr
    )
    assert small.run("here", ["id", "-u"], nobody=True).stdout.strip() == str(NOBODY)
    assert connect(small, "here", "9.9.0.1", 443, nobody=True) == "connected"


def test_policies_can_be_added_and_taken_away(small):
    small.reject("r2", "9.9.0.1", "host-unreachable", "tcp", 443)
    assert hops(small, "9.9.0.1", "-T", "-p443") == [*PATH[:2], "5.2.0.1 !H"]
    assert hops(small, "9.9.0.1", "-I") == [*PATH, "9.9.0.1"]
    small.clear("r2")
    assert connect(small, "here", "9.9.0.1", 443) == "connected"


def test_ipv6_policies(small):
    small.reject("r2", "2001:db8:9::1", "no-route", "icmp")
    assert hops(small, "2001:db8:9::1", "-I")[2] == "2001:db8:2::1 !N"
    assert connect(small, "here", "2001:db8:9::1", 443) == "connected"
    small.tcp_reset("r1", "2001:db8:9::1", 443)
    assert connect(small, "here", "2001:db8:9::1", 443) == "ConnectionRefusedError 111"


def test_silence_and_lost_ways_back(small):
    small.silent("r2")
    assert hops(small, "9.9.0.1", "-I") == [PATH[0], "*", PATH[2], "9.9.0.1"]
    small.return_drop("r1", "5.3.0.1")
    assert hops(small, "9.9.0.1", "-I") == [PATH[0], "*", "*", "9.9.0.1"]


def test_a_middlebox_answers_in_the_endpoints_name(small):
    small.answer("r2", "9.9.0.1", 25)
    assert hops(small, "9.9.0.1", "-T", "-p25") == [PATH[0], "9.9.0.1"]


def test_local_trouble(small):
    small.output_drop("here", "9.9.0.1", "tcp", 443)
    assert connect(small, "here", "9.9.0.1", 443) == "TimeoutError None"  # the kernel keeps it to itself
    small.output_drop("here", "9.9.0.1", "icmp")
    assert "permitted" in small.run("here", ["traceroute", "-n", "-I", "9.9.0.1"], check=False).stderr
    small.link_down("here", "r1")
    assert connect(small, "here", "9.9.0.1", 80) == "OSError 101"


def test_a_host_may_own_a_whole_prefix(small):
    assert {connect(small, "here", f"9.9.1.{last}", 443) for last in (0, 7, 255)} == {"connected"}


def test_routers_keep_the_limits_of_linux_unless_told_otherwise(lab_available):
    with Lab.chain(
        host("here", "100.64.0.9"), [router("r1", "5.1.0.1")], {host("web", "9.9.0.1"): None}
    ) as lab:
        burst = ["traceroute", "-n", "-q10", "-N1", "-w0.2", "-I", "-m1", "9.9.0.1"]
        assert lab.run("here", burst).stdout.count("*") >= 3
        lab.sysctl("r1", "ipv4.icmp_ratelimit", 0)
        assert lab.run("here", burst).stdout.count("*") == 0


def test_a_capture_holds_what_passed(small, can_record):
    with small.capture("r2", "icmp[icmptype] == icmp-echo") as capture:
        hops(small, "9.9.0.1", "-I")
    assert any("100.64.0.9 > 9.9.0.1: ICMP echo request" in line for line in capture.lines)


def test_two_labs_at_once_do_not_clash(small):
    with Lab.chain(
        host("here", "100.64.0.9"),
        [router("r1", "7.7.7.7")],
        {host("web", "9.9.0.1"): None},
        icmp_ratelimit_ms=0,
    ) as other:
        assert hops(other, "9.9.0.1", "-I") == ["7.7.7.7", "9.9.0.1"]
        assert hops(small, "9.9.0.1", "-I")[0] == "5.1.0.1"


def test_the_world_ends_with_the_process_that_made_it(lab_available):
    program = "\n".join(
        [
            "import os, signal, sys",
            f"sys.path.insert(0, {str(Path(__file__).parents[1])!r})",
            "from lab.world import World",
            "world = World()",
            "print(world.namespace('x').parts[2], flush=True)",
            "os.kill(os.getpid(), signal.SIGKILL)",
        ]
    )
    killed = subprocess.run([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True, check=False)
    assert killed.returncode == -9
    # The pipe we read ended, so the holder, which had inherited its own, has ended too or is about to.
    holder = int(killed.stdout)
    try:
        ended = os.pidfd_open(holder)
    except ProcessLookupError:
        return
    readable, _, _ = select.select([ended], [], [], 30)
    os.close(ended)
    assert readable, "it still runs"


def test_it_works_for_an_ordinary_user_too(lab_available):
    if os.geteuid() != 0:
        assert World().user_namespace
        return
    python = shutil.which("python3", path="/usr/bin") or sys.executable
    done = subprocess.run(
        ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", python, "-m",
         "lab.eight_routers", "--nobody", "traceroute", "-n", "-q1", "-w0.3", "-m10", eight.REACHED],
        cwd=Path(__file__).parents[1], env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.stderr == ""
    assert done.stdout.splitlines()[-1].split()[:2] == ["9", eight.REACHED]
