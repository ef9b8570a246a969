"""Before and after: what is told of a lane at two moments, and what chance may explain and is not told."""

import random
from dataclasses import replace
from datetime import timedelta

import pytest

from analysis.trace_text import ROUND_NS, START_NS, owner, snapshot, times, trace
from tracetui.analysis.changes.compare_hops import loss_step, rtt_step
from tracetui.analysis.changes.compare_lanes import Comparer
from tracetui.analysis.changes.stretch import Stretch, TtlAnswers
from tracetui.analysis.lanes.judge_lanes import Judge
from tracetui.model import PathState, ReplyKind, Snapshot
from tracetui.model.comparison import HopAnswer, LaneChange
from tracetui.model.moment import moment_of
from tracetui.words import change_words

UP = "1 a, 2 b, 3 c, 4 d, 5 SA"
OTHER = "1 a, 2 b, 3 e, 4 d, 5 SA"
LONGER = "1 a, 2 b, 3 c, 4 d, 5 e, 6 SA"
DOWN = "1 a, 2 b, 3-9 *"
REFUSED = "1 a, 2 b, 3 3/13:b"
SELDOM = ["1 a, 2 b, 3 *, 4 d, 5 SA"] * 9 + [UP]
OWNERS = {
    f"198.51.100.{place}": owner(asn, f"AS {asn}") for place, asn in enumerate((100, 100, 200, 300, 400), 1)
} | {"203.0.113.80": owner(300, "AS 300")}
HOPS = HopAnswer


