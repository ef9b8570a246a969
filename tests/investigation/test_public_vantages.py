"""Public platforms in an investigation: what they are asked, the lanes that come of it, cancelling."""

import json
from collections.abc import Iterator
from dataclasses import replace

import pytest

from analysis.findings.simulated import investigate
from evidence.loopback_server import reset, say
from evidence.platforms.asking import wait
from evidence.platforms.local_platforms import local_platforms
from evidence.platforms.platform_server import KEY
from tracetui.investigation.investigation import Investigation
from tracetui.investigation.public_vantages import MAX_RUNNING, PublicVantages
from tracetui.model import CannotRunError, Role
from tracetui.model.imported_trace import Provenance
from tracetui.model.public_vantage import AskStage, parse_public_vantage
from tracetui.privacy.mask import masked
from tracetui.probing.pace import Pace
from tracetui.report import render
from tracetui.simulation import catalogue
from tracetui.words import ask_remarks, ask_words

PATIENCE_S = 20
MOSCOW = parse_public_vantage("globalping:AS8359,city=Moscow,limit=2")
RUSSIA = parse_public_vantage("atlas:country=RU,limit=2")


@pytest.fixture
def board(platforms) -> Iterator[Investigation]:
    investigation, _ = investigate(
        catalogue.load("protonmail-2019"), Pace(rounds=12), 1, 1, local_platforms(platforms)
    )
    investigation.engine.run_until(12_000_000_000)
    yield investigation
    investigation.close()


def imports(board: Investigation):
    return [lane for lane in board.snapshot().lanes if lane.lane.imported is not None]


def test_the_answers_are_lanes_beside_the_live_ones(board, platforms):
    board.public.ask(MOSCOW)
    assert board.public.settle(PATIENCE_S)
    (ask,) = board.public.asks
    assert ask.stage is AskStage.DONE
    probed = [lane.lane for lane in board.snapshot().probed]
    lanes = imports(board)
    assert len(lanes) == ask.imported == 2 * len(ask.traces)
    assert {(lane.lane.address, lane.lane.protocol, lane.lane.port) for lane in lanes} == {
        (lane.address, lane.protocol, lane.port) for lane in probed
    }
    names = ["Globalping AS8359 Moscow", "Globalping AS8359 Moscow (2)"]
    assert sorted({lane.lane.imported for lane in lanes}) == names
    roles = {lane.address: lane.role for lane in probed}
    assert {lane.lane.role for lane in lanes} == {Role.SUSPECT, Role.CONTROL}
    assert all(lane.lane.role is roles[lane.lane.address] for lane in lanes)


def test_one_probe_is_one_place(board):
    board.public.ask(MOSCOW)
    assert board.public.settle(PATIENCE_S)
    places: dict[str, set[str]] = {}
    for lane in imports(board):
        provenance = lane.trace.provenance
        assert isinstance(provenance, Provenance)
        assert provenance.text.startswith("Globalping measurement gp-")
        places.setdefault(provenance.place, set()).add(lane.lane.address)
    assert list(places) == ["Globalping AS8359 Moscow", "Globalping AS8359 Moscow (2)"]
    first, second = places.values()
    assert first == second  # suspects and controls alike


def test_another_question_may_get_other_probes(board):
    for _ in range(2):
        board.public.ask(MOSCOW)
        assert board.public.settle(PATIENCE_S)
    names = {lane.lane.imported for lane in imports(board)}
    assert names == {"Globalping AS8359 Moscow", *(f"Globalping AS8359 Moscow ({n})" for n in (2, 3, 4))}


def test_suspects_are_asked_for_before_controls(board, platforms):
    board.public.ask(MOSCOW)
    assert board.public.settle(PATIENCE_S)
    roles = {lane.lane.address: lane.lane.role for lane in board.snapshot().probed}
    asked = [roles[one.body["target"]] for one in platforms.asked if one.method == "POST"]
    assert asked == sorted(asked, key=lambda role: role is Role.CONTROL)


def test_panels_alone(board, platforms):
    panel = board.snapshot().probed[0].lane.panel
    board.public.ask(MOSCOW, [panel])
    assert board.public.settle(PATIENCE_S)
    assert {one.body["target"] for one in platforms.asked if one.method == "POST"} == {panel[0]}


