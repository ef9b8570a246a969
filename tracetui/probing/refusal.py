"""Why the system refused to send, in words that say what to do."""

import errno
from typing import Final

from tracetui.probing.prober import ProbeNotSentError

_REASONS: Final = {
    errno.EPERM: "{what}: this machine's own firewall forbids it (EPERM): look at 'nft list ruleset', output",
    errno.EACCES: "{what}: not permitted (EACCES): a broadcast address, or a route of type prohibit",
    errno.ENETUNREACH: "{what}: this machine has no route to it: look at 'ip route get {address}'",
    errno.EHOSTUNREACH: "{what}: unreachable from here, the next hop does not answer: look at 'ip neighbour'",
    errno.ENETDOWN: "{what}: the interface is down: look at 'ip link'",
    errno.ENODEV: "{what}: the interface has gone: look at 'ip link'",
    errno.ENXIO: "{what}: the interface has gone: look at 'ip link'",
    errno.EADDRNOTAVAIL: "{what}: the source address is not this machine's now: look at 'ip address'",
    errno.EADDRINUSE: "{what}: no source port is free",
    errno.EINVAL: "{what}: the system takes no such packet: a blackhole route, or a wrong zone",
    errno.EMSGSIZE: "{what}: the packet is larger than the interface takes: look at its MTU with 'ip link'",
    errno.ENOBUFS: "{what}: the interface's queue is full",
    errno.EAGAIN: "{what}: the socket's send queue is full",
    errno.EMFILE: "{what}: this process has no file descriptor left: raise it with 'ulimit -n'",
    errno.ENFILE: "{what}: this machine has no file descriptor left",
    errno.EAFNOSUPPORT: "{what}: this machine has no IPv6",
}


def refused(error: OSError, address: str, interface: str | None = None) -> ProbeNotSentError:
    """Return the error to raise when a system call about a probe to `address` ended in `error`."""
    what = f"cannot send to {address}" + (f" on {interface}" if interface else "")
    reason = _REASONS.get(error.errno or 0)
    if reason is None:
        return ProbeNotSentError(f"{what}: {error.strerror or error}")
    return ProbeNotSentError(reason.format(what=what, address=address))
