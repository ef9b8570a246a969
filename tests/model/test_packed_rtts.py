"""RTTs of a round, packed: they read as the tuple that they were made of."""

import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracetui.model.packed_rtts import PackedRtts

RTTS = st.lists(st.none() | st.integers(0, 2**32 - 2), max_size=64).map(tuple)


@given(RTTS)
def test_they_read_as_a_tuple_of_them(rtts):
    packed = PackedRtts(rtts)
    assert packed == rtts
    assert rtts == packed
    assert hash(packed) == hash(rtts)
    assert list(packed) == list(rtts)
    assert [packed[place] for place in range(-len(rtts), len(rtts))] == [*rtts, *rtts]
    assert packed[1:4] == rtts[1:4]
    assert packed == PackedRtts(list(rtts))


def test_past_the_end_is_nothing():
    with pytest.raises(IndexError):
        PackedRtts((1, None))[2]


def test_others_differ():
    assert PackedRtts((1, None)) != PackedRtts((1, 0))
    assert PackedRtts((1,)) != "1"


def test_a_reply_after_longer_than_can_be_told_is_no_missing_one():
    assert PackedRtts((2**32 - 1, 2**40)) == (2**32 - 2, 2**32 - 2)


def test_they_take_less_than_half_of_what_a_tuple_does():
    rtts = tuple(range(300, 320))
    packed = PackedRtts(rtts)
    size = sys.getsizeof(packed) + sys.getsizeof(packed.packed)
    assert size < (sys.getsizeof(rtts) + sum(map(sys.getsizeof, rtts))) / 2
