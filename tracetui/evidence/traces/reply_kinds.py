"""Decides what the replies of a traceroute were, from its marks and from where it ended."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from tracetui.model import ReplyKind
from tracetui.model.imported_trace import ImportedHop, ImportedReply, ImportedResponder
from tracetui.model.lane import ProbeProtocol

_ENDPOINT_KINDS = {ReplyKind.ECHO_REPLY, ReplyKind.SYN_ACK, ReplyKind.RST, ReplyKind.PORT_UNREACHABLE}


@dataclass(frozen=True, slots=True)
class Endpoint:
    """The target of a trace."""

    address: str | None
    name: str
    protocol: ProbeProtocol | None

    def is_(self, responder: ImportedResponder) -> bool:
        """Tell whether the endpoint itself answered, by address, or by name where addresses are missing."""
        if self.address is not None and responder.address is not None:
            return self.address == responder.address
        return bool(self.name) and self.name == responder.name

    @property
    def answer(self) -> ReplyKind | None:
        """The unmarked answer of the endpoint; TCP has two, SYN/ACK and RST."""
        if self.protocol is ProbeProtocol.UDP:
            return ReplyKind.PORT_UNREACHABLE
        return ReplyKind.ECHO_REPLY if self.protocol is ProbeProtocol.ICMP else None


def with_kinds(
    hops: Sequence[ImportedHop], endpoint: Endpoint, max_hops: int | None
) -> tuple[ImportedHop, ...]:
    """Return the hops with the kind of each reply, as far as it follows.

    Traceroute marks each unreachable but one, 3/3 (ICMPv6 1/4), and that one ends the trace, whoever sent it.
    So an unmarked answer is Time Exceeded before the last hop; at the last one it is, if the endpoint
    answered too, or if no higher TTL was to be probed. The endpoint's own answers are what its protocol has.
    """
    last = len(hops) - 1
    found = []
    for place, hop in enumerate(hops):
        ended_here = place == last
        certain = not ended_here or reaches(hop, endpoint) or hop.ttl == max_hops
        found.append(
            replace(
                hop,
                probes=tuple(
                    None if reply is None else _with_kind(reply, endpoint, certain=certain, last=ended_here)
                    for reply in hop.probes
                ),
            )
        )
    return tuple(found)


def reaches(hop: ImportedHop, endpoint: Endpoint) -> bool:
    """Tell whether the endpoint answered at this hop."""
    return any(
        reply is not None and (reply.kind in _ENDPOINT_KINDS or endpoint.is_(reply.responder))
        for reply in hop.probes
    )


def may_go_on(hops: Sequence[ImportedHop], endpoint: Endpoint, max_hops: int) -> bool:
    """Tell whether the trace may have been cut off: no endpoint, no unreachable, and TTLs left to probe."""
    last = hops[-1]
    refused = any(reply is not None and reply.kind is ReplyKind.UNREACHABLE for reply in last.probes)
    return not refused and last.ttl < max_hops and not reaches(last, endpoint)


def _with_kind(reply: ImportedReply, endpoint: Endpoint, *, certain: bool, last: bool) -> ImportedReply:
    from_endpoint = endpoint.is_(reply.responder)
    is_port_unreachable = (reply.icmp_type, reply.icmp_code) in {(3, 3), (1, 4)}
    if is_port_unreachable and from_endpoint:
        return replace(reply, kind=ReplyKind.PORT_UNREACHABLE)
    if reply.kind is not None or reply.icmp_type is not None:
        return reply
    at_end = from_endpoint and last
    if not at_end and not certain:
        return reply
    kind = endpoint.answer if at_end else ReplyKind.TIME_EXCEEDED
    return ImportedReply(reply.responder, reply.rtt_ns, kind, reply_ttl=reply.reply_ttl)
