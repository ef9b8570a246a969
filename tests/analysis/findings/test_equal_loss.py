"""Loss that takes the suspect's and the control's packets alike accuses nobody, however much of it there is.

    TRACETUI_LOSS_SEEDS=200 python -m pytest -m slow tests/analysis/findings/test_equal_loss.py

makes as many runs of each kind as were made once, by hand; usually a few of them, evenly picked.
"""

import os
from collections.abc import Iterable
from dataclasses import replace

import pytest

from analysis.findings.simulated import looks
from tracetui.model import Confidence, FindingKind
from tracetui.simulation.read_scenario import read_text
from tracetui.simulation.scenario import Scenario

FULL = 200
SEEDS = int(os.environ.get("TRACETUI_LOSS_SEEDS", "20"))
ROUNDS, BURST_ROUNDS = 70, 180
LOOK_EVERY_S = 2
LEAST_LOSS, MOST_LOSS = 0.30, 0.90

INTERNET = """
title = "Probes are lost, whatever they are"
paths = [
  ["home", "gw", "i1", "i2", "t1", "t2", "t3", "t4", "e1", "suspect"],
  ["e1", "control"],
]
[router.gw]
address = "192.168.1.1"
[as]
64501 = { name = "Access", routers = ["i1", "i2"] }
64502 = { name = "Transit", routers = ["t1", "t2", "t3", "t4"] }
[as.64503]
name = "Hosting"
prefixes = ["185.70.40.0/24", "156.154.64.0/24"]
routers = ["e1"]
hosts = ["suspect", "control"]
[host]
suspect = { address = "185.70.40.101", open = [443] }
control = { address = "156.154.64.10", control = true, open = [443] }
[demo]
targets = ["suspect"]
controls = ["control"]
"""
PLACES = {
    "the first link": [{"home", "gw"}],
    "a link in the middle": [{"i2", "t1"}],
    "the last links": [{"e1", "suspect"}, {"e1", "control"}],
}
SAYS_NO_HARM = {
    FindingKind.REACHABLE,
    FindingKind.CLOSED_PORT,
    FindingKind.OUTAGE_ENDED,
    FindingKind.INSUFFICIENT,
}
MEASURES_ONLY = {FindingKind.INTERMITTENT}
"""How often an endpoint answers: that much is so. It may be medium, and names nobody."""


FAR_BY_LOSS = {
    "the first link": [135],
    "a link in the middle": [186],
    "the last links": [180, 183, 190],
}
"""Of the full number of runs, those in which a box is suspected on the way: an endpoint seems to be farther
over one protocol than over another, while only its answers to the nearer TTLs were lost.
"""


def lossy(made: Scenario, place: str, seed: int) -> Scenario:
    share = LEAST_LOSS + (MOST_LOSS - LEAST_LOSS) * seed / (FULL - 1)
    each_way = 1 - (1 - share) ** 0.5
    links = {
        ends: replace(link, loss=each_way) if set(ends) in PLACES[place] else link
        for ends, link in made.links.items()
    }
    assert links != made.links
    return replace(made, links=links)


def bursts(length_s: int, seed: int) -> Scenario:
    """Everything is dropped in the middle of the path for so long, and for as long it is not, by turns."""
    policies = "".join(
        f'[[policy]]\nat = "t2"\naction = "drop"\nfrom = {start}\nuntil = {start + length_s}\n'
        for start in range(7 * seed % (2 * length_s), BURST_ROUNDS, 2 * length_s)
    )
    return read_text(INTERNET + policies, "bursts", "bursts.toml")


def accusations(made: Scenario, rounds: int, seed: int) -> Iterable[str]:
    """What is told above low, or with a network's number, at any look."""
    seconds = range(LOOK_EVERY_S, rounds + LOOK_EVERY_S, LOOK_EVERY_S)
    for second, snapshot in zip(seconds, looks(made, seconds, seed=seed), strict=True):
        for finding in snapshot.findings:
            low = finding.confidence is Confidence.LOW or finding.kind in MEASURES_ONLY
            if finding.ases or not (low or finding.kind in SAYS_NO_HARM):
                yield f"seed {seed}, {second} s: {finding.kind} {finding.confidence} {finding.ases}"


def some(full: int) -> range:
    return range(0, full, max(1, full // min(SEEDS, full)))


@pytest.mark.slow
@pytest.mark.timeout(0 if SEEDS > 20 else 120)
@pytest.mark.parametrize("place", PLACES)
def test_equal_loss_accuses_nobody(place):
    made = read_text(INTERNET, "loss", "loss.toml")
    assert [each for seed in some(FULL) for each in accusations(lossy(made, place, seed), ROUNDS, seed)] == []


@pytest.mark.parametrize(
    ("place", "seed"), [(place, seed) for place, seeds in FAR_BY_LOSS.items() for seed in seeds]
)
def test_lost_answers_to_nearer_ttls_show_no_box(place, seed):
    made = read_text(INTERNET, "loss", "loss.toml")
    assert list(accusations(lossy(made, place, seed), ROUNDS, seed)) == []


@pytest.mark.slow
@pytest.mark.timeout(0 if SEEDS > 20 else 120)
@pytest.mark.parametrize("length_s", [30, 60])
def test_bursts_for_all_accuse_nobody(length_s):
    runs = range(max(3, SEEDS * 60 // FULL))
    assert [each for seed in runs for each in accusations(bursts(length_s, seed), BURST_ROUNDS, seed)] == []
