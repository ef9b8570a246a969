"""Other people's ICMP, on real Linux: it changes no figure, however much of it there is."""

import json
import sys
from pathlib import Path

import pytest

from lab import flood
from lab.routers import Lab, host, router

pytestmark = pytest.mark.lab

WEB = "9.9.0.1"


@pytest.fixture(scope="module")
def quiet(lab_available):
    """here - r1 - r2 - web, and nothing limits ICMP."""
    with Lab.chain(
        host("here", "100.64.0.9"),
        [router("r1", "5.1.0.1"), router("r2", "5.2.0.1")],
        {host("web", WEB, listens=(443,)): None},
        icmp_ratelimit_ms=0,
    ) as lab:
        lab.allow_ping("here")
        yield lab


@pytest.mark.parametrize(
    ("prober", "per_second", "interval", "rounds"),
    [
        ("raw", 20_000, "0.2", 10),
        pytest.param("raw", 300, "5", 3, marks=pytest.mark.slow),
        pytest.param("raw", 2_000, "1", 6, marks=pytest.mark.slow),
        pytest.param("raw", 20_000, "1", 6, marks=pytest.mark.slow),
        pytest.param("raw", 20_000, "5", 3, marks=pytest.mark.slow),
        pytest.param("rootless", 20_000, "1", 6, marks=pytest.mark.slow),
    ],
)
def test_no_figure_changes(quiet, prober, per_second, interval, rounds):
    seconds = float(interval) * rounds + 3
    argv = [sys.executable, str(Path(flood.__file__)), "100.64.0.9", str(per_second), str(seconds)]
    sending = quiet.popen("r1", argv)
    try:
        argv = [sys.executable, "-m", "tracetui", "report", "-f", "json", "--prober", prober, "--offline"]
        ran = quiet.run(
            "here", [*argv, "-r", str(rounds), "-i", interval, "--timeout", "1", f"{WEB}:443"], check=False
        )
    finally:
        sent, _ = sending.communicate(timeout=60)
    assert int(sent) > per_second * seconds / 4, "the flood itself was too slow to show anything"
    snapshot = json.loads(ran.stdout)
    for lane in snapshot["lanes"]:
        assert lane["state"] == "reached"
        assert [(hop["sent"], hop["received"], hop["lost"]) for hop in lane["hops"]] == [
            (rounds, rounds, 0)
        ] * 3
    assert snapshot["receiver"]["dropped"] == 0
    if prober == "raw":
        assert snapshot["receiver"]["foreign"] == 0, "the kernel's filter lets others' packets pass"
