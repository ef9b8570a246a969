"""Traces of other tools beside what is probed: as lanes, in findings, and no more than told in those."""

from dataclasses import replace

import pytest

from analysis.findings.simulated import investigate
from analysis.imports import BLOCKED, CONTROL, REFERENCE, SUSPECT, imported, of, run
from simulation.test_scenarios import EXPECTED
from tracetui.investigation.investigation import Investigation
from tracetui.investigation.past_snapshot import at_moment
from tracetui.model import FindingKind, PathState, Role, TargetError
from tracetui.model.evidence import ImportedGoesOn, ImportedReach, ImportedStop
from tracetui.model.finding import ImportTells
from tracetui.model.imported_trace import (
    ImportedHop,
    ImportedReply,
    ImportedResponder,
    is_stand_in,
)
from tracetui.probing.pace import Pace
from tracetui.simulation import catalogue
from tracetui.words import event_words, headline, headline_short, statement
from tracetui.words.evidence import evidence_words
from tracetui.words.names import from_words


@pytest.fixture
def board() -> Investigation:
    investigation, _ = investigate(catalogue.load("protonmail-2019"), Pace(rounds=12), 1, 1)
    investigation.engine.run_until(3_000_000_000)
    return investigation


@pytest.mark.parametrize("name", EXPECTED)
def test_no_finding_changes_by_an_import_that_adds_nothing(name):
    unrelated = [
        imported("1 a a a; 2 b b b; 3-9 * * *"),
        imported("1 a a a a a; 2 b b b b b; 3 END END END END END", vantage="", source="192.0.2.7"),
        imported("1 AS8359 AS8359; 2 AS22822 *; 3-20 * *", vantage="elsewhere"),
    ]
    without, beside = run(name), run(name, *unrelated)
    imports = {lane.id for lane in beside.lanes if lane.lane.imported is not None}
    assert len(imports) == 3
    assert tuple(one for one in beside.findings if not imports & set(one.lanes)) == without.findings
    assert beside.controls == without.controls
    assert tuple(lane for lane in beside.lanes if lane.id not in imports) == without.lanes


def test_imports_stand_behind_the_lanes_of_their_endpoint_and_others_at_the_end():
    snapshot = run("protonmail-2019", REFERENCE, imported("1 a"), BLOCKED)
    order = [lane.lane.imported or lane.lane.address for lane in snapshot.lanes]
    assert order == [
        *[SUSPECT] * 2,
        *["185.70.40.102"] * 2,
        *[SUSPECT] * 2,
        "GW-Core-R3 3",
        *[CONTROL] * 2,
        "GW-Core-R3",
        "GW-Core-R3 2",
    ]
    assert len({lane.id for lane in snapshot.lanes}) == len(snapshot.lanes)


def test_hops_without_addresses_have_the_as_that_was_recorded():
    lane = of(run("protonmail-2019", BLOCKED), "GW-Core-R3")
    assert lane.as_path == (57681, 8359)
    assert lane.lane.address == SUSPECT
    assert (lane.verdict.state, lane.verdict.last_responsive_ttl) == (PathState.INSUFFICIENT, 4)
    assert is_stand_in(lane.verdict.last_responsive)


def test_recorded_ases_carry_tool_and_date_and_change_nothing_of_what_is_probed():
    probed = "195.34.53.162"
    trace = imported("1 a a")
    replies = [ImportedReply(ImportedResponder(address, asns=(64500,))) for address in ("9.9.0.1", probed)]
    snapshot = run("protonmail-2019", replace(trace, hops=(ImportedHop(1, tuple(replies)),)))
    recorded = snapshot.recorded["9.9.0.1"]
    assert (recorded.asns, recorded.source, recorded.when) == ((64500,), "Cisco IOS", "2019-03-12")
    assert snapshot.owners["9.9.0.1"] == recorded.stand_in()
    assert snapshot.recorded[probed].asns == (64500,)
    assert snapshot.owners[probed].asns == (8359,)


