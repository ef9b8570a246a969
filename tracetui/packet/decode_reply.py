"""Decodes replies: from the bytes behind the IP header to the probe they claim to answer."""

from functools import lru_cache
from struct import Struct
from typing import Final, NamedTuple

from tracetui.model import ReplyKind
from tracetui.packet.checksum import MODULUS, is_valid
from tracetui.packet.icmp_extension import QUOTE_PADDED, mpls_labels, split_quote
from tracetui.packet.ip_header import ICMP, ICMP6, TCP, MalformedPacketError, parse_quote

PADDING: Final = bytes(8)
"""In the place of an echo token; no token is like that."""

_ICMP_HEADER: Final = 8
_TCP_HEADER: Final = 20
_MIN_QUOTED: Final = 8
"""Every router quotes at least this much of the upper-layer header (RFC 792)."""

_TOKEN: Final = slice(8, 16)
"""The payload part of an echo token, counted from the ICMP header."""

_ECHO_REQUESTS: Final = frozenset({(4, ICMP, 8), (6, ICMP6, 128)})
"""IP version, protocol and ICMP type."""

_TIME_EXCEEDED: Final = frozenset({(4, 11, 0), (6, 3, 0)})
_PACKET_TOO_BIG: Final = (6, 2, 0)
"""IP version, type and code."""

_UNREACHABLE, _PORT_CODE = {4: 3, 6: 1}, {4: 3, 6: 4}
"""By IP version, the type of unreachable and its code for a port."""

_TCP: Final = Struct(">4sxxxxIBB")
_FIN, _SYN, _RST, _ACK = 1, 2, 4, 16
_TCP_KINDS: Final = {
    _SYN | _ACK: ReplyKind.SYN_ACK,
    _RST | _ACK: ReplyKind.RST,
    _RST: ReplyKind.RST,
}


class DecodedReply(NamedTuple):
    """What a reply claims; `ReplyMatcher` checks it."""

    kind: ReplyKind
    key: bytes
    """Identifier and sequence number of the echo request (4 bytes), or ports and sequence number of the SYN
    (8 bytes), as they stood in the probe."""

    destination: bytes | None = None
    """The probe's destination by the quote, packed; None for a reply that only the endpoint sends: the sender
    must be the endpoint then."""

    checksum: int | None = None
    """The echo request's ICMP checksum, by the quote."""

    token: bytes = b""
    """As much of the echo token's eight payload bytes as is quoted or echoed; none of it where zeros stand in
    their place, with which a router pads a short quote before an extension (RFC 4884 section 4)."""

    icmp_type: int | None = None
    icmp_code: int | None = None
    mpls: tuple[int, ...] = ()


@lru_cache(maxsize=1024)
def error_kind(version: int, icmp_type: int, code: int) -> ReplyKind | None:
    """Return the kind of an ICMP error; None for a message that is no error, or answers no probe.

    Time Exceeded counts in transit (11/0, ICMPv6 3/0), not at reassembly.
    """
    if (version, icmp_type, code) in _TIME_EXCEEDED:
        return ReplyKind.TIME_EXCEEDED
    if icmp_type == _UNREACHABLE[version]:
        return ReplyKind.PORT_UNREACHABLE if code == _PORT_CODE[version] else ReplyKind.UNREACHABLE
    return ReplyKind.UNREACHABLE if (version, icmp_type, code) == _PACKET_TOO_BIG else None


def read_icmp(data: bytes) -> DecodedReply | None:
    """Read an ICMPv4 message: an echo reply or an error; None for any other.

    Raises MalformedPacketError for a wrong checksum, a message that is too short or an invalid quote.
    """
    if len(data) < _ICMP_HEADER or not is_valid(data):
        raise MalformedPacketError("ICMP too short, or its checksum wrong")
    if data[:2] == b"\0\0":
        return _echo_reply(data)
    kind = error_kind(4, data[0], data[1])
    return None if kind is None else _read_error(data, kind, data[5] * 4)


