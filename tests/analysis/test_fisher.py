"""Against definitions and tables computed by hand."""

from itertools import combinations
from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracetui.analysis.exact_tests import binomial_at_most, fisher_less, rank_sum_less, rate_bound


@pytest.mark.parametrize(
    ("counts", "p"),
    [
        ((0, 5, 5, 5), 1 / 252),
        ((0, 4, 4, 4), 1 / 70),
        ((0, 3, 3, 3), 1 / 20),
        ((1, 4, 3, 4), 17 / 70),  # the lady tasting tea
        ((5, 5, 0, 5), 1.0),
        ((0, 0, 5, 5), 1.0),
        ((0, 5, 0, 0), 1.0),
        ((0, 9, 0, 9), 1.0),
    ],
)
def test_fisher_less(counts, p):
    assert fisher_less(*counts) == pytest.approx(p)


@given(st.integers(0, 5), st.integers(0, 5), st.data())
def test_fisher_less_counts_the_ways_to_deal_the_hits(tries, other, data):
    hits = data.draw(st.integers(0, tries))
    other_hits = data.draw(st.integers(0, other))
    total = hits + other_hits
    deals = list(combinations(range(tries + other), total))
    as_rare = sum(sum(place < tries for place in deal) <= hits for deal in deals)
    expected = as_rare / len(deals) if tries and other else 1.0
    assert fisher_less(hits, tries, other_hits, other) == pytest.approx(expected)


def test_fisher_less_takes_long_runs():
    assert 0 < fisher_less(0, 300, 300, 300) < 1e-100


@pytest.mark.parametrize(
    ("hits", "tries", "rate"), [(0, 10, 0.8), (6, 10, 0.8), (10, 10, 0.8), (3, 300, 0.05)]
)
def test_binomial_at_most(hits, tries, rate):
    expected = sum(comb(tries, k) * rate**k * (1 - rate) ** (tries - k) for k in range(hits + 1))
    assert binomial_at_most(hits, tries, rate) == pytest.approx(expected)


def test_binomial_at_most_is_certain_at_the_end():
    assert binomial_at_most(60, 60, 0.8) == pytest.approx(1.0)


def test_rate_bound():
    assert rate_bound(60) == pytest.approx(0.05)
    assert rate_bound(2) == 1.0
    assert rate_bound(0) == 1.0


@given(st.lists(st.integers(0, 9), max_size=5), st.lists(st.integers(0, 9), max_size=5))
def test_the_rank_sum_test_counts_the_orders_that_lie_as_far_apart(smaller, larger):
    larger = sorted(larger)
    orders = list(combinations(range(len(smaller) + len(larger)), len(smaller)))

    def unexpected(places):
        others = [place for place in range(len(smaller) + len(larger)) if place not in places]
        return sum(other < place for place in places for other in others)

    seen = sum(other <= value for value in smaller for other in larger)
    expected = sum(unexpected(places) <= seen for places in orders) / len(orders)
    assert rank_sum_less(smaller, larger) == pytest.approx(expected if smaller and larger else 1.0)
