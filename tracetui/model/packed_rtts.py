"""The RTTs of one round in few bytes: a lane keeps a thousand rounds, and a number object takes 32 bytes."""

from collections.abc import Iterator, Sequence
from struct import Struct, pack
from typing import Final, overload

_NO_REPLY: Final = 0xFFFFFFFF
_ITEM: Final = Struct("=I")


def pack_rtts(rtts_us: Sequence[int | None]) -> bytes:
    """Return round-trip times in whole microseconds as bytes; None is no reply.

    More than 71 minutes count as 71 minutes.
    """
    items = [rtt for rtt in rtts_us if rtt is not None]
    if len(items) < len(rtts_us) or max(items, default=0) >= _NO_REPLY:
        items = [_NO_REPLY if rtt is None else min(rtt, _NO_REPLY - 1) for rtt in rtts_us]
    return pack(f"={len(items)}I", *items)


class PackedRtts(Sequence[int | None]):
    """Reads what `pack_rtts` made; equals a tuple of the same."""

    __slots__ = ("packed",)

    def __init__(self, packed: bytes) -> None:
        self.packed = packed

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
