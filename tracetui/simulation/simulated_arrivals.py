"""Sees probes arrive at the machines of a simulated internet that are vantages, or this machine itself."""

from collections.abc import Sequence
from typing import Final

from tracetui.model.probe_arrivals import ProbeArrivals
from tracetui.packet.passing_packet import PassingPacket, read_passing
from tracetui.probing.arrival_watch import WatchedFlow, packets_of
from tracetui.probing.arrivals_here import ArrivalsHere
from tracetui.probing.clock import Clock
from tracetui.simulation.forwarding import ArrivedProbe
from tracetui.simulation.network import Network
from tracetui.simulation.packet_bytes import Packet

_LOOK_EVERY_NS: Final = 1_000_000_000


class SimulatedArrivals(ArrivalsHere):
    """Is told by the network when a packet is sent that will arrive, so it may know a moment too early."""

    def __init__(self, network: Network, clock: Clock) -> None:
        super().__init__()
        self._clock = clock
        self._flows: Sequence[WatchedFlow] = ()
        self._by_packet: dict[PassingPacket, str] = {}
        self._looked_ns = 0
        network.on_arrival = self._arrived

    @property
    def arrivals(self) -> tuple[ProbeArrivals, ...]:
        now_ns = self._clock.unix_ns()
        if self._flows and now_ns - self._looked_ns >= _LOOK_EVERY_NS:
            self._looked_ns = now_ns
            self._seen.look(now_ns)
        return super().arrivals

    def watch(self, flows: Sequence[WatchedFlow]) -> None:
        new = [flow for flow in flows if flow not in self._flows]
        self._flows = flows
        self._by_packet = {packet: flow.lane for flow in flows for packet in packets_of(flow)}
        self._seen.expect(flows)
        for flow in new:
            self._seen.begin(flow.lane, self._clock.unix_ns())

    def _arrived(self, packet: Packet, arrived: ArrivedProbe) -> None:
        passing = read_passing(packet.data) if self._by_packet else None
        lane = self._by_packet.get(passing) if passing is not None else None
        if lane is not None:
            now_ns = self._clock.unix_ns()
            left = () if arrived.answered_after_ns is None else (now_ns + arrived.answered_after_ns,)
            self._seen.see(lane, (now_ns + arrived.after_ns,), left)

    def close(self) -> None:
        """Do nothing: there is no socket."""
