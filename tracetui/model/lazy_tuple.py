"""A tuple that is computed at the first access, and the lock that such computations hold."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any, Final, Generic, TypeVar, overload

Guard = AbstractContextManager[object]
"""What is held during a computation on shared data: a lock, where several threads use the data."""

UNSHARED: Final[Guard] = nullcontext()

_T_co = TypeVar("_T_co", covariant=True)


class LazyTuple(Sequence[_T_co], Generic[_T_co]):
    """A tuple computed at the first access: of many lanes, a screen or a report shows only a few.

    Its length is known before. It equals the tuple that it computes, and never changes.
    """

    __slots__ = ("_items", "_length")

    def __init__(self, length: int, make: Callable[[], tuple[_T_co, ...]]) -> None:
        """`make` returns `length` items; two threads may call it at the same time."""
        self._length = length
        self._items: tuple[_T_co, ...] | Callable[[], tuple[_T_co, ...]] = make

    @property
    def made(self) -> bool:
        """True once it is computed."""
        return isinstance(self._items, tuple)

    def _all(self) -> tuple[_T_co, ...]:
        items = self._items
        if not isinstance(items, tuple):
            items = self._items = items()  # frees what `make` refers to
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