def judged(rounds: list[str]) -> Snapshot:
    made = trace(*rounds)
    end = moment_of(START_NS + (len(rounds) - 1) * ROUND_NS + ROUND_NS // 2)
    return snapshot(*Judge().judge({made.lane.id: made}, OWNERS), owners=OWNERS, created_at=end)


def change(before: list[str], since: list[str]) -> LaneChange:
    """What differs between the end of some rounds and the end of more."""
    return Comparer().compare(judged(before), judged([*before, *since])).lanes[0]


def words(before: list[str], since: list[str]) -> str:
    return change_words(change(before, since), judged([*before, *since]).lanes[0])


@pytest.mark.parametrize(
    ("before", "since", "said"),
    [
        pytest.param(times(30, UP), times(30, UP), "no difference beyond chance", id="nothing"),
        pytest.param(
            times(30, UP),
            [*times(10, UP), *times(5, DOWN)],
            "silent after 2 instead of reached, hops 3–5 no longer answer, last AS 100 instead of 300",
            id="an outage begins",
        ),
        pytest.param(
            times(30, DOWN),
            times(10, UP),
            "reached instead of silent after 2, hops 3–5 now answer, last AS 300 instead of 100,"
            " through AS 200",
            id="it ends",
        ),
        pytest.param(
            times(30, UP),
            [*times(8, UP), *times(6, OTHER)],
            "hop 3 is 198.51.100.5 instead of 198.51.100.3, through AS 400 instead of 200",
            id="another router",
        ),
        pytest.param(times(30, UP), times(3, OTHER), "3 rounds since: too few to compare", id="too early"),
        pytest.param(times(3, UP), times(30, UP), "3 rounds before: too few to compare", id="too little"),
        pytest.param([*times(29, UP), OTHER], times(30, OTHER), None, id="marked a round too late"),
        pytest.param(
            times(30, UP),
            times(8, LONGER),
            "hop 5 is 198.51.100.5 instead of 203.0.113.80, through AS 400, endpoint at hop 6 instead of 5",
            id="a longer path",
        ),
        pytest.param(
            times(30, UP),
            times(8, REFUSED),
            "refused 3/13 at 2 instead of reached, last AS 100 instead of 300",
            id="a router refuses",
        ),
        pytest.param(
            times(30, UP),
            times(8, "1 a, 2 b, 3 RST+c, 4 RST+d"),
            "RST early at 3 instead of reached, last AS 100 instead of 300",
            id="a reset from nearer",
        ),
        pytest.param(
            times(30, UP),
            times(8, "1 a, 2 b, 3 c, 4 d, 5 RST"),
            "reached 5 RST instead of reached 5 SYN/ACK",
            id="the port is closed now",
        ),
        pytest.param(times(30, UP), [], "no round since then", id="nothing measured since"),
    ],
)
def test_what_is_told(before, since, said):
    told = words(before, since)
    assert told == said if said else told.startswith("hop 3 is")


@pytest.mark.parametrize(
    ("before", "since"),
    [
        pytest.param(times(30, UP), times(4, DOWN), id="four silent rounds"),
        pytest.param(SELDOM * 6, times(20, "1 a, 2 b, 3 *, 4 d, 5 SA"), id="a hop that answers seldom"),
        pytest.param(times(20, "1 a, 2 b, 3 *, 4 d, 5 SA"), SELDOM * 2, id="it answers again"),
        pytest.param([UP, OTHER] * 15, [OTHER, UP] * 15, id="a load balancer"),
        pytest.param([UP, OTHER] * 15, times(8, OTHER), id="a load balancer, one router for a while"),
        pytest.param(times(30, UP), [*times(20, UP), "1 a, 2 b, 3 c, 4 *, 5 *"], id="a lost round"),
    ],
)
def test_what_chance_explains_is_not_told(before, since):
    assert not change(before, since).differs


def test_a_silent_lane_ends_where_its_state_says_although_far_hops_are_probed_seldom():
    path = ", ".join(f"{ttl} 192.0.2.{ttl}" for ttl in range(1, 12)) + ", 12 SA"
    told = change(times(30, path), times(6, "1 192.0.2.1, 2 192.0.2.2, 3-8 *, 30 *"))
    assert [hop.ttl for hop in told.hops if hop.answer is HOPS.STOPPED] == [3, 4, 5, 6, 7, 8]


def rounds_with_rtt(count: int, rtts: random.Random, base_us: int, spread_us: int) -> TtlAnswers:
    made = TtlAnswers(asked=count, answered=count, places={"a": list(range(count))})
    made.rtts = [("a", base_us + int(rtts.expovariate(1 / spread_us))) for _ in range(count)]
    return made


def test_rtts_that_only_spread_are_no_step():
    rtts = random.Random(5)
    for _ in range(3000):
        before, now = (rounds_with_rtt(rtts.randint(1, 60), rtts, 20_000, 3000) for _ in range(2))
        assert rtt_step(before, now) is None


@pytest.mark.parametrize(("since", "found"), [(4, False), (5, True), (60, True)])
def test_a_step_beyond_the_spread_is_told_after_some_rounds(since, found):
    rtts = random.Random(6)
    step = rtt_step(rounds_with_rtt(60, rtts, 20_000, 1500), rounds_with_rtt(since, rtts, 32_000, 1500))
    assert (step is not None) is found
    if step is not None:
        assert 11e6 < step.by_ns < 14e6


def test_one_slow_answer_makes_no_step_and_a_step_of_microseconds_none_either():
    rtts = random.Random(7)
    before = rounds_with_rtt(60, rtts, 20_000, 500)
    slow = rounds_with_rtt(15, rtts, 20_000, 500)
    slow.rtts[-1] = ("a", 900_000)
    assert rtt_step(before, slow) is None
    steady = TtlAnswers(asked=60, answered=60, places={"a": list(range(60))}, rtts=[("a", 1000)] * 60)
    faster = TtlAnswers(asked=60, answered=60, places={"a": list(range(60))}, rtts=[("a", 1050)] * 60)
    assert rtt_step(steady, faster) is None


@pytest.mark.parametrize(
    ("before", "now", "found"),
    [
        ((60, 60), (60, 60), False),
        ((60, 60), (55, 60), False),
        ((60, 60), (40, 60), True),
        ((40, 60), (60, 60), True),
        ((5, 5), (3, 5), False),
        ((0, 0), (60, 60), False),
    ],
)
def test_loss_is_told_where_the_exact_test_tells_it_apart(before, now, found):
    made = loss_step(*(TtlAnswers(answered=answered, asked=asked) for answered, asked in (before, now)))
    assert (made is not None) is found


def test_copies_in_a_sample_are_one_measurement_of_rtts():
    outcome = trace(*times(1, UP)).outcomes[0]
    copies = [replace(outcome, number=number) for number in range(5)]
    counted = Stretch(copies)
    assert counted.rounds == 5
    assert counted.at(3).answered == 5
    assert len(counted.at(3).rtts) == 1


def test_an_answer_that_comes_late_is_no_silence():
    *silent, last = trace(*times(30, DOWN)).outcomes
    replies = last.replies._replace(late=((3, "198.51.100.3", ReplyKind.TIME_EXCEEDED),))
    late = replace(last, replies=replies)
    assert Stretch([*silent, last]).at(3).absent == 30
    assert Stretch([*silent, late]).at(3).absent == 0


def test_what_has_not_changed_is_the_same_object():
    comparer, before = Comparer(), judged(times(30, UP))
    now = judged([*times(30, UP), *times(9, OTHER)])
    first = comparer.compare(before, now)
    assert comparer.compare(before, replace(now, notes=())) is first
    later = judged([*times(30, UP), *times(10, OTHER)])
    again = comparer.compare(before, later)
    assert again is not first
    assert again.lanes[0].hops == first.lanes[0].hops


def test_lanes_added_since_are_not_compared():
    before, now = judged(times(30, UP)), judged(times(40, UP))
    assert Comparer().compare(replace(before, lanes=()), now).lanes == ()
    assert before.created_at + timedelta(seconds=10) == now.created_at
    assert before.lanes[0].verdict.state is PathState.REACHED
