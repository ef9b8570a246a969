"""Caches that recompute a value only when something it depends on has changed; for states and findings.

Snapshots and their parts are immutable, and what has not changed stays the same object from one snapshot to
the next. So dependencies are compared by identity, which costs next to nothing; numbers, strings and other
small values are compared by equality.

No cache is for several threads at once.
"""

from collections.abc import Callable, Hashable
from operator import is_
from typing import Any, Generic, TypeVar

_Value = TypeVar("_Value")


class Remembered(Generic[_Value]):
    """A cache of one value: the last one made, with its dependencies."""

    __slots__ = ("_equal", "_made_from", "_value")

    _value: _Value

    def __init__(self) -> None:
        self._made_from: tuple[object, ...] | None = None
        self._equal: tuple[object, ...] = ()

    def get(
        self, made_from: tuple[object, ...], make: Callable[[], _Value], equal: tuple[object, ...] = ()
    ) -> _Value:
        """Return the last value while its dependencies are the same, else the one that `make` returns.

        `made_from` holds the dependencies that must be the same objects, `equal` those that must be equal.
        When `make` raises, the last value stays.
        """
        known = self._made_from
        if (
            known is None
            or len(known) != len(made_from)
            or not all(map(is_, known, made_from))
            or equal != self._equal
        ):
            self._value = make()
            self._made_from, self._equal = made_from, equal
        return self._value


class Cache:
    """A cache of values by key, with their dependencies.

    It grows by every key that is asked for; `next_generation` limits it to those that are asked for again.
    """

    __slots__ = ("_current", "_last")

    def __init__(self) -> None:
        self._current: dict[Hashable, Remembered[Any]] = {}
        self._last: dict[Hashable, Remembered[Any]] = {}

    def next_generation(self) -> None:
        """Begin a generation; forget what the one that ends now did not ask for."""
        self._current, self._last = {}, self._current

    def get(
        self,
        key: Hashable,
        made_from: tuple[object, ...],
        make: Callable[[], _Value],
        equal: tuple[object, ...] = (),
    ) -> _Value:
        """Return the value of `key`, as `Remembered.get` does. All values of one key are of one type."""
        known = self._current.get(key) or self._last.get(key) or Remembered()
        value: _Value = known.get(made_from, make, equal)
        self._current[key] = known
        return value


def reuse_equal(made: _Value, before: _Value | None) -> _Value:
    """Return `before` where it equals `made`: what depends on that object need not be made again."""
    return made if before is None or before != made else before
