"""The network: a packet's bytes in, the bytes of its answers out, each with its delay."""

import random
from collections.abc import Sequence
from typing import Final

from tracetui.simulation.flow_path import Course, World, make_stop, matches, place, traffic_of
from tracetui.simulation.forwarding import Flight
from tracetui.simulation.packet_bytes import Arrival, Packet, read_packet
from tracetui.simulation.routing import Routing
from tracetui.simulation.scenario import Host, LocalError, Router, Scenario

_MAX_FLOWS: Final = 20_000


class Network:
    """Carries packets through a scenario.

    Routers and hosts answer as real ones do: TCP SYNs, echo requests and UDP; whatever has a wrong checksum
    is dropped. For one thread. `seed` makes loss, jitter and sequence numbers repeat.
    """

    def __init__(self, scenario: Scenario, seed: int = 0) -> None:
        self.scenario = scenario
        nodes: tuple[Router | Host, ...] = (*scenario.routers, *scenario.hosts)
        self._world = World(
            {node.name: place(node) for node in nodes},
            scenario.links,
            random.Random(seed),  # noqa: S311  (loss and jitter, no secret)
        )
        self._routing = Routing(scenario)
        self._sources = {
            address.packed: source for source in scenario.sources for address in source.addresses
        }
        self._may_refuse = any(source.failures for source in scenario.sources)
        self._courses: dict[bytes, Course] = {}

    def is_source(self, address: str) -> bool:
        """Tell whether a source has `address`, in canonical text."""
        return any(str(own) == address for source in self.scenario.sources for own in source.addresses)

    def refusal(self, data: bytes, now_ns: int) -> LocalError | None:
        """Tell why the source itself would not send this packet at `now_ns` since the start."""
        if not self._may_refuse:
            return None
        packet = read_packet(data)
        course = self._course(packet, now_ns) if packet is not None else None
        if course is not None:
            for failure in course.failures:
                if failure.selector.from_ns <= now_ns < failure.selector.until_ns:
                    return failure.error
        return None

    def carry(self, data: bytes, now_ns: int) -> Sequence[Arrival]:
        """Return what comes back for a packet sent at `now_ns` since the start, in no order.

        What is no IP packet, or comes from no source, is dropped.
        """
        packet = read_packet(data)
        course = self._course(packet, now_ns) if packet is not None else None
        if packet is None or course is None:
            return ()
        return Flight(packet, course, now_ns, self._world).fly()

    def _course(self, packet: Packet, now_ns: int) -> Course | None:
        course = self._courses.get(packet.flow)
        if course is None or now_ns >= course.until_ns:
            course = self._find_course(packet, now_ns)
            if course is not None:
                if len(self._courses) >= _MAX_FLOWS:
                    self._courses.clear()
                self._courses[packet.flow] = course
        return course

    def _find_course(self, packet: Packet, now_ns: int) -> Course | None:
        source = self._sources.get(packet.source)
        if source is None:
            return None
        traffic = traffic_of(packet)
        way = self._routing.way(source.name, traffic.end, packet.flow, now_ns)
        names = (source.name, *way.nodes)
        return Course(
            source,
            tuple(
                make_stop(self._world.places[name], self._world.links[before, name], traffic)
                for before, name in zip(names, way.nodes, strict=False)
            ),
            arrives=way.arrives,
            known=way.known,
            until_ns=way.until_ns,
            failures=tuple(failure for failure in source.failures if matches(failure.selector, traffic)),
        )
