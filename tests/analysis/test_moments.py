"""A trace made again from some of its rounds."""

import pytest
from trace_text import ROUND_NS, START_NS, trace

from tracetui.analysis.moments import between
from tracetui.analysis.states import path_verdict
from tracetui.model import PathState

REACHED = ["1 a, 2 b, 3 SA"] * 6
SILENT = ["1 a, 2 b, 3-8 *"] * 8


def at(round_number):
    return START_NS + round_number * ROUND_NS


def test_all_rounds_make_the_whole_trace_again():
    whole = trace(*REACHED)
    again = between(whole)
    assert again.rounds == whole.rounds
    assert [(hop.sent, hop.received, hop.lost) for hop in again.hops] == [
        (hop.sent, hop.received, hop.lost) for hop in whole.hops
    ]
    assert [hop.main.address for hop in again.hops] == [hop.main.address for hop in whole.hops]
    assert again.destination_ttl == 3
    assert again.hops[0].rtt.mean_ns == whole.hops[0].rtt.mean_ns


def test_a_moment_in_the_past_has_the_state_it_had_then():
    whole = trace(*REACHED, *SILENT)
    assert path_verdict(whole, ()).state is PathState.SILENT_AFTER
    before = between(whole, until_ns=at(5))
    assert path_verdict(before, ()).state is PathState.REACHED
    assert before.rounds == 6
    assert len(before.hops) == 3


def test_a_stretch_counts_only_its_own_rounds():
    whole = trace(*REACHED, *SILENT)
    last = between(whole, from_ns=at(6))
    assert last.rounds == 8
    assert [hop.loss_percent for hop in last.hops[:4]] == [0, 0, 100, 100]
    assert last.destination_ttl is None
    assert last.started_ns == at(6)


def test_no_round_is_no_data():
    empty = between(trace(*REACHED), from_ns=at(100))
    assert (empty.rounds, empty.hops, empty.endpoint) == (0, (), None)
    assert path_verdict(empty, ()).state is PathState.INSUFFICIENT


@pytest.mark.parametrize("word", ["3/13:b", "PU:b"])
def test_refusals_keep_their_code(word):
    whole = trace(*[f"1 a, 2 {word}"] * 5)
    again = between(whole)
    assert dict(again.hops[1].main.replies) == dict(whole.hops[1].main.replies)