def test_the_finding_of_a_silent_lane_tells_of_imports_and_gets_no_surer():
    without, beside = run("protonmail-2019"), run("protonmail-2019", BLOCKED, REFERENCE)
    bare, told = without.findings[0], beside.findings[0]
    assert (told.kind, told.confidence, told.ases) == (bare.kind, bare.confidence, bare.ases)
    assert told.explanations == bare.explanations
    assert told.evidence[: len(bare.evidence)] == bare.evidence
    stop, goes_on = told.evidence[len(bare.evidence) :]
    assert isinstance(stop, ImportedStop)
    assert isinstance(goes_on, ImportedGoesOn)
    assert (stop.path, stop.silent_ttls, stop.probes) == ((57681, 8359), 4, 4)
    assert stop.last is not None
    assert stop.last.ttl == 4
    assert (goes_on.router, goes_on.path) == (None, (57681, 8359, 22822, 19905))
    assert [evidence_words(one, beside) for one in (stop, goes_on)] == [
        "The trace to mail.protonmail.ch (185.70.40.101) from GW-Core-R3 (imported, 2019-03-12) goes "
        "silent after a router whose address is not shown (hop 4, AS8359 MTS): none of 4 probes to 4 hops "
        "beyond is answered.",
        "An imported trace from the same place to control.neustar.example of 2019-03-12 09:30 UTC shows the "
        "same ASes up to there and goes on, via AS57681 MGTS, AS8359 MTS, AS22822 Limelight Networks, "
        "AS19905 Neustar.",
    ]


def test_an_import_alone_says_how_far_it_got():
    snapshot = run("protonmail-2019", BLOCKED, REFERENCE)
    lane = of(snapshot, "GW-Core-R3")
    finding = next(one for one in snapshot.findings if lane.id in one.lanes)
    assert finding.kind is FindingKind.INSUFFICIENT
    assert isinstance(finding.fact, ImportTells)
    assert statement(finding, snapshot)[0].startswith(
        "The trace to mail.protonmail.ch (185.70.40.101) from GW-Core-R3 (imported"
    )
    assert [type(one) for one in finding.evidence] == [ImportedGoesOn]
    assert headline(lane, snapshot) == "silent after hop 4 in 1 round · last reply from AS8359 MTS"
    assert headline_short(lane) == "silent after 4 · 1×"


def test_a_trace_that_reaches_the_suspect_is_told_of():
    reach = imported(f"1 a a a; 2 b b b; 3 {SUSPECT} {SUSPECT} *", address=SUSPECT, target=SUSPECT)
    snapshot = run("protonmail-2019", reach)
    told = [one for one in snapshot.findings[0].evidence if isinstance(one, ImportedReach)]
    assert [(one.ttl, one.answered, one.probes) for one in told] == [(3, 2, 3)]


def test_many_rounds_of_an_import_are_judged_but_never_compared_with_what_is_probed():
    stops = imported("1 a a a a a; 2 b b b b b; 3-9 * * * * *", address=SUSPECT, target=SUSPECT)
    passes = imported("1 a a a a a; 2 b b b b b; 3 c c c c c", address=CONTROL, target=CONTROL)
    snapshot = run("protonmail-2019", stops, passes)
    finding = next(one for one in snapshot.findings if of(snapshot, "GW-Core-R3").id in one.lanes)
    assert (finding.kind, finding.confidence.value) == (FindingKind.BLACKHOLE_UNLOCALISED, "low")
    assert finding.since is None
    assert {step.kind.value for step in finding.next_steps} <= {"bgp_path", "vantage_inside", "reverse_trace"}
    imports = {lane.id for lane in snapshot.lanes if lane.lane.imported is not None}
    assert not any({check.control, check.suspect} & imports for check in snapshot.controls)


def test_the_only_suspect_is_meant_where_a_trace_names_nothing(board):
    with pytest.raises(TargetError, match="say which address it is about"):
        board.import_traces([BLOCKED], "a.txt")
    board.set_role(("185.70.40.102", None), Role.CONTROL)
    board.import_traces([BLOCKED], "a.txt")
    assert of(board.snapshot(), "GW-Core-R3").lane.address == SUSPECT


