"""Since when is a lane as its verdict says: changes that last, and what only looks like one."""

import random
from dataclasses import replace
from typing import Any

import pytest

from analysis.trace_text import ICMP, TCP, outcome, times, trace
from tracetui.analysis.lanes.decide_path_state import path_verdict
from tracetui.analysis.lanes.has_stopped import after_last_gap
from tracetui.analysis.lanes.history import History
from tracetui.analysis.lanes.judge_lanes import Judge
from tracetui.analysis.lanes.state_since import since_place
from tracetui.model import Attribution, PathState, ReplyKind

S = PathState
UP = "1 a, 2 b, 3 c, 4 d, 5 SA"
DOWN = "1 a, 2 b, 3-9 *"
CLOSER = "1 a, 2-9 *"
REFUSED = "1 a, 2 b, 3 3/13:b"
LOOP = "1 a, 2 b, 3 c, 4 b, 5 c, 6 b, 7 c"
RST = "1 a, 2 b, 3 RST+c"
OWNERS = {
    f"198.51.100.{router}": Attribution((asn,), "", None, "test")
    for router, asn in enumerate([100, 100, 200, 300], start=1)
}


def since(*rounds, **options):
    made = trace(*rounds, **options)
    verdict = path_verdict(made)
    return verdict.state, since_place(made, verdict)


def judged(*rounds, **options):
    made = trace(*rounds, **options)
    (lane,) = Judge().judge({made.lane.id: made}, OWNERS)
    return lane


@pytest.mark.parametrize(
    ("rounds", "state", "place"),
    [
        pytest.param(times(60, UP), S.REACHED, 0, id="reached since the start"),
        pytest.param(times(60, DOWN), S.SILENT_AFTER, 0, id="silent since the start"),
        pytest.param([*times(40, UP), *times(5, DOWN)], S.SILENT_AFTER, 40, id="silent for five rounds"),
        pytest.param([*times(40, UP), *times(700, DOWN)], S.SILENT_AFTER, 40, id="silent for long"),
        pytest.param(
            [*times(40, UP), "1 a, 2 b, 3 c, 4 *, 5 *", *times(5, DOWN)],
            S.SILENT_AFTER,
            41,
            id="the outage begins within a round",
        ),
        pytest.param(
            [*times(40, UP), "1 a, 2 b, 3 *, 4 *, 5 SA", *times(5, DOWN)],
            S.SILENT_AFTER,
            41,
            id="the endpoint counts as beyond, without a router before it",
        ),
        pytest.param(
            [*times(40, DOWN), *times(40, CLOSER)], S.SILENT_AFTER, 40, id="silent, and then nearer"
        ),
        pytest.param(
            [*times(40, CLOSER), *times(40, DOWN)], S.SILENT_AFTER, 40, id="silent, and then farther"
        ),
        pytest.param(
            [*times(40, UP), *times(20, DOWN), UP, *times(20, DOWN)],
            S.SILENT_AFTER,
            61,
            id="one answer within an outage",
        ),
        pytest.param([*times(40, UP), *times(40, DOWN), UP], S.REACHED, 80, id="back in the last round"),
        pytest.param([*times(40, UP), *times(40, DOWN), *times(80, UP)], S.REACHED, 80, id="back for long"),
        pytest.param([*times(7, DOWN), *times(40, UP)], S.REACHED, 7, id="silent at first"),
        pytest.param(
            [*times(40, UP), *times(4, DOWN), *times(9, UP)], S.REACHED, 0, id="four rounds are chance"
        ),
        pytest.param(
            [*times(40, UP), *times(9, DOWN), *times(40, UP), *times(9, DOWN), *times(3, UP)],
            S.REACHED,
            98,
            id="the last of two outages",
        ),
        pytest.param([*times(40, UP), *times(30, REFUSED)], S.UNREACHABLE, 40, id="refused"),
        pytest.param(
            [*times(40, UP), *times(9, REFUSED), DOWN, *times(9, REFUSED)],
            S.UNREACHABLE,
            40,
            id="one refusal lost",
        ),
        pytest.param(
            [*times(40, UP), *times(9, DOWN), *times(9, REFUSED)],
            S.UNREACHABLE,
            49,
            id="silent, then refused",
        ),
        pytest.param(
            [*times(40, REFUSED), *times(9, DOWN), *times(9, REFUSED)],
            S.UNREACHABLE,
            49,
            id="refused again after an outage",
        ),
        pytest.param([*times(40, UP), *times(9, "1 a, 2 b, 3 PU:b")], S.UNREACHABLE, 40, id="refused by 3/3"),
        pytest.param([*times(40, UP), *times(30, LOOP)], S.LOOP, 40, id="loop"),
        pytest.param(
            [*times(40, UP), *times(9, LOOP), "1 a, 2 *, 3 c", *times(9, LOOP)], S.LOOP, 40, id="a turn lost"
        ),
        pytest.param([*times(40, UP), *times(30, RST)], S.RESET, 40, id="reset"),
        pytest.param(
            [*times(40, UP), *times(9, RST), "1 a, 2 b, 3 *", *times(9, RST)], S.RESET, 40, id="a RST lost"
        ),
        pytest.param([*times(40, RST), *times(30, UP)], S.REACHED, 40, id="no longer reset"),
        pytest.param(
            [*times(40, "1 a, 2 b, 3 c, 4 RST"), *times(9, "1 a, 2 b, 3 c, 4 SA")],
            S.REACHED,
            0,
            id="a port that opens is no change of the path",
        ),
        pytest.param(times(4, DOWN), S.INSUFFICIENT, 0, id="too few rounds"),
    ],
)
def test_since(rounds, state, place):
    assert since(*rounds) == (state, place)


