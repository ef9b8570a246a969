"""Index of the addresses, prefixes and names of a register: built once, asked for each endpoint.

Addresses are kept as sorted records of bytes, names in one dictionary, both with the lines that they are on:
400,000 entries take tens of megabytes.
"""

import ipaddress
import re
import socket
import struct
import unicodedata
from array import array
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from tracetui.model.register_answer import HostKind, MatchKind

_NAME: Final = re.compile(r"(?:[a-z0-9_-]{1,63}\.){1,126}[a-z0-9-]{0,62}[a-z][a-z0-9-]{0,62}")
_MAY_BE_BLOCK: Final = re.compile(r"[\d:]|[a-f][a-f\d]{0,3}:", re.IGNORECASE)
_MAX_NAME: Final = 253
_MAX_RANGE: Final = 90
"""Characters of two IPv6 addresses in full, with a dash and spaces."""

_LINE: Final = struct.Struct(">I")
_RUN_BYTES: Final = 1 << 20


class HostMatch(NamedTuple):
    """One entry that names what was looked up."""

    kind: MatchKind
    value: str
    """As an entry has it, canonical: `203.0.113.0/24`, `*.example.org`."""

    line: int


def is_address(text: str) -> bool:
    """Tell whether `text` is an IP address."""
    return _packed(text) is not None


def is_host(text: str) -> bool:
    """Tell whether `text` is an address, a prefix, a range or a name, with or without `*.`."""
    return (
        _packed(text) is not None
        or _ends(text) is not None
        or bool(_name(text.removeprefix("*").removeprefix(".")))
    )


def url_host(url: str) -> str:
    """Return the host of a URL; "" where it has none."""
    authority = url.partition("://")[2].partition("/")[0].partition("?")[0].partition("#")[0]
    authority = authority.rpartition("@")[2]
    if authority.startswith("["):
        return authority[1:].partition("]")[0]
    return authority.partition(":")[0].rstrip(".")


def other_form(name: str) -> str | None:
    """Return an international name in Unicode, for one in ASCII, or the other way round; else None."""
    try:
        if not name.isascii():
            return name.encode("idna").decode("ascii")
        return name.encode("ascii").decode("idna") if "xn--" in name else None
    except UnicodeError:
        return None


class HostIndex:
    """Maps addresses and names to the lines of a register."""

    def __init__(self) -> None:
        self._hosts = {4: _Networks(4), 16: _Networks(16)}
        """Single addresses by their number of bytes."""

        self._blocks = {(width, width * 8): hosts for width, hosts in self._hosts.items()}
        """All prefixes by the bytes of an address and the length of the prefix."""

        self._ranges = {4: bytearray(), 16: bytearray()}
        """Ranges that are no prefix: first address, last address, line; by number of bytes of an address."""

        self._names: dict[str, int] = {}
        """A name to its first line; `*.example.org` stands for all names below it."""

        self._more: dict[str, array[int]] = {}
        """A name to its further lines."""

        self.size = 0
        """Prefixes, ranges and names in it."""

    def add(self, text: str, line: int) -> bool:
        """Add what an entry names; return whether it is an address, a prefix, a range or a name."""
        packed = _packed(text)
        if packed is not None:
            self._hosts[len(packed)].add(packed, line)
            self.size += 1
            return True
        ends = _ends(text)
        if ends is not None:
            self._add_ends(*ends, line)
            return True
        if text.startswith("*."):
            name = _name(text[2:])
            return bool(name) and self._add_name(f"*.{name}", line)
        if text.startswith("."):
            name = _name(text[1:])
            return bool(name) and self._add_name(name, line) and self._add_name(f"*.{name}", line)
        name = _name(text)
        return bool(name) and self._add_name(name, line)

    def finish(self) -> None:
        """Sort what is not sorted yet, before the first look-up."""
        for records in self._blocks.values():
            records.sort()

    def kinds(self) -> tuple[HostKind, ...]:
        """Return what the register names."""
        return (
            *(
                (HostKind.ADDRESSES,)
                if any(map(len, self._blocks.values())) or any(self._ranges.values())
                else ()
            ),
            *((HostKind.DOMAINS,) if self._names else ()),
        )

    def of_address(self, address: str) -> Iterator[HostMatch]:
        """Yield the entries with this address, then those with a prefix around it, the longest first."""
        packed = _packed(address)
        if packed is None:
            return
        found = [
            (length, line)
            for width, length in self._blocks
            if width == len(packed)
            for line in self._blocks[width, length].lines(_masked(packed, length))
        ]
        found += self._in_ranges(packed)
        values = {length: f"{ipaddress.ip_address(_masked(packed, length))}/{length}" for length, _ in found}
        values[len(packed) * 8] = address
        for length, line in sorted(found, key=lambda match: -match[0]):
            kind = MatchKind.ADDRESS if length == len(packed) * 8 else MatchKind.PREFIX
            yield HostMatch(kind, values[length], line)

    def _in_ranges(self, packed: bytes) -> Iterator[tuple[int, int]]:
        """Yield, for each range with an address, the length of its prefix with the address, and the line."""
        lengths: dict[tuple[bytes, bytes], int] = {}
        for start, end, line in struct.iter_unpack(
            f">{len(packed)}s{len(packed)}sI", self._ranges[len(packed)]
        ):
            if start <= packed <= end:
                if (start, end) not in lengths:
                    prefixes = _of_range(start, end)
                    lengths[start, end] = next(
                        length for network, length in prefixes if network == _masked(packed, length)
                    )
                yield lengths[start, end], line

    def of_name(self, name: str) -> Iterator[HostMatch]:
        """Yield the entries with this name, then those with a wildcard above it, the closest first."""
        forms = [form for form in (_name(name), _name(other_form(name) or "")) if form]
        for form in forms:
            for line in self._lines(form):
                yield HostMatch(MatchKind.DOMAIN, form, line)
        for form in forms:
            rest = form
            while rest:
                rest = rest.partition(".")[2]
                for line in self._lines(f"*.{rest}"):
                    yield HostMatch(MatchKind.WILDCARD_DOMAIN, f"*.{rest}", line)

    def _add_ends(self, start: bytes, end: bytes, line: int) -> None:
        """Add all addresses from `start` to `end`."""
        self.size += 1
        width = len(start)
        low, high = int.from_bytes(start, "big"), int.from_bytes(end, "big")
        inside = low ^ high
        if inside & (inside + 1) or low & inside:  # no prefix
            self._ranges[width] += start + end + _LINE.pack(line)
            return
        length = width * 8 - inside.bit_length()
        networks = self._blocks.get((width, length))
        if networks is None:
            networks = self._blocks[width, length] = _Networks(width)
        networks.add(start, line)

    def _add_name(self, name: str, line: int) -> bool:
        self.size += 1
        first = self._names.setdefault(name, line)
        if first != line:
            more = self._more.setdefault(name, array("I"))
            if not more or more[-1] != line:
                more.append(line)
        return True

    def _lines(self, name: str) -> Sequence[int]:
        first = self._names.get(name)
        return () if first is None else (first, *self._more.get(name, ()))