@pytest.mark.parametrize("about", [SUSPECT, "mail.protonmail.ch", " Mail.Protonmail.CH. "])
def test_what_a_trace_is_about_may_be_said(board, about):
    board.import_traces([BLOCKED], "a.txt", about)
    lane = of(board.snapshot(), "GW-Core-R3").lane
    assert (lane.address, lane.host) == (SUSPECT, "mail.protonmail.ch")


def test_what_is_no_address_and_not_on_the_board_is_refused(board):
    with pytest.raises(TargetError, match=r"'elsewhere\.example' is neither an address"):
        board.import_traces([REFERENCE, BLOCKED], "a.txt", "elsewhere.example")
    assert not any(lane.lane.imported for lane in board.snapshot().lanes)
    with pytest.raises(TargetError, match=r"names 'other\.example' without its address"):
        board.import_traces([replace(BLOCKED, target="other.example")], "a.txt")


def test_removals_of_imports_and_of_endpoints_are_undone_in_turn(board):
    board.import_traces([REFERENCE, BLOCKED], "a.txt", SUSPECT)
    blocked, probed = of(board.snapshot(), "GW-Core-R3 2"), board.snapshot().probed[0]
    board.remove(blocked.lane.panel)
    board.remove(probed.lane.panel)
    left = {lane.id for lane in board.snapshot().lanes}
    assert blocked.id not in left
    assert probed.id not in left
    assert board.undo_removal() == probed.lane
    assert board.undo_removal().panel == blocked.lane.panel
    assert of(board.snapshot(), "GW-Core-R3 2").trace is blocked.trace
    with pytest.raises(TargetError, match="nothing to restore"):
        board.undo_removal()


def test_a_trace_that_does_not_say_where_it_was_made_is_called_after_its_tool(board):
    unknown = replace(BLOCKED, vantage="", started_at=None)
    board.import_traces([unknown, unknown, replace(unknown, source="9.9.0.7")], "a.txt", SUSPECT)
    snapshot = board.snapshot()
    told = {lane.lane.imported: from_words(lane, snapshot) for lane in snapshot.lanes if lane.lane.imported}
    assert told == {
        "Cisco IOS": " (imported: Cisco IOS)",
        "Cisco IOS 2": " (imported: Cisco IOS 2)",
        "9.9.0.7": " from 9.9.0.7 (imported)",
    }


def test_a_name_is_not_given_twice(board):
    board.import_traces([BLOCKED], "a.txt", SUSPECT)
    board.remove(of(board.snapshot(), "GW-Core-R3").lane.panel)
    board.import_traces([BLOCKED], "a.txt", SUSPECT)
    assert [lane.lane.imported for lane in board.snapshot().lanes if lane.lane.imported] == ["GW-Core-R3 2"]


def test_events_say_what_was_imported_marked_and_removed(board):
    board.import_traces([BLOCKED, REFERENCE], "a.txt", SUSPECT)
    panel = of(board.snapshot(), "GW-Core-R3").lane.panel
    board.set_role(panel, Role.CONTROL)
    assert of(board.snapshot(), "GW-Core-R3").lane.role is Role.CONTROL
    board.remove(panel)
    snapshot = board.snapshot()
    assert [event_words(event, snapshot) for event in snapshot.events][-3:] == [
        "imported 2 traces from a.txt",
        "imported trace GW-Core-R3 to mail.protonmail.ch (185.70.40.101) marked as control",
        "imported trace GW-Core-R3 to mail.protonmail.ch (185.70.40.101) removed",
    ]


def test_an_import_is_not_probed(board):
    board.import_traces([BLOCKED], "a.txt", SUSPECT)
    panel = of(board.snapshot(), "GW-Core-R3").lane.panel
    with pytest.raises(TargetError, match="not probed"):
        board.set_services(panel, "icmp")
    board.restart_statistics()
    assert of(board.snapshot(), "GW-Core-R3").trace.rounds == 1
    assert all(target.host != "GW-Core-R3" for target in board.targets())


def test_a_past_moment_keeps_imports_as_they_are():
    snapshot = run("protonmail-2019", BLOCKED)
    past = at_moment(snapshot, snapshot.started_at, 5)
    assert of(past, "GW-Core-R3").trace is of(snapshot, "GW-Core-R3").trace
    assert past.rounds < snapshot.rounds
