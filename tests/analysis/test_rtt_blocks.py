"""Figures from blocks are the figures of the round-trip times themselves."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracetui.analysis.rounds.rtt_blocks import BLOCK, RttBlocks
from tracetui.analysis.rounds.rtt_statistics import rtt_statistics

MOST = 6 * BLOCK


@st.composite
def times(draw):
    """Round-trip times with stretches of silence, and places in them."""
    stretches = draw(st.lists(st.tuples(st.integers(0, 2 * BLOCK), st.sampled_from((0, 1, 5, 100)))))
    chance = draw(st.randoms(use_true_random=False))
    return [
        chance.randrange(1, 5_000_000) if chance.randrange(100) >= loss else None
        for length, loss in stretches
        for _ in range(length)
    ][:MOST]


def same(found, expected):
    if expected is None:
        assert found is None
        return
    assert (found.count, found.last_ns, found.best_ns, found.worst_ns, found.mean_ns, found.stdev_ns) == (
        expected.count,
        expected.last_ns,
        expected.best_ns,
        expected.worst_ns,
        expected.mean_ns,
        expected.stdev_ns,
    )
    # What is left out of a sum of jitter weighs three in a million of the largest step.
    assert found.jitter_ns == (
        None if expected.jitter_ns is None else pytest.approx(expected.jitter_ns, rel=1e-6, abs=15_000)
    )


@given(times(), st.data())
def test_any_stretch(rtts_us, data):
    blocks = RttBlocks()
    for _ in range(4):
        known = data.draw(st.integers(0, len(rtts_us)))
        start = data.draw(st.integers(0, known))
        stop = data.draw(st.integers(start, known))
        replies = [rtt for rtt in rtts_us[start:stop] if rtt is not None]
        same(blocks.statistics(rtts_us, start, stop), rtt_statistics(replies) if replies else None)


def test_a_single_block():
    rtts_us = list(range(1, BLOCK + 1))
    same(RttBlocks().statistics(rtts_us, 0, BLOCK), rtt_statistics(rtts_us))


def test_the_last_reply_may_be_blocks_ago():
    rtts_us = [7, 9] + [None] * 3 * BLOCK
    same(RttBlocks().statistics(rtts_us, 0, len(rtts_us)), rtt_statistics([7, 9]))
    same(RttBlocks().statistics(rtts_us, 1, len(rtts_us)), rtt_statistics([9]))
    assert RttBlocks().statistics(rtts_us, 2, len(rtts_us)) is None
