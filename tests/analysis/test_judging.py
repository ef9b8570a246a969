"""From moment to moment: what a state or a path depends on is looked at again, and nothing else."""

from dataclasses import replace
from unittest.mock import Mock

import pytest

from analysis.trace_text import ICMP, TCP, trace
from tracetui.analysis.as_path import as_path
from tracetui.analysis.lanes import judge_lanes, window
from tracetui.analysis.lanes.decide_path_state import path_verdict
from tracetui.analysis.lanes.judge_lanes import Judge
from tracetui.model import Attribution, PathState, Role

MAKERS = "lane_window", "window_verdict", "as_path_through"
NEAR = "1 a, 2 b, 3 RST"
FAR = "1 a, 2 b, 3 c, 4 d, 5 ECHO"
OWNERS = {
    f"198.51.100.{router}": Attribution((asn,), "", None, "test")
    for router, asn in enumerate([100, 100, 200, 300], start=1)
}


def by_id(*traces):
    return {one.lane.id: one for one in traces}


def from_nothing(traces, owners):
    made = []
    for one in traces:
        verdict = path_verdict(one, [other for other in traces if other is not one])
        made.append((one, verdict, as_path(one, owners, verdict)))
    return made


def said(judge, *traces, owners=OWNERS):
    """Judge, and compare with what is said when there was nothing before."""
    lanes = judge.judge(by_id(*traces), owners)
    assert [(lane.trace, lane.verdict, lane.as_path) for lane in lanes] == from_nothing(traces, owners)
    return lanes


@pytest.fixture
def made(monkeypatch):
    """How many windows, verdicts and AS paths were made so far."""
    spies = [Mock(wraps=getattr(judge_lanes, name)) for name in MAKERS]
    for name, spy in zip(MAKERS, spies, strict=True):
        monkeypatch.setattr(judge_lanes, name, spy)
    return lambda: tuple(spy.call_count for spy in spies)


def test_a_sibling_that_gets_farther_changes_the_state_of_a_lane_that_did_not_change():
    judge, own = Judge(), trace(*[NEAR] * 5, lane=TCP)
    (alone,) = said(judge, own)
    assert alone.verdict.state is PathState.REACHED
    beside, _ = said(judge, own, trace(*[FAR] * 5, lane=ICMP))
    assert beside.verdict.state is PathState.RESET
    (again,) = said(judge, own)
    assert again.verdict.state is PathState.REACHED


def test_counts_alone_make_a_lane_anew_and_nothing_else(made):
    judge = Judge()
    own, other = trace(*[FAR] * 5, lane=TCP), trace(*[FAR] * 5, lane=ICMP)
    first = said(judge, own, other)
    assert made() == (2, 2, 2)
    assert said(judge, own, other)[1] is first[1]
    hops = tuple(replace(hop, sent=hop.sent + 1) for hop in own.hops)
    flying = said(judge, replace(own, hops=hops, version=own.version + 1), other)
    assert made() == (2, 2, 2)
    assert flying[0] is not first[0]
    assert flying[0].verdict is first[0].verdict
    assert flying[1] is first[1]


def test_a_round_more_is_read_in_its_own_lane_and_judged_beside_its_sibling(made):
    judge = Judge()
    own, other = trace(*[FAR] * 5, lane=TCP), trace(*[FAR] * 5, lane=ICMP)
    said(judge, own, other)
    said(judge, trace(*[FAR] * 6, lane=TCP), other)
    assert made() == (3, 4, 2)


def test_owners_that_come_late_make_paths_anew(made):
    judge, own = Judge(), trace(*[FAR] * 5, lane=TCP)
    (early,) = said(judge, own, owners={})
    (late,) = said(judge, own)
    assert (early.as_path, late.as_path) == ((), (100, 200, 300))
    assert made() == (1, 1, 2)


def test_replies_before_the_first_round_is_complete_are_seen():
    judge = Judge()
    whole = trace(*[FAR] * 1, lane=TCP)
    early = replace(whole, outcomes=(), rounds=0, endpoint=None, destination_ttl=None, hops=whole.hops[:1])
    (first,) = said(judge, early)
    (second,) = said(judge, replace(early, hops=whole.hops[:3]))
    assert (first.verdict.last_responsive_ttl, second.verdict.last_responsive_ttl) == (1, 3)


def test_a_lane_that_becomes_a_control_and_one_that_fails():
    judge, own = Judge(), trace(lane=TCP)
    said(judge, own)
    (failed,) = said(judge, replace(own, failure="network is down"))
    assert failed.verdict.state is PathState.LOCAL_FAILURE
    (control,) = said(judge, replace(own, lane=replace(TCP, role=Role.CONTROL)))
    assert control.lane.role is Role.CONTROL


def sharing(made):
    """The trace with rounds as an engine makes them: those with equal replies share them."""
    known = {}
    outcomes = [replace(one, replies=known.setdefault(one.replies, one.replies)) for one in made.outcomes]
    return replace(made, outcomes=tuple(outcomes))


def test_the_way_back_may_change_while_all_else_is_answered_alike():
    judge, other = Judge(), trace(*["1 a, 2 *, 3 c, 4 d, 5 ECHO/60"] * 20, lane=ICMP)
    own = [*["1 a, 2 *, 3 RST/60"] * 8, *["1 a, 2 *, 3 RST/50"] * 8]
    whole = sharing(trace(*own, lane=TCP))
    states = []
    for rounds in range(5, len(own) + 1):
        now = replace(trace(*own[:rounds], lane=TCP), outcomes=whole.outcomes[:rounds])
        states.append(said(judge, now, other)[0].verdict.state)
    assert (states[0], states[-1]) == (PathState.REACHED, PathState.RESET)


def test_rounds_that_are_answered_alike_are_merged_once(monkeypatch):
    merge = Mock(wraps=window.exceeded)
    monkeypatch.setattr(window, "exceeded", merge)
    judge, whole = Judge(), sharing(trace(*[FAR] * 30, lane=TCP))
    for rounds in range(5, 31):
        said_now = replace(trace(*[FAR] * rounds, lane=TCP), outcomes=whole.outcomes[:rounds])
        judge.judge(by_id(said_now), OWNERS)
    assert merge.call_count == 1
