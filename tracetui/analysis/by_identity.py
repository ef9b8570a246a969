"""What was made of objects that stay the same for a while."""

from collections.abc import Callable
from typing import TypeVar, cast

_T = TypeVar("_T")


class ByIdentity:
    """What was made of an object, as long as that object is seen now and then."""

    def __init__(self) -> None:
        self._young: dict[int, tuple[object, object]] = {}
        self._old: dict[int, tuple[object, object]] = {}

    def knows(self, key: object) -> bool:
        """Tell whether anything was made of `key`."""
        return id(key) in self._young or id(key) in self._old

    def get(self, key: _T, make: Callable[[_T], _T]) -> _T:
        """Return what `make` makes of `key`, or has made."""
        known = self._young.get(id(key)) or self._old.get(id(key))
        if known is None:
            known = (key, make(key))
        self._young[id(key)] = known
        return cast("_T", known[1])

    def grow_old(self) -> None:
        """Forget what was not asked for since the last call."""
        self._old, self._young = self._young, {}

    def clear(self) -> None:
        """Forget everything."""
        self._old.clear()
        self._young.clear()