def test_the_key_is_in_no_report(board):
    cost = board.public.credits_for(RUSSIA)
    board.public.ask(RUSSIA, allowed=cost)
    assert board.public.settle(PATIENCE_S)
    assert imports(board)
    snapshot = board.snapshot()
    for form in ("markdown", "json", "text"):
        text = render(snapshot, form, full=True)
        assert "RIPE Atlas" in text
        assert KEY not in text
    assert KEY not in repr(board.public.asks)
    assert "Globalping" not in json.dumps(list(board.snapshot().tool.command))


def test_a_new_measurement_of_atlas_is_made_only_where_its_cost_is_allowed(board, platforms):
    cost = board.public.credits_for(RUSSIA)
    probed = [lane.lane for lane in board.snapshot().probed]
    traces = len({(lane.address, lane.protocol, lane.port) for lane in probed})
    assert cost == 2 * traces * 60
    with pytest.raises(CannotRunError, match=f"2 probes, {traces} endpoints: up to {cost} credits"):
        board.public.ask(RUSSIA, allowed=cost - 1)
    assert platforms.asked == []


def test_without_a_key_no_new_measurement_is_made(board, platforms):
    board.public._key = lambda: None
    with pytest.raises(CannotRunError, match="needs your key, in RIPE_ATLAS_KEY"):
        board.public.ask(RUSSIA, allowed=10_000)
    assert platforms.asked == []


def test_an_existing_measurement_needs_neither_key_nor_targets(platforms):
    platforms.add_atlas(12345678, "185.70.40.101")
    public = local_platforms(platforms, None)
    taken = []
    public.attach(list, lambda traces, text: taken.extend(traces))
    public.ask(parse_public_vantage("atlas:12345678"))
    assert public.settle(PATIENCE_S)
    assert len(taken) == 3
    assert ask_words(public.asks[0]) == "atlas:12345678: 3 traces from 3 probes"
    public.close()


def test_offline_nobody_is_asked():
    public = PublicVantages(online=False)
    with pytest.raises(CannotRunError, match="is not asked here: offline"):
        public.ask(MOSCOW)
    public.close()


def test_addresses_that_nobody_else_reaches_are_not_sent(board, platforms):
    lanes = [replace(lane.lane, address="192.168.1.1") for lane in board.snapshot().probed]
    board.public.attach(lambda: lanes, board.import_traces)
    with pytest.raises(CannotRunError, match=r"192\.168\.1\.1: nobody else can trace to it"):
        board.public.ask(MOSCOW)
    board.public.attach(list, board.import_traces)
    with pytest.raises(CannotRunError, match="no endpoint"):
        board.public.ask(MOSCOW)
    assert platforms.asked == []


def test_cancelling_ends_all_and_says_so(board, platforms):
    platforms.polls = 10**9
    board.public.ask(MOSCOW)
    wait(lambda: board.public.asks[0].stage is AskStage.MEASURING)
    assert ": 0 of " in ask_words(board.public.asks[0])
    assert "tests an hour are left" in ask_words(board.public.asks[0])
    board.public.cancel()
    assert board.public.settle(PATIENCE_S)
    assert board.public.asks[0].stage is AskStage.CANCELLED
    assert "cancelled" in ask_words(board.public.asks[0])
    assert imports(board) == []


def test_cancelling_at_once(board, platforms):
    board.public.ask(MOSCOW)
    board.public.cancel()
    assert board.public.settle(PATIENCE_S)
    assert board.public.asks[0].stage is AskStage.CANCELLED


def test_closing_stops_what_costs_credits(board, platforms):
    platforms.polls = 10**9
    board.public.ask(RUSSIA, allowed=10_000)
    wait(lambda: board.public.asks[0].stage is AskStage.MEASURING)
    board.public.close()
    assert len(platforms.paths("DELETE")) == len(board.public.asks[0].traces)


def test_closing_ends_all(board, platforms):
    platforms.acts["GET limits"] = [platforms.dawdle]
    board.public.ask(MOSCOW)
    wait(lambda: bool(platforms.asked))
    board.public.close()
    assert platforms.left.wait(PATIENCE_S)


def test_no_more_than_some_at_a_time(board, platforms):
    platforms.polls = 10**9
    for _ in range(MAX_RUNNING):
        board.public.ask(MOSCOW)
    with pytest.raises(CannotRunError, match="wait, or cancel them"):
        board.public.ask(MOSCOW)


