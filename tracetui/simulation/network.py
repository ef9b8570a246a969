"""Carries packets through a scenario: bytes of a probe in, bytes of its replies out with their delays."""

import random
from collections.abc import Callable, Sequence
from typing import Final

from tracetui.simulation.flow_path import FlowPath, NetworkState, flow_hop, matches, node_state, traffic_of
from tracetui.simulation.forwarding import ArrivedProbe, Forwarding
from tracetui.simulation.packet_bytes import Arrival, Packet, read_packet
from tracetui.simulation.routing import Routing
from tracetui.simulation.scenario import Link, LocalError, Scenario

_MAX_FLOWS: Final = 20_000
_LOOPBACK: Final = Link(50_000)
"""From a node to its own address."""


class Network:
    """Carries packets through a scenario.

    Routers and hosts answer as real ones do: TCP SYNs, echo requests and UDP; whatever has a wrong checksum
    is dropped. For one thread. `seed` makes loss, jitter and sequence numbers repeat.
    """

    def __init__(self, scenario: Scenario, seed: int = 0) -> None:
        self.scenario = scenario
        self._network = NetworkState(
            {node.name: node_state(node) for node in scenario.nodes},
            scenario.links,
            random.Random(seed),  # noqa: S311  (loss and jitter, no secret)
        )
        self._routing = Routing(scenario)
        self._sources = {
            address.packed: source
            for source in (*scenario.vantages, *scenario.sources)
            for address in source.addresses
        }
        self._may_refuse = any(source.failures for source in scenario.sources)
        self._flow_paths: dict[bytes, FlowPath] = {}
        self.on_arrival: Callable[[Packet, ArrivedProbe], None] | None = None
        """Is told of packets that arrive at the machine they are for."""

    def is_source(self, address: str) -> bool:
        """Tell whether probes may start at `address`, in canonical text."""
        return any(str(own) == address for source in self._sources.values() for own in source.addresses)

    def address_at(self, vantage: str, version: int) -> str | None:
        """Return the address of a vantage; None where it has none of this IP version, or there is no such
        vantage."""
        own = [one.addresses for one in self.scenario.vantages if one.name == vantage]
        return next((str(address) for each in own for address in each if address.version == version), None)

    def refusal(self, data: bytes, now_ns: int) -> LocalError | None:
        """Tell why the source itself would not send this packet at `now_ns` since the start."""
        if not self._may_refuse:
            return None
        packet = read_packet(data)
        flow_path = self._flow_path(packet, now_ns) if packet is not None else None
        if flow_path is not None:
            for failure in flow_path.failures:
                if failure.selector.is_active(now_ns):
                    return failure.error
        return None

    def carry(self, data: bytes, now_ns: int) -> Sequence[Arrival]:
        """Return what comes back for a packet sent at `now_ns` since the start, in no order.

        What is no IP packet, or comes from no source, is dropped.
        """
        packet = read_packet(data)
        flow_path = self._flow_path(packet, now_ns) if packet is not None else None
        if packet is None or flow_path is None:
            return ()
        forwarding = Forwarding(packet, flow_path, now_ns, self._network)
        found = forwarding.run()
        if forwarding.arrived is not None and self.on_arrival is not None:
            self.on_arrival(packet, forwarding.arrived)
        return found

    def _flow_path(self, packet: Packet, now_ns: int) -> FlowPath | None:
        flow_path = self._flow_paths.get(packet.flow)
        if flow_path is None or now_ns >= flow_path.until_ns:
            flow_path = self._find_flow_path(packet, now_ns)
            if flow_path is not None:
                if len(self._flow_paths) >= _MAX_FLOWS:
                    self._flow_paths.clear()
                self._flow_paths[packet.flow] = flow_path
        return flow_path

    def _find_flow_path(self, packet: Packet, now_ns: int) -> FlowPath | None:
        source = self._sources.get(packet.source)
        if source is None:
            return None
        traffic = traffic_of(packet)
        path = self._routing.path(source.name, traffic.end, packet.flow, now_ns)
        names = (source.name, *path.nodes)
        return FlowPath(
            source,
            tuple(
                flow_hop(
                    self._network.nodes[name], self._network.links.get((before, name), _LOOPBACK), traffic
                )
                for before, name in zip(names, path.nodes, strict=False)
            ),
            arrives=path.arrives,
            known=path.known,
            until_ns=path.until_ns,
            failures=tuple(failure for failure in source.failures if matches(failure.selector, traffic)),
        )
