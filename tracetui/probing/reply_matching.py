"""Matches received packets to the probes they answer, for the prober that writes its own packets.

A probe is found by one look-up of what every reply to it carries: identifier and sequence number, or ports
and sequence number. The rest of the reply must then agree: the endpoint's address, the kind, the token. An
answered probe stays until `forget`, so that a second reply of another kind is matched too.
"""

from collections.abc import Callable
from typing import Final, NamedTuple

from tracetui.model import Reply
from tracetui.packet.decode_reply import DecodedReply, read_icmp, read_icmp6, read_tcp, tcp_sum_is_right
from tracetui.packet.ip_header import ICMP, ICMP6, TCP, MalformedPacketError
from tracetui.probing.flow import Flow
from tracetui.probing.prober import Probe
from tracetui.probing.reply_rules import responder_and_kind, round_trip
from tracetui.probing.wire import Datagram

_READERS: Final[dict[int, Callable[[bytes], DecodedReply | None]]] = {
    ICMP: read_icmp,
    ICMP6: read_icmp6,
    TCP: read_tcp,
}


class SentProbe(NamedTuple):
    """A probe that may be answered, with what its reply must agree with."""

    probe: Probe
    flow: Flow
    token: bytes
    sent_ns: int
    """Unix time right before the send."""

    monotonic_ns: int
    """The same by the monotonic clock."""


class ReplyMatcher:
    """All flows of one prober and the probes they have out; counts what does not match."""

    def __init__(self) -> None:
        self.outstanding: dict[bytes, SentProbe] = {}
        """The probes that may still be answered, by the key that their replies carry."""

        self._flows: dict[bytes, list[Flow]] = {}
        self.matched = self.foreign = self.forged = self.malformed = 0

    def add_flow(self, flow: Flow) -> None:
        """Tell replies to this flow without an outstanding probe from those that belong to no flow here."""
        self._flows.setdefault(flow.family_key, []).append(flow)

    def remove_flow(self, flow: Flow) -> None:
        """Forget a flow; replies to what it sent are still matched."""
        siblings = self._flows[flow.family_key]
        siblings.remove(flow)
        if not siblings:
            del self._flows[flow.family_key]

    def forget(self, probe: Probe) -> None:
        """Match no more replies to a probe, whose handle is its key."""
        key = probe.handle
        if isinstance(key, bytes):
            found = self.outstanding.get(key)
            if found is not None and found.probe is probe:
                del self.outstanding[key]

    def forget_lane(self, lane_id: str) -> None:
        """Match no more replies to a lane's probes."""
        for key in [key for key, sent in self.outstanding.items() if sent.probe.lane_id == lane_id]:
            del self.outstanding[key]

    def match(self, datagram: Datagram, now_ns: int) -> tuple[Probe, Reply] | None:
        """Return the reply that a datagram is and its probe; None where there is none, which is counted."""
        try:
            decoded = _READERS[datagram.protocol](datagram.payload)
        except MalformedPacketError:
            self.malformed += 1
            return None
        if decoded is None:
            self.foreign += 1
            return None
        sent = self.outstanding.get(decoded.key)
        if sent is None:
            self._count_unmatched(decoded, datagram.source)
            return None
        flow = sent.flow
        if not flow.is_for(decoded, datagram.source):
            self.foreign += 1
        elif not flow.is_proven(decoded, sent.token):
            self.forged += 1
        elif datagram.protocol == TCP and not tcp_sum_is_right(datagram.payload, flow.addresses_sum):
            self.malformed += 1
        else:
            self.matched += 1
            return sent.probe, _reply(datagram, decoded, sent, now_ns)
        return None

    def _count_unmatched(self, decoded: DecodedReply, sender: str) -> None:
        """Count as forged what belongs to one of our flows, else as foreign."""
        flows = self._flows.get(decoded.key[: len(decoded.key) // 2], ())
        if any(flow.is_for(decoded, sender) for flow in flows):
            self.forged += 1
        else:
            self.foreign += 1


def _reply(datagram: Datagram, decoded: DecodedReply, sent: SentProbe, now_ns: int) -> Reply:
    flow = sent.flow
    sender = datagram.source if decoded.destination is not None else flow.bare_address
    address, kind = responder_and_kind(sender, decoded.kind, flow.address, flow.bare_address)
    rtt_ns, in_step = round_trip(datagram.received_ns - sent.sent_ns, now_ns - sent.monotonic_ns)
    return Reply(
        address,
        kind,
        datagram.received_ns,
        rtt_ns,
        decoded.icmp_type,
        decoded.icmp_code,
        datagram.ttl,
        decoded.mpls,
        datagram.kernel_stamp and in_step,
    )
