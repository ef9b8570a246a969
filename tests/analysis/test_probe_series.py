"""Probes round by round: losses by window, changes of responders, and the way back."""

from dataclasses import replace

import pytest

from analysis.trace_text import ROUND_NS, START_NS, address, trace
from tracetui.analysis.rounds.loss_windows import endpoint_loss, hop_loss
from tracetui.analysis.rounds.probe_series import endpoint_series, hop_series, responder_changes, rtts_ms
from tracetui.model.span_counts import tally

MINUTE = 60


def at(seconds):
    return START_NS + seconds * ROUND_NS


def percents(windows):
    return [None if window is None else window.loss_percent for window in windows]


def test_a_series_has_a_sample_for_each_round_that_asked():
    series = hop_series(trace("1 a, 2 b", "1 a", "1 a, 2 *", "1 *, 2 b"), 2)
    assert [sample.number for sample in series] == [0, 2, 3]
    assert [sample.rtt_us for sample in series] == [5000, None, 5000]
    assert [sample.at_ns for sample in series] == [at(0), at(2), at(3)]
    assert rtts_ms(series) == [5.0, 5.0]


def test_an_endpoint_is_asked_in_every_round_and_a_router_does_not_answer_for_it():
    series = endpoint_series(trace("1 a, 2 SA", "1 a, 2-9 *", "1 a, 2 PU:b", "1 a, 2 PU", ""))
    assert [sample.rtt_us for sample in series] == [5000, None, None, 5000]


@pytest.mark.parametrize("text", ["1 a, 2 SA", "1 a, 2-9 *", "1 a, 2 PU:b", "1 a, 2 PU", "1 3/13:a", "1 RST"])
def test_series_and_spans_agree_on_what_an_answer_is(text):
    whole = trace(text)
    (sample,) = endpoint_series(whole)
    assert (sample.rtt_us is not None) == bool(tally(whole.outcomes).reached)


def test_losses_are_of_the_last_minutes_and_unknown_where_the_run_is_younger():
    whole = trace(*["1 a, 2 SA"] * (5 * MINUTE), *["1 a, 2 *"] * 30, *["1 a, 2 SA"] * 30)
    now = at(6 * MINUTE)
    assert percents(hop_loss(whole, 2, hop_series(whole, 2), now)) == [
        50.0,
        10.0,
        None,
        pytest.approx(100 * 30 / 360),
    ]
    assert percents(endpoint_loss(whole, endpoint_series(whole), now)) == [
        50.0,
        10.0,
        None,
        pytest.approx(100 * 30 / 360),
    ]
    assert percents(hop_loss(whole, 1, hop_series(whole, 1), now)) == [0, 0, None, 0]
    assert percents(hop_loss(whole, 9, hop_series(whole, 9), now)) == [None, None, None, None]


def test_rounds_that_are_forgotten_give_no_window():
    whole = trace(*["1 a, 2 *"] * MINUTE, *["1 a, 2 SA"] * (2 * MINUTE))
    spans = (
        tally(whole.outcomes[: 2 * MINUTE]),
        tally(whole.outcomes[2 * MINUTE :]),
    )
    kept = replace(whole, outcomes=whole.outcomes[2 * MINUTE :], spans=spans)
    windows = endpoint_loss(kept, endpoint_series(kept), at(3 * MINUTE))
    assert percents(windows) == [0, None, None, pytest.approx(100 / 3)]
    assert windows[-1].probes == 3 * MINUTE


def test_a_lane_that_has_ended_has_lost_nothing_lately():
    whole = trace(*["1 a"] * 10)
    windows = hop_loss(whole, 1, hop_series(whole, 1), at(10 * MINUTE))
    assert percents(windows) == [None, None, None, 0]
    assert [window and window.probes for window in windows] == [0, 0, None, 10]


def test_changes_are_named_once_and_silence_is_none():
    whole = trace("1 a", "1 a", "1 *", "1 b", "1 b", "1 a")
    assert [(change.at_ns, change.before, change.after) for change in responder_changes(whole, 1)] == [
        (at(3), address("a"), address("b")),
        (at(5), address("b"), address("a")),
    ]
    assert responder_changes(whole, 2) == []
