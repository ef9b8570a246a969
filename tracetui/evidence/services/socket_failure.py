"""Tells why a socket failed: errno, and the ICMP message in its error queue (ip(7), IP_RECVERR)."""

import errno
import ipaddress
import os
import socket
import struct
import sys
from typing import Final

from tracetui.evidence.services.limits import StepError
from tracetui.model.reference import Address
from tracetui.model.service_check import FailureReason, IcmpCause

_RECVERR: Final = {socket.AF_INET: (socket.IPPROTO_IP, 11), socket.AF_INET6: (socket.IPPROTO_IPV6, 25)}
"""IP_RECVERR and IPV6_RECVERR, which Python 3.11 does not name."""

_EXTENDED_ERROR: Final = struct.Struct("=IBBBxII")
"""struct sock_extended_err: errno, origin, type, code, info, data; the sender's address follows."""

_FROM_ICMP: Final = {2, 3}
"""SO_EE_ORIGIN_ICMP, SO_EE_ORIGIN_ICMP6."""

_QUEUED: Final = 512

_REASONS: Final = {
    errno.ETIMEDOUT: FailureReason.TIMED_OUT,
    errno.ECONNREFUSED: FailureReason.REFUSED,
    errno.ECONNRESET: FailureReason.RESET,
    errno.EPIPE: FailureReason.RESET,
}


def queue_errors(opened: socket.socket, *, wanted: bool) -> None:
    """Keep ICMP errors of a socket for `step_error`, or not.

    An established connection must not: any ICMP error would end it then.
    """
    level, option = _RECVERR[opened.family]
    opened.setsockopt(level, option, int(wanted))


def step_error(error: OSError, opened: socket.socket | None = None) -> StepError:
    """Return what an error of a socket means for the step.

    Where no neighbour answers, or a filter here prohibits it, the ICMP message is this machine's own.
    """
    icmp = _queued_icmp(opened) if opened is not None else None
    reason = _REASONS.get(error.errno or 0, FailureReason.LOCAL)
    if icmp is not None and opened is not None and reason is not FailureReason.REFUSED:
        own = icmp.sender == opened.getsockname()[0].partition("%")[0]
        reason, icmp = (FailureReason.LOCAL, None) if own else (FailureReason.UNREACHABLE, icmp)
    says_it_all = reason in {FailureReason.TIMED_OUT, FailureReason.REFUSED, FailureReason.RESET}
    detail = "" if says_it_all or icmp is not None else os.strerror(error.errno or 0)
    return StepError(reason, detail.lower(), icmp)


def _queued_icmp(opened: socket.socket) -> IcmpCause | None:
    try:
        _, ancillary, _, _ = opened.recvmsg(_QUEUED, _QUEUED, socket.MSG_ERRQUEUE | socket.MSG_DONTWAIT)
    except OSError:  # nothing there
        return None
    for level, kind, data in ancillary:
        if (level, kind) in _RECVERR.values() and len(data) >= _EXTENDED_ERROR.size:
            _, origin, icmp_type, code, _, _ = _EXTENDED_ERROR.unpack_from(data)
            sender = _address(data[_EXTENDED_ERROR.size :])
            if origin in _FROM_ICMP and sender is not None:
                return IcmpCause(Address(sender), icmp_type, code)
    return None


def _address(data: bytes) -> str | None:
    """Return the address of a sockaddr_in or sockaddr_in6."""
    if len(data) < 16:
        return None
    family = int.from_bytes(data[:2], sys.byteorder)
    if family == socket.AF_INET:
        return str(ipaddress.IPv4Address(data[4:8]))
    if family == socket.AF_INET6 and len(data) >= 24:
        return str(ipaddress.IPv6Address(data[8:24]))
    return None
