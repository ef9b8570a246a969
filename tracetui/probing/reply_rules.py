"""Replies made of what the kernel tells an ordinary socket."""

from typing import Final

from tracetui.model import Reply, ReplyKind
from tracetui.probing.error_queue import Received
from tracetui.probing.prober import Probe

_STEP_SLACK_NS: Final = 1_000_000
"""By how much an RTT may exceed the monotonic time since the send before the clock counts as stepped."""


def round_trip(rtt_ns: int, elapsed_ns: int) -> tuple[int, bool]:
    """Return the RTT, and whether it is the kernel's.

    `rtt_ns` is what the stamps of Unix time say, `elapsed_ns` the monotonic time since right before the send.
    Where the first is less than nothing or more than the second, the system's clock was stepped in between;
    then the second stands in, too long by what the reply waited to be read.
    """
    if 0 <= rtt_ns <= elapsed_ns + _STEP_SLACK_NS:
        return rtt_ns, True
    return max(elapsed_ns, 0), False


def bare(address: str) -> str:
    """Return an address without its zone."""
    return address.partition("%")[0]


def reply_of(received: Received, probe: Probe, endpoint: str, elapsed_ns: int) -> Reply:
    """Make the reply of an echo reply's datagram, or of an ICMP error, to a probe to `endpoint`.

    A port unreachable proves the endpoint only when the endpoint itself says it. `elapsed_ns`: monotonic time
    since right before the send, which stands in for a stamp that is missing.
    """
    stamped_ns = received.received_ns - probe.sent_ns if received.received_ns else -1
    rtt_ns, kernel_stamp = round_trip(stamped_ns, elapsed_ns)
    received_ns = received.received_ns or probe.sent_ns + rtt_ns
    mpls: tuple[int, ...] = ()
    error = received.error
    if error is None:
        icmp_type, code = received.data[:2]
        kind, address = ReplyKind.ECHO_REPLY, endpoint
    else:
        _, kind, icmp_type, code, mpls = error
        address = error.address
        if address == bare(endpoint):
            address = endpoint
        elif kind is ReplyKind.PORT_UNREACHABLE:
            kind = ReplyKind.UNREACHABLE
    return Reply(address, kind, received_ns, rtt_ns, icmp_type, code, received.ttl, mpls, kernel_stamp)