@pytest.mark.parametrize("act", [reset, say(b"", 500), say(b"[]"), say({"rateLimit": 7}), say({}, 429)])
def test_a_failure_is_a_line(board, platforms, act):
    platforms.acts["GET limits"] = [act]
    platforms.acts["POST measurements"] = [reset]
    board.public.ask(MOSCOW)
    assert board.public.settle(PATIENCE_S)
    (ask,) = board.public.asks
    assert ask.stage is AskStage.FAILED
    assert ask_words(ask).startswith("globalping:AS8359,city=Moscow,limit=2: Globalping ")
    assert imports(board) == []


def test_what_is_missing_is_told(board, platforms):
    platforms.offline_later = True
    board.public.ask(MOSCOW)
    assert board.public.settle(PATIENCE_S)
    remarks = ask_remarks(board.public.asks[0])
    assert remarks
    assert all("1 probe: offline" in remark for remark in remarks)


def test_asked_later_problems_are_told_too(board):
    board.public._key = lambda: None
    board.public.ask_later([RUSSIA, MOSCOW], lambda: None, allowed=0)
    wait(lambda: len(board.public.asks) == 2)
    assert board.public.settle(PATIENCE_S)
    first, second = board.public.asks
    assert (first.stage, second.stage) == (AskStage.FAILED, AskStage.DONE)


# In snapshots and reports


def test_what_was_asked_is_in_the_snapshot_and_in_all_reports(board, platforms):
    platforms.offline_later = True
    board.public.ask(MOSCOW)
    assert board.public.settle(PATIENCE_S)
    snapshot = board.snapshot()
    (ask,) = snapshot.outside.public_asks
    assert ask.imported == len(imports(board))
    (remark, *_) = ask.remarks
    assert "1 probe: offline" in remark
    full, page = render(snapshot, "markdown", full=True), render(snapshot, "markdown")
    for report in (full, page):
        assert "globalping:AS8359,city=Moscow,limit=2`: " in report
        assert "1 probe: offline" in report
    told = json.loads(render(snapshot, "json"))["public_vantages"][0]
    assert told["vantage"] == "globalping:AS8359,city=Moscow,limit=2"
    assert told["stage"] == "done"
    assert remark in told["remarks"]


def test_a_question_that_failed_or_was_cancelled_is_too(board, platforms):
    platforms.remaining = 1
    board.public.ask(MOSCOW)
    assert board.public.settle(PATIENCE_S)
    assert "1 of 250 an hour are left" in render(board.snapshot(), "markdown")
    platforms.remaining, platforms.polls = 250, 10**9
    board.public.ask(MOSCOW)
    wait(lambda: any(ask.stage is AskStage.MEASURING for ask in board.public.asks))
    before = board.snapshot()
    board.public.cancel()
    assert board.public.settle(PATIENCE_S)
    after = board.snapshot()
    assert after is not before  # a change makes a new one
    assert [ask.stage for ask in after.outside.public_asks] == [AskStage.FAILED, AskStage.CANCELLED]
    stages = [ask["stage"] for ask in json.loads(render(after, "json"))["public_vantages"]]
    assert stages == ["failed", "cancelled"]
    assert "limit=2`: cancelled" in render(after, "markdown", full=True)


def test_the_mask_hides_what_remarks_name(board, platforms):
    platforms.acts["POST measurements"] = [say({"error": {"message": "no way to 95.47.236.10"}}, 400)]
    board.public.ask(MOSCOW)
    assert board.public.settle(PATIENCE_S)
    snapshot = board.snapshot()
    assert "no way to 95.47.236.10" in render(snapshot, "json")
    hidden = masked(snapshot, 2)
    assert "95.47.236.10" not in render(hidden, "json")
    assert "no way to hidden-" in render(hidden, "json")
    assert "95.47.236.10" not in render(hidden, "markdown", full=True)


def test_credits_are_told(board, platforms):
    platforms.balance = 432_100
    board.public.ask_balance()
    wait(lambda: board.public.balance == 432_100)
    board.public.ask(RUSSIA, allowed=10**6)
    assert board.public.settle(PATIENCE_S)
    (ask,) = board.public.asks
    assert ask.balance == 432_100
    assert f"at most {ask.credits} credits of 432100" in ask_words(ask)
