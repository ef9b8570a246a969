"""Buckets that fit what is counted."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracetui.tui.details.histogram import bar, bucket_bounds, bucket_counts, bucket_words, nice_step


@given(st.floats(0, 1e7), st.floats(0, 1e7), st.integers(3, 12))
def test_buckets_hold_the_whole_range_and_are_few(one, other, most):
    low, high = sorted((one, other))
    edges = bucket_bounds(low, high, most)
    assert edges == sorted(set(edges))
    assert 1 <= len(edges) - 1 <= most
    assert edges[0] <= low
    assert edges[-1] >= high


@given(st.lists(st.floats(0, 1e6), min_size=1))
def test_everything_is_counted_once(values):
    edges = bucket_bounds(min(values), max(values), 8)
    assert sum(bucket_counts(values, edges)) == len(values)


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [
        (20, 29, ["20–22", "22–24", "24–26", "26–28", "28–30"]),
        (27.1, 27.2, ["27.1–27.15", "27.15–27.2", "27.2–27.25"]),
        (0.3, 40, ["0.2–0.5", "0.5–1", "1–2", "2–5", "5–10", "10–20", "20–50"]),
        (0.3, 4000, ["0.1–1", "1–10", "10–100", "100–1000", "1000–10000"]),
        (5, 5, ["5–5.005"]),
        (0, 0, ["0–0.001", "0.001–0.002"]),
    ],
)
def test_buckets_are_equal_in_a_narrow_range_and_grow_in_a_wide_one(low, high, words):
    assert bucket_words(bucket_bounds(low, high, 8)) == words


def test_what_lies_on_a_bound_is_in_the_bucket_above():
    assert bucket_counts([20, 21.9, 22, 24, 30], [20, 22, 24]) == [2, 3]


@pytest.mark.parametrize(("least", "step"), [(0.9, 1), (1, 1), (1.1, 2), (2.1, 5), (51, 100), (0, 0.001)])
def test_steps_are_easy_numbers(least, step):
    assert nice_step(least) == step


def test_whatever_is_counted_shows():
    assert bar(0, 100, 10) == ""
    assert bar(1, 1000, 10) == "▌"
    assert bar(50, 100, 10) == "█████"
    assert bar(55, 100, 10) == "█████▌"
    assert bar(100, 100, 0) == ""
