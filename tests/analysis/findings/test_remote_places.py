"""Findings over remote vantages: the same as over source addresses, and never mixed up."""

from dataclasses import replace
from pathlib import Path

import pytest

from analysis.findings.simulated import run
from tracetui.analysis.findings import Findings
from tracetui.analysis.findings.observed_lane import place_of
from tracetui.analysis.lanes.history import Histories
from tracetui.model import FindingKind, Snapshot
from tracetui.model.evidence import ReachedElsewhere, StopsElsewhere
from tracetui.simulation.read_scenario import read_text

HERE = "192.0.2.10"
FILE = Path(__file__).parent / "internets" / "vantage-inside.toml"


@pytest.fixture(scope="module")
def from_three_places() -> Snapshot:
    text = FILE.read_text(encoding="utf-8").partition("[expect]")[0]
    return run(read_text(text, "inside", FILE.name), rounds=32, interval_s=20)


def remote(snapshot: Snapshot, source: str | None) -> Snapshot:
    """The same measurements, made at remote vantages; `source`: the address that all of them have there."""

    def elsewhere(each):
        lane = each.trace.lane
        if lane.vantage in {None, HERE}:
            return each
        lane = replace(lane, vantage=None, via=f"at {lane.vantage}")
        return replace(each, trace=replace(each.trace, lane=lane, source=source or each.trace.source))

    moved = replace(snapshot, lanes=tuple(elsewhere(each) for each in snapshot.lanes), findings=())
    return replace(moved, findings=Findings(Histories()).update(moved))


def about(snapshot: Snapshot) -> set[tuple]:
    """Findings without the names of the places."""
    return {
        (one.kind, one.confidence, tuple(map(int, one.ases)), len(one.lanes)) for one in snapshot.findings
    }


@pytest.mark.parametrize("source", [None, "192.168.1.2"])
def test_a_remote_vantage_counts_as_a_source_address_does(from_three_places, source):
    made = remote(from_three_places, source)
    assert len({place_of(each.trace) for each in made.lanes}) == 3
    assert about(made) == about(from_three_places)


@pytest.mark.parametrize("source", [None, "192.168.1.2"])
def test_reaching_elsewhere_and_stopping_elsewhere_are_evidence(from_three_places, source):
    made = remote(from_three_places, source)
    (finding,) = [
        one
        for one in made.findings
        if one.kind in {FindingKind.BLACKHOLE_IN_AS, FindingKind.BLACKHOLE_UNLOCALISED}
        and not any(str(lane).startswith("via ") for lane in one.lanes)
    ]
    kinds = {type(one) for one in finding.evidence}
    assert {ReachedElsewhere, StopsElsewhere} <= kinds
