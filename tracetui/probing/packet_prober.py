"""The prober that writes its own packets, over raw sockets or a simulated internet."""

import os
from collections.abc import Callable, Sequence
from typing import Final

from tracetui.model import FlowKind, Lane, ReceiveCounters, Reply
from tracetui.probing.clock import Clock
from tracetui.probing.flow import Flow
from tracetui.probing.prober import Probe, ProbeNotSentError
from tracetui.probing.reply_matching import ReplyMatcher, SentProbe
from tracetui.probing.source_ports import SourcePorts
from tracetui.probing.tokens import Tokens
from tracetui.probing.wire import Wire

SOURCE_CHECK_NS: Final = 5_000_000_000
"""How long a lane's source address is used before it is looked up again. A raw socket sends from any address,
so nothing fails when the address is no longer this machine's."""

_TOKEN_TRIES: Final = 64


class _OpenLane:
    """A lane, and its flow once there is a source address."""

    __slots__ = ("check_due_ns", "flow", "lane")

    def __init__(self, lane: Lane) -> None:
        self.lane = lane
        self.flow: Flow | None = None
        self.check_due_ns = 0


class PacketProber:
    """A `Prober` that keeps one flow per lane."""

    def __init__(self, wire: Wire, clock: Clock, entropy: Callable[[int], bytes] = os.urandom) -> None:
        """`entropy` returns random bytes; a simulation that must repeat itself passes its own."""
        self.name = wire.name
        self._wire = wire
        self._clock = clock
        self._tokens = Tokens(entropy)
        self._lanes: dict[str, _OpenLane] = {}
        self._ports = SourcePorts(wire)
        self._matcher = ReplyMatcher()
        self._outstanding = self._matcher.outstanding

    # Lanes

    def open_lane(self, lane: Lane) -> None:
        opened = self._lanes.setdefault(lane.id, _OpenLane(lane))
        self._find_source(opened, self._clock.monotonic_ns())

    def close_lane(self, lane_id: str) -> None:
        opened = self._lanes.pop(lane_id, None)
        if opened is not None:
            self._matcher.forget_lane(lane_id)
            self._end_flow(opened)

    def source(self, lane_id: str) -> str | None:
        opened = self._lanes.get(lane_id)
        return opened.flow.source if opened is not None and opened.flow is not None else None

    def flow_id(self, lane_id: str) -> str:
        opened = self._lanes.get(lane_id)
        return opened.flow.words if opened is not None and opened.flow is not None else ""

    def flow_numbers(self, lane_id: str) -> tuple[int, ...]:
        opened = self._lanes.get(lane_id)
        return opened.flow.numbers if opened is not None and opened.flow is not None else ()

    def flow(self, lane: Lane) -> FlowKind:  # noqa: ARG002  (the Protocol's)
        return FlowKind.FIXED

    def _find_source(self, opened: _OpenLane, now_ns: int) -> Flow:
        """Look up the lane's source address; begin a new flow when it has changed."""
        opened.check_due_ns = 0
        lane = opened.lane
        try:
            source = self._wire.source_for(lane.address, lane.asked_start)
        except ProbeNotSentError:
            self._end_flow(opened)
            raise
        flow = opened.flow
        if flow is None or flow.source != source:
            self._end_flow(opened)
            port = None if lane.port is None else self._ports.take(source, (lane.address, lane.port))
            flow = opened.flow = Flow(lane, source, port, self._tokens)
            self._matcher.add_flow(flow)
            if flow.identifier is not None:
                self._wire.expect_identifier(source, flow.identifier)
        opened.check_due_ns = now_ns + SOURCE_CHECK_NS
        return flow

    def _end_flow(self, opened: _OpenLane) -> None:
        """End the lane's flow, if it has one; replies to what it sent are still matched."""
        flow, opened.flow = opened.flow, None
        if flow is None:
            return
        self._matcher.remove_flow(flow)
        lane = opened.lane
        if flow.port is not None and lane.port is not None:
            self._ports.give_back(flow.source, flow.port, (lane.address, lane.port))
        if flow.identifier is not None:
            self._wire.forget_identifier(flow.source, flow.identifier)

    # Probes

    def send(self, probe: Probe) -> object:
        opened = self._lanes[probe.lane_id]
        now_ns = self._clock.monotonic_ns()
        flow = opened.flow
        if flow is None or now_ns >= opened.check_due_ns:
            flow = self._find_source(opened, now_ns)
        for _ in range(_TOKEN_TRIES):
            token = self._tokens.take(flow.token_length)
            key = flow.key(token)
            if key not in self._outstanding:
                break
        else:
            raise ProbeNotSentError("too many probes without a reply: no sequence number is free")
        try:
            sent_ns = self._wire.send(flow.template.packet(probe.ttl, token), flow.address)
        except ProbeNotSentError:
            opened.check_due_ns = 0
            raise
        self._outstanding[key] = SentProbe(probe, flow, token, sent_ns, now_ns)
        return key

    def forget(self, probe: Probe) -> None:
        self._matcher.forget(probe)

    def wait(self, until_ns: int) -> Sequence[tuple[Probe, Reply]]:
        datagrams = self._wire.receive(until_ns)
        if not datagrams:
            return ()
        now_ns = self._clock.monotonic_ns()
        matches = [self._matcher.match(datagram, now_ns) for datagram in datagrams]
        return [match for match in matches if match is not None]

    def wake(self) -> None:
        self._wire.wake()

    @property
    def behind(self) -> bool:
        return self._wire.behind

    @property
    def dropped(self) -> int:
        return self._wire.dropped

    @property
    def counters(self) -> ReceiveCounters:
        matcher = self._matcher
        return ReceiveCounters(
            matched=matcher.matched,
            foreign=matcher.foreign,
            forged=matcher.forged,
            malformed=matcher.malformed + self._wire.malformed,
            dropped=self._wire.dropped,
        )

    def close(self) -> None:
        for lane_id in list(self._lanes):
            self.close_lane(lane_id)
        self._wire.close()
