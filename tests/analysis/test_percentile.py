import statistics

from hypothesis import given
from hypothesis import strategies as st

from tracetui.analysis.rounds.rtt_statistics import percentile

SAMPLES = st.lists(st.none() | st.integers(0, 10**10), max_size=120)


def test_no_sample_no_figure():
    assert percentile((), 50) is None
    assert percentile((None, None), 95) is None


@given(SAMPLES)
def test_fifty_is_the_median_of_what_there_is(samples):
    present = [sample for sample in samples if sample is not None]
    got = percentile(samples, 50)
    assert got == (statistics.median(present) if present else None)


@given(SAMPLES.filter(any), st.floats(0, 100))
def test_stays_between_the_extremes_and_grows(samples, percent):
    present = [sample for sample in samples if sample is not None]
    lower, upper = percentile(samples, percent / 2), percentile(samples, percent)
    assert lower is not None
    assert upper is not None
    assert min(present) <= lower <= upper <= max(present)


def test_interpolates():
    assert percentile((10, 20), 95) == 19.5
    assert percentile((None, 40, 10, 20, 30), 25) == 17.5
