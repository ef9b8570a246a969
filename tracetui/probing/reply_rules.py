"""Rules that all probers apply to a reply: its RTT when the clock was stepped, who is the endpoint."""

from typing import Final

from tracetui.model import Reply, ReplyKind
from tracetui.probing.socket_receive import Received

# Members of an enumeration are slow to get from its class.
_PORT_UNREACHABLE: Final = ReplyKind.PORT_UNREACHABLE
_UNREACHABLE: Final = ReplyKind.UNREACHABLE

_STEP_SLACK_NS: Final = 1_000_000
"""By how much an RTT may exceed the monotonic time since the send before the clock counts as stepped."""


def round_trip(rtt_ns: int, elapsed_ns: int) -> tuple[int, bool]:
    """Return the RTT, and whether it is the difference of the two stamps.

    `rtt_ns` is that difference, in Unix time; `elapsed_ns` is the monotonic time since right before the send.
    An RTT that is negative or longer than that time means that the system's clock was stepped in between.
    Then the monotonic time is returned; it is too long by the time that the reply waited to be read.
    """
    if 0 <= rtt_ns <= elapsed_ns + _STEP_SLACK_NS:
        return rtt_ns, True
    return max(elapsed_ns, 0), False


def responder_and_kind(
    sender: str, kind: ReplyKind, endpoint: str, bare_endpoint: str
) -> tuple[str, ReplyKind]:
    """Return the responder's address and the kind of its reply.

    The endpoint keeps its zone (`bare_endpoint` is without). A port unreachable proves the endpoint only when
    the endpoint itself sent it.
    """
    if sender == bare_endpoint:
        return endpoint, kind
    return sender, _UNREACHABLE if kind is _PORT_UNREACHABLE else kind


def bare(address: str) -> str:
    """Return an address without its zone."""
    return address.partition("%")[0]


def reply_of(received: Received, sent_ns: int, endpoint: str, elapsed_ns: int) -> Reply:
    """Return the reply that an echo reply's datagram or an ICMP error is, for a probe to `endpoint`.

    `sent_ns`: Unix time right before the send. `elapsed_ns`: monotonic time since then, the RTT when the
    kernel gave no stamp.
    """
    stamped_ns = received.received_ns - sent_ns if received.received_ns else -1
    rtt_ns, kernel_stamp = round_trip(stamped_ns, elapsed_ns)
    received_ns = received.received_ns or sent_ns + rtt_ns
    mpls: tuple[int, ...] = ()
    if received.error is None:
        icmp_type, code = received.data[:2]
        address, kind = endpoint, ReplyKind.ECHO_REPLY
    else:
        sender, kind, icmp_type, code, mpls = received.error
        address, kind = responder_and_kind(sender, kind, endpoint, bare(endpoint))
    return Reply(address, kind, received_ns, rtt_ns, icmp_type, code, received.ttl, mpls, kernel_stamp)
