"""The network: a probe's bytes in, the bytes of its answers out, each with its delay."""

import random
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Final, NamedTuple

from tracetui.model import ProbeProtocol
from tracetui.packet.ip import ICMP6, TCP
from tracetui.simulation.places import Packet, Place, applies, place, read_probe
from tracetui.simulation.replies import (
    ICMP4,
    TIME_EXCEEDED,
    UNREACHABLE,
    echo_reply,
    icmp_error,
    reset,
    syn_ack,
)
from tracetui.simulation.routing import Routing, Way
from tracetui.simulation.scenario import (
    Action,
    Address,
    Host,
    Link,
    LocalError,
    Policy,
    Port,
    Router,
    Scenario,
    Source,
)

_NET_UNREACHABLE: Final = {4: 0, 6: 0}
_HOST_UNREACHABLE: Final = {4: 1, 6: 3}
_LOOP_LINK: Final = Link(1_000_000)
"""Between routers that loop without a link of their own in the file."""


class Arrival(NamedTuple):
    """A packet that comes back to the source."""

    delay_ns: int
    """Since the probe was sent."""

    source: bytes
    """Packed."""

    destination: bytes
    protocol: int
    ttl: int
    payload: bytes


@dataclass(slots=True)
class _Flight:
    """A probe at one of the nodes of its way."""

    packet: Packet
    places: Sequence[Place]
    links: Sequence[Link]
    started_ns: int
    delay_ns: int = 0
    index: int = -1
    aside: Link | None = None
    """The link to a neighbour that the packet loops over, while it is there."""

    @property
    def now_ns(self) -> int:
        return self.started_ns + self.delay_ns


