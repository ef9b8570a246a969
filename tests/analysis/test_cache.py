import pytest

from tracetui.analysis.cache import Cache, Remembered, reuse_equal


class Maker:
    """Makes a new object at each call, and counts them."""

    def __init__(self):
        self.made = 0

    def __call__(self):
        self.made += 1
        return [self.made]


def fails():
    raise ValueError("cannot be made")


def test_a_value_is_made_once_while_its_dependencies_are_the_same_objects():
    one, other, make = [1], [2], Maker()
    remembered = Remembered()
    first = remembered.get((one, other), make)
    assert remembered.get((one, other), make) is first
    assert make.made == 1


@pytest.mark.parametrize("dependencies", [([1], 2), (2, [1]), ([1],), ([1], 2, 3), ()])
def test_objects_that_are_only_equal_or_more_or_fewer_make_it_again(dependencies):
    remembered, make = Remembered(), Maker()
    first = remembered.get(([1], 2), make)
    assert remembered.get(dependencies, make) is not first
    assert make.made == 2


def test_values_compared_by_equality_need_not_be_the_same_objects():
    snapshot, remembered, make = object(), Remembered(), Maker()
    first = remembered.get((snapshot,), make, equal=(10.0, ["a"]))
    assert remembered.get((snapshot,), make, equal=(float("10"), ["a"])) is first
    assert remembered.get((snapshot,), make, equal=(10.0, ["b"])) is not first
    assert remembered.get((object(),), make, equal=(10.0, ["b"])) is not first
    assert make.made == 3


def test_only_the_last_dependencies_count():
    one, other, remembered, make = object(), object(), Remembered(), Maker()
    first = remembered.get((one,), make)
    remembered.get((other,), make)
    assert remembered.get((one,), make) == [3]
    assert first == [1]


def test_without_dependencies_a_value_is_made_once():
    remembered, make = Remembered(), Maker()
    assert remembered.get((), make) is remembered.get((), make)


@pytest.mark.parametrize("value", [None, 0, "", ()])
def test_a_false_value_is_a_value(value):
    make = Maker()

    def nothing():
        make()
        return value

    remembered, cache = Remembered(), Cache()
    for _ in range(2):
        assert remembered.get((make,), nothing) is value
    for _ in range(2):
        assert cache.get("key", (make,), nothing) is value
    assert make.made == 2


def test_when_making_fails_the_last_value_stays():
    one, other, remembered, make = object(), object(), Remembered(), Maker()
    with pytest.raises(ValueError, match="cannot"):
        remembered.get((one,), fails)
    first = remembered.get((one,), make, equal=(1,))
    for dependencies, equal in (((other,), (1,)), ((one,), (2,))):
        with pytest.raises(ValueError, match="cannot"):
            remembered.get(dependencies, fails, equal)
    assert remembered.get((one,), make, equal=(1,)) is first


@pytest.mark.parametrize("key", [None, 0, "lane", ("lane", None), ()])
def test_a_key_may_be_anything_hashable(key):
    cache, make, lane = Cache(), Maker(), object()
    first = cache.get(key, (lane,), make)
    assert cache.get(key, (lane,), make) is first
    assert cache.get("another", (lane,), make) is not first


def test_each_key_has_its_own_dependencies():
    cache, make, one, other = Cache(), Maker(), object(), object()
    first, second = cache.get("a", (one,), make), cache.get("b", (other,), make, equal=(1,))
    assert cache.get("a", (one,), make) is first
    assert cache.get("b", (other,), make, equal=(1,)) is second
    assert cache.get("a", (other,), make) is not first
    assert cache.get("b", (other,), make, equal=(1,)) is second


def test_a_generation_forgets_what_the_one_before_did_not_ask_for():
    cache, make = Cache(), Maker()
    often, seldom = cache.get("often", (), make), cache.get("seldom", (), make)
    cache.next_generation()
    assert cache.get("often", (), make) is often
    cache.next_generation()
    assert cache.get("often", (), make) is often
    assert cache.get("seldom", (), make) is not seldom


def test_a_value_of_the_last_generation_must_have_the_same_dependencies():
    cache, make, one = Cache(), Maker(), object()
    first = cache.get("key", (one,), make)
    cache.next_generation()
    assert cache.get("key", (one,), make) is first
    cache.next_generation()
    assert cache.get("key", (object(),), make) is not first


def test_a_failure_leaves_the_generations_as_they_were():
    cache, make, one = Cache(), Maker(), object()
    first = cache.get("key", (one,), make)
    cache.next_generation()
    with pytest.raises(ValueError, match="cannot"):
        cache.get("key", (object(),), fails)
    assert cache.get("key", (one,), make) is first
    cache.next_generation()
    with pytest.raises(ValueError, match="cannot"):
        cache.get("key", (object(),), fails)
    cache.next_generation()
    assert cache.get("key", (one,), make) is not first


def test_a_value_may_be_made_of_other_values_of_the_same_cache():
    cache, make = Cache(), Maker()
    outer = cache.get("outer", (), lambda: [cache.get("inner", (), make)])
    assert cache.get("outer", (), make) is outer
    assert cache.get("inner", (), make) is outer[0]


def test_a_generation_may_begin_while_a_value_is_made():
    cache, make = Cache(), Maker()

    def made_in_the_next():
        cache.next_generation()
        return make()

    first = cache.get("key", (), made_in_the_next)
    cache.next_generation()
    assert cache.get("key", (), make) is first


def test_an_equal_object_is_used_again():
    before = (1, [2])
    assert reuse_equal((1, [2]), before) is before
    made = (1, [3])
    assert reuse_equal(made, before) is made
    assert reuse_equal(made, None) is made
    assert reuse_equal(None, before) is None
