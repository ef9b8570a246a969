"""Controls that the user may accept: what is offered, in what order, and in what form."""

from analysis.findings.board import ENDPOINTS, board, lane, only
from analysis.findings.test_kinds import AFTER_C, PATH, SYSTEMS, both, reaches, stops
from tracetui.analysis.findings import find, suggested_controls
from tracetui.analysis.findings.suggest_targets import other_services
from tracetui.model import StepKind, parse_target


def offered(snapshot, lane_id=None, kind=None):
    steps = suggested_controls(snapshot, lane_id or snapshot.lanes[0].id)
    return [step.target for step in steps if kind in {None, step.kind}]


def test_what_is_reached_of_the_same_set_comes_first():
    rows = [*both(stops, "mx1", target="mx:a.example"), *both(reaches, "mx2", target="mx:a.example")]
    steps = suggested_controls(board(*rows, systems=SYSTEMS), rows[0].lane.id)
    assert (steps[0].kind, steps[0].target) == (StepKind.MARK_CONTROL, ENDPOINTS["mx2"])
    assert len([step for step in steps if step.kind is StepKind.MARK_CONTROL]) == 1


def test_other_addresses_of_the_name_follow():
    known = {"mx1": (ENDPOINTS["mx1"], "203.0.113.200", "203.0.113.201")}
    snapshot = board(*both(stops, "mx1"), systems=SYSTEMS, addresses=known)
    assert offered(snapshot)[:2] == ["tcp://203.0.113.200:25", "tcp://203.0.113.201:25"]


def test_neighbours_in_the_prefix():
    snapshot = board(*both(stops, "mx1"), stops("mx2", "tcp/25"), systems=SYSTEMS)
    assert offered(snapshot, kind=StepKind.ADD_CONTROL) == [
        "tcp://203.0.113.79:25",
        "tcp://203.0.113.82:25",
        "tcp://203.0.113.78:25",
    ], "mx2, next door, is traced already"
    small = board(*both(stops, "mx1"), systems=SYSTEMS, prefixes={"mx1": "203.0.113.80/31"})
    assert offered(small, kind=StepKind.ADD_CONTROL) == []


def test_other_services_of_the_address():
    snapshot = board(stops("mx1", "tcp/25"), systems=SYSTEMS)
    assert [step.target for step in other_services(snapshot, snapshot.lanes[0].lane)] == [
        "icmp://203.0.113.80",
        "tcp://203.0.113.80:443",
        "tcp://203.0.113.80:80",
    ]


def test_what_is_offered_can_be_typed():
    rows = [stops("mx1", "tcp/25"), stops("mx2", "icmp")]
    snapshot = board(*rows, systems=SYSTEMS, addresses={"mx1": ("2001:db8::1",)})
    for row in rows:
        for target in offered(snapshot, row.lane.id):
            assert parse_target(target).address is not None
    assert "tcp://[2001:db8::1]:25" not in offered(snapshot), "of another family"


def test_of_an_unknown_lane_nothing_is_offered():
    assert suggested_controls(board(), "nothing") == ()


def test_a_finding_without_a_control_offers_some():
    rounds = 70 * [AFTER_C]
    found = only(find(board(lane("mx1", "tcp/25", rounds), systems=SYSTEMS)), "blackhole_unlocalised")
    assert [step.target for step in found.next_steps if step.kind is StepKind.ADD_CONTROL] == [
        "tcp://203.0.113.81:25",
        "tcp://203.0.113.79:25",
    ]
    reached = lane("mx1", "tcp/25", 70 * [PATH.format("SA")])
    assert find(board(reached, systems=SYSTEMS))[0].next_steps == ()
