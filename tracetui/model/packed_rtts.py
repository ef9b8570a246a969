"""The RTTs of one round in few bytes: a lane keeps a thousand rounds, and a number object takes 32 bytes."""

from collections.abc import Iterable, Iterator, Sequence
from struct import Struct, pack
from typing import Final, overload

_NO_REPLY: Final = 0xFFFFFFFF
_ITEM: Final = Struct("=I")


class PackedRtts(Sequence[int | None]):
    """Round-trip times in whole microseconds, None for no reply; equals a tuple of the same.

    More than 71 minutes count as 71 minutes.
    """

    __slots__ = ("packed",)

    ITEM_SIZE: Final = _ITEM.size
    """Bytes for an RTT."""

    packed: bytes

    def __init__(self, rtts_us: Iterable[int | None]) -> None:
        given = list(rtts_us)
        items = [rtt for rtt in given if rtt is not None]
        if len(items) < len(given) or max(items, default=0) >= _NO_REPLY:
            items = [_NO_REPLY if rtt is None else min(rtt, _NO_REPLY - 1) for rtt in given]
        self.packed = pack(f"={len(items)}I", *items)

    @classmethod
    def of(cls, packed: bytes) -> "PackedRtts":
        """Return the RTTs that have these bytes."""
        rtts = cls.__new__(cls)
        rtts.packed = packed
        return rtts

    def __len__(self) -> int:
        return len(self.packed) // _ITEM.size

    def __iter__(self) -> Iterator[int | None]:
        items = memoryview(self.packed).cast("I").tolist()
        return iter([None if item == _NO_REPLY else item for item in items] if _NO_REPLY in items else items)

    @overload
    def __getitem__(self, place: int) -> int | None: ...

    @overload
    def __getitem__(self, place: slice) -> Sequence[int | None]: ...

    def __getitem__(self, place: int | slice) -> int | Sequence[int | None] | None:
        if isinstance(place, slice):
            return tuple(self)[place]
        if not 0 <= place < len(self):
            return tuple(self)[place]
        (item,) = _ITEM.unpack_from(self.packed, place * _ITEM.size)
        return None if item == _NO_REPLY else item

    def __eq__(self, other: object) -> bool:
        if isinstance(other, PackedRtts):
            return self.packed == other.packed
        return tuple(self) == other if isinstance(other, tuple) else NotImplemented

    def __hash__(self) -> int:
        return hash(tuple(self))

    def __repr__(self) -> str:
        return f"PackedRtts({list(self)})"
