"""Reads path attributes and prefixes of BGP messages and dumps (RFC 4271, 4760, 6793, 1997, 8092)."""

import ipaddress
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from tracetui.evidence.bgp.route_tokens import MAX_COMMUNITIES, MAX_PATH
from tracetui.model import Asn
from tracetui.model.bgp_route import AsPath, AsSegment, OriginCode, SegmentKind

_ORIGIN, _AS_PATH, _NEXT_HOP, _COMMUNITIES, _MP_REACH, _MP_UNREACH, _AS4_PATH, _LARGE = (
    1, 2, 3, 8, 14, 15, 17, 32,
)  # fmt: skip
_LONG_LENGTH: Final = 0x10
_UNICAST: Final = 1
_FAMILIES: Final = {1: 4, 2: 6}
_BITS: Final = {4: 32, 6: 128}
_CODES: Final = (OriginCode.IGP, OriginCode.EGP, OriginCode.INCOMPLETE)
_KINDS: Final = {
    1: SegmentKind.SET,
    2: SegmentKind.SEQUENCE,
    3: SegmentKind.CONFED_SEQUENCE,
    4: SegmentKind.CONFED_SET,
}

EMPTY_PATH: Final = AsPath()

Nlri = tuple[int, int, int]
"""A prefix: family, bits, and its first bits as a number."""


@dataclass(slots=True)
class Attributes:
    """The attributes of a route that are needed here."""

    path: AsPath = EMPTY_PATH
    origin: OriginCode | None = None
    next_hop: str | None = None
    communities: tuple[str, ...] = ()
    announced: Sequence[Nlri] = ()
    withdrawn: Sequence[Nlri] = ()
    """Prefixes of another family than IPv4, within the attributes."""


def read_attributes(data: bytes, *, asn_size: int, in_rib: bool = False) -> Attributes:
    """Return the attributes; `asn_size`: bytes of an AS number; `in_rib`: as TABLE_DUMP_V2 shortens them.

    Raises ValueError, struct.error or IndexError for what is cut off.
    """
    found = Attributes()
    newer: AsPath | None = None
    place = 0
    while place < len(data):
        flags, kind = data[place], data[place + 1]
        is_long = bool(flags & _LONG_LENGTH)
        (length,) = struct.unpack_from("!H" if is_long else "!B", data, place + 2)
        start = place + (4 if is_long else 3)
        value = data[start : start + length]
        if len(value) != length:
            raise ValueError("an attribute is cut off")
        place = start + length
        match kind:
            case _ if kind == _ORIGIN:
                found.origin = _CODES[value[0]]
            case _ if kind == _AS_PATH:
                found.path = _path(value, asn_size)
            case _ if kind == _AS4_PATH:
                newer = _path(value, 4)
            case _ if kind == _NEXT_HOP:
                found.next_hop = str(ipaddress.ip_address(value))
            case _ if kind == _COMMUNITIES:
                found.communities += tuple(_communities(value, "!HH"))
            case _ if kind == _LARGE:
                found.communities += tuple(_communities(value, "!III"))
            case _ if kind == _MP_REACH:
                _reach(found, value, in_rib=in_rib)
            case _ if kind == _MP_UNREACH:
                family = _family(value)
                found.withdrawn = list(read_nlri(value[3:], family)) if family else []
            case _:
                pass
    if newer is not None:
        found.path = _merged(found.path, newer)
    return found


def read_nlri(data: bytes, family: int) -> Iterator[Nlri]:
    """Yield prefixes. Raises ValueError for what is cut off."""
    place = 0
    while place < len(data):
        bits = data[place]
        size = (bits + 7) // 8
        value = data[place + 1 : place + 1 + size]
        if bits > _BITS[family] or len(value) != size:
            raise ValueError("a prefix is cut off")
        yield family, bits, int.from_bytes(value) >> (8 * size - bits)
        place += 1 + size


def _family(value: bytes) -> int | None:
    """Return the family of an attribute with addresses of its own; None for what is no unicast."""
    afi, safi = struct.unpack_from("!HB", value)
    return _FAMILIES.get(afi) if safi == _UNICAST else None


def _reach(found: Attributes, value: bytes, *, in_rib: bool) -> None:
    if in_rib and value[0] in {16, 32}:  # the next hop alone (RFC 6396 section 4.3.4)
        found.next_hop = str(ipaddress.ip_address(value[1:17]))
        return
    family = _family(value)
    if family is None:
        return
    length = value[3]
    hop = value[4 : 4 + (16 if length >= 16 else 4)]
    found.next_hop = str(ipaddress.ip_address(hop))
    found.announced = [] if in_rib else list(read_nlri(value[5 + length :], family))


def _path(value: bytes, asn_size: int) -> AsPath:
    segments = []
    place = total = 0
    while place < len(value):
        kind, count = value[place], value[place + 1]
        end = place + 2 + count * asn_size
        numbers = value[place + 2 : end]
        total += count
        if len(numbers) != count * asn_size or kind not in _KINDS or total > MAX_PATH:
            raise ValueError("a path is cut off")
        asns = struct.unpack(f"!{count}{'I' if asn_size == 4 else 'H'}", numbers)
        segments.append(AsSegment(_KINDS[kind], tuple(map(Asn, asns))))
        place = end
    return AsPath(tuple(segments))


def _merged(path: AsPath, newer: AsPath) -> AsPath:
    """Return a path of short AS numbers with the true numbers of its end (RFC 6793 section 4.2.3)."""
    old = [(segment.kind, asn) for segment in path.segments for asn in segment.asns]
    true = [(segment.kind, asn) for segment in newer.segments for asn in segment.asns]
    if len(true) > len(old):
        return path
    merged = [*old[: len(old) - len(true)], *true]
    segments: list[AsSegment] = []
    for kind, asn in merged:
        if segments and segments[-1].kind is kind:
            segments[-1] = AsSegment(kind, (*segments[-1].asns, asn))
        else:
            segments.append(AsSegment(kind, (asn,)))
    return AsPath(tuple(segments))


def _communities(value: bytes, form: str) -> Iterator[str]:
    for numbers in list(struct.iter_unpack(form, value))[:MAX_COMMUNITIES]:
        yield ":".join(map(str, numbers))