def test_a_lane_that_cannot_send_is_shown_since_then():
    assert since(*times(40, UP), *times(9, ""), failure="network is down") == (S.LOCAL_FAILURE, 40)


def test_no_round_is_complete():
    made = replace(trace(UP), outcomes=(), rounds=0)
    assert since_place(made, path_verdict(made)) == 0


def test_an_endpoint_back_in_the_open_round_is_shown_from_the_last_complete_one():
    silent = trace(*times(40, UP), *times(40, DOWN))
    back = replace(silent, endpoint=ReplyKind.SYN_ACK, destination_ttl=5)
    verdict = path_verdict(back)
    assert (verdict.state, since_place(back, verdict)) == (S.REACHED, 79)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("share", [0.2, 0.5])
def test_an_endpoint_that_comes_and_goes_has_not_changed(seed, share):
    dice = random.Random(seed)
    rounds = [UP if dice.random() < share else "1 a, 2 b, 3 c, 4 d, 5-9 *" for _ in range(300)]
    for length in range(60, 300, 7):
        assert since(*rounds[:length])[1] == 0


def test_a_last_hop_that_answers_seldom_does_not_move_the_change():
    dice = random.Random(3)
    seldom = ["1 a, 2 b, 3-9 *" if dice.random() < 0.2 else "1 a, 2-9 *" for _ in range(120)]
    for length in range(30, 120, 3):
        state, place = since(*times(60, UP), *seldom[:length])
        assert (state, place) == (S.SILENT_AFTER, 60)


def test_twenty_percent_loss_does_not_move_it_either():
    dice = random.Random(5)

    def lossy(text):
        return ", ".join(f"{step.split()[0]} *" if dice.random() < 0.2 else step for step in text.split(", "))

    rounds = [*(lossy(UP) for _ in range(200)), *(lossy(DOWN) for _ in range(200))]
    for length in range(220, 400, 5):
        state, place = since(*rounds[:length])
        assert (state, abs(place - 200) <= 2) == (S.SILENT_AFTER, True)


def test_following_a_lane_says_what_looking_at_it_once_does():
    dice = random.Random(7)
    texts = [UP, DOWN, CLOSER, REFUSED, LOOP, RST, "1 *, 2 b, 3 c, 4 *, 5 SA", ""]
    rounds = [text for _ in range(40) for text in times(dice.randint(1, 30), dice.choice(texts))]
    outcomes = tuple(outcome(text, number) for number, text in enumerate(rounds))
    following, whole = History(), trace(*rounds[:5])
    for end in range(1, len(outcomes), 3):
        for kept in (outcomes[max(0, end - 100) : end], outcomes[max(0, end - 100) : max(1, end - 9)]):
            now = replace(whole, outcomes=kept, rounds=end)
            verdict = path_verdict(now)
            assert since_place(now, verdict, following) == since_place(now, verdict)
            assert 0 <= since_place(now, verdict) < len(kept)


@pytest.mark.parametrize(
    ("marks", "place"),
    [
        ([1] * 9, 0),
        ([], 0),
        ([0] * 9, 0),
        ([0] * 14 + [1], 14),
        ([1] * 9 + [0] * 4 + [1] * 9, 0),
        ([1] * 60 + [0] * 5 + [1], 65),
        ([1] * 60 + [0] * 50, 0),
        ([1, 0, 0, 0, 0, 0, 0] * 20, 0),
    ],
)
def test_the_last_gap(marks, place):
    assert after_last_gap(bytes(marks)) == place


# What a lane shows


def main(lane):
    return [hop.main and hop.main.address[-1] for hop in lane.hops]


