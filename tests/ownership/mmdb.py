"""A writer of small databases in MaxMind's format, from its specification (version 2.0)."""

import ipaddress
from collections.abc import Mapping

_MARKER = b"\xab\xcd\xefMaxMind.com"
_STRING, _UINT16, _UINT32, _MAP, _UINT64, _ARRAY = 2, 5, 6, 7, 9, 11


def mmdb(records: Mapping[str, Mapping], *, kind: str = "Test-ASN", epoch: int = 1_700_000_000) -> bytes:
    """Return a database of IPv6 with the records by prefix; IPv4 prefixes go to ::/96."""
    data, offsets = bytearray(), {}
    tree: list[list[int | tuple[int] | None]] = [[None, None]]
    for text, record in records.items():
        network = ipaddress.ip_network(text)
        bits, length = int(network.network_address), network.prefixlen
        if network.version == 4:
            length += 96
        key = repr(record)
        if key not in offsets:
            offsets[key] = len(data)
            data += _encode(record)
        node = 0
        for depth in range(length - 1):
            side = bits >> (127 - depth) & 1
            below = tree[node][side]
            if not isinstance(below, int):
                tree.append([None, None])
                below = tree[node][side] = len(tree) - 1
            node = below
        tree[node][bits >> (128 - length) & 1] = (offsets[key],)
    count = len(tree)
    search = b"".join(_record(side, count).to_bytes(4) for node in tree for side in node)
    metadata = {
        "binary_format_major_version": (_UINT16, 2),
        "binary_format_minor_version": (_UINT16, 0),
        "build_epoch": (_UINT64, epoch),
        "database_type": kind,
        "description": {"en": "made by a test"},
        "ip_version": (_UINT16, 6),
        "languages": ["en"],
        "node_count": count,
        "record_size": (_UINT16, 32),
    }
    return search + b"\0" * 16 + bytes(data) + _MARKER + _encode(metadata)


def _record(side: int | tuple[int] | None, count: int) -> int:
    if side is None:
        return count
    return side if isinstance(side, int) else count + 16 + side[0]


def _encode(value: object) -> bytes:
    if isinstance(value, str):
        return _control(_STRING, len(value.encode())) + value.encode()
    if isinstance(value, Mapping):
        return _control(_MAP, len(value)) + b"".join(_encode(key) + _encode(value[key]) for key in value)
    if isinstance(value, list):
        return _control(_ARRAY, len(value)) + b"".join(map(_encode, value))
    kind, number = value if isinstance(value, tuple) else (_UINT32, value)
    size = max(1, (number.bit_length() + 7) // 8)
    return _control(kind, size) + number.to_bytes(size)


def _control(kind: int, size: int) -> bytes:
    assert size < 285
    top = (kind if kind <= 7 else 0) << 5
    extended = bytes([kind - 7]) if kind > 7 else b""
    return (
        (bytes([top | size]) + extended) if size < 29 else (bytes([top | 29]) + extended + bytes([size - 29]))
    )
