"""An AS table in memory: address ranges with their origin ASes in compact arrays, searched by bisection.

A table of half a million ranges is built on a thread beside the engine's. So nothing here is one long call
into C, which would block every other thread, and few objects are made that the garbage collector has to
visit.
"""

import heapq
from array import array
from bisect import bisect_right
from collections.abc import Iterable, MutableSequence
from ipaddress import IPv4Address, IPv6Address, ip_address
from socket import AF_INET, AF_INET6, inet_pton
from typing import Final, NamedTuple

_SORTED_AT_ONCE: Final = 1 << 14
"""Rows; takes some milliseconds."""


class Holder(NamedTuple):
    """Who announces a range."""

    asns: tuple[int, ...]
    """Origin ASes; empty for space that the table knows to be unannounced."""

    name: str


class _Ranges:
    """Sorted, disjoint ranges of one IP version.

    IPv4 takes 12 bytes each. IPv6 addresses are kept as whole integers, about 110 bytes a range: there are
    far fewer of them, and two arrays of halves answer at half the speed.
    """

    def __init__(self, bits: int) -> None:
        self.bits = bits
        self.first, self.last = self._column(), self._column()
        self.mark = array("I")
        self.whole_first: MutableSequence[int] | None = None
        """For pieces of ranges: start of the range each was cut from; None when no two overlapped."""

        self.whole_last: MutableSequence[int] | None = None
        self.highest = (1 << bits) - 1
        self.end = -1  # the last address of the range appended last
        self.disjoint = True

    def _column(self) -> MutableSequence[int]:
        return array("I") if self.bits == 32 else []

    def order(self) -> Iterable[int]:
        """Return the rows by start, wider ranges first."""

        def key(row: int) -> int:
            return self.first[row] << self.bits | (self.highest - self.last[row])

        count = len(self.mark)
        runs = [
            sorted(range(start, min(start + _SORTED_AT_ONCE, count)), key=key)
            for start in range(0, count, _SORTED_AT_ONCE)
        ]
        return heapq.merge(*runs, key=key)

    def become_pieces(self) -> None:
        """Make columns for the ranges that pieces are cut from."""
        self.whole_first, self.whole_last = self._column(), self._column()

    def add_piece(self, first: int, last: int, whole: "_Ranges", row: int) -> None:
        """Add a piece of a row of other ranges."""
        assert self.whole_first is not None  # noqa: S101  (after `become_pieces`)
        assert self.whole_last is not None  # noqa: S101  (as above)
        self.first.append(first)
        self.last.append(last)
        self.mark.append(whole.mark[row])
        self.whole_first.append(whole.first[row])
        self.whole_last.append(whole.last[row])


class RangeTable:
    """Maps addresses to origin ASes; built by `TableBuilder`, immutable afterwards."""

    def __init__(
        self, ranges4: _Ranges, ranges6: _Ranges, asns: list[tuple[int, ...]], names: list[str]
    ) -> None:
        """`asns` and `names`: of the holders, by mark."""
        self._ranges4, self._ranges6 = ranges4, ranges6
        self._asns, self._names = asns, names
        self._holders: dict[int, Holder] = {}
        """By mark, those asked for so far."""

    def __len__(self) -> int:
        """The number of disjoint ranges."""
        return len(self._ranges4.mark) + len(self._ranges6.mark)

    def lookup(self, address: str) -> Holder | None:
        """Return who announces `address`; None when the table says nothing of it, or it is no address."""
        try:
            if ":" in address:
                ranges, value = self._ranges6, int.from_bytes(inet_pton(AF_INET6, address))
            else:
                ranges, value = self._ranges4, int.from_bytes(inet_pton(AF_INET, address))
        except (OSError, ValueError):  # ValueError: a NUL or a surrogate in the text
            return None
        row = bisect_right(ranges.first, value) - 1
        if row < 0 or ranges.last[row] < value:
            return None
        mark = ranges.mark[row]
        holder = self._holders.get(mark)
        if holder is None:
            holder = self._holders[mark] = Holder(self._asns[mark], self._names[mark])
        return holder

    def prefix(self, address: str) -> str | None:
        """Return the widest prefix with `address` in it that lies within its range: the range, if it is one.

        None as for `lookup`, which is separate because formatting a prefix takes longer than finding it.
        """
        if self.lookup(address) is None:
            return None
        value = int(ip_address(address))
        ranges = self._ranges6 if ":" in address else self._ranges4
        row = bisect_right(ranges.first, value) - 1
        first, last = ranges.first[row], ranges.last[row]
        if ranges.whole_first is not None and ranges.whole_last is not None:
            first, last = ranges.whole_first[row], ranges.whole_last[row]
        return _prefix_within(value, first, last, ranges.bits)


