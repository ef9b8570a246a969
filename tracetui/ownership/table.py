"""Ranges of addresses and who announces them, in memory: compact arrays, answered by bisection."""

from array import array
from bisect import bisect_right
from collections.abc import Iterator, MutableSequence, Sequence
from ipaddress import IPv4Address, IPv6Address, ip_address
from socket import AF_INET, AF_INET6, inet_pton
from typing import NamedTuple

Interval = tuple[int, int, int]
"""First address, last address, and a number for what is known of them."""


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
        self.first: MutableSequence[int] = array("I") if bits == 32 else []
        self.last: MutableSequence[int] = array("I") if bits == 32 else []
        self.mark = array("I")
        self.highest = (1 << bits) - 1
        self.end = -1  # the last address of the range appended last


class RangeTable:
    """Which AS announces an address: made by `TableBuilder`, never changed after."""

    def __init__(
        self,
        ranges4: _Ranges,
        ranges6: _Ranges,
        holders: Sequence[Holder],
        uncut: Sequence[tuple[int, int]] | None = None,
    ) -> None:
        """`uncut`: every mark's range as it was given, when some were cut; None when no two overlapped."""
        self._ranges4, self._ranges6 = ranges4, ranges6
        self._holders = holders
        self._uncut = uncut

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
        return self._holders[ranges.mark[row]]

    def prefix(self, address: str) -> str | None:
        """Return the widest prefix with `address` in it that lies within its range: the range, if it is one.

        None as for `lookup`, which is apart because writing a prefix takes longer than finding it.
        """
        if self.lookup(address) is None:
            return None
        value = int(ip_address(address))
        ranges = self._ranges6 if ":" in address else self._ranges4
        row = bisect_right(ranges.first, value) - 1
        first, last = ranges.first[row], ranges.last[row]
        if self._uncut is not None:
            first, last = self._uncut[ranges.mark[row]]
        return _prefix_within(value, first, last, ranges.bits)


class TableBuilder:
    """Collects ranges in any order, nested or not.

    The most specific range wins; of two that overlap only in part, the one that starts later. Equal ranges
    are one with all their ASes (MOAS), under the first name given.
    """

    def __init__(self) -> None:
        self._ranges4, self._ranges6 = _Ranges(32), _Ranges(128)
        self._holders: list[Holder] = []
        self._marks: dict[tuple[tuple[int, ...], str], int] = {}
        self._disjoint = True

    def add(self, version: int, first: int, last: int, asns: tuple[int, ...], name: str) -> None:
        """Add the range from address `first` to `last`, both included, of IP `version` 4 or 6.

        `name` must be safe text already. Raises ValueError for numbers that are no range of addresses.
        """
        self.append(version, first, last, self.mark(asns, name))

    def mark(self, asns: tuple[int, ...], name: str) -> int:
        """Return the number that stands for a holder in `append`."""
        mark = self._marks.get((asns, name))
        if mark is None:
            mark = self._marks[asns, name] = len(self._holders)
            self._holders.append(Holder(asns, name))
        return mark

    def append(self, version: int, first: int, last: int, mark: int) -> None:
        """`add` for a holder whose number is known: what a file of half a million lines calls."""
        ranges = self._ranges4 if version == 4 else self._ranges6
        if not 0 <= first <= last <= ranges.highest:
            raise ValueError(f"{first} to {last} is not a range of IPv{version} addresses")
        if first <= ranges.end:
            self._disjoint = False
        ranges.end = last
        ranges.first.append(first)
        ranges.last.append(last)
        ranges.mark.append(mark)

    def build(self) -> RangeTable:
        """Return the table; the builder is spent."""
        if self._disjoint:
            return RangeTable(self._ranges4, self._ranges6, self._holders)
        pieces = TableBuilder()
        merged4, merged6 = self._merged(self._ranges4), self._merged(self._ranges6)
        for first, last, mark in _cut(merged4, 0):
            pieces.append(4, first, last, mark)
        for first, last, mark in _cut(merged6, len(merged4)):
            pieces.append(6, first, last, mark)
        merged = merged4 + merged6
        return RangeTable(
            pieces._ranges4,
            pieces._ranges6,
            [holder for _, _, holder in merged],
            [(first, last) for first, last, _ in merged],
        )

    def _merged(self, ranges: _Ranges) -> list[tuple[int, int, Holder]]:
        """Sort by start, wider ranges first, and make one of equal ones."""
        merged: list[tuple[int, int, Holder]] = []
        intervals = zip(ranges.first, ranges.last, ranges.mark, strict=True)
        for first, last, mark in sorted(intervals, key=lambda interval: (interval[0], -interval[1])):
            holder = self._holders[mark]
            if merged and merged[-1][:2] == (first, last):
                before = merged[-1][2]
                asns = tuple(dict.fromkeys(before.asns + holder.asns))
                merged[-1] = (first, last, Holder(asns, before.name or holder.name))
            else:
                merged.append((first, last, holder))
        return merged


def _cut(ranges: Sequence[tuple[int, int, Holder]], base: int) -> Iterator[Interval]:
    """Cut sorted ranges into disjoint pieces, each with the number of its range, counted from `base`."""
    opened: list[tuple[int, int]] = []  # (last address, mark) of the ranges around `position`, narrowest last
    position = 0  # the first address no piece covers yet
    for mark, (first, last, _) in enumerate(ranges, base):
        while opened and opened[-1][0] < first:
            end, inner = opened.pop()
            if position <= end:
                yield position, end, inner
                position = end + 1
        if opened and position < first:
            yield position, first - 1, opened[-1][1]
        position = first
        opened.append((last, mark))
    while opened:
        end, inner = opened.pop()
        if position <= end:
            yield position, end, inner
            position = end + 1


def _prefix_within(value: int, first: int, last: int, bits: int) -> str:
    spare = (last - first + 1).bit_length() - 1
    base = value >> spare << spare
    while base < first or base + (1 << spare) - 1 > last:
        spare -= 1
        base = value >> spare << spare
    return f"{IPv4Address(base) if bits == 32 else IPv6Address(base)}/{bits - spare}"
