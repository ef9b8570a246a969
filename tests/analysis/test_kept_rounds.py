"""What is derived of rounds, round by round, stays with them whichever trace comes next."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from analysis.trace_text import outcome
from tracetui.analysis.rounds.kept_rounds import MAX_DROPPED, KeptRounds

ONE = outcome("1 a", 1)


def rounds(numbers, restarted=0):
    return tuple(replace(ONE, number=number, started_ns=restarted * 10**6 + number) for number in numbers)


STRETCHES = st.lists(
    st.tuples(st.integers(0, 400), st.integers(0, 200), st.integers(0, 1), st.integers(0, 9))
)


@given(STRETCHES)
def test_any_trace_after_any_other(stretches):
    kept, derived = KeptRounds(), []
    for start, length, restarted, skipped in stretches:
        outcomes = rounds(range(start, start + length), restarted)
        first = min(skipped, len(outcomes))
        place, anew = kept.follow(outcomes, first)
        if anew:
            derived = []
        derived += [one.started_ns for one in kept.rounds[len(derived) :]]
        assert derived == [one.started_ns for one in kept.rounds]
        wanted = [one.started_ns for one in outcomes[first:]]
        assert derived[first - place : len(outcomes) - place] == wanted


def test_a_round_more_or_fewer_begins_nothing_anew_but_a_long_row_is_let_go():
    kept = KeptRounds()
    assert kept.follow(rounds(range(100))) == (0, True)
    assert kept.follow(rounds(range(1, 101))) == (-1, False)
    assert kept.follow(rounds(range(50))) == (0, False)
    assert kept.follow(rounds(range(20, 60)), 30) == (-20, False)
    assert len(kept.rounds) == 101
    assert kept.follow(rounds(range(MAX_DROPPED, MAX_DROPPED + 300))) == (0, True)
    assert kept.follow(rounds(range(2 * MAX_DROPPED, 2 * MAX_DROPPED + 300))) == (-MAX_DROPPED, False)
    assert kept.follow(rounds(range(2 * MAX_DROPPED + 1, 2 * MAX_DROPPED + 301))) == (0, True)
    assert len(kept.rounds) == 300
