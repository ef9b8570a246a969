"""The figures of any stretch of a lane's rounds are those of counting these rounds one by one."""

import statistics
from collections import Counter
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.trace_text import hop, outcome, trace
from tracetui.analysis.rounds.lazy_hops import all_of, main_of
from tracetui.analysis.rounds.probes_by_ttl import Columns
from tracetui.analysis.rounds.ttl_probes import Column
from tracetui.model import Hop, LaneTrace, ReplyKind, RoundOutcome

WORDS = ["*", "a", "b", "3/13:c", "RST", "SA"]
SHOWN = 6


def traced(rounds: list[RoundOutcome]) -> LaneTrace:
    return replace(
        trace("1 a"),
        rounds=len(rounds),
        outcomes=tuple(rounds),
        hops=tuple(hop(ttl, []) for ttl in range(1, SHOWN + 1)),
    )


@st.composite
def runs(draw: st.DrawFn) -> list[RoundOutcome]:
    made = []
    for number in range(draw(st.integers(1, 40))):
        words = draw(st.dictionaries(st.integers(1, SHOWN), st.sampled_from(WORDS), max_size=SHOWN))
        one = outcome(", ".join(f"{ttl} {word}" for ttl, word in sorted(words.items())), number)
        rtts = [None if rtt is None else draw(st.integers(1, 5_000_000)) for rtt in one.rtts_us]
        made.append(replace(one, rtts_us=tuple(rtts)))
    return made


def check(said: Hop, rounds: list[RoundOutcome]) -> None:
    """Compare a hop with what its rounds say, one by one."""
    place = said.ttl - 1
    asked = [one for one in rounds if one.was_probed(said.ttl)]
    got = [one for one in asked if place < len(one.path) and one.path[place] is not None]
    assert (said.sent, said.received, said.lost, said.late) == (
        len(asked),
        len(got),
        len(asked) - len(got),
        0,
    )
    rtts_us = [one.rtts_us[place] if one in got else None for one in asked]
    assert said.recent == tuple(None if rtt is None else rtt * 1000 for rtt in rtts_us[-120:])
    check_figures(said, [rtt for rtt in rtts_us if rtt is not None])
    replies = Counter()
    for one in got:
        kind = one.kinds[place]
        replies[one.path[place], one.refusal.label if kind is ReplyKind.UNREACHABLE else kind.value] += 1
    assert {
        (responder.address, label): count
        for responder in said.responders
        for label, count in responder.replies.items()
    } == replies
    counts = [responder.count for responder in said.responders]
    assert counts == sorted(counts, reverse=True)
    assert sum(counts) == len(got)
    for responder in said.responders:
        assert (
            responder.last_ns == [one for one in got if one.path[place] == responder.address][-1].started_ns
        )
    assert said.last_address == (got[-1].path[place] if got else None)


def check_figures(said: Hop, rtts_us: list[int]) -> None:
    if not rtts_us:
        assert said.rtt is None
        return
    jitter = 0.0
    for before, after in pairwise(rtts_us):
        jitter += (abs(after - before) - jitter) / 16
    several = len(rtts_us) > 1
    assert (said.rtt.count, said.rtt.last_ns) == (len(rtts_us), rtts_us[-1] * 1000)
    assert (said.rtt.best_ns, said.rtt.worst_ns) == (min(rtts_us) * 1000, max(rtts_us) * 1000)
    assert said.rtt.mean_ns == pytest.approx(statistics.mean(rtts_us) * 1000)
    assert said.rtt.stdev_ns == (pytest.approx(statistics.stdev(rtts_us) * 1000) if several else None)
    assert said.rtt.jitter_ns == (pytest.approx(jitter * 1000) if several else None)


