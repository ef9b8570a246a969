"""Sequences that are made when somebody looks into them."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any, Final, Generic, TypeVar, overload

Guard = AbstractContextManager[object]
"""What is held while something is made from what others are made from too: a lock, where threads share it."""

UNSHARED: Final[Guard] = nullcontext()

_T_co = TypeVar("_T_co", covariant=True)


class LazyTuple(Sequence[_T_co], Generic[_T_co]):
    """A tuple that is made at the first look: of many lanes, a screen or a reader looks into few.

    Its length is known before. It equals what it stands for, and never changes.
    """

    __slots__ = ("_items", "_length")

    def __init__(self, length: int, make: Callable[[], tuple[_T_co, ...]]) -> None:
        """`make` returns `length` items; when two threads look at once, both may call it."""
        self._length = length
        self._items: tuple[_T_co, ...] | Callable[[], tuple[_T_co, ...]] = make

    @property
    def made(self) -> bool:
        """Whether anybody has looked."""
        return isinstance(self._items, tuple)

    def _all(self) -> tuple[_T_co, ...]:
        items = self._items
        if not isinstance(items, tuple):
            items = self._items = items()  # what it was made from is not needed any more
        return items

    def __len__(self) -> int:
        return self._length

    @overload
    def __getitem__(self, place: int) -> _T_co: ...
    @overload
    def __getitem__(self, place: slice) -> tuple[_T_co, ...]: ...
    def __getitem__(self, place: int | slice) -> Any:
        return self._all()[place]

    def __iter__(self) -> Iterator[_T_co]:
        return iter(self._all())

    def __eq__(self, other: object) -> bool:
        if isinstance(other, LazyTuple):
            return self is other or self._all() == other._all()
        return self._all() == other

    def __hash__(self) -> int:
        return hash(self._all())

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._items if self.made else f'{self._length} items'})"