def test_hops_path_and_time_are_those_since_the_change():
    lane = judged(*times(40, UP), *times(9, DOWN))
    assert main(lane)[:3] == ["1", "2", None]
    assert [hop.sent for hop in lane.hops] == [9] * len(lane.trace.hops)
    assert lane.as_path == (100,)
    assert lane.since_ns == lane.trace.outcomes[40].started_ns
    assert lane.trace.hops[2].answered, "the trace still has all"


def test_without_a_change_they_are_those_of_the_trace():
    lane = judged(*times(40, UP))
    assert lane.hops is lane.trace.hops
    assert lane.since_ns is None


def test_no_rows_beyond_an_endpoint_that_comes_and_goes():
    """In the first sweep the endpoint answered farther probes too."""
    sweep = "1 a, 2 b, 3 c, 4 d, 5 SA, 6 SA, 7 SA"
    rounds = [
        sweep,
        *times(30, UP),
        *[UP, *times(4, "1 a, 2 b, 3 c, 4 d, 5-9 *")] * 9,
        "1 a, 2 b, 3 c, 4 d, 5-9 *",
    ]
    lane = judged(*rounds)
    assert lane.verdict.state is S.SILENT_AFTER
    assert len(lane.trace.hops) == 9
    assert len(lane.hops) == 5
    assert lane.since_ns is None


def test_no_rows_beyond_an_endpoint_that_went_silent():
    sweep = "1 a, 2 b, 3 c, 4 d, 5 SA, 6 SA, 7 SA"
    lane = judged(sweep, *times(30, UP), *times(9, "1 a, 2 b, 3 c, 4 d, 5-9 *"))
    assert lane.trace.hops[6].answered
    assert not any(hop.answered for hop in lane.hops[4:])
    assert len(lane.hops) == 9, "silent rows remain"


def test_no_rows_beyond_a_refusal():
    lane = judged(*times(40, UP), *times(3, "1 a, 2 b, 3 3/13:b, 4 3/13:b, 5 3/13:b"), *times(5, REFUSED))
    assert lane.verdict.last_responsive_ttl == 2
    assert main(lane) == ["1", "2", "2"]


def test_a_change_older_than_the_kept_rounds_is_remembered():
    judge, texts = Judge(), [*times(20, UP), *times(200, DOWN)]
    outcomes = tuple(outcome(text, number) for number, text in enumerate(texts))
    whole = trace(*texts)

    def at(kept_from, end, **changed):
        now = replace(whole, outcomes=outcomes[kept_from:end], rounds=end, **changed)
        (lane,) = judge.judge({now.lane.id: now}, OWNERS)
        return lane

    since_ns = outcomes[20].started_ns
    assert at(0, 60).since_ns == since_ns
    dropped = at(50, 110)
    assert (dropped.since_ns, dropped.hops[2].answered, dropped.hops[0].sent) == (since_ns, False, 60)
    assert at(80, 140).as_path == (100,)
    restarted = at(140, 200, started_ns=whole.started_ns + 1)
    assert restarted.since_ns is None


def test_what_has_not_changed_is_the_same_object():
    judge, made = Judge(), trace(*times(40, UP), *times(9, DOWN))
    (first,) = judge.judge({made.lane.id: made}, OWNERS)
    (again,) = judge.judge({made.lane.id: made}, OWNERS)
    assert again is first
    (flying,) = judge.judge({made.lane.id: replace(made, version=made.version + 1)}, OWNERS)
    assert (flying is first, flying.hops is first.hops) == (False, True)
    hops: Any = flying.hops
    assert not hops.made, "rows are counted when somebody looks"


def test_late_replies_since_the_change_are_counted_as_late():
    made = trace(*times(40, UP), *times(9, DOWN))
    late = ((3, "198.51.100.3", ReplyKind.TIME_EXCEEDED),)
    outcomes = (
        *made.outcomes[:-2],
        *(replace(one, replies=one.replies._replace(late=late)) for one in made.outcomes[-2:]),
    )
    made = replace(made, outcomes=outcomes)
    (lane,) = Judge().judge({made.lane.id: made}, OWNERS)
    hop = lane.hops[2]
    assert (hop.sent, hop.received, hop.late, hop.lost) == (9, 0, 2, 7)
    assert hop.main.replies == {"time_exceeded": 2}
    assert lane.as_path == (100, 200)


def test_a_sibling_that_goes_on_is_not_concerned():
    made = [trace(*times(40, UP), *times(9, DOWN), lane=TCP), trace(*times(49, UP), lane=ICMP)]
    silent, other = Judge().judge({one.lane.id: one for one in made}, OWNERS)
    assert silent.since_ns is not None
    assert other.since_ns is None
