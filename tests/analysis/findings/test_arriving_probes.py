"""Who has the endpoint's address sees our probes arrive: which way loses packets is then known, and said.

In each internet, what drops is known: on the way out, on the way back, on both, at the endpoint itself.
"""

from dataclasses import dataclass
from pathlib import Path

import pytest

from analysis.findings.test_both_ways import SEEDS, from_home, run
from tracetui.analysis.findings.other_direction import direction
from tracetui.model import (
    Confidence,
    Direction,
    ExplanationKind,
    ExplanationState,
    Finding,
    FindingKind,
    ForeignText,
    LaneId,
    OtherDirection,
    Relation,
    Snapshot,
)
from tracetui.model.evidence import NoProbeArrives, OtherWayArrivals, ProbesArrive

E, OUT = ExplanationKind, ExplanationState.RULED_OUT
TRANSIT, HOSTING = 64502, 64504

OUT_LOST = '[[policy]]\nat = "t3"\naction = "drop"\ndestination = "mx"\n'
ANSWERS_BACK_LOST = """
[[policy]]
at = "t3"
action = "drop"
direction = "return"
source = "home"
destination = "AS64504"
"""
BACK_LOST = (
    ANSWERS_BACK_LOST + '[[policy]]\nat = "t3"\naction = "drop"\nsource = "mx"\ndestination = "home"\n'
)
SILENT_HOST = '[[policy]]\nat = "mx"\naction = "drop"\nsource = "home"\n'
BRANCH_LOST = '[[policy]]\nat = "t2a"\naction = "drop"\ndestination = "mx"\n'
LATER = "from = 15\n"


def later(policies: str) -> str:
    return policies.replace('action = "drop"\n', f'action = "drop"\n{LATER}')


@dataclass(frozen=True)
class Case:
    policies: str
    direction: Direction | None
    other: OtherDirection | None
    ruled_out: frozenset[ExplanationKind]
    may_be_named: frozenset[int] = frozenset()


FORWARD_GONE = frozenset({E.DROPPED_AT_LAST, E.DROPPED_BEYOND, E.OTHER_WAY, E.DEAD_BRANCH, E.TOO_FAR})
BACK_GONE = frozenset({E.LOST_ON_RETURN, E.ENDPOINT_SILENT})
PASSES, STOPS = OtherDirection.PASSES, OtherDirection.STOPS
IN_TRANSIT = frozenset({TRANSIT})
CASES = {
    "way out": Case(OUT_LOST, Direction.FORWARD, PASSES, BACK_GONE, IN_TRANSIT),
    "way out, later": Case(later(OUT_LOST), Direction.FORWARD, PASSES, BACK_GONE, IN_TRANSIT),
    "way back": Case(BACK_LOST, Direction.RETURN, STOPS, FORWARD_GONE | {E.ENDPOINT_SILENT}, IN_TRANSIT),
    "way back, later": Case(later(BACK_LOST), Direction.RETURN, STOPS, FORWARD_GONE, IN_TRANSIT),
    "answers only": Case(ANSWERS_BACK_LOST, Direction.RETURN, PASSES, FORWARD_GONE, IN_TRANSIT),
    "both ways": Case(OUT_LOST + BACK_LOST, Direction.BOTH, STOPS, BACK_GONE, IN_TRANSIT),
    "silent host": Case(
        SILENT_HOST, None, PASSES, FORWARD_GONE | {E.LOST_ON_RETURN, E.OWN_FILTER}, frozenset({HOSTING})
    ),
    "silent host, later": Case(later(SILENT_HOST), None, PASSES, FORWARD_GONE, frozenset({HOSTING})),
}


def at_the_endpoint(tmp_path: Path, policies: str, seed: int) -> Snapshot:
    """Run with the endpoint itself as the vantage that traces back."""
    return run(tmp_path, policies, seed, vantages='"cable", "far", "mx"')


def silent(snapshot: Snapshot) -> list[Finding]:
    return [one for one in from_home(snapshot) if one.kind is not FindingKind.REACHABLE]


def check(case: Case, snapshot: Snapshot) -> None:
    for finding in snapshot.findings:
        accused = set(finding.ases) if finding.confidence is not Confidence.LOW else set()
        assert accused <= case.may_be_named, (finding.kind, accused)
    found = silent(snapshot)
    assert found
    for finding in found:
        assert finding.direction is case.direction
        assert finding.other_direction is case.other
        states = {one.kind: one.state for one in finding.explanations}
        assert {kind for kind in case.ruled_out if states[kind] is not OUT} == set()
        if case.direction is Direction.RETURN:
            assert states[E.LOST_ON_RETURN] is ExplanationState.LEFT
            assert not finding.ases


@pytest.mark.parametrize("name", CASES)
def test_which_way_loses_packets_is_known(name, tmp_path):
    check(CASES[name], at_the_endpoint(tmp_path, CASES[name].policies, 1))


@pytest.mark.slow
@pytest.mark.parametrize("name", CASES)
def test_which_way_loses_packets_is_known_with_many_seeds(name, tmp_path):
    for seed in range(SEEDS):
        check(CASES[name], at_the_endpoint(tmp_path, CASES[name].policies, seed))


@pytest.mark.parametrize("seed", [1, *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(2, 20))])
def test_a_dead_branch_accuses_nobody_else(seed, tmp_path):
    snapshot = at_the_endpoint(tmp_path, BRANCH_LOST, seed)
    for finding in snapshot.findings:
        accused = set(finding.ases) if finding.confidence is not Confidence.LOW else set()
        assert accused <= IN_TRANSIT
    for finding in silent(snapshot):
        assert finding.direction in {Direction.FORWARD, Direction.UNKNOWN}


def test_a_vantage_beside_the_endpoint_sees_nothing_of_its_probes(tmp_path):
    snapshot = run(tmp_path, OUT_LOST, 1)
    for finding in silent(snapshot):
        assert not [one for one in finding.evidence if isinstance(one, NoProbeArrives | ProbesArrive)]
        assert [one.arrive for one in finding.evidence if isinstance(one, OtherWayArrivals)] == [True]


LANE, MX = LaneId("mx:tcp/25"), ForeignText("mx")
NONE_BACK, FEW_BACK = (OtherWayArrivals(LANE, None, Relation.SAME_ADDRESS, seen, 9) for seen in (0, 2))


@pytest.mark.parametrize(
    ("evidence", "expected"),
    [
        ((), Direction.UNKNOWN),
        ((NoProbeArrives(LANE, MX, 9),), Direction.FORWARD),
        ((NoProbeArrives(LANE, MX, 9), NONE_BACK), Direction.BOTH),
        ((NoProbeArrives(LANE, MX, 9), FEW_BACK), Direction.FORWARD),
        ((ProbesArrive(LANE, MX, 9, 9, 9),), Direction.RETURN),
        ((ProbesArrive(LANE, MX, 9, 0, 9),), None),
        ((ProbesArrive(LANE, MX, 9, 2, 9),), Direction.UNKNOWN),
        ((ProbesArrive(LANE, MX, 4, 4, 9),), Direction.UNKNOWN),
        ((ProbesArrive(LANE, MX, 9, 0, 9), NONE_BACK), None),
        ((ProbesArrive(LANE, MX, 9, 2, 9), NONE_BACK), Direction.RETURN),
    ],
)
def test_the_direction_follows_from_who_sees_probes(evidence, expected):
    assert direction(evidence) is expected
