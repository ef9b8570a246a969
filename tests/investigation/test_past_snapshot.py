"""Looking back: a moment in the past shows what an investigation that had stopped then would have shown."""

import random
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.findings.simulated import looks, run
from tracetui.analysis.as_path import choose_systems
from tracetui.analysis.findings import all_paths
from tracetui.analysis.rounds.lazy_hops import LazyHops
from tracetui.analysis.rounds.probes_by_ttl import Columns
from tracetui.investigation.past_snapshot import (
    PastSnapshots,
    Windows,
    at_moment,
    moment_shown,
)
from tracetui.model import Event, EventKind, Note, PathState, Snapshot
from tracetui.model.moment import moment_of, unix_ns
from tracetui.simulation.read_scenario import read_text

INTERNETS = Path(__file__).parents[1] / "analysis" / "findings" / "internets"
ROUNDS = 70
NAMES = ("drop-begins", "drop-ends", "home-dies", "admin-reject", "loop", "balanced-and-dropped")


@cache
def traced(name: str, rounds: int) -> Snapshot:
    text = (INTERNETS / f"{name}.toml").read_text(encoding="utf-8").partition("\n[expect]\n")[0]
    return run(read_text(text, name, name), rounds=rounds)


def last_start(snapshot: Snapshot) -> datetime:
    """When the last round of all lanes began."""
    return moment_of(max(lane.trace.outcomes[-1].started_ns for lane in snapshot.lanes))


def states(snapshot: Snapshot) -> list[object]:
    return [
        (
            lane.id,
            lane.verdict,
            lane.as_path,
            lane.trace.rounds,
            [(hop.sent, hop.received, hop.main and hop.main.address) for hop in lane.trace.hops],
        )
        for lane in snapshot.lanes
    ]


def what_is_found(snapshot: Snapshot) -> list[object]:
    """Findings without what is to be measured next: one that has stopped does not say "keep running"."""
    return [
        replace(
            finding,
            next_steps=(),
            explanations=tuple(replace(one, would_tell=()) for one in finding.explanations),
        )
        for finding in snapshot.findings
    ]


@pytest.mark.slow
@settings(max_examples=20, deadline=None)
@given(st.sampled_from(NAMES), st.integers(1, ROUNDS))
def test_a_moment_is_what_an_investigation_that_stopped_then_has_found(name, rounds):
    stopped = traced(name, rounds)
    then = at_moment(traced(name, ROUNDS), last_start(stopped))
    assert states(then) == states(stopped)
    assert what_is_found(then) == what_is_found(stopped)


@pytest.mark.slow
@settings(max_examples=15, deadline=None)
@given(st.sampled_from(NAMES), st.lists(st.integers(1, ROUNDS), min_size=2, max_size=6))
def test_moments_back_and_forth_are_what_each_is_from_nothing(name, moments):
    newest = traced(name, ROUNDS)
    looking_back = PastSnapshots()
    for rounds in moments:
        moment = last_start(traced(name, rounds))
        one, other = looking_back.at(newest, moment), at_moment(newest, moment)
        assert states(one) == states(other)
        assert one.findings == other.findings
        assert one == other


@pytest.mark.slow
def test_a_report_may_be_written_on_another_thread_while_one_looks_on():
    newest = traced("drop-begins", ROUNDS)
    moments = [last_start(traced("drop-begins", rounds)) for rounds in range(10, ROUNDS, 3)]
    expected = [repr([tuple(lane.trace.hops) for lane in at_moment(newest, each).lanes]) for each in moments]
    interval_s = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        for _ in range(3):
            looking_back = PastSnapshots()
            shown = [looking_back.at(newest, moment) for moment in moments]
            with ThreadPoolExecutor(4) as threads:
                found = threads.map(lambda then: repr([tuple(lane.trace.hops) for lane in then.lanes]), shown)
                assert list(found) == expected
    finally:
        sys.setswitchinterval(interval_s)


def test_it_changes_where_the_path_did():
    whole = traced("drop-begins", 100)
    before = at_moment(whole, whole.started_at + timedelta(seconds=19.9))
    assert {lane.verdict.state for lane in before.lanes} == {PathState.REACHED}
    assert PathState.SILENT_AFTER in {lane.verdict.state for lane in whole.lanes}
    assert before.findings != whole.findings
    assert before.rounds == 20


