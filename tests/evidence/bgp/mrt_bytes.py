"""Writes MRT dumps (RFC 6396) for tests."""

import ipaddress
import struct
from collections.abc import Sequence


def record(kind: int, subtype: int, body: bytes, at: int = 1552392000) -> bytes:
    return struct.pack("!IHHI", at, kind, subtype, len(body)) + body


def peer_index(*peers: tuple[str, int]) -> bytes:
    """A table of peers, with IPv6 addresses and AS numbers of four bytes where they are needed."""
    body = b"\x0a\x00\x00\x01" + struct.pack("!H", 4) + b"view" + struct.pack("!H", len(peers))
    for address, asn in peers:
        packed = ipaddress.ip_address(address).packed
        wide = asn > 65535
        kind = (len(packed) == 16) | (2 if wide else 0)
        body += bytes([kind]) + b"\x01\x01\x01\x01" + packed + asn.to_bytes(4 if wide else 2)
    return record(13, 1, body)


def nlri(prefix: str) -> bytes:
    network = ipaddress.ip_network(prefix)
    return bytes([network.prefixlen]) + network.network_address.packed[: (network.prefixlen + 7) // 8]


def attribute(kind: int, value: bytes) -> bytes:
    if len(value) > 255:
        return struct.pack("!BBH", 0x50, kind, len(value)) + value
    return struct.pack("!BBB", 0x40, kind, len(value)) + value


def path(*segments: tuple[int, Sequence[int]], size: int = 4) -> bytes:
    return b"".join(
        bytes([kind, len(asns)]) + b"".join(asn.to_bytes(size) for asn in asns) for kind, asns in segments
    )


def attributes(
    *segments: tuple[int, Sequence[int]], next_hop: str = "195.34.53.2", size: int = 4, more: bytes = b""
) -> bytes:
    found = attribute(1, b"\x00") + attribute(2, path(*segments, size=size))
    if ":" in next_hop:  # as RFC 6396 shortens it in tables
        found += attribute(14, b"\x10" + ipaddress.ip_address(next_hop).packed)
    else:
        found += attribute(3, ipaddress.ip_address(next_hop).packed)
    return found + more


def rib(prefix: str, *entries: tuple[int, int, bytes], add_path: bool = False) -> bytes:
    """A prefix with an entry of each peer: its place, when it was learned, attributes."""
    body = b"\x00\x00\x00\x07" + nlri(prefix) + struct.pack("!H", len(entries))
    for peer, learned, value in entries:
        body += struct.pack("!HI", peer, learned)
        body += struct.pack("!I", 1) if add_path else b""
        body += struct.pack("!H", len(value)) + value
    family = 4 if ":" in prefix else 2
    return record(13, family + (6 if add_path else 0), body)


def update(
    peer: str, asn: int, attrs: bytes = b"", announced: str = "", withdrawn: str = "", size: int = 4
) -> bytes:
    """A BGP UPDATE from a peer."""
    packed = ipaddress.ip_address(peer).packed
    gone, come = (nlri(text) if text else b"" for text in (withdrawn, announced))
    message = struct.pack("!H", len(gone)) + gone + struct.pack("!H", len(attrs)) + attrs + come
    message = b"\xff" * 16 + struct.pack("!HB", 19 + len(message), 2) + message
    body = asn.to_bytes(size) + (6447).to_bytes(size) + struct.pack("!HH", 0, 1 if len(packed) == 4 else 2)
    return record(16, 4 if size == 4 else 1, body + packed + packed + message, at=1552392245)


def old_rib(prefix: str, peer: str, asn: int, attrs: bytes) -> bytes:
    network = ipaddress.ip_network(prefix)
    body = struct.pack("!HH", 0, 1) + network.network_address.packed + bytes([network.prefixlen, 1])
    body += struct.pack("!I", 1552300000) + ipaddress.ip_address(peer).packed
    body += struct.pack("!HH", asn, len(attrs)) + attrs
    return record(12, 1 if network.version == 4 else 2, body)
