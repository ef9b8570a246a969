"""From snapshot to snapshot: only lanes with new rounds are read again, and what says the same stays."""

import importlib
from dataclasses import replace

import pytest

from analysis.findings.board import Row, board, lane, of
from analysis.findings.test_kinds import AFTER_C, PATH, SYSTEMS, both, reaches, stops
from tracetui.analysis.findings import Findings, find, observations, silence_findings
from tracetui.analysis.findings.all_paths import AllPaths
from tracetui.analysis.findings.gather_evidence import silence_evidence
from tracetui.analysis.findings.observed_lane import ObservedLane
from tracetui.model import LaneSnapshot, Role
from tracetui.model.evidence import RouterOwner, Silence

find_module = importlib.import_module("tracetui.analysis.findings.find")
"""The package has a function of that name."""

ROWS = [*both(stops, "mx1"), *both(reaches, "web", control=True)]


@pytest.fixture
def read(monkeypatch):
    """The lanes read, one after the other."""
    lanes = []

    class Noted(ObservedLane):
        def __init__(self, snapshot, *others):
            lanes.append(snapshot.id)
            super().__init__(snapshot, *others)

    monkeypatch.setattr(find_module, "ObservedLane", Noted)
    return lanes


def with_lane(snapshot, index, lane):
    lanes = list(snapshot.lanes)
    lanes[index] = lane
    return replace(snapshot, lanes=tuple(lanes))


def with_a_round_more(snapshot, index):
    lane = snapshot.lanes[index]
    trace = lane.trace
    last = trace.outcomes[-1]
    newest = replace(
        last,
        number=last.number + 1,
        started_ns=last.started_ns + 1_000_000_000,
        monotonic_ns=last.monotonic_ns + 1_000_000_000,
    )
    more = replace(trace, rounds=trace.rounds + 1, outcomes=(*trace.outcomes, newest))
    return with_lane(snapshot, index, LaneSnapshot(more, lane.verdict, lane.as_path))


def test_each_lane_is_read_once(read):
    findings = Findings()
    first = board(*ROWS, systems=SYSTEMS)
    found = findings.update(first)
    assert len(read) == 4
    assert findings.update(first) is found
    assert findings.update(replace(first, events=())) is found
    assert len(read) == 4


def test_what_all_paths_show_together_is_kept_with_vantages_too(monkeypatch):
    """Their places are strings that are made anew each time."""
    made = []

    class Noted(AllPaths):
        def __init__(self, *arguments):
            made.append(arguments)
            super().__init__(*arguments)

    monkeypatch.setattr(observations, "AllPaths", Noted)
    here = board(*ROWS, systems=SYSTEMS)
    away = [replace(one.trace, lane=replace(one.trace.lane, via="office")) for one in here.lanes]
    first = replace(
        here,
        lanes=tuple(
            LaneSnapshot(trace, one.verdict, one.as_path) for one, trace in zip(here.lanes, away, strict=True)
        ),
    )
    findings = Findings()
    findings.update(first)
    findings.update(with_a_round_more(first, 0))
    assert len(made) == 1


def test_probes_in_flight_say_nothing(read):
    findings = Findings()
    first = board(*ROWS, systems=SYSTEMS)
    found = findings.update(first)
    lane = first.lanes[0]
    flying = LaneSnapshot(replace(lane.trace, version=lane.trace.version + 1), lane.verdict, lane.as_path)
    assert findings.update(with_lane(first, 0, flying)) is found
    assert len(read) == 4


def test_a_lane_with_a_new_round_alone_is_read_again(read):
    findings = Findings()
    first = board(*ROWS, systems=SYSTEMS)
    before = findings.update(first)
    second = with_a_round_more(first, 0)
    after = findings.update(second)
    assert len(read) == 5
    assert after == find(second)
    assert after[0] != before[0], "the suspect has one silent round more"


def test_findings_that_say_the_same_are_the_same_objects():
    findings = Findings()
    rows = [*ROWS, *both(reaches, "other")]
    first = board(*rows, systems=SYSTEMS)
    before = {finding.lanes: finding for finding in findings.update(first)}
    after = {finding.lanes: finding for finding in findings.update(with_a_round_more(first, 4))}
    untouched = rows[2].lane.id, rows[3].lane.id
    assert after[untouched] is before[untouched]


def test_evidence_is_gathered_again_only_where_it_rests_on_the_new_round(monkeypatch):
    gathered = []

    def noted(seen, suspect, *others):
        gathered.append(suspect.id)
        return silence_evidence(seen, suspect, *others)

    monkeypatch.setattr(silence_findings, "silence_evidence", noted)
    findings = Findings()
    rows = [*ROWS, *both(stops, "mx2")]
    snapshot = replace(board(*rows, systems=SYSTEMS), interval_s=None, stretched_s=1.25)
    findings.update(snapshot)
    suspects = [rows[place].lane.id for place in (0, 1, 4, 5)]
    assert sorted(gathered) == sorted(suspects)
    gathered.clear()
    newer = replace(with_a_round_more(snapshot, 4), stretched_s=float("1.25"))
    found = findings.update(newer)
    assert gathered == [rows[4].lane.id], "its own round alone"
    assert found == find(newer)
    gathered.clear()
    newer = with_a_round_more(newer, 2)
    assert findings.update(newer) == find(newer)
    control = rows[2].lane.label
    assert {one.lane.id for one in rows if one.lane.label == control and "mx" in one.lane.host} <= {*gathered}


def test_a_lane_that_becomes_a_control_is_read_again():
    findings = Findings()
    first = board(*both(stops, "mx1"), *both(stops, "web"), systems=SYSTEMS)
    assert [finding.kind.value for finding in findings.update(first)] == ["blackhole_unlocalised"]
    lanes = tuple(
        replace(lane, trace=replace(lane.trace, lane=replace(lane.lane, role=Role.CONTROL)))
        if lane.lane.host == "web"
        else lane
        for lane in first.lanes
    )
    found = findings.update(replace(first, lanes=lanes))
    assert [finding.kind.value for finding in found] == ["general_failure"]


def test_owners_that_come_late_change_what_is_found(read):
    findings = Findings()
    known = board(*ROWS, systems=SYSTEMS)
    early = findings.update(replace(known, owners={}))
    assert not any(one.owners for one in of(early[0], RouterOwner))
    assert [one.owners for one in of(findings.update(known)[0], RouterOwner)] == [(200,), (200,)]
    assert len(read) == 4


def test_lanes_that_leave_take_their_findings_with_them():
    findings = Findings()
    first = board(*ROWS, systems=SYSTEMS)
    findings.update(first)
    assert findings.update(replace(first, lanes=())) == ()


def test_silence_that_is_older_than_the_rounds_kept_is_remembered():
    findings = Findings()
    rounds = 20 * [PATH.format("SA")] + 700 * [AFTER_C]
    amounts = []
    for now in range(60, 721, 60):
        made = lane("mx1", "tcp/25", rounds[:now])
        kept = replace(made.trace, outcomes=made.trace.outcomes[-300:])
        snapshot = board(Row(made.lane, kept), systems=SYSTEMS)
        amounts.append(of(findings.update(snapshot)[0], Silence)[0].rounds)
    assert amounts == [now - 20 for now in range(60, 721, 60)]
    restarted = replace(kept, started_ns=kept.started_ns + 1)
    again = board(Row(made.lane, restarted), systems=SYSTEMS)
    assert of(findings.update(again)[0], Silence)[0].rounds == 300
