"""A trace made again from some of its rounds."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.trace_text import ROUND_NS, START_NS, outcome, trace
from tracetui.analysis.lanes.decide_path_state import path_verdict
from tracetui.analysis.lanes.past_trace import places, until
from tracetui.analysis.rounds.lazy_hops import LazyHops, first_hops, labelled_of
from tracetui.analysis.rounds.probes_by_ttl import Columns
from tracetui.model import PathState

REACHED = ["1 a, 2 b, 3 SA"] * 6
SILENT = ["1 a, 2 b, 3-8 *"] * 8


NOW = START_NS + 10**15


def at(round_number):
    return START_NS + round_number * ROUND_NS


def since(whole, from_ns):
    return Columns().hops(whole, *places(whole, from_ns, None), len(whole.hops))


def test_all_rounds_make_the_whole_trace_again():
    whole = trace(*REACHED)
    again = until(whole, NOW)
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
    before = until(whole, at(5))
    assert path_verdict(before, ()).state is PathState.REACHED
    assert before.rounds == 6
    assert len(before.hops) == 3


def test_who_answers_with_labels_is_known_before_hops_are_counted():
    whole = trace(*REACHED)
    second = whole.hops[1]
    labelled = replace(second, responders=(replace(second.responders[0], mpls=(16,)),))
    whole = replace(whole, hops=(whole.hops[0], labelled, *whole.hops[2:]))
    hops = until(whole, at(3)).hops
    assert labelled_of(hops) == {(2, second.responders[0].address)}
    assert labelled_of(first_hops(hops, 1)) == frozenset()
    assert isinstance(hops, LazyHops)
    assert not hops.made
    assert labelled_of(tuple(hops)) == labelled_of(hops)


def test_no_round_is_no_data():
    empty = until(trace(*REACHED), at(-1))
    assert (empty.rounds, empty.hops, empty.endpoint) == (0, (), None)
    assert path_verdict(empty, ()).state is PathState.INSUFFICIENT


@pytest.mark.parametrize("word", ["3/13:b", "PU:b"])
def test_refusals_keep_their_code(word):
    whole = trace(*[f"1 a, 2 {word}"] * 5)
    again = until(whole, NOW)
    assert dict(again.hops[1].main.replies) == dict(whole.hops[1].main.replies)


def test_figures_of_a_stretch_stand_on_the_hops_of_the_whole():
    whole = trace(*REACHED, *SILENT)
    hops = since(whole, at(9))
    assert len(hops) == len(whole.hops)
    assert [(hop.sent, hop.received) for hop in hops[:4]] == [(5, 5), (5, 5), (5, 0), (5, 0)]
    assert hops[2].main is None
    assert [hop.sent for hop in since(whole, at(100))] == [0] * len(whole.hops)


def test_probes_that_were_not_sent_are_no_loss():
    whole = trace("1 a, 2 b, 3-8 *", *["1 a, 3 c"] * 4)
    assert [(hop.sent, hop.received, hop.lost) for hop in until(whole, NOW).hops[:4]] == [
        (5, 5, 0),
        (1, 1, 0),
        (5, 4, 1),
        (1, 0, 1),
    ]


@given(st.lists(st.lists(st.sampled_from(["*", "a", "b", "3/13:c", "RST", "SA"]), max_size=5), max_size=12))
def test_any_rounds_are_counted_as_one_by_one(drawn):
    texts = [", ".join(f"{ttl} {word}" for ttl, word in enumerate(words, start=1)) for words in drawn]
    rounds = [outcome(text, number) for number, text in enumerate(texts)]
    made = until(replace(trace("1 a"), rounds=len(rounds), outcomes=tuple(rounds), hops=()), NOW)
    for hop in made.hops:
        asked = [one for one in rounds if one.was_probed(hop.ttl)]
        got = [one for one in asked if one.highest_ttl >= hop.ttl and one.path[hop.ttl - 1] is not None]
        assert (hop.sent, hop.received, hop.lost) == (len(asked), len(got), len(asked) - len(got))
        assert sum(responder.count for responder in hop.responders) == len(got)
        assert hop.rtt is None or hop.rtt.mean_ns == 5_000_000
        assert hop.rtt is None or hop.rtt.stdev_ns in {None, 0.0}
        for responder in hop.responders:
            its = [one for one in got if one.path[hop.ttl - 1] == responder.address]
            assert responder.count == len(its) == sum(responder.replies.values())
            assert responder.last_ns == its[-1].started_ns
