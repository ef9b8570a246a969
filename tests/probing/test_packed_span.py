"""Packed spans: they come out as they went in, and take little."""

import tracemalloc
from dataclasses import replace
from itertools import accumulate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probing.scripted import START_NS, S
from probing.test_span_meter import outcome, rounds
from tracetui.model import ReplyKind, RoundSample
from tracetui.model.packed_rtts import pack_rtts
from tracetui.model.span import Span, merged
from tracetui.model.span_counts import tally
from tracetui.probing.packed_span import PackedSpan, Unpacked, packed, sample_of, span_of
from tracetui.probing.span_meter import SpanMeter


@given(rounds, st.integers(1, 5))
def test_a_span_comes_out_as_it_went_in(drawn, length):
    times = accumulate((wait * 1_000_000 for _, wait, _, _ in drawn), initial=START_NS)
    before = None
    for place, ((kind, _, top, rtt), at_ns) in enumerate(zip(drawn, times, strict=False)):
        one = outcome(kind, at_ns, top, rtt)
        probed = one.replies._replace(probed=1 << top)
        one = replace(one, number=place, monotonic_ns=-at_ns, replies=probed)
        span = merged(tally((one,)), tally((outcome("reached", at_ns, 9),))) if place % 2 else tally((one,))
        sample = RoundSample((one,) * length, place + length)
        before = packed(span, sample, before)
        assert isinstance(before, PackedSpan)
        assert span_of(before) == span
        assert sample_of(before) == sample
        made = sample_of(before).rounds
        assert all(each is made[0] for each in made)


@pytest.mark.parametrize(
    "changed",
    [
        {"probed": 1 << 255},
        {"endpoint": ReplyKind.RST},
        {"endpoint_reply_ttl": 60},
        {"doubled": ((2, ReplyKind.TIME_EXCEEDED, ReplyKind.RST),)},
        {"late": ((2, "198.51.100.9", ReplyKind.TIME_EXCEEDED),)},
        {"failure": "no buffer space"},
        {"path": (None, "198.51.100.9", "203.0.113.1")},
    ],
    ids=lambda changed: next(iter(changed)),
)
def test_a_round_that_differs_from_the_one_before_keeps_what_is_its_own(changed):
    one = outcome("reached", START_NS)
    other = replace(
        one, number=7, packed_rtts=pack_rtts((None, 7, None)), replies=one.replies._replace(**changed)
    )
    before = packed(tally((one,)), RoundSample((one,), 1), None)
    then = packed(tally((one,)), RoundSample((other,), 2), before)
    assert sample_of(then).rounds == (other,)
    assert sample_of(before).rounds == (one,)


def test_rounds_that_differ_within_a_sample_all_stay():
    one, other = outcome("reached", START_NS), outcome("silent", START_NS + S)
    kept = packed(tally((one, other)), RoundSample((one, other), 2), None)
    assert sample_of(kept).rounds == (one, other)


def test_figures_beyond_all_measure_stay_as_they_are():
    one = outcome("reached", 1 << 70)
    kept = packed(tally((one,)), RoundSample((one,), 1), None)
    assert not isinstance(kept, PackedSpan)
    assert (span_of(kept), sample_of(kept)) == (tally((one,)), RoundSample((one,), 1))


def test_what_is_made_on_access_is_a_sequence():
    spans = [Span(at, at, 1, 0, 0, 0, 0, 3, 3, 0, 0, None, None) for at in range(4)]
    sample = RoundSample((outcome("silent", START_NS),), 1)
    kept = Unpacked(tuple(packed(span, sample, None) for span in spans), span_of)
    assert kept == tuple(spans)
    assert kept != tuple(spans[1:])
    assert kept[1:3] == tuple(spans[1:3])
    assert kept[-1] == spans[-1]
    assert hash(kept) == hash(tuple(spans))
    assert not kept[4:]
    assert "started_ns=3" in repr(kept)
    assert kept != "spans"


def test_spans_of_a_lane_that_stays_as_it_is_take_few_bytes():
    def grown(seconds: int) -> int:
        meter = SpanMeter()
        for second in range(seconds):
            one = outcome("reached", START_NS + second * S, 9, rtt_us=10_000 + second)
            meter.count(replace(one, number=second, replies=REPLIES))
        kept.append(meter)
        return tracemalloc.get_traced_memory()[0]

    kept: list[SpanMeter] = []
    REPLIES = outcome("reached", START_NS, 9).replies  # noqa: N806
    tracemalloc.start()
    try:
        few = grown(200)
        many = grown(3200) - few
    finally:
        tracemalloc.stop()
    assert few < many < 320 * 320
