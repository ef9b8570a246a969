"""Simulated internets, each a short file with what must be found on it: every kind, and every trap we know.

A file is a scenario (`docs/scenarios.md`) and a table `[expect]`: `rounds` (70), `interval` (1 s), `max_hops`
(30); `findings`, one line each, `KIND CONFIDENCE ASES: LANES`, or `kinds`, those that may be found where
chance decides; `says`, what their texts must contain. A `trap` is run with several seeds, and must never name
a network on the way above low. `seen`: what must be found where the policies begin after a minute, so
that the way was seen before: the twin that holds the decisive evidence.
"""

import re
import tomllib
from pathlib import Path

import pytest

from analysis.findings.simulated import run
from tracetui.analysis.findings import find
from tracetui.model import Confidence, Finding, FindingKind, Snapshot
from tracetui.simulation.read_scenario import read_text
from tracetui.simulation.scenario import Host, Router, Scenario
from tracetui.words import evidence_words, statement
from words.rules import check

FILES = sorted((Path(__file__).parent / "internets").glob("*.toml"))
SEEDS = range(2, 6)
SPEAK_FOR_THEMSELVES = {
    FindingKind.EXPLICIT_FILTER,
    FindingKind.NO_ROUTE,
    FindingKind.ROUTING_LOOP,
    FindingKind.RESET_INJECTED,
}


def read(path: Path):
    """Return the scenario and what is expected."""
    text = path.read_text(encoding="utf-8")
    return read_text(text.partition("\n[expect]\n")[0], path.stem, path.name), tomllib.loads(text)["expect"]


def search(scenario: Scenario, expect, seed: int):
    snapshot = run(
        scenario,
        rounds=expect.get("rounds", 70),
        interval_s=expect.get("interval", 1.0),
        max_hops=expect.get("max_hops", 30),
        seed=seed,
    )
    return snapshot, find(snapshot)


def line(finding: Finding, scenario: Scenario, snapshot: Snapshot) -> str:
    """Return a finding as the files write it."""
    nodes: list[Router | Host] = [*scenario.routers, *scenario.hosts]
    names = {str(address): node.name for node in nodes for address in node.addresses}
    sources = {str(address): source.name for source in scenario.sources for address in source.addresses}
    lanes = {lane.id: lane.lane for lane in snapshot.lanes}
    words = []
    for lane_id in finding.lanes:
        lane = lanes[lane_id]
        place = f" from {sources[lane.vantage]}" if lane.vantage else ""
        words.append(f"{names[lane.address]} {lane.label.lower()}{place}")
    ases = "+".join(map(str, finding.ases)) or "-"
    return f"{finding.kind} {finding.confidence} {ases}: {', '.join(words)}"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_internet(path):
    scenario, expect = read(path)
    snapshot, found = search(scenario, expect, seed=1)
    for finding in found:
        check(finding, snapshot)
    if "kinds" in expect:
        assert {finding.kind.value for finding in found} <= set(expect["kinds"])
    if expect["findings"]:
        lines = [line(finding, scenario, snapshot) for finding in found]
        assert sorted(lines) == sorted(expect["findings"]), "\n".join(
            " ".join(statement(finding, snapshot)) for finding in found
        )
    texts = " ".join(
        text
        for finding in found
        for text in (
            *statement(finding, snapshot),
            *(evidence_words(one, snapshot) for one in finding.evidence),
        )
    )
    for words in expect.get("says", ()):
        assert words in texts


@pytest.mark.slow
@pytest.mark.parametrize(
    "path", [path for path in FILES if "trap = true" in path.read_text()], ids=lambda path: path.stem
)
def test_trap(path):
    scenario, expect = read(path)
    homes = {host.asn for host in scenario.hosts}
    for seed in SEEDS:
        snapshot, found = search(scenario, expect, seed)
        for finding in found:
            on_the_way = set(finding.ases) - homes
            if finding.kind in SPEAK_FOR_THEMSELVES:
                continue
            assert not on_the_way or finding.confidence is Confidence.LOW, (
                seed,
                statement(finding, snapshot),
            )


@pytest.mark.slow
@pytest.mark.parametrize(
    "path", [path for path in FILES if "\nseen = [" in path.read_text()], ids=lambda path: path.stem
)
def test_twin_whose_way_was_seen(path):
    text = path.read_text(encoding="utf-8").partition("\n[expect]\n")[0]
    late = re.sub(r"(\[\[policy\]\]\n)", r"\1from = 60\n", text)
    scenario, expect = read_text(late, path.stem, path.name), read(path)[1]
    snapshot = run(scenario, rounds=140)
    lines = [line(finding, scenario, snapshot) for finding in find(snapshot)]
    assert sorted(lines) == sorted(expect["seen"])


def test_there_are_enough():
    assert len(FILES) >= 40
    kinds = {words.split()[0] for path in FILES for words in read(path)[1]["findings"]}
    lines = [words for path in FILES for words in read(path)[1].get("seen", [])]
    kinds |= {words.split()[0] for words in lines}
    assert kinds == {kind.value for kind in FindingKind}
