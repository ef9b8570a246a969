"""The prober that writes its own packets, over any wire: raw sockets or a simulated internet."""

import os
from collections.abc import Callable, Sequence
from typing import Final

from tracetui.model import FlowKind, Lane, ProbeProtocol, ReceiveCounters, Reply, ReplyKind
from tracetui.packet.decode_reply import Answer, read_icmp, read_icmp6, read_tcp, tcp_sum_is_right
from tracetui.packet.ip_header import MalformedPacketError
from tracetui.probing.clock import Clock
from tracetui.probing.flow import Flow
from tracetui.probing.prober import Probe, ProbeNotSentError
from tracetui.probing.tokens import Tokens
from tracetui.probing.wire import ICMP, ICMP6, TCP, Datagram, Wire

SOURCE_CHECK_NS: Final = 5_000_000_000
"""How old the choice of a lane's source address may be. On a raw socket Linux takes any source address, so a
packet sent from one that has gone fails in silence: nothing but asking again would tell."""

_STEP_SLACK_NS: Final = 1_000_000
"""By how much an RTT may exceed the monotonic time since the send before the clock counts as stepped."""

_TOKEN_TRIES: Final = 64


class _OpenLane:
    """A lane, and its flow once there is a source address."""

    __slots__ = ("check_due_ns", "flow", "lane")

    def __init__(self, lane: Lane) -> None:
        self.lane = lane
        self.flow: Flow | None = None
        self.check_due_ns = 0


_Outstanding = tuple[Probe, Flow, bytes, int]
"""Probe, flow, token, monotonic time of the send."""


