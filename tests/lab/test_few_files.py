"""Reports under low limits of open files: many targets, many names, a domain with very many exchangers."""

import json
import sys
from collections import Counter
from pathlib import Path

import pytest

from lab.routers import Lab, host, router

pytestmark = [pytest.mark.lab, pytest.mark.slow]

DRIVER = Path(__file__).parent / "few_files.py"


@pytest.fixture(scope="module")
def crowd(lab_available):
    """here - r1 - r2 - a network in which every address answers at port 443 and to pings."""
    with Lab.chain(
        host("here", "100.64.0.9"),
        [router("r1", "5.1.0.1"), router("r2", "5.2.0.1")],
        {host("crowd", "198.18.0.0/16", listens=(443,)): None},
        icmp_ratelimit_ms=0,
    ) as lab:
        lab.allow_ping("here")
        yield lab


def report(lab: Lab, files: int, *words: str, nobody: bool) -> dict:
    argv = [sys.executable, "-m", "tracetui", "report", "-f", "json", "-n", "-r", "2", "-i", "0.2"]
    ran = lab.run(
        "here",
        [sys.executable, str(DRIVER), str(files), *argv, "--timeout", "0.5", *words],
        nobody=nobody,
        timeout_s=120,
    )
    return json.loads(ran.stdout)


def snapshot(found: dict) -> dict:
    assert "Traceback" not in found["stderr"], found["stderr"]
    assert found["stdout"], found["stderr"]
    return json.loads(found["stdout"])


def names(count: int) -> list[str]:
    return [*(f"h{number}.example" for number in range(1, count + 1)), "--dns-server", "DNS"]


def addresses(count: int) -> list[str]:
    return [*(f"198.18.{number >> 8}.{number & 255}" for number in range(1, count + 1)), "--offline"]


def states(document: dict) -> Counter:
    return Counter((lane["state"], lane["failure"]) for lane in document["lanes"])


@pytest.mark.parametrize("nobody", [True, False])
def test_thirty_names_with_sixty_four_files(crowd, nobody):
    found = report(crowd, 64, *names(30), nobody=nobody)
    assert states(snapshot(found)) == {("reached", None): 60}
    assert found["status"] == 0


def test_a_domain_with_very_many_exchangers_is_refused_with_the_way_to_allow_it(crowd):
    found = report(crowd, 64, "mx:mx40.example", "--dns-server", "DNS", nobody=True)
    assert (found["status"], found["stdout"]) == (3, "")
    assert "mx:mx40.example: about 80 lanes (40 exchangers)" in found["stderr"]
    assert "--max-lanes 80 allows them" in found["stderr"]
    assert found["asked"] == 1, "exchangers are resolved before the user allows it"


@pytest.mark.parametrize(("files", "nobody"), [(64, True), (1024, False)])
def test_a_domain_with_twelve_hundred_exchangers_is_one_question(crowd, files, nobody):
    found = report(crowd, files, "mx:mx1200.example", "--dns-server", "DNS", nobody=nobody)
    assert (found["status"], found["stdout"]) == (3, "")
    assert "--max-lanes 2400 allows them" in found["stderr"]
    assert found["asked"] == 1


def test_others_are_traced_beside_a_target_that_is_refused(crowd):
    found = report(crowd, 64, "mx:mx40.example", *names(1), nobody=True)
    document = snapshot(found)
    assert states(document) == {("reached", None): 2}
    assert "--max-lanes 80" in document["unresolved"][0]["problem"]


def test_probes_that_wait_for_a_socket_are_not_lost_and_their_lanes_say_so(crowd):
    crowd.forward_drop("r2", "198.18.0.0/16")
    try:
        found = report(crowd, 64, *addresses(12), "-p", "tcp", "-m", "8", "--prober", "rootless", nobody=True)
    finally:
        crowd.clear("r2")
    lanes = snapshot(found)["lanes"]
    assert {lane["rounds"] for lane in lanes} == {2}
    assert sum(lane["held_back"] for lane in lanes) > 0
    assert {lane["failure"] for lane in lanes} == {None}
    assert all(lane["hops"][1]["loss_percent"] == 0 for lane in lanes)


@pytest.mark.slow
@pytest.mark.parametrize(("files", "nobody"), [(64, False), (1024, False), (256, True)])
def test_twelve_hundred_lanes(crowd, files, nobody):
    found = report(crowd, files, *addresses(300), "-p", "tcp", "--port", "443,80,25,587", nobody=nobody)
    document = snapshot(found)
    assert states(document) == {("reached", None): 1200}
    assert document["stretched_interval_s"] == pytest.approx(3 * 1200 / 1000, rel=0.15)


@pytest.mark.slow
@pytest.mark.parametrize(("files", "nobody"), [(64, True), (256, False)])
def test_four_hundred_names(crowd, files, nobody):
    found = report(crowd, files, *names(400), "-p", "tcp", nobody=nobody)
    assert states(snapshot(found)) == {("reached", None): 400}
    assert found["most_at_once"] <= 16


@pytest.mark.slow
def test_a_domain_with_three_hundred_exchangers_that_is_allowed(crowd):
    words = ("mx:mx300.example", "--max-lanes", "600", "--dns-server", "DNS")
    found = report(crowd, 64, *words, nobody=False)
    assert states(snapshot(found)) == {("reached", None): 600}
