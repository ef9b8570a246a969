"""Receives datagrams and ICMP errors with the TTL, time stamp and losses that Linux reports for them.

ICMP errors for packets of a socket stand in its error queue (ip(7), IP_RECVERR). Python 3.11 names few of the
constants. They are the kernel's, the same on all architectures but for those of SOL_SOCKET, which are those
of `asm-generic/socket.h` (all but parisc and sparc).
"""

import socket
from struct import Struct
from typing import Final, NamedTuple

from tracetui.model import ReplyKind
from tracetui.packet.decode_reply import error_kind
from tracetui.packet.icmp_extension import mpls_labels, split_quote
from tracetui.packet.ip_header import IP4_HEADER_LENGTH, IP6_HEADER_LENGTH, address_text

SO_TIMESTAMPNS: Final = 35
SO_RXQ_OVFL: Final = 40
_IP_RECVTTL, _IP_RECVERR, _IP_RECVERR_RFC4884 = 12, 11, 26
_IPV6_RECVERR, _IPV6_RECVERR_RFC4884, _IPV6_HOPLIMIT = 25, 31, 52

_ORIGIN_ICMP, _ORIGIN_ICMP6 = 2, 3
_VERSIONS: Final = {_ORIGIN_ICMP: 4, _ORIGIN_ICMP6: 6}

MAX_DATA: Final = 768
"""An ICMP error of IPv4 has at most 576 bytes (RFC 1812 section 4.3.2.3); longer ones of IPv6 quote no more
of our packets."""

_MAX_ANCILLARY: Final = 256

_TIMESPEC: Final = Struct("@qq")
_INT: Final = Struct("@i")
_COUNT: Final = Struct("@I")
_EXTENDED_ERROR: Final = Struct("@4xBBBx4xHxx")
"""struct sock_extended_err: origin, type, code, and where an ICMP extension starts (RFC 4884) in the data."""

_OFFENDER: Final = {_ORIGIN_ICMP: slice(20, 24), _ORIGIN_ICMP6: slice(24, 40)}
"""The address in the struct sockaddr_in or sockaddr_in6 behind it."""

_HEADER: Final = {_ORIGIN_ICMP: IP4_HEADER_LENGTH, _ORIGIN_ICMP6: IP6_HEADER_LENGTH}
"""Of the quoted packet, which is one of ours: no options."""


class IcmpError(NamedTuple):
    """An ICMP error that answers a probe, without its quote."""

    address: str
    """Who sent it."""

    kind: ReplyKind
    type: int
    code: int
    mpls: tuple[int, ...]


class Received(NamedTuple):
    """One datagram, or one error with the quote from the upper-layer header on."""

    data: bytes
    peer: str
    """The sender; for an error, where the quoted packet went."""

    received_ns: int
    """The kernel's receive stamp, Unix time; 0 without one."""

    ttl: int | None
    """TTL or hop limit it arrived with."""

    error: IcmpError | None
    """None for an ordinary datagram, and for an error that answers no probe: of this machine, a redirect, a
    reassembly timeout, a parameter problem."""

    overflows: int | None
    """Datagrams lost so far because the receive buffer was full; None when not reported."""


def ask_for_errors(asking: socket.socket) -> None:
    """Make the kernel queue ICMP errors and report TTL and receive time of errors and datagrams.

    The offset of extensions is asked for where the kernel (5.9) knows it. Raises OSError.
    """
    asking.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
    if asking.family == socket.AF_INET6:
        level, options, late = (
            socket.IPPROTO_IPV6,
            (_IPV6_RECVERR, socket.IPV6_RECVHOPLIMIT),
            _IPV6_RECVERR_RFC4884,
        )
    else:
        level, options, late = socket.IPPROTO_IP, (_IP_RECVERR, _IP_RECVTTL), _IP_RECVERR_RFC4884
    for option in options:
        asking.setsockopt(level, option, 1)
    try:
        asking.setsockopt(level, late, 1)
    except OSError:
        return


def receive(reading: socket.socket, flags: int = 0, size: int = MAX_DATA) -> Received | None:
    """Take one datagram, or with MSG_ERRQUEUE one error, of at most `size` bytes; None when there is none.

    A pending error of the socket's own (which the error queue explains) also reads as None.
    """
    try:
        data, ancillary, _, peer = reading.recvmsg(size, _MAX_ANCILLARY, flags)
    except OSError:
        return None
    received_ns = 0
    ttl = overflows = error = None
    for level, kind, value in ancillary:
        if level == socket.SOL_SOCKET:
            if kind == SO_TIMESTAMPNS:
                seconds, nanoseconds = _TIMESPEC.unpack(value)
                received_ns = seconds * 1_000_000_000 + nanoseconds
            elif kind == SO_RXQ_OVFL:
                (overflows,) = _COUNT.unpack(value)
        elif kind in (socket.IP_TTL, _IPV6_HOPLIMIT):
            (ttl,) = _INT.unpack(value)
        elif kind in (_IP_RECVERR, _IPV6_RECVERR):
            error = _read_error(value, data)
    return Received(data, peer[0] if peer else "", received_ns, ttl, error, overflows)


def receive_from(reading: socket.socket, size: int) -> tuple[bytes, int, int, int | None] | None:
    """Take the start of one packet from a packet socket (packet(7)); None when there is none.

    Returns the bytes, the kind of packet (to this machine, from it, ...), the kernel's stamp (Unix time) and
    how many packets were lost so far because the receive buffer was full (None when not reported).
    """
    try:
        data, ancillary, _, (_, _, kind, *_) = reading.recvmsg(size, _MAX_ANCILLARY)
    except OSError:
        return None
    received_ns, overflows = 0, None
    for level, option, value in ancillary:
        if level == socket.SOL_SOCKET and option == SO_TIMESTAMPNS:
            seconds, nanoseconds = _TIMESPEC.unpack(value)
            received_ns = seconds * 1_000_000_000 + nanoseconds
        elif level == socket.SOL_SOCKET and option == SO_RXQ_OVFL:
            (overflows,) = _COUNT.unpack(value)
    return data, kind, received_ns, overflows


def _read_error(value: bytes, data: bytes) -> IcmpError | None:
    origin, icmp_type, code, extension = _EXTENDED_ERROR.unpack_from(value)
    kind = error_kind(_VERSIONS[origin], icmp_type, code) if origin in _VERSIONS else None
    if kind is None:
        return None
    mpls: tuple[int, ...] = ()
    header = _HEADER[origin]
    if len(data) > 128 - header:
        mpls = _labels(bytes(header) + data, extension and header + extension)
    address = address_text(value[_OFFENDER[origin]])
    return IcmpError(address, kind, icmp_type, code, mpls)


def _labels(body: bytes, length: int) -> tuple[int, ...]:
    extension = split_quote(body, length)[1]
    return mpls_labels(extension) if extension else ()