@settings(max_examples=50)
@given(runs(), st.data())
def test_any_stretch_is_counted_as_one_by_one(rounds, data):
    columns = Columns()
    for _ in range(6):
        kept = data.draw(st.integers(0, len(rounds)))
        now = traced(rounds[kept : data.draw(st.integers(kept, len(rounds)))])
        if not now.outcomes:
            continue
        first = data.draw(st.integers(0, len(now.outcomes)))
        end = data.draw(st.integers(first, len(now.outcomes)))
        stretch = list(now.outcomes[first:end])
        hops = columns.hops(now, first, end, SHOWN)
        assert [one.ttl for one in hops] == list(range(1, SHOWN + 1))
        for one in hops:
            check(one, stretch)
        highest = max((one.probed.bit_length() - 1 for one in stretch), default=0)
        assert columns.hops(now, first, end, None) == hops[: max(0, highest)]


def test_jitter_forgets_what_is_long_ago():
    rtts = [1000 + number * number % 977 for number in range(500)]
    rounds = [replace(outcome("1 a", number), rtts_us=(rtt,)) for number, rtt in enumerate(rtts)]
    jitter = 0.0
    for before, after in pairwise(rtts):
        jitter += (abs(after - before) - jitter) / 16
    (only,) = Columns().hops(traced(rounds), 0, 500, 1)
    assert only.rtt.jitter_ns == pytest.approx(jitter * 1000, rel=1e-4)


@pytest.fixture
def counted_rounds(monkeypatch):
    """Return how many rounds were counted so far, of lanes with three TTLs."""
    counted, add = [], Column.add

    def noted(column, rtts_us):
        counted.append(len(rtts_us))
        add(column, rtts_us)

    monkeypatch.setattr(Column, "add", noted)
    return lambda: sum(counted) // 3


def test_figures_are_counted_when_somebody_looks(counted_rounds):
    rounds = [outcome("1 a, 2 b, 3 SA", number) for number in range(10)]
    columns = Columns()
    hops = columns.hops(traced(rounds), 0, 10, 3)
    assert (len(hops), [len(who) for who in hops.addresses], hops.made) == (3, [1, 1, 1], False)
    assert counted_rounds() == 0
    assert hops[1].received == 10
    assert (counted_rounds(), hops.made) == (10, True)


@settings(max_examples=50)
@given(runs())
def test_who_answers_is_known_before(rounds):
    hops = Columns().hops(traced(rounds), 0, len(rounds), SHOWN)
    before = main_of(hops), all_of(hops)
    assert not hops.made
    counted = tuple(hops)
    assert before == (main_of(counted), all_of(counted))


def test_hops_can_be_counted_after_the_rounds_went_on():
    rounds = [outcome("1 a, 2 b, 3 SA", number) for number in range(900)]
    columns = Columns()
    early = columns.hops(traced(rounds[:100]), 20, 100, 3)
    columns.hops(traced(rounds[500:]), 0, 400, 3)[0]
    assert [one.received for one in early] == [80, 80, 80]


def look_at(hops):
    assert hops[0].ttl == 1


def test_a_round_more_is_counted_alone(counted_rounds):
    rounds = [outcome("1 a, 2 b, 3 SA", number) for number in range(300)]
    columns = Columns()

    def counted(kept, end):
        look_at(columns.hops(traced(rounds[kept:end]), 0, end - kept, SHOWN))
        return counted_rounds()

    assert counted(0, 60) == 60
    assert counted(0, 61) == 61
    assert counted(20, 64) == 64
    assert counted(10, 64) == 64, "what has been dropped only just is still there"
    assert counted(0, 60) == 64, "and a trace that is older than what is known"
    assert counted(200, 300) == 64 + 100, "a trace that has nothing in common: all anew"


def test_rounds_before_the_first_stretch_are_not_counted_until_asked_for(counted_rounds):
    now = traced([outcome("1 a, 2 b, 3 SA", number) for number in range(100)])
    columns = Columns()
    look_at(columns.hops(now, 80, 100, SHOWN))
    assert counted_rounds() == 20
    look_at(columns.hops(now, 90, 95, SHOWN))
    assert counted_rounds() == 20
    look_at(columns.hops(now, 40, 100, SHOWN))
    assert counted_rounds() == 20 + 60
