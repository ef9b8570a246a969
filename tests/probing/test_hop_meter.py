"""Counts of one TTL against the plain definitions."""

import itertools
import statistics

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracetui.model import Reply, ReplyKind
from tracetui.probing.hop_meter import RECENT_KEPT, HopMeter


def reply(rtt_ns: int, address: str = "192.0.2.1", **fields) -> Reply:
    return Reply(address, ReplyKind.TIME_EXCEEDED, 10**18 + rtt_ns, rtt_ns, **fields)


def answer(meter: HopMeter, its: Reply, number: int) -> None:
    meter.count_reply(its, its.rtt_ns, its.received_ns, number)


def jitter_by_definition(rtts: list[int]) -> float:
    jitter = 0.0
    for before, now in itertools.pairwise(rtts):
        jitter += (abs(now - before) - jitter) / 16
    return jitter


@given(st.lists(st.integers(0, 10**10), min_size=2, max_size=200))
def test_rtt_figures_equal_the_definitions(rtts):
    meter = HopMeter(4)
    for number, rtt in enumerate(rtts):
        meter.count_sent(number)
        answer(meter, reply(rtt), number)
    rtt = meter.value().rtt
    assert (rtt.count, rtt.last_ns, rtt.best_ns, rtt.worst_ns) == (len(rtts), rtts[-1], min(rtts), max(rtts))
    assert rtt.mean_ns == pytest.approx(statistics.fmean(rtts), rel=1e-9, abs=1e-6)
    assert rtt.stdev_ns == pytest.approx(statistics.stdev(rtts), rel=1e-6, abs=1e-3)
    assert rtt.jitter_ns == pytest.approx(jitter_by_definition(rtts), rel=1e-9, abs=1e-6)
    assert meter.value().recent == tuple(rtts[-RECENT_KEPT:])


def test_one_sample_has_no_spread():
    meter = HopMeter(1)
    meter.count_sent(0)
    answer(meter, reply(5), 0)
    assert (meter.value().rtt.stdev_ns, meter.value().rtt.jitter_ns) == (None, None)


def test_no_sample_is_no_data():
    meter = HopMeter(1)
    assert meter.value().rtt is None
    assert meter.value().loss_percent is None
    meter.count_sent(0)
    assert meter.value().loss_percent is None
    meter.count_lost(0)
    assert meter.value().loss_percent == 100.0


def test_recent_keeps_the_order_of_rounds_not_of_arrival():
    meter = HopMeter(1)
    for number in range(4):
        meter.count_sent(number)
    answer(meter, reply(30), 3)
    answer(meter, reply(10), 1)
    meter.count_lost(0)
    assert meter.value().recent == (None, 10, 30)


@given(
    st.lists(st.tuples(st.integers(1, 90), st.sampled_from(["reply", "lost", "out"])), max_size=60),
    st.randoms(),
)
def test_recent_is_what_became_of_the_probes_of_the_last_rounds(drawn, chance):
    meter, rounds, number, waiting = HopMeter(1), {}, -1, []
    for gap, fate in drawn:  # rounds without a probe of this TTL, and answers in any order
        number += gap
        meter.count_sent(number)
        waiting.append((number, fate))
        while waiting and chance.random() < 0.6:
            answered, its_fate = waiting.pop(chance.randrange(len(waiting)))
            if its_fate == "reply":
                answer(meter, reply(answered), answered)
                rounds[answered] = answered
            elif its_fate == "lost":
                meter.count_lost(answered)
                rounds[answered] = None
        kept = sorted(one for one in rounds if one > number - RECENT_KEPT)
        assert meter.value().recent == tuple(rounds[one] for one in kept)


def test_late_replies_leave_loss_but_not_the_rtt_figures():
    meter = HopMeter(1)
    meter.count_sent(0)
    meter.count_lost(0)
    meter.count_late(reply(3 * 10**9))
    hop = meter.value()
    assert (hop.received, hop.lost, hop.late, hop.rtt) == (0, 0, 1, None)
    assert hop.responders[0].count == 1
    assert hop.recent == (None,)


def test_responders_are_ordered_by_share_and_keep_ttl_range_and_labels():
    meter = HopMeter(1)
    for number, (address, ttl) in enumerate([("192.0.2.1", 60), ("192.0.2.2", 61), ("192.0.2.2", 58)]):
        meter.count_sent(number)
        answer(meter, reply(5, address, ttl=ttl, mpls=(16 + number,)), number)
    first, second = meter.value().responders
    assert (first.address, first.count, first.reply_ttl, first.mpls) == ("192.0.2.2", 2, (58, 61), (18,))
    assert second.address == "192.0.2.1"
    assert first.replies == {"time_exceeded": 2}


def test_value_is_the_same_object_until_something_changes():
    meter = HopMeter(1)
    meter.count_sent(0)
    one = meter.value()
    assert meter.value() is one
    meter.count_lost(0)
    assert meter.value() is not one
