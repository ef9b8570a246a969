"""Builds replies, from the ICMP or TCP header on: errors of routers, SYN/ACK, RST, echo replies."""

import struct
from collections.abc import Sequence
from typing import Final

from tracetui.packet.checksum import checksum, pseudo_header
from tracetui.packet.ip_header import ICMP6, TCP

TIME_EXCEEDED: Final = {4: (11, 0), 6: (3, 0)}
UNREACHABLE: Final = {4: 3, 6: 1}
_MAX_ERROR: Final = {4: 576 - 20 - 8, 6: 1280 - 40 - 8}
"""Bytes of the probe in an ICMP error: RFC 1812 section 4.3.2.3, RFC 4443 section 2.4."""

_QUOTE_WITH_EXTENSION: Final = 128
_WINDOW: Final = 65535
_SYN_ACK, _RST_ACK = 0x12, 0x14
_SYN_ACK_OPTIONS: Final = bytes.fromhex("020405b4 0402 0101")
_MPLS_TTL: Final = 1


def icmp_error(
    kind: int,
    code: int,
    probe: bytes,
    *,
    source: bytes,
    destination: bytes,
    quote: int | None,
    mpls: Sequence[int],
) -> bytes:
    """Return an ICMP (ICMPv6 for 16-byte addresses) error that quotes `probe`, a whole IP packet.

    `source` and `destination` are the error's. `quote`: bytes behind the IP header, None for as many as fit.
    `mpls`: labels for an extension (RFC 4884, RFC 4950), outermost first.
    """
    version = 4 if len(source) == 4 else 6
    header = 20 if version == 4 else 40
    quoted = probe[: _MAX_ERROR[version] if quote is None else header + quote]
    length = 0
    if mpls:
        unit = 4 if version == 4 else 8
        quoted = quoted[:_QUOTE_WITH_EXTENSION].ljust(_QUOTE_WITH_EXTENSION, b"\0")
        length = len(quoted) // unit
        quoted += _mpls_extension(mpls)
    rest = bytes((0, length, 0, 0)) if version == 4 else bytes((length, 0, 0, 0))
    return _icmp(kind, code, rest + quoted, source, destination)


def echo_reply(request: bytes, *, source: bytes, destination: bytes) -> bytes:
    """Return the reply to an echo request (its bytes from the ICMP header on)."""
    kind = 0 if len(source) == 4 else 129
    return _icmp(kind, 0, request[4:], source, destination)


def syn_ack(syn: bytes, sequence: int, *, source: bytes, destination: bytes) -> bytes:
    """Return the SYN/ACK of an open port to a SYN (its bytes from the TCP header on)."""
    return _tcp(syn, sequence, _SYN_ACK, options=_SYN_ACK_OPTIONS, source=source, destination=destination)


def reset(syn: bytes, *, source: bytes, destination: bytes) -> bytes:
    """Return the RST of a closed port to a SYN: RFC 9293 section 3.10.7.1."""
    return _tcp(syn, 0, _RST_ACK, options=b"", source=source, destination=destination)


def _icmp(kind: int, code: int, rest: bytes, source: bytes, destination: bytes) -> bytes:
    message = bytes((kind, code, 0, 0)) + rest
    covered = message
    if len(source) == 16:
        covered = pseudo_header(source, destination, ICMP6, len(message)) + message
    return message[:2] + checksum(covered).to_bytes(2, "big") + rest


def _tcp(
    syn: bytes, sequence: int, flags: int, *, options: bytes, source: bytes, destination: bytes
) -> bytes:
    source_port, destination_port, theirs = struct.unpack_from(">HHI", syn)
    segment = struct.pack(
        ">HHIIBBHHH",
        destination_port,
        source_port,
        sequence,
        (theirs + 1) & 0xFFFFFFFF,
        (5 + len(options) // 4) << 4,
        flags,
        _WINDOW if options else 0,
        0,
        0,
    )
    segment += options
    total = checksum(pseudo_header(source, destination, TCP, len(segment)) + segment)
    return segment[:16] + total.to_bytes(2, "big") + segment[18:]


def _mpls_extension(labels: Sequence[int]) -> bytes:
    last = len(labels) - 1
    entries = b"".join(
        (label << 12 | (0x100 if index == last else 0) | _MPLS_TTL).to_bytes(4, "big")
        for index, label in enumerate(labels)
    )
    body = struct.pack(">HBB", 4 + len(entries), 1, 1) + entries
    return b"\x20\0" + checksum(b"\x20\0\0\0" + body).to_bytes(2, "big") + body
