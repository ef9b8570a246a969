"""A reply to a probe, and its kinds."""

from enum import StrEnum
from typing import NamedTuple


class ReplyKind(StrEnum):
    """The kind of a reply."""

    TIME_EXCEEDED = "time_exceeded"
    """ICMP 11/0, ICMPv6 3/0: the TTL ran out at this router."""

    ECHO_REPLY = "echo_reply"
    SYN_ACK = "syn_ack"
    RST = "rst"
    PORT_UNREACHABLE = "port_unreachable"
    """ICMP 3/3, ICMPv6 1/4, from the endpoint itself."""

    ANSWER = "answer"
    """Only in imported traces: the endpoint's own answer, of a kind that the output does not tell."""

    UNREACHABLE = "unreachable"
    """Any other ICMP 3/x or ICMPv6 1/x, also 3/3 or 1/4 from a router, and ICMPv6 2/0 (packet too big); the
    reply has the code."""


class Reply(NamedTuple):
    """A reply, decoded and matched to its probe.

    A named tuple, because thousands a second are made.
    """

    address: str
    """Source address of the reply; of a TCP reply that is always the endpoint's, whoever sent it."""

    kind: ReplyKind
    received_ns: int
    """Unix time: the kernel's stamp, or read by this program where `kernel_stamp` is False."""

    rtt_ns: int
    """Time from right before the send to the receive stamp; never negative."""

    icmp_type: int | None = None
    icmp_code: int | None = None
    ttl: int | None = None
    """TTL (hop limit) the reply arrived with."""

    mpls: tuple[int, ...] = ()
    """Labels of the MPLS stack in the ICMP extension (RFC 4950), outermost first."""

    kernel_stamp: bool = True

    @property
    def proves_endpoint(self) -> bool:
        """True for the kinds that only the endpoint (or somebody in its name) sends."""
        return self.kind in _ENDPOINT_KINDS

    @property
    def label(self) -> str:
        """The key in the JSON snapshot's `replies`: the kind, with the code for `unreachable`."""
        if self.kind is ReplyKind.UNREACHABLE:
            return f"unreachable_{self.icmp_code}" if self.icmp_type != 2 else "packet_too_big"
        return self.kind.value


_ENDPOINT_KINDS = frozenset(
    {ReplyKind.ECHO_REPLY, ReplyKind.SYN_ACK, ReplyKind.RST, ReplyKind.PORT_UNREACHABLE, ReplyKind.ANSWER}
)