class TableBuilder:
    """Collects ranges in any order, nested or not.

    The most specific range wins; of two that overlap only in part, the one that starts later. Equal ranges
    are one with all their ASes (MOAS), under the first name given.
    """

    def __init__(self) -> None:
        self._ranges4, self._ranges6 = _Ranges(32), _Ranges(128)
        self._asns: list[tuple[int, ...]] = []
        self._names: list[str] = []
        self._marks: dict[tuple[tuple[int, ...], str], int] = {}

    def add(self, version: int, first: int, last: int, asns: tuple[int, ...], name: str) -> None:
        """Add the range from address `first` to `last`, both included, of IP `version` 4 or 6.

        `name` must be safe text already. Raises ValueError for numbers that are no range of addresses.
        """
        self.append(version, first, last, self.mark(asns, name))

    def mark(self, asns: tuple[int, ...], name: str) -> int:
        """Return the number that stands for a holder in `append`."""
        mark = self._marks.get((asns, name))
        if mark is None:
            mark = self._marks[asns, name] = len(self._asns)
            self._asns.append(asns)
            self._names.append(name)
        return mark

    def append(self, version: int, first: int, last: int, mark: int) -> None:
        """Add a range of a holder whose number is known: faster, for files of half a million lines."""
        ranges = self._ranges4 if version == 4 else self._ranges6
        if not 0 <= first <= last <= ranges.highest:
            raise ValueError(f"{first} to {last} is not a range of IPv{version} addresses")
        if first <= ranges.end:
            ranges.disjoint = False
        ranges.end = last
        ranges.first.append(first)
        ranges.last.append(last)
        ranges.mark.append(mark)

    def build(self) -> RangeTable:
        """Return the table; the builder is spent."""
        ranges4, ranges6 = (
            ranges if ranges.disjoint else self._cut(ranges) for ranges in (self._ranges4, self._ranges6)
        )
        return RangeTable(ranges4, ranges6, self._asns, self._names)

    def _cut(self, ranges: _Ranges) -> _Ranges:
        """Cut ranges into disjoint pieces; of equal ones make one."""
        pieces = _Ranges(ranges.bits)
        pieces.become_pieces()
        opened: list[int] = []  # the rows around `position`, the one that starts last at the end
        position = 0  # the first address no piece covers yet
        for row in ranges.order():
            first, last = ranges.first[row], ranges.last[row]
            if opened and (ranges.first[opened[-1]], ranges.last[opened[-1]]) == (first, last):
                ranges.mark[opened[-1]] = self._joined(ranges.mark[opened[-1]], ranges.mark[row])
                continue
            while opened and ranges.last[opened[-1]] < first:
                position = _close(pieces, ranges, opened.pop(), position)
            if opened and position < first:
                pieces.add_piece(position, first - 1, ranges, opened[-1])
            position = first
            opened.append(row)
        while opened:
            position = _close(pieces, ranges, opened.pop(), position)
        return pieces

    def _joined(self, one: int, other: int) -> int:
        """Return the mark of two holders of one range (MOAS), under the first name given."""
        asns = tuple(dict.fromkeys(self._asns[one] + self._asns[other]))
        return self.mark(asns, self._names[one] or self._names[other])


def _close(pieces: _Ranges, ranges: _Ranges, row: int, position: int) -> int:
    """Add what is left of a row from `position` on; return the first address after it."""
    end = ranges.last[row]
    if position > end:
        return position
    pieces.add_piece(position, end, ranges, row)
    return end + 1


def _prefix_within(value: int, first: int, last: int, bits: int) -> str:
    spare = (last - first + 1).bit_length() - 1
    base = value >> spare << spare
    while base < first or base + (1 << spare) - 1 > last:
        spare -= 1
        base = value >> spare << spare
    return f"{IPv4Address(base) if bits == 32 else IPv6Address(base)}/{bits - spare}"
