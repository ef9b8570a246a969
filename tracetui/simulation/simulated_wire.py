"""The `Wire` of a simulated internet: the same bytes as on raw sockets, without leaving this process."""

import heapq
import threading
from collections.abc import Sequence
from ipaddress import ip_address
from typing import Final

from tracetui.packet.ip_header import address_text
from tracetui.probing.clock import Clock
from tracetui.probing.prober import ProbeNotSentError
from tracetui.probing.wire import Datagram
from tracetui.simulation.network import Network
from tracetui.simulation.scenario import LocalError
from tracetui.simulation.simulated_clocks import FastClock, VirtualClock

_FIRST_PORT, _LAST_PORT = 32768, 60999
_NS: Final = 1_000_000_000
_WORDS: Final = {
    LocalError.NO_ROUTE: "no route (simulated)",
    LocalError.NOT_PERMITTED: "this machine's own firewall forbids it (simulated)",
    LocalError.NETWORK_DOWN: "the interface is down (simulated)",
    LocalError.NO_BUFFERS: "the interface's queue is full (simulated)",
}


class SimulatedWire:
    """Implements `Wire` over a `Network`.

    Waiting advances a `VirtualClock`; on any other clock it takes that long. A reply is stamped with the
    moment it is due, as a kernel does: reading it late does not change its RTT.
    """

    name = "simulated"
    behind = False
    dropped = 0
    malformed = 0

    def __init__(self, network: Network, clock: Clock) -> None:
        self._network = network
        self._clock = clock
        self._started_ns = clock.monotonic_ns()
        self._flying: list[tuple[int, int, Datagram]] = []
        self._order = 0
        self._ports: set[int] = set()
        self._woken = threading.Event()

    def source_for(self, address: str, wanted: str | None) -> str:
        destination = ip_address(address)
        if wanted is not None:
            wanted = self._network.address_at(wanted, destination.version) or wanted
            if not self._network.is_source(wanted):
                raise ProbeNotSentError(f"{wanted} is no source address of the scenario")
            if (":" in wanted) != (destination.version == 6):
                raise ProbeNotSentError(f"{wanted} is not of the family of {address}")
            return wanted
        for source in self._network.scenario.sources:
            for own in source.addresses:
                if own.version == destination.version:
                    return str(own)
        raise ProbeNotSentError(f"no route: the scenario has no IPv{destination.version} source")

    def reserve_port(self, source: str) -> int:  # noqa: ARG002  (the Protocol's)
        for port in range(_FIRST_PORT, _LAST_PORT + 1):
            if port not in self._ports:
                self._ports.add(port)
                return port
        raise ProbeNotSentError("no source port is free")

    def release_port(self, source: str, port: int) -> None:  # noqa: ARG002  (the Protocol's)
        self._ports.discard(port)

    def expect_identifier(self, source: str, identifier: int) -> None:
        """Nothing to do: a simulated wire receives only answers to what it sent."""

    def forget_identifier(self, source: str, identifier: int) -> None:
        """As above."""

    def send(self, packet: bytes | bytearray, address: str) -> int:  # noqa: ARG002  (in the packet as well)
        data = bytes(packet)
        now_ns = self._clock.monotonic_ns()
        sent_ns = self._clock.stamp_ns()
        elapsed_ns = now_ns - self._started_ns
        refusal = self._network.refusal(data, elapsed_ns)
        if refusal is not None:
            raise ProbeNotSentError(_WORDS[refusal])
        for arrival in self._network.carry(data, elapsed_ns):
            self._order += 1
            datagram = Datagram(
                arrival.protocol,
                address_text(arrival.source),
                arrival.ttl,
                arrival.payload,
                sent_ns + arrival.delay_ns,
            )
            heapq.heappush(self._flying, (now_ns + arrival.delay_ns, self._order, datagram))
        return sent_ns

    def receive(self, until_ns: int) -> Sequence[Datagram]:
        if self._flying:
            until_ns = min(until_ns, self._flying[0][0])
        self._wait(until_ns)
        now_ns = self._clock.monotonic_ns()
        arrived = []
        while self._flying and self._flying[0][0] <= now_ns:
            arrived.append(heapq.heappop(self._flying)[2])
        return arrived

    def _wait(self, until_ns: int) -> None:
        if isinstance(self._clock, VirtualClock):
            if not self._woken.is_set():
                self._clock.advance_to(until_ns)
        else:
            passing_ns: float = max(0, until_ns - self._clock.monotonic_ns())
            if isinstance(self._clock, FastClock):
                passing_ns = self._clock.real_ns(passing_ns)
            self._woken.wait(passing_ns / _NS)
        self._woken.clear()

    def wake(self) -> None:
        self._woken.set()

    def close(self) -> None:
        """Do nothing: there are no sockets."""