def read_icmp6(data: bytes) -> DecodedReply | None:
    """Read an ICMPv6 message: an echo reply or an error; None for any other.

    The checksum is not checked: it covers addresses that are not known here, and Linux has checked it before
    a raw socket sees the message (RFC 3542 section 3.1). Raises MalformedPacketError for a message that is
    too short or an invalid quote.
    """
    if len(data) < _ICMP_HEADER:
        raise MalformedPacketError("ICMPv6 too short")
    if data[:2] == b"\x81\0":
        return _echo_reply(data)
    kind = error_kind(6, data[0], data[1])
    if kind is None:
        return None
    return _read_error(data, kind, len(data) if data[0] == _PACKET_TOO_BIG[1] else data[4] * 8)


def read_tcp(data: bytes) -> DecodedReply | None:
    """Read a TCP segment: SYN/ACK or RST; any other gives None. The caller checks the ports.

    Both must acknowledge the SYN: the acknowledgment number is the probe's sequence number plus one (RFC 9293
    section 3.10.7.1 and 3.10.7.2), and only this number carries the token back. So a RST is judged by that
    number, even without its ACK flag, which some middleboxes forget; a RST with only a sequence number can be
    a guess and matches nothing.

    Raises MalformedPacketError for a segment that is too short. The checksum is `tcp_sum_is_right`'s.
    """
    if len(data) < _TCP_HEADER:
        raise MalformedPacketError("TCP too short")
    ports, acknowledged, offset, flags = _TCP.unpack_from(data)
    if not _TCP_HEADER <= (offset >> 4) * 4 <= len(data):
        raise MalformedPacketError("TCP data offset")
    kind = _TCP_KINDS.get(flags & (_FIN | _SYN | _RST | _ACK))
    if kind is None:
        return None
    sequence = (acknowledged - 1) & 0xFFFFFFFF
    return DecodedReply(kind, ports[2:4] + ports[0:2] + sequence.to_bytes(4, "big"))


def tcp_sum_is_right(data: bytes, addresses_sum: int) -> bool:
    """Check a received segment. `addresses_sum`: of the pseudo-header (either direction) without the length.

    A segment with the sum of the pseudo-header alone is right too: a sender on this machine (a container, a
    virtual machine) leaves the rest to a network card that the segment never reaches.
    """
    pseudo = addresses_sum + len(data)
    number = int.from_bytes(data, "big")
    if len(data) & 1:
        number <<= 8
    if (number + pseudo) % MODULUS == 0:
        return True
    return data[16] << 8 | data[17] == (pseudo - 1) % MODULUS + 1


def _echo_reply(data: bytes) -> DecodedReply:
    return DecodedReply(
        ReplyKind.ECHO_REPLY, data[4:8], token=data[_TOKEN], icmp_type=data[0], icmp_code=data[1]
    )


def _read_error(data: bytes, kind: ReplyKind, length: int) -> DecodedReply | None:
    """Read the probe quoted in an ICMP error; None when it quotes neither an echo request nor TCP."""
    body = data[_ICMP_HEADER:]
    extension = b""
    if len(body) > QUOTE_PADDED or length:
        body, extension = split_quote(body, length)
    quote = parse_quote(body)
    upper = quote.payload
    if len(upper) < _MIN_QUOTED:
        if quote.first_fragment:
            raise MalformedPacketError(f"{len(upper)} bytes quoted behind the IP header")
        return None
    mpls = mpls_labels(extension) if extension else ()
    if quote.protocol == TCP:
        return DecodedReply(kind, upper[:8], quote.destination, None, b"", data[0], data[1], mpls)
    if (quote.version, quote.protocol, upper[0]) in _ECHO_REQUESTS:
        checksum = upper[2] << 8 | upper[3]
        token = upper[_TOKEN]
        if token == PADDING:
            token = b""
        return DecodedReply(kind, upper[4:8], quote.destination, checksum, token, data[0], data[1], mpls)
    return None
