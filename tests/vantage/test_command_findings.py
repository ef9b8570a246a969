"""Lanes that a command traces, in findings and on the screen: told, and no surer than imported traces."""

import json
import threading
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import jsonschema
import pytest

from analysis.imports import SUSPECT, imported, run
from tracetui.analysis.findings import find
from tracetui.analysis.lanes.history import Histories
from tracetui.analysis.lanes.judge_lanes import Judge
from tracetui.investigation.past_snapshot import at_moment
from tracetui.model import Lane, PathState, ProbeProtocol, Snapshot
from tracetui.model.imported_trace import Untold
from tracetui.model.moment import unix_ns
from tracetui.privacy.mask import masked
from tracetui.report.json_report import json_text
from tracetui.report.markdown_report import markdown
from tracetui.report.text_report import text as plain_text
from tracetui.vantage.command_lane import CommandLane
from tracetui.words import headline, statement
from tui.scenes import FakeBoard
from tui.screens import lines, shown

SCHEMA = json.loads((Path(__file__).parents[2] / "docs" / "snapshot.schema.json").read_text())
SILENT = "1 a; 2 b; 3-12 *"
REACHED = f"1 a; 2 b; 3 {SUSPECT}"


def command_lane(address=SUSPECT, name="r1") -> CommandLane:
    return CommandLane(Lane(address, address, address, ProbeProtocol.UDP, None, via=name), 0, 30)


def feed(lane: CommandLane, text: str, snapshot: Snapshot, runs: int) -> None:
    first = unix_ns(snapshot.created_at) - runs * 30_000_000_000
    for number in range(runs):
        trace = imported(text, address=lane.lane.address, protocol=ProbeProtocol.UDP, vantage="r1")
        lane.take(trace, "ssh r1 traceroute", first + number * 30_000_000_000)


def beside(snapshot: Snapshot, *command_lanes: CommandLane) -> Snapshot:
    traces = {one.lane.id: one.trace(finished=False) for one in command_lanes}
    judged = Judge(threading.RLock(), Histories()).judge(traces, snapshot.owners)
    made = replace(snapshot, lanes=(*snapshot.lanes, *judged))
    return replace(made, findings=find(made))


@pytest.fixture(scope="module")
def article() -> Snapshot:
    return run("protonmail-2019", rounds=40)


@pytest.mark.parametrize("text", [SILENT, "1 a; 2 b; 3 c; 4 d", "1 a; 2 3/13:b; 3-12 *", "1-12 *"])
def test_however_many_runs_nothing_else_is_found_about_what_is_probed(article, text):
    lane = command_lane(address="203.0.113.9")
    feed(lane, text, article, 60)
    made = beside(article, lane)
    own = tuple(one for one in made.findings if lane.lane.id not in one.lanes)
    assert own == article.findings


@pytest.mark.parametrize("text", [SILENT, "1 a; 2 3/13:b; 3-12 *", "1 a; 2 b; 3 a; 4 b; 5 a; 6 b; 7 a; 8 b"])
def test_a_finding_about_such_a_lane_is_never_sure(article, text):
    suspect, control = command_lane(), command_lane("156.154.64.10")
    feed(suspect, text, article, 60)
    feed(control, "1 a; 2 b; 3 c; 4 d; 5 156.154.64.10", article, 60)
    made = beside(article, suspect, control)
    about = [one for one in made.findings if suspect.lane.id in one.lanes]
    assert about
    assert {one.confidence.value for one in about} == {"low"}
    assert all(one.since is None for one in about)
    assert all("from r1 (Cisco IOS)" in statement(one, made)[0] for one in about)


def test_two_places_with_one_command_each_are_two_places(article):
    here, there = command_lane(name="r1"), command_lane(name="r2")
    feed(here, SILENT, article, 20)
    feed(there, REACHED, article, 20)
    made = beside(article, here, there)
    assert [lane.verdict.state for lane in made.lanes[-2:]] == [PathState.SILENT_AFTER, PathState.REACHED]


def test_a_run_that_was_ended_early_shows_no_silence(article):
    lane = command_lane()
    feed(lane, SILENT, article, 6)
    assert not lane.trace(finished=False).may_go_on
    cut = imported("1 a; 2 b", protocol=ProbeProtocol.UDP, untold=frozenset({Untold.END}))
    lane.take(cut, "ssh r1 traceroute", unix_ns(article.created_at))
    assert lane.trace(finished=False).may_go_on


def test_before_its_first_run_and_without_a_trace_it_says_so(article):
    lane = command_lane()
    assert headline(beside(article, lane).lanes[-1], article).startswith("no trace yet")
    lane.fail("exit status 255: Connection refused", "ssh r1 traceroute")
    made = beside(article, lane)
    assert headline(made.lanes[-1], made) == "no trace yet · exit status 255: Connection refused"
    assert made.findings == article.findings


def test_a_past_moment_has_the_runs_until_then(article):
    lane = command_lane()
    feed(lane, REACHED, article, 20)
    made = beside(article, lane)
    then = at_moment(made, article.created_at - timedelta(seconds=300))
    assert then.lanes[-1].trace.rounds == 11


def test_every_report_has_it(article):
    lane = command_lane()
    feed(lane, SILENT, article, 6)
    made = beside(article, lane)
    assert '"every_s": 30' in json_text(made)
    jsonschema.Draft202012Validator(SCHEMA).validate(json.loads(json_text(made)))
    for text in (markdown(made), plain_text(made)):
        assert "ssh r1 traceroute, run every 30 s" in " ".join(text.split())


def test_a_mask_hides_the_command_and_what_it_said(article):
    lane = command_lane()
    feed(lane, SILENT, article, 6)
    lane.fail("exit status 255: ssh: connect to host secret.example", "ssh secret.example traceroute")
    made = beside(article, lane)
    assert "secret.example" in plain_text(made)
    assert made.lanes[-1].trace.provenance is not None
    assert made.lanes[-1].trace.provenance.text == "ssh r1 traceroute"
    shown_masked = masked(made, 0)
    for text in (markdown(shown_masked), plain_text(shown_masked), json_text(shown_masked)):
        assert "secret.example" not in text
        assert "ssh r1 traceroute" not in text


async def test_panels_follow_the_runs(article):
    lane = command_lane()
    feed(lane, REACHED, article, 2)
    board = FakeBoard(beside(article, lane))
    async with shown(board, (160, 60)) as pilot:
        pilot.app.board_screen.pull()
        await pilot.pause()
        before = "\n".join(lines(pilot))
        assert "from r1 (Cisco IOS)" in before
        assert "reached at hop 3" in before
        feed(lane, SILENT, article, 8)
        board.current = beside(article, lane)
        pilot.app.board_screen.pull()
        await pilot.pause()
        after = "\n".join(lines(pilot))
        assert "UDP  silent after hop 2" in after
