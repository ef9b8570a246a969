"""Builds probes: each lane's packet once, its header once a TTL, then the token; tests compare with scapy's.

All fields that a load balancer may hash are the same in all packets of a template, so that they take one path
(as in Paris traceroute: Augustin et al., IMC 2006): addresses, ports, the first four bytes after the IP
header (for ICMP: type, code and checksum), the IPv6 flow label.

The IPv4 identification is the same too: with DF set a packet is atomic and the field has no meaning (RFC 6864
section 4.1). It is never 0, which Linux would overwrite on a raw socket (raw(7)).
"""

from struct import Struct
from typing import Final

from tracetui.packet.checksum import MODULUS, checksum, complement, pseudo_header
from tracetui.packet.ip_header import (
    ICMP,
    ICMP6,
    IP4_HEADER_LENGTH,
    IP6_HEADER_LENGTH,
    TCP,
    pack_address,
)

ECHO_TOKEN_LENGTH: Final = 10
"""Two bytes of sequence number and eight of payload."""

SYN_TOKEN_LENGTH: Final = 4
"""The sequence number."""

ECHO_TEXT: Final = b"tracetui path measurement."
"""Tells whoever captures an echo request what it is; makes 64 bytes in all with IPv4, like ping's."""

_WINDOW: Final = 64240
_IP4_MSS, _IP6_MSS = 1460, 1440

_IP4: Final = Struct(">BBHHHBBH4s4s")
"""RFC 791 section 3.1."""

_IP6: Final = Struct(">IHBB16s16s")
"""RFC 8200 section 3."""

_ECHO: Final = Struct(">BBHHH")
"""RFC 792, RFC 4443 section 4.1."""

_SYN: Final = Struct(">HHIIBBHHHBBHBBBBIIBBBB")
"""RFC 9293 section 3.1, and the options below."""

_DONT_FRAGMENT: Final = 0x4000
_SYN_FLAG: Final = 2
_NO_OPERATION, _MAXIMUM_SEGMENT_SIZE, _WINDOW_SCALE, _SACK_PERMITTED, _TIMESTAMPS = 1, 2, 3, 4, 8
"""TCP options: RFC 9293 section 3.2, RFC 7323, RFC 2018."""


class _IpTemplate:
    """A packet whose IP header is made once for each TTL."""

    __slots__ = ("_heads", "_packet", "_start", "_token_start")

    def __init__(self, packet: bytes, token_start: int) -> None:
        """`packet`: with TTL and IPv4 header checksum zero; `token_start`: the token's place behind its IP
        header.
        """
        self._packet = packet
        self._start = IP6_HEADER_LENGTH if packet[0] >> 4 == 6 else IP4_HEADER_LENGTH
        self._token_start = self._start + token_start
        self._heads: dict[int, bytes] = {}

    def _upper_sum(self, protocol: int) -> int:
        """Return the sum of the upper-layer packet and, except for ICMPv4, the pseudo-header."""
        packet = self._packet
        upper = packet[self._start :]
        if self._start == IP6_HEADER_LENGTH:
            upper = pseudo_header(packet[8:24], packet[24:40], protocol, len(upper)) + upper
        elif protocol == TCP:
            upper = pseudo_header(packet[12:16], packet[16:20], protocol, len(upper)) + upper
        return int.from_bytes(upper, "big") % MODULUS

    def _head(self, ttl: int) -> bytes:
        """Return the packet with this TTL up to the token."""
        head = self._heads.get(ttl)
        if head is None:
            made = bytearray(self._packet[: self._token_start])
            if self._start == IP6_HEADER_LENGTH:
                made[7] = ttl
            else:
                made[8] = ttl
                made[10:12] = checksum(made[:IP4_HEADER_LENGTH]).to_bytes(2, "big")
            head = self._heads[ttl] = bytes(made)
        return head