class _Networks:
    """Networks of one length with their lines, as records of bytes in sorted runs.

    Sorting all of them at once would take more memory than the rest of the register.
    """

    def __init__(self, width: int) -> None:
        self._width = width
        self._size = width + _LINE.size
        self._runs: list[bytes] = []
        self._unsorted = bytearray()

    def add(self, network: bytes, line: int) -> None:
        self._unsorted += network + _LINE.pack(line)
        if len(self._unsorted) >= _RUN_BYTES:
            self.sort()

    def __len__(self) -> int:
        """Return how many are sorted."""
        return sum(map(len, self._runs)) // self._size

    def sort(self) -> None:
        records, size = bytes(self._unsorted), self._size
        if records:
            self._runs.append(
                b"".join(sorted([records[at : at + size] for at in range(0, len(records), size)]))
            )
            self._unsorted.clear()

    def lines(self, network: bytes) -> Iterator[int]:
        """Yield the lines that have a network, lowest first; one may come again."""
        size, width = self._size, self._width
        for run in self._runs:
            places = range(len(run) // size)
            first = bisect_left(places, network, key=lambda at: run[at * size : at * size + width])
            for at in range(first * size, len(run), size):
                if not run.startswith(network, at):
                    break
                yield _LINE.unpack_from(run, at + width)[0]


def _packed(text: str) -> bytes | None:
    """Return an address as bytes, an IPv4-mapped one as IPv4; None for anything else."""
    try:
        if ":" in text:
            packed = socket.inet_pton(socket.AF_INET6, text)
            mapped = packed.startswith(bytes(10) + b"\xff\xff")
            return packed[12:] if mapped else packed
        return socket.inet_pton(socket.AF_INET, text) if text.count(".") == 3 else None
    except (OSError, ValueError):
        return None


def _ends(text: str) -> tuple[bytes, bytes] | None:
    """Return the first and the last address of a prefix or a range; None for anything else."""
    if not ("/" in text or "-" in text) or len(text) > _MAX_RANGE or not _MAY_BE_BLOCK.match(text):
        return None
    try:
        if "/" in text:
            network = ipaddress.ip_network(text.replace(" ", ""), strict=False)
            return network.network_address.packed, network.broadcast_address.packed
    except ValueError:
        return None
    low, _, high = text.partition("-")
    start, end = _packed(low.strip()), _packed(high.strip())
    if start is None or end is None or len(start) != len(end) or start > end:
        return None
    return start, end


def _of_range(start: bytes, end: bytes) -> Iterator[tuple[bytes, int]]:
    """Yield the prefixes that a range of addresses consists of, both ends included."""
    bits = len(start) * 8
    low, high = int.from_bytes(start, "big"), int.from_bytes(end, "big")
    while low <= high:
        aligned = (low & -low).bit_length() - 1 if low else bits
        size = min(aligned, (high - low + 1).bit_length() - 1)
        yield low.to_bytes(len(start), "big"), bits - size
        low += 1 << size


def _masked(packed: bytes, length: int) -> bytes:
    bits = len(packed) * 8
    number = int.from_bytes(packed, "big") >> (bits - length) << (bits - length)
    return number.to_bytes(len(packed), "big")


def _name(text: str) -> str:
    """Return a domain name in lower case; "" for what is none. One with other letters stays in Unicode."""
    text = text.lower().removesuffix(".")
    if not text or len(text) > _MAX_NAME or "." not in text:
        return ""
    if text.isascii():
        return text if _NAME.fullmatch(text) else ""
    text = unicodedata.normalize("NFKC", text)
    if "xn--" in text:
        return other_form(text) or ""
    plain = "".join(["x" if unicodedata.category(each)[0] in "LM" else each for each in text])
    return text if _NAME.fullmatch(plain) else ""
