"""Forged answers as real packets, on real Linux: what a forger can fill with them is limited."""

import json
import sys
from pathlib import Path

import pytest

from lab import few_files, forger
from lab.routers import Lab, host, router

pytestmark = [pytest.mark.lab, pytest.mark.slow]

HERE, WEB = "100.64.0.9", "9.9.0.1"
PROBERS = pytest.mark.parametrize("prober", ["raw", "rootless"])


@pytest.fixture(scope="module")
def path(lab_available):
    """here - r1 - r2 - r3 - web, and nothing limits ICMP."""
    with Lab.chain(
        host("here", HERE),
        [router("r1", "5.1.0.1"), router("r2", "5.2.0.1"), router("r3", "5.3.0.1")],
        {host("web", WEB, listens=(443,)): None},
        icmp_ratelimit_ms=0,
    ) as lab:
        lab.allow_ping("here")
        yield lab


QUEUE_FULL = "ICMP errors arrive faster than they can be read: duplicates, or a flood"


def forged(path: Lab, prober: str, *how: str, rounds: int = 4) -> tuple[dict, int]:
    """Trace while somebody at r1 forges; return what `few_files.py` found and how many were forged."""
    forging = path.popen("r1", [sys.executable, str(Path(forger.__file__)), HERE, WEB, *how])
    assert forging.stdout is not None
    assert forging.stdout.readline() == "ready\n"
    argv = [sys.executable, "-m", "tracetui", "report", "-f", "json", "--prober", prober, "-i", "0.5"]
    try:
        ran = path.run(
            "here",
            [sys.executable, str(Path(few_files.__file__)), "1024", *argv, "-r", str(rounds),
             "--timeout", "1", "--dns-server", "DNS", f"{WEB}:443"],
            nobody=prober == "rootless",
        )  # fmt: skip
    finally:
        sent, _ = forging.communicate(timeout=60)
    return json.loads(ran.stdout), int(sent)


def check_little_was_made_of_it(found: dict) -> dict:
    assert "Traceback" not in found["stderr"]
    assert found["stdout"].count("\n") < 1_000
    assert found["asked"] < 40
    assert found["max_rss_kib"] < 90_000
    return json.loads(found["stdout"])


def check_the_path(snapshot: dict, rounds: int = 4) -> None:
    for lane in snapshot["lanes"]:
        assert lane["state"] == "reached"
        assert [(hop["sent"], hop["received"], hop["lost"]) for hop in lane["hops"]] == [
            (rounds, rounds, 0)
        ] * 4


@PROBERS
def test_seventeen_thousand_responders_to_one_probe(path, prober):
    found, sent = forged(path, prober, "1", "17000")
    assert sent == 17_000
    snapshot = check_little_was_made_of_it(found)
    assert {lane["state"] for lane in snapshot["lanes"]} == {"reached"}
    assert all(len(hop["responders"]) <= 9 for lane in snapshot["lanes"] for hop in lane["hops"])


@PROBERS
def test_who_does_not_see_the_probes_changes_nothing(path, prober):
    found, sent = forged(path, prober, "0", "0", "--guess", "10000")
    assert sent > 10_000, "the flood itself was too slow to show anything"
    check_the_path(check_little_was_made_of_it(found))


@PROBERS
def test_a_router_that_answers_thousands_of_times(path, prober):
    found, sent = forged(path, prober, "100", "3000", "--same", "5.2.0.1", "--ttl", "2")
    assert sent >= 2 * 4 * 3_000
    snapshot = check_little_was_made_of_it(found)
    assert snapshot["receiver"]["duplicate"] > 1_000 or prober == "rootless"
    outcomes = {(lane["state"], lane["failure"]) for lane in snapshot["lanes"]}
    if prober == "rootless":
        # Whether the last send finds the queue full depends on the machine. It is told, and no loss.
        outcomes -= {("insufficient", QUEUE_FULL)}
    assert outcomes == {("reached", None)}
    assert {hop["lost"] for lane in snapshot["lanes"] for hop in lane["hops"]} == {0}
