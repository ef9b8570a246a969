"""RTTs of a round, packed: they read as the tuple that they were made of."""

import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracetui.model.packed_rtts import PackedRtts, pack_rtts

RTTS = st.lists(st.none() | st.integers(0, 2**32 - 2), max_size=64).map(tuple)


def packed_of(rtts) -> PackedRtts:
    return PackedRtts(pack_rtts(rtts))


@given(RTTS)
def test_they_read_as_a_tuple_of_them(rtts):
    packed = packed_of(rtts)
    assert packed == rtts
    assert rtts == packed
    assert hash(packed) == hash(rtts)
    assert list(packed) == list(rtts)
    assert [packed[place] for place in range(-len(rtts), len(rtts))] == [*rtts, *rtts]
    assert packed[1:4] == rtts[1:4]
    assert packed == packed_of(rtts)


def test_past_the_end_is_nothing():
    with pytest.raises(IndexError):
        packed_of((1, None))[2]


def test_others_differ():
    assert packed_of((1, None)) != packed_of((1, 0))
    assert packed_of((1,)) != "1"


def test_a_reply_after_longer_than_can_be_told_is_no_missing_one():
    assert packed_of((2**32 - 1, 2**40)) == (2**32 - 2, 2**32 - 2)


def test_they_take_less_than_half_of_what_a_tuple_does():
    rtts = tuple(range(300, 320))
    packed = packed_of(rtts)
    assert sys.getsizeof(packed.packed) < (sys.getsizeof(rtts) + sum(map(sys.getsizeof, rtts))) / 2
