"""A scenario behind a TUN device: the kernel and both probers find what the file says."""

import json
import subprocess
import sys
from collections.abc import Iterator

import pytest

from lab.world import World

pytestmark = [pytest.mark.lab, pytest.mark.slow, pytest.mark.usefixtures("lab_available")]

TRACETUI = [sys.executable, "-m", "tracetui"]
TUN = [sys.executable, "-m", "tracetui.simulation.tun"]


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    world = World()
    world.shell("ip netns add demo\n")
    yield world
    world.close()


def behind(world: World, scenario: str, *command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        world.inside("demo", [*TUN, scenario, "--", *command]),
        capture_output=True,
        text=True,
        timeout=100,
        env=world.environment,
        check=False,
    )


REPORT = ["report", "--format", "json", "--interval", "0.2", "--rounds", "6", "--timeout", "0.5", "--no-dns"]
HOPS = ["198.18.1.1", "198.18.1.2", "198.18.2.1", "198.18.2.2", "198.18.2.3", "198.18.3.1", "198.18.3.80"]


@pytest.mark.parametrize("prober", ["raw", "rootless"])
def test_both_probers_see_the_scenario_through_the_kernel(world, prober):
    asked = ["198.18.3.80", "--port", "25,443", "--protocol", "tcp", "--prober", prober]
    done = behind(world, "port-filter", *TRACETUI, *REPORT, *asked)
    assert done.returncode == 1, done.stderr
    lanes = {lane["id"]: lane for lane in json.loads(done.stdout)["lanes"]}
    blocked, passed = lanes["198.18.3.80:tcp/25"], lanes["198.18.3.80:tcp/443"]
    assert blocked["state"] == "silent_after"
    assert blocked["last_responsive"]["address"] == "198.18.2.2"
    assert passed["state"] == "reached"
    assert [hop["responders"][0]["address"] for hop in passed["hops"]] == HOPS
    for hop in passed["hops"]:
        least_ms = 4.0 * hop["ttl"]
        assert hop["rtt_ms"]["best"] >= least_ms, "nothing arrives before its time"


def test_raw_icmp_over_ipv6(world):
    asked = ["2001:db8:42::81", "2001:db8:42::80", "--protocol", "icmp", "--prober", "raw"]
    done = behind(world, "ipv6", *TRACETUI, *REPORT, *asked)
    lanes = {lane["address"]: lane for lane in json.loads(done.stdout)["lanes"]}
    assert lanes["2001:db8:42::81"]["state"] == "reached"
    assert lanes["2001:db8:42::80"]["last_responsive"]["address"] == "2001:db8:2::2"
    assert lanes["2001:db8:42::81"]["hops"][3]["responders"][0]["address"] == "2001:db8:2::33"


def test_labels_resets_and_refusals_cross_the_kernel(world):
    done = behind(world, "mpls", *TRACETUI, *REPORT, "198.18.3.80", "-p", "icmp", "--prober", "raw")
    (lane,) = json.loads(done.stdout)["lanes"]
    assert lane["hops"][2]["responders"][0]["mpls"] == [24015, 16008]
    done = behind(world, "injected-reset", *TRACETUI, *REPORT, "198.18.3.80", "--prober", "raw")
    states = {lane["protocol"]: lane["state"] for lane in json.loads(done.stdout)["lanes"]}
    assert states == {"tcp": "reset", "icmp": "reached"}
    done = behind(
        world, "admin-reject", *TRACETUI, *REPORT, "198.18.3.80", "--prober", "rootless", "-p", "tcp"
    )
    (lane,) = json.loads(done.stdout)["lanes"]
    assert (lane["state"], lane["last_responsive"]["address"]) == ("unreachable", "198.18.2.2")


def test_it_serves_until_its_input_ends(world):
    serving = subprocess.Popen(
        world.inside("demo", [*TUN, "mpls", "--device", "other0"]),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=world.environment,
    )
    assert serving.stdout is not None
    assert serving.stdout.readline() == "ready\n"
    assert "other0" in world.shell("ip netns exec demo ip -brief link\n")
    serving.communicate()
    assert serving.returncode == 0
    assert "other0" not in world.shell("ip netns exec demo ip -brief link\n")


def test_the_commands_exit_code_is_handed_on(world):
    assert behind(world, "mpls", "sh", "-c", "exit 7").returncode == 7


@pytest.mark.parametrize(
    ("arguments", "message"),
    [(["protonmail"], "did you mean 'protonmail-2019'"), (["mpls", "--device", "lo"], "no TUN device lo")],
)
def test_what_cannot_be_served_is_one_line(world, arguments, message):
    done = subprocess.run(
        world.inside("demo", [*TUN, *arguments]),
        capture_output=True,
        text=True,
        timeout=60,
        env=world.environment,
        check=False,
    )
    assert done.returncode == 2
    assert message in done.stderr
    assert done.stderr.count("\n") == 1
