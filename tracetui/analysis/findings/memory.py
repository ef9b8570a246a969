"""What was made of one observations and still holds in the next."""

from collections.abc import Callable, Hashable
from operator import is_
from typing import Any, TypeVar

_Value = TypeVar("_Value")
_Known = dict[Hashable, tuple[tuple[object, ...], Any]]


class Memory:
    """Keeps values by what they were made from, from one observations to the next but one at most."""

    def __init__(self) -> None:
        self.made = 0
        """Values made so far; what a test looks at."""

        self._now: _Known = {}
        self._before: _Known = {}

    def next_moment(self) -> None:
        """Forget what the last observations did not ask for."""
        self._before, self._now = self._now, {}

    def recall(self, key: Hashable, made_from: tuple[object, ...], make: Callable[[], _Value]) -> _Value:
        """Return what `make` returns; what it returned before while `made_from` holds the same objects.

        `made_from` must hold all that the value depends on. One key stands for values of one kind.
        """
        known = self._now.get(key) or self._before.get(key)
        if known is None or len(known[0]) != len(made_from) or not all(map(is_, known[0], made_from)):
            self.made += 1
            known = made_from, make()
        self._now[key] = known
        value: _Value = known[1]
        return value