TWO_HOURS = """
title = "Four changes in two hours"
paths = [["home", "i1", "t1", "t2", "e1", "suspect"], ["e1", "control"]]

[as]
64501 = { name = "Access", routers = ["i1"] }
64502 = { name = "Transit", routers = ["t1", "t2"] }
64503 = { name = "Hosting", prefixes = ["203.0.113.0/24"], routers = ["e1"], hosts = ["suspect", "control"] }

[host]
suspect = { address = "203.0.113.5", open = [443] }
control = { address = "203.0.113.9", control = true, open = [443] }

[[policy]]
at = "t2"
action = "drop"
destination = "suspect"
from = 700
until = 2400

[[policy]]
at = "e1"
action = "reject"
destination = "suspect"
from = 4000
until = 5500

[demo]
targets = ["suspect"]
controls = ["control"]
"""


@pytest.mark.slow
def test_every_moment_of_two_hours_is_what_an_investigation_then_had_found_or_says_what_is_kept():
    chance = random.Random(7)
    internet = read_text(TWO_HOURS, "two-hours", "two-hours")
    ends = sorted(chance.sample(range(30, 7200), 120))
    looked = list(looks(internet, [*ends, 7200]))
    newest, sampled = looked[-1], []
    looking_back = PastSnapshots()
    for past in looked[:-1]:
        moment = moment_shown(newest, past.created_at)
        then = looking_back.at(newest, past.created_at)
        assert then.created_at == moment
        if then.kept is not None and then.kept.sampled_s is not None:
            assert timedelta(0) <= past.created_at - moment <= timedelta(seconds=then.kept.sampled_s)
            assert then.findings == ()
            sampled.append(moment)
            continue
        assert [(lane.verdict, lane.as_path) for lane in then.lanes] == [
            (lane.verdict, lane.as_path) for lane in past.lanes
        ]
        assert then.kept is not None or what_is_found(then) == what_is_found(past)
    assert len(sampled) > 60
    # What samples say is compared with a second run, which is stopped at their own moments.
    ends_s = sorted({(moment - newest.started_at).total_seconds() for moment in sampled})
    for past in looks(internet, ends_s):
        then = looking_back.at(newest, past.created_at)
        assert then.created_at == past.created_at
        for one, other in zip(then.lanes, past.lanes, strict=True):
            assert (one.verdict, one.as_path) == (other.verdict, other.as_path)
            assert 0 <= one.trace.rounds - other.trace.rounds <= 2  # rounds still open count as complete


def test_events_and_notes_end_at_the_moment():
    whole = traced("drop-begins", 100)
    moment = whole.started_at + timedelta(seconds=20)
    late = Event(moment + timedelta(seconds=1), EventKind.STATE_CHANGED, None)
    early = Event(moment, EventKind.STATE_CHANGED, None)
    then = at_moment(
        replace(whole, events=(early, late), notes=(Note(early.at, "seen"), Note(late.at, "later"))), moment
    )
    assert then.events == (early,)
    assert then.notes == (Note(early.at, "seen"),)
    assert then.created_at == moment


def test_before_the_first_round_there_is_no_data():
    whole = traced("loop", ROUNDS)
    earliest = moment_shown(whole, datetime(2000, 1, 1, tzinfo=UTC))
    assert earliest is not None
    before = at_moment(whole, earliest - timedelta(seconds=1))
    assert [lane.trace.rounds for lane in before.lanes] == [0] * len(whole.lanes)
    assert {lane.verdict.state for lane in before.lanes} == {PathState.INSUFFICIENT}
    assert at_moment(whole, earliest).rounds == 1
    assert moment_shown(replace(whole, lanes=()), earliest) is None


def test_a_window_limits_the_figures_and_nothing_else():
    whole = traced("drop-begins", 100)
    then = at_moment(whole, last_start(whole), window_s=9.5)
    plain = at_moment(whole, last_start(whole))
    assert [lane.verdict for lane in then.lanes] == [lane.verdict for lane in plain.lanes]
    assert then.findings == plain.findings
    assert all(lane.trace.hops[0].sent == 10 for lane in then.lanes)
    assert all(lane.trace.rounds == 100 for lane in then.lanes)