class Network:
    """Carries probes through a scenario. `seed` makes loss, jitter and sequence numbers repeat."""

    def __init__(self, scenario: Scenario, seed: int = 0) -> None:
        self.scenario = scenario
        self.random = random.Random(seed)  # noqa: S311  (loss and jitter, no secret)
        self._routing = Routing(scenario)
        self._sources = {address: source for source in scenario.sources for address in source.addresses}
        nodes: tuple[Router | Host, ...] = (*scenario.routers, *scenario.hosts)
        self._places = {node.name: place(node) for node in nodes}
        self._links = scenario.links
        self._ways: dict[tuple[str, Way], tuple[Sequence[Place], Sequence[Link]]] = {}

    def source(self, address: Address) -> Source | None:
        """Return the source that has `address`."""
        return self._sources.get(address)

    def refusal(self, data: bytes, now_ns: int) -> LocalError | None:
        """Tell why the source itself would not send this packet at `now_ns` since the start."""
        packet = read_probe(data)
        source = self._sources.get(packet.source) if packet else None
        if packet is None or source is None:
            return None
        for failure in source.failures:
            if applies(failure.selector, packet, now_ns):
                return failure.error
        return None

    def carry(self, data: bytes, now_ns: int) -> list[Arrival]:
        """Return what comes back for a packet sent at `now_ns` since the start, in no order."""
        packet = read_probe(data)
        if packet is None:
            return []
        source = self._sources.get(packet.source)
        if source is None:
            return []
        way = self._routing.way(source.name, packet.destination, packet.flow, now_ns)
        places, links = self._equipped(source.name, way)
        return list(self._fly(_Flight(packet, places, links, now_ns), arrives=way.arrives))

    def _equipped(self, source: str, way: Way) -> tuple[Sequence[Place], Sequence[Link]]:
        known = self._ways.get((source, way))
        if known is None:
            ends = zip((source, *way.nodes), way.nodes, strict=False)
            known = self._ways[source, way] = (
                [self._places[name] for name in way.nodes],
                [self._links[pair] for pair in ends],
            )
        return known

    # On the way

    def _fly(self, flight: _Flight, *, arrives: bool) -> Iterator[Arrival]:
        ttl = flight.packet.ip.ttl
        last = len(flight.places) - 1
        for index, here in enumerate(flight.places):
            crossed = self._cross(flight.links[index])
            if crossed is None:
                return
            flight.delay_ns += crossed
            flight.index = index
            if index == last:
                yield from self._at_end(flight, here, arrives=arrives)
                return
            if (yield from self._policies(flight, here, here.before_ttl)):
                return
            ttl -= 1
            if ttl == 0:
                yield from self._time_exceeded(flight, here)
                return
            if (yield from self._policies(flight, here, here.forward, ttl)):
                return
            following = flight.places[index + 1].node
            if isinstance(following, Host) and following.down:
                yield from self._unreachable(flight, here, _HOST_UNREACHABLE)
                return

    def _at_end(self, flight: _Flight, here: Place, *, arrives: bool) -> Iterator[Arrival]:
        """Yield what the last node of a way answers: the endpoint, or a router that knows no way on.

        Linux looks for the route before it looks at the TTL, so there is no Time Exceeded from the latter.
        """
        node = here.node
        if (yield from self._policies(flight, here, (*here.before_ttl, *here.forward))):
            return
        if not arrives:
            yield from self._unreachable(flight, here, _NET_UNREACHABLE)
        elif isinstance(node, Host):
            yield from self._at_host(flight, node)
        elif flight.packet.protocol is ProbeProtocol.TCP or node.ping:
            yield from self._in_name(flight, node.initial_ttl, Port.CLOSED)

    def _policies(
        self, flight: _Flight, here: Place, policies: Sequence[Policy], ttl: int = 0
    ) -> Generator[Arrival, None, bool]:
        """Yield what the first policy that applies answers; return True when the packet goes no farther.

        `ttl`: what is left of it, for loops.
        """
        for policy in policies:
            if not self._acts(policy, flight.packet, flight.now_ns):
                continue
            if policy.action is Action.LOOP:
                yield from self._loop(flight, here, policy, ttl)
            elif policy.action is Action.REJECT:
                yield from self._unreachable(flight, here, {4: policy.code, 6: policy.code6})
            elif policy.action is not Action.DROP:
                state = Port.CLOSED if policy.action is Action.RESET else Port.OPEN
                yield from self._in_name(flight, policy.initial_ttl, state)
            if not policy.passes:
                return True
        return False

    def _acts(self, policy: Policy, packet: Packet, now_ns: int) -> bool:
        if policy.action is Action.RESET and packet.protocol is not ProbeProtocol.TCP:
            return False
        if not applies(policy.selector, packet, now_ns):
            return False
        return policy.percent >= 100 or self.random.random() * 100 < policy.percent

    def _loop(self, flight: _Flight, here: Place, policy: Policy, ttl: int) -> Iterator[Arrival]:
        """Send the packet round until its TTL runs out; yield that router's Time Exceeded."""
        ring = [self._places[name] for name in policy.neighbours] + [here]
        at = here
        for step in range(ttl):
            following = ring[step % len(ring)]
            crossed = self._cross(self._links.get((at.node.name, following.node.name), _LOOP_LINK))
            if crossed is None:
                return
            flight.delay_ns += crossed
            at = following
        if at is not here:
            flight.aside = self._links.get((at.node.name, here.node.name), _LOOP_LINK)
        yield from self._time_exceeded(flight, at)

    def _cross(self, link: Link) -> int | None:
        """Return the time one pass over a link takes; None when the packet is lost on it."""
        if link.loss and self.random.random() < link.loss:
            return None
        return link.delay_ns + (int(self.random.random() * link.jitter_ns) if link.jitter_ns else 0)

    # Answers

    def _at_host(self, flight: _Flight, host: Host) -> Iterator[Arrival]:
        if host.down:
            return
        flight.delay_ns += host.reply_delay_ns
        packet = flight.packet
        if packet.protocol is ProbeProtocol.ICMP:
            state = Port.OPEN if host.ping else Port.FILTERED
        else:
            state = host.ports.get(packet.port or 0, host.other_ports)
        if state is not Port.FILTERED:
            yield from self._in_name(flight, host.initial_ttl, state)

    def _in_name(self, flight: _Flight, initial_ttl: int, state: Port) -> Iterator[Arrival]:
        """Yield the endpoint's answer, or one in its name, from where the packet is."""
        ip = flight.packet.ip
        source, destination = ip.destination, ip.source
        if flight.packet.protocol is ProbeProtocol.ICMP:
            protocol = ICMP4 if ip.version == 4 else ICMP6
            payload = echo_reply(ip.payload, source=source, destination=destination)
        elif state is Port.OPEN:
            number = self.random.getrandbits(32)
            protocol, payload = TCP, syn_ack(ip.payload, number, source=source, destination=destination)
        else:
            protocol, payload = TCP, reset(ip.payload, source=source, destination=destination)
        yield from self._back(flight, Arrival(0, source, destination, protocol, initial_ttl, payload))

    def _time_exceeded(self, flight: _Flight, here: Place) -> Iterator[Arrival]:
        kind, code = TIME_EXCEEDED[flight.packet.ip.version]
        yield from self._error(flight, here, kind, code)

    def _unreachable(self, flight: _Flight, here: Place, codes: dict[int, int]) -> Iterator[Arrival]:
        version = flight.packet.ip.version
        yield from self._error(flight, here, UNREACHABLE[version], codes[version])

    def _error(self, flight: _Flight, here: Place, kind: int, code: int) -> Iterator[Arrival]:
        ip, node = flight.packet.ip, here.node
        own = here.error_source.get(ip.version)
        if own is None or not here.allows_error(flight.packet, flight.now_ns):
            return
        quote: int | None = None
        mpls: tuple[int, ...] = ()
        if isinstance(node, Router):
            flight.delay_ns += node.reply_delay_ns
            quote, mpls = node.quote, node.mpls
        payload = icmp_error(
            kind,
            code,
            _aged(flight.packet.data, ip.version),
            source=own,
            destination=ip.source,
            quote=quote,
            mpls=mpls,
        )
        protocol = ICMP4 if ip.version == 4 else ICMP6
        yield from self._back(flight, Arrival(0, own, ip.source, protocol, node.initial_ttl, payload))

    def _back(self, flight: _Flight, answer: Arrival) -> Iterator[Arrival]:
        """Carry an answer from where the probe is to its source; yield it when it arrives.

        `answer` has no delay yet, and the TTL that it starts with.
        """
        delay_ns, ttl = flight.delay_ns, answer.ttl - flight.index
        if flight.aside is not None:
            crossed = self._cross(flight.aside)
            if crossed is None:
                return
            delay_ns, ttl = delay_ns + crossed, ttl - 1
        for index in range(flight.index, -1, -1):
            here = flight.places[index]
            if index < flight.index and here.returns:
                reply = _as_seen_back(flight.packet, answer)
                if any(self._acts(policy, reply, flight.now_ns) for policy in here.returns):
                    return
            crossed = self._cross(flight.links[index])
            if crossed is None:
                return
            delay_ns += crossed + here.node.return_delay_ns
            ttl -= here.node.return_hops
        if ttl > 0:
            yield answer._replace(delay_ns=delay_ns, ttl=ttl)


def _as_seen_back(packet: Packet, answer: Arrival) -> Packet:
    """Return what policies on the way back look at: who answers, and by what protocol."""
    is_tcp = answer.protocol == TCP
    return packet._replace(
        destination=ip_address(answer.source),
        protocol=ProbeProtocol.TCP if is_tcp else ProbeProtocol.ICMP,
        port=packet.port if is_tcp else None,
    )


def _aged(data: bytes, version: int) -> bytes:
    """Return the probe as the router that quotes it has it: with one hop left (RFC 792 says no more)."""
    if version == 6:
        return data[:7] + b"\x01" + data[8:]
    return data[:8] + b"\x01" + data[9:]
