"""Sequences that are made at the first look."""

from hypothesis import given
from hypothesis import strategies as st

from tracetui.model.lazy_tuple import LazyTuple


def lazy_tuple(items):
    calls = []

    def make():
        calls.append(1)
        return tuple(items)

    return LazyTuple(len(items), make), calls


def test_made_once_and_at_the_first_look_only():
    found, calls = lazy_tuple([1, 2, 3])
    assert (len(found), bool(found), found.made, calls) == (3, True, False, [])
    assert "3 items" in repr(found)
    assert found[0] == 1
    assert list(reversed(found)) == [3, 2, 1]
    assert (found.made, calls) == (True, [1])


def test_an_empty_one_is_made_too():
    found, calls = lazy_tuple([])
    assert not found
    assert (list(found), list(found), calls) == ([], [], [1])


@given(st.lists(st.integers()), st.data())
def test_it_is_what_the_tuple_is(items, data):
    start, stop = data.draw(st.integers(-9, 9)), data.draw(st.integers(-9, 9))
    assert lazy_tuple(items)[0][start:stop] == tuple(items)[start:stop]
    assert lazy_tuple(items)[0] == tuple(items) == lazy_tuple(items)[0]
    assert lazy_tuple(items)[0] == lazy_tuple(items)[0]
    assert lazy_tuple(items)[0] != (*items, 0)
    assert hash(lazy_tuple(items)[0]) == hash(tuple(items))
