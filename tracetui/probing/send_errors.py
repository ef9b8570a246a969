"""Maps a kernel errno to the reason why a probe could not be sent, and to what to check."""

import errno
from typing import Final

from tracetui.probing.prober import ProbeNotSentError, ProbeWaitsError

_REASONS: Final = {
    errno.EPERM: "this machine's own firewall forbids it: look at the output chains of 'nft list ruleset'",
    errno.EACCES: "not permitted: a broadcast address, or a route of type prohibit",
    errno.ENETUNREACH: "no route: look at 'ip route get {address}'",
    errno.EHOSTUNREACH: "unreachable from here: look at 'ip neighbour' and 'ip route get {address}'",
    errno.ENETDOWN: "the interface is down: look at 'ip link'",
    errno.ENODEV: "the interface has gone: look at 'ip link'",
    errno.ENXIO: "the interface has gone: look at 'ip link'",
    errno.EADDRNOTAVAIL: "the source address no longer belongs to this machine: look at 'ip address'",
    errno.EADDRINUSE: "no source port is free",
    errno.EINVAL: "the system rejects such packets: a route of type blackhole, or a wrong zone",
    errno.EMSGSIZE: "the packet is larger than the interface allows: look at its MTU with 'ip link'",
    errno.ENOBUFS: "the interface's queue is full",
    errno.EAGAIN: "the socket's send queue is full",
    errno.EMFILE: "waits for a free socket: no more files may be open, see 'ulimit -n'",
    errno.ENFILE: "waits for a free socket: this machine has no file descriptor left",
    errno.EAFNOSUPPORT: "this machine has no IPv6",
}


def send_error(error: OSError, address: str, interface: str | None = None) -> ProbeNotSentError:
    """Return the error to raise when a system call about a probe to `address` ended in `error`."""
    reason = _REASONS.get(error.errno or 0, error.strerror or str(error))
    on = f"on {interface}: " if interface else ""
    kind = ProbeWaitsError if error.errno in (errno.EMFILE, errno.ENFILE) else ProbeNotSentError
    return kind(on + reason.replace("{address}", address))
