"""Parses quoted IP packets, strips IPv4 headers, converts addresses between bytes and text."""

from functools import lru_cache
from ipaddress import IPv6Address, ip_address
from struct import Struct
from typing import Final, NamedTuple

HOP_BY_HOP, ICMP, TCP, ROUTING, FRAGMENT, AUTHENTICATION, ICMP6, DESTINATION_OPTIONS = (
    0, 1, 6, 43, 44, 51, 58, 60,
)  # fmt: skip
"""IANA protocol numbers."""

IP4_HEADER_LENGTH: Final = 20
IP6_HEADER_LENGTH: Final = 40
_EXTENSIONS: Final = frozenset({HOP_BY_HOP, ROUTING, FRAGMENT, AUTHENTICATION, DESTINATION_OPTIONS})
_MAX_EXTENSIONS: Final = 8
"""RFC 8200 section 4.1 recommends each extension header once, destination options twice; a longer chain is
an attack, not a reply to a probe."""

_IP4: Final = Struct(">BxxxxxHxBxxxxxx4s")
_IP6: Final = Struct(">xxxxxxBx16x16s")


class MalformedPacketError(ValueError):
    """Bytes that are not a valid packet; `str(error)` says why."""


class QuotedPacket(NamedTuple):
    """The packet that an ICMP error quotes, as far as it is quoted."""

    version: int
    """4 or 6."""

    destination: bytes
    """Packed: 4 or 16 bytes."""

    protocol: int
    """Of the payload; for IPv6, after the extension headers."""

    payload: bytes
    """From the upper-layer header on; empty for all fragments but the first."""

    first_fragment: bool
    """False when the payload is the middle or the end of a packet."""


def parse_quote(data: bytes) -> QuotedPacket:
    """Parse the IP packet that an ICMP error quotes, which may be cut off.

    The length fields are ignored: routers cut quotes, and some quote lengths in host byte order. Raises
    MalformedPacketError where even the header is incomplete.
    """
    if not data:
        raise MalformedPacketError("empty")
    version = data[0] >> 4
    if version == 4:
        return _parse_ip4(data)
    if version == 6:
        return _parse_ip6(data)
    raise MalformedPacketError(f"IP version {version}")


def strip_header(data: bytes) -> tuple[int, bytes]:
    """Return TTL and payload of a whole IPv4 packet, as a raw IPv4 socket returns it.

    Raises MalformedPacketError where header or total length do not match the bytes.
    """
    if len(data) < IP4_HEADER_LENGTH or data[0] >> 4 != 4:
        raise MalformedPacketError("no IPv4 header")
    header = (data[0] & 15) * 4
    total = data[2] << 8 | data[3]
    if header < IP4_HEADER_LENGTH or not header <= total <= len(data):
        raise MalformedPacketError(f"header of {header}, packet of {total}, {len(data)} bytes there")
    return data[8], data[header:total]


def _parse_ip4(data: bytes) -> QuotedPacket:
    if len(data) < IP4_HEADER_LENGTH:
        raise MalformedPacketError(f"an IPv4 header in {len(data)} bytes")
    first, fragment, protocol, destination = _IP4.unpack_from(data)
    header = (first & 15) * 4
    if not IP4_HEADER_LENGTH <= header <= len(data):
        raise MalformedPacketError(f"an IPv4 header of {header} bytes in {len(data)}")
    is_first = fragment & 0x1FFF == 0
    return QuotedPacket(4, destination, protocol, data[header:] if is_first else b"", is_first)


def _parse_ip6(data: bytes) -> QuotedPacket:
    if len(data) < IP6_HEADER_LENGTH:
        raise MalformedPacketError(f"an IPv6 header in {len(data)} bytes")
    protocol, destination = _IP6.unpack_from(data)
    start = IP6_HEADER_LENGTH
    is_first = True
    for _ in range(_MAX_EXTENSIONS):
        if protocol not in _EXTENSIONS:
            break
        if start + 8 > len(data):
            raise MalformedPacketError("an IPv6 extension header is cut off")
        following, size = data[start], data[start + 1]
        if protocol == FRAGMENT:
            is_first = (data[start + 2] << 8 | data[start + 3]) & 0xFFF8 == 0
            size = 8
        elif protocol == AUTHENTICATION:
            size = (size + 2) * 4
        else:
            size = (size + 1) * 8
        start += size
        if start > len(data):
            raise MalformedPacketError("an IPv6 extension header is cut off")
        protocol = following
        if not is_first:
            break
    else:
        raise MalformedPacketError("too many IPv6 extension headers")
    return QuotedPacket(6, destination, protocol, data[start:] if is_first else b"", is_first)


def pack_address(text: str) -> bytes:
    """Return the 4 or 16 bytes of an address; a zone (`%eth0`) is left out. Raises ValueError."""
    return ip_address(text.partition("%")[0]).packed


@lru_cache(maxsize=4096)
def address_text(packed: bytes) -> str:
    """Return the canonical text (RFC 5952) of 4 or 16 bytes."""
    if len(packed) == 4:
        return ".".join(map(str, packed))
    address = IPv6Address(packed)
    mapped = address.ipv4_mapped
    return f"::ffff:{mapped}" if mapped else str(address)