class EchoTemplate(_IpTemplate):
    """ICMP and ICMPv6 echo requests with one identifier and one checksum.

    The payload is the token's last eight bytes, a word that compensates for the token in the checksum, and
    `ECHO_TEXT`.
    """

    __slots__ = ("_compensation", "checksum", "identifier")

    def __init__(
        self, source: str, destination: str, *, identifier: int, checksum: int, ip_id: int, flow_label: int
    ) -> None:
        """Build the packet.

        `source` and `destination` are both IPv4 (then `ip_id` is used) or both IPv6 (then `flow_label` is).
        `checksum`: of all packets, 1 to 0xFFFE.
        """
        self.identifier = identifier
        self.checksum = checksum
        payload = bytes(8 + 2) + ECHO_TEXT
        ip6 = ":" in destination
        protocol = ICMP6 if ip6 else ICMP
        request = _echo(identifier, checksum, payload, ip6=ip6)
        super().__init__(_with_header(request, protocol, (source, destination), ip_id, flow_label), 6)
        self._compensation = -self._upper_sum(ICMP6)

    def packet(self, ttl: int, token: bytes) -> bytes:
        """Return the echo request with this TTL and the token's `ECHO_TOKEN_LENGTH` bytes."""
        word = (self._compensation - int.from_bytes(token, "big")) % MODULUS
        return self._head(ttl) + token + word.to_bytes(2, "big") + ECHO_TEXT


class SynTemplate(_IpTemplate):
    """TCP SYNs from one port to another.

    They carry the options of an ordinary client, in Linux's order: middleboxes drop SYNs that look odd. All
    have the same time stamp, as no connection follows.
    """

    __slots__ = ("_after_checksum", "_before_checksum", "_sum")

    def __init__(
        self,
        source: str,
        destination: str,
        *,
        source_port: int,
        destination_port: int,
        timestamp: int,
        ip_id: int,
        flow_label: int,
    ) -> None:
        """Build the packet; addresses, `ip_id` and `flow_label` as for `EchoTemplate`."""
        mss = _IP6_MSS if ":" in destination else _IP4_MSS
        segment = _syn(source_port, destination_port, mss, timestamp)
        super().__init__(_with_header(segment, TCP, (source, destination), ip_id, flow_label), 4)
        self._before_checksum, self._after_checksum = segment[8:16], segment[18:]
        self._sum = self._upper_sum(TCP)

    def packet(self, ttl: int, token: bytes) -> bytes:
        """Return the SYN with this TTL and the token's `SYN_TOKEN_LENGTH` bytes as sequence number."""
        word = complement(self._sum + int.from_bytes(token, "big"))
        return (
            self._head(ttl) + token + self._before_checksum + word.to_bytes(2, "big") + self._after_checksum
        )


def _with_header(payload: bytes, protocol: int, ends: tuple[str, str], ip_id: int, flow_label: int) -> bytes:
    """Return an IP packet between `ends` with TTL and IPv4 header checksum zero."""
    source, destination = map(pack_address, ends)
    if len(destination) == 16:
        return _IP6.pack(6 << 28 | flow_label, len(payload), protocol, 0, source, destination) + payload
    length = IP4_HEADER_LENGTH + len(payload)
    return (
        _IP4.pack(4 << 4 | 5, 0, length, ip_id, _DONT_FRAGMENT, 0, protocol, 0, source, destination) + payload
    )


def _echo(identifier: int, checksum: int, payload: bytes, *, ip6: bool) -> bytes:
    """Return an echo request with sequence number zero."""
    return _ECHO.pack(128 if ip6 else 8, 0, checksum, identifier, 0) + payload


def _syn(source_port: int, destination_port: int, mss: int, timestamp: int) -> bytes:
    """Return a SYN with sequence number and checksum zero."""
    words = _SYN.size // 4
    header = (source_port, destination_port, 0, 0, words << 4, _SYN_FLAG, _WINDOW, 0, 0)
    return _SYN.pack(
        *header,
        *(_MAXIMUM_SEGMENT_SIZE, 4, mss),
        *(_SACK_PERMITTED, 2),
        *(_TIMESTAMPS, 10, timestamp, 0),
        _NO_OPERATION,
        *(_WINDOW_SCALE, 3, 7),
    )