class PacketProber:
    """Probes with one flow a lane; a `Prober`.

    A probe is found by one look-up of what its reply carries in any case: identifier and sequence number, or
    ports and sequence number. The rest of the reply must then agree: the endpoint's address, the kind, the
    token. An answered probe can be found until `forget`, so that a second answer of another kind comes up
    too.
    """

    def __init__(self, wire: Wire, clock: Clock, entropy: Callable[[int], bytes] = os.urandom) -> None:
        """`entropy` gives random bytes; a simulation that must repeat itself passes its own."""
        self.name = wire.name
        self._wire = wire
        self._clock = clock
        self._tokens = Tokens(entropy)
        self._lanes: dict[str, _OpenLane] = {}
        self._outstanding: dict[bytes, _Outstanding] = {}
        self._flows: dict[bytes, list[Flow]] = {}
        self._matched = self._foreign = self._forged = self._malformed = 0

    # Lanes

    def open_lane(self, lane: Lane) -> None:
        opened = self._lanes.setdefault(lane.id, _OpenLane(lane))
        self._find_source(opened, self._clock.monotonic_ns())

    def close_lane(self, lane_id: str) -> None:
        opened = self._lanes.pop(lane_id, None)
        if opened is None:
            return
        for key, (probe, *_) in list(self._outstanding.items()):
            if probe.lane_id == lane_id:
                del self._outstanding[key]
        self._retire(opened)

    def source(self, lane_id: str) -> str | None:
        opened = self._lanes.get(lane_id)
        return opened.flow.source if opened is not None and opened.flow is not None else None

    def flow_id(self, lane_id: str) -> str:
        opened = self._lanes.get(lane_id)
        return opened.flow.words if opened is not None and opened.flow is not None else ""

    def flow(self, lane: Lane) -> FlowKind:  # noqa: ARG002  (the Protocol's)
        return FlowKind.FIXED

    def _find_source(self, opened: _OpenLane, now_ns: int) -> Flow:
        """Ask for the lane's source address; begin a new flow when it is not what it was."""
        opened.check_due_ns = 0
        lane = opened.lane
        try:
            source = self._wire.source_for(lane.address, lane.vantage)
        except ProbeNotSentError:
            self._retire(opened)
            raise
        flow = opened.flow
        if flow is None or flow.source != source:
            self._retire(opened)
            port = self._wire.reserve_port(source) if lane.protocol is ProbeProtocol.TCP else None
            flow = Flow(lane, source, port, self._tokens)
            self._flows.setdefault(flow.family_key, []).append(flow)
            opened.flow = flow
        opened.check_due_ns = now_ns + SOURCE_CHECK_NS
        return flow

    def _retire(self, opened: _OpenLane) -> None:
        """End the lane's flow; replies to what it sent are still found, unless the lane is closed."""
        flow, opened.flow = opened.flow, None
        if flow is None:
            return
        siblings = self._flows[flow.family_key]
        siblings.remove(flow)
        if not siblings:
            del self._flows[flow.family_key]
        if flow.port is not None:
            self._wire.release_port(flow.source, flow.port)

    # Out

    def send(self, probe: Probe) -> None:
        opened = self._lanes[probe.lane_id]
        now_ns = self._clock.monotonic_ns()
        flow = opened.flow
        if flow is None or now_ns >= opened.check_due_ns:
            flow = self._find_source(opened, now_ns)
        outstanding = self._outstanding
        for _ in range(_TOKEN_TRIES):
            token = self._tokens.take(flow.token_length)
            key = flow.key(token)
            if key not in outstanding:
                break
        else:
            raise ProbeNotSentError("too many probes without a reply: no sequence number is free")
        try:
            probe.sent_ns = self._wire.send(flow.template.packet(probe.ttl, token), flow.address)
        except ProbeNotSentError:
            opened.check_due_ns = 0
            raise
        probe.token = key
        outstanding[key] = (probe, flow, token, now_ns)

    def forget(self, probe: Probe) -> None:
        key = probe.token
        if isinstance(key, bytes):
            found = self._outstanding.get(key)
            if found is not None and found[0] is probe:
                del self._outstanding[key]

    # In

    def wait(self, until_ns: int) -> Sequence[tuple[Probe, Reply]]:
        datagrams = self._wire.receive(until_ns)
        if not datagrams:
            return ()
        now_ns = self._clock.monotonic_ns()
        matched = []
        for datagram in datagrams:
            found = self._match(datagram, now_ns)
            if found is not None:
                matched.append(found)
        return matched

    def _match(self, datagram: Datagram, now_ns: int) -> tuple[Probe, Reply] | None:
        """Read and match one datagram, or count why not."""
        try:
            answer = _READERS[datagram.protocol](datagram.payload)
        except MalformedPacketError:
            self._malformed += 1
            return None
        if answer is None:
            self._foreign += 1
            return None
        found = self._outstanding.get(answer.key)
        if found is None:
            self._count_unmatched(answer, datagram.source)
            return None
        probe, flow, token, sent_at_ns = found
        if not flow.is_for(answer, datagram.source):
            self._foreign += 1
        elif not flow.is_proven(answer, token):
            self._forged += 1
        elif datagram.protocol == TCP and not tcp_sum_is_right(datagram.payload, flow.addresses_sum):
            self._malformed += 1
        else:
            self._matched += 1
            return probe, _reply(datagram, answer, flow, probe.sent_ns, now_ns - sent_at_ns)
        return None

    def _count_unmatched(self, answer: Answer, sender: str) -> None:
        """For a flow of ours without an outstanding token: forged. Else: somebody else's."""
        flows = self._flows.get(answer.key[: len(answer.key) // 2], ())
        if any(flow.is_for(answer, sender) for flow in flows):
            self._forged += 1
        else:
            self._foreign += 1

    def wake(self) -> None:
        self._wire.wake()

    @property
    def counters(self) -> ReceiveCounters:
        return ReceiveCounters(
            matched=self._matched,
            foreign=self._foreign,
            forged=self._forged,
            malformed=self._malformed + self._wire.malformed,
            dropped=self._wire.dropped,
        )

    def close(self) -> None:
        for lane_id in list(self._lanes):
            self.close_lane(lane_id)
        self._wire.close()


_READERS: Final[dict[int, Callable[[bytes], Answer | None]]] = {
    ICMP: read_icmp,
    ICMP6: read_icmp6,
    TCP: read_tcp,
}


def _reply(datagram: Datagram, answer: Answer, flow: Flow, sent_ns: int, elapsed_ns: int) -> Reply:
    """Make the reply.

    `elapsed_ns`: monotonic time since right before the send. Where the two stamps of Unix time say less than
    nothing or more than that, the system's clock was stepped in between; then it stands in for the RTT (it is
    too long by what the reply waited to be read), and the reply is marked as not stamped by the kernel.
    """
    kind = answer.kind
    sender = datagram.source
    if answer.destination is None or sender == flow.bare_address:
        sender = flow.address
    elif kind is ReplyKind.PORT_UNREACHABLE:
        kind = ReplyKind.UNREACHABLE
    rtt_ns = datagram.received_ns - sent_ns
    kernel_stamp = datagram.kernel_stamp
    if not 0 <= rtt_ns <= elapsed_ns + _STEP_SLACK_NS:
        rtt_ns, kernel_stamp = max(elapsed_ns, 0), False
    return Reply(
        sender,
        kind,
        datagram.received_ns,
        rtt_ns,
        answer.icmp_type,
        answer.icmp_code,
        datagram.ttl,
        answer.mpls,
        kernel_stamp,
    )