def test_within_counts_the_last_seconds_and_keeps_what_was_judged():
    whole = traced("drop-begins", 100)
    now = replace(whole, created_at=last_start(whole))
    seen = Windows().within(now, 9.5)
    assert all(lane.trace.hops[0].sent == 10 for lane in seen.lanes)
    assert [lane.verdict for lane in seen.lanes] == [lane.verdict for lane in now.lanes]
    assert (seen.findings, seen.events) == (now.findings, now.events)
    assert Windows().within(now, None) is now
    assert Windows().within(now, 1000).lanes == now.lanes


def test_what_is_found_at_a_moment_counts_no_hops_and_makes_no_path_again():
    whole = traced("drop-begins", 100)
    looking_back = PastSnapshots()
    with patch.object(all_paths, "choose_systems", side_effect=choose_systems) as chosen:
        found = [looking_back.at(whole, last_start(whole) - timedelta(seconds=back)) for back in (5, 9, 3)]
        assert found[0].findings
        hops = [lane.trace.hops for then in found for lane in then.lanes]
        assert not any(isinstance(one, LazyHops) and one.made for one in hops)
        assert any(isinstance(one, LazyHops) for one in hops)
        count = chosen.call_count
        looking_back.at(whole, last_start(whole) - timedelta(seconds=7))
        assert chosen.call_count == count
    assert [one.findings for one in found] == [at_moment(whole, one.created_at).findings for one in found]


@pytest.fixture
def lanes_counted():
    """A spy on the counting of hops."""
    with patch.object(Columns, "hops", autospec=True, side_effect=Columns.hops) as spy:
        yield spy


def test_an_unchanged_lane_is_not_counted_again(lanes_counted):
    whole = traced("drop-begins", 100)
    now = replace(whole, created_at=last_start(whole))
    windows = Windows()
    lanes_counted.reset_mock()
    seen = windows.within(now, 20)
    assert lanes_counted.call_count == len(now.lanes)
    assert windows.within(now, 20) is seen
    again = windows.within(replace(now, title="looked at again"), 20)
    assert all(one is other for one, other in zip(again.lanes, seen.lanes, strict=True))
    one_less = replace(now.lanes[0].trace, outcomes=now.lanes[0].trace.outcomes[:-1])
    windows.within(replace(now, lanes=(replace(now.lanes[0], trace=one_less), *now.lanes[1:])), 20)
    assert lanes_counted.call_count == len(now.lanes) + 1


@pytest.mark.parametrize("nanoseconds", [0, 1, 999, 1_000_000_000, 1_795_492_500_123_456_789])
def test_a_moment_never_stands_before_the_round_it_is_made_from(nanoseconds):
    assert 0 <= unix_ns(moment_of(nanoseconds)) - nanoseconds < 1000
    assert unix_ns(datetime(2026, 11, 24, tzinfo=UTC)) == 1_795_478_400_000_000_000


def test_no_window_reaches_back_beyond_a_lasting_change():
    whole = traced("drop-begins", 100)
    until = whole.started_at + timedelta(seconds=60)
    windows = Windows()
    for at in (whole, at_moment(whole, until)):
        changed = [lane for lane in at.lanes if lane.since_ns is not None]
        assert {lane.lane.address for lane in changed} == {"185.70.40.101"}
        for window_s in (10, 40, 1000):
            shown = {lane.id: lane for lane in windows.within(at, window_s).lanes}
            for lane in changed:
                assert lane.since_ns is not None
                most = min(window_s, (at.created_at - moment_of(lane.since_ns)).total_seconds())
                sent = shown[lane.id].hops[0].sent
                assert most - 3 <= sent <= most + 1, (window_s, lane.id)
                assert not any(hop.answered for hop in shown[lane.id].hops[5:])
    for window_s in (10, 40, 1000):
        for lane in at_moment(whole, until, window_s).lanes:
            assert lane.hops[0].sent <= (31 if lane.since_ns is not None else 61)
            assert lane.hops[0].sent <= window_s + 1
