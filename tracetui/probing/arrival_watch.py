"""Watches probes arrive at this machine and answers leave it: before any firewall of its own (packet(7)).

It runs on a thread of its own, needs CAP_NET_RAW, and tells only that something came or went, and when.
"""

import contextlib
import os
import select
import socket
import threading
from collections.abc import Collection, Iterable, Mapping, Sequence
from ipaddress import ip_address
from typing import Final, NamedTuple, Protocol, Self

from tracetui.model import ProbeProtocol
from tracetui.packet.ip_header import ICMP, ICMP6, TCP
from tracetui.packet.passing_packet import PassingPacket, read_passing
from tracetui.probing.clock import Clock
from tracetui.probing.socket_filter import arrival_program, attach
from tracetui.probing.socket_receive import SO_RXQ_OVFL, SO_TIMESTAMPNS, receive_from

_ALL_PROTOCOLS: Final = 3
"""ETH_P_ALL: only such a socket sees packets that leave."""

_HOST, _OUTGOING = 0, 4
"""PACKET_HOST and PACKET_OUTGOING: for this machine, and from it (linux/if_packet.h)."""

_RECEIVE_BUFFER: Final = 1 << 20
_MAX_DATA: Final = 128
"""Bytes of a packet that are read: an IPv6 header, an ICMP error, and what it quotes."""

_MAX_READ: Final = 4096
_TURN_S: Final = 0.2
_LOOK_EVERY_NS: Final = 1_000_000_000
"""How often it is told that nothing came."""

_APART_NS: Final = 50_000_000
"""Of packets of a flow that are closer together than this, the first is told."""


class WatchedFlow(NamedTuple):
    """The probes of one lane, as they should arrive."""

    lane: str
    """Its id."""

    protocol: ProbeProtocol
    sources: tuple[str, ...]
    """The addresses that they may come from."""

    destination: str
    port: int | None
    numbers: tuple[int, ...]
    """Their source ports or identifiers."""

    seen_by: str | None = None
    """The vantage that watches; None: this machine."""

    direct: bool = True
    """See `ProbeArrivals.direct`."""


class Watcher(Protocol):
    """Is told what an `ArrivalWatch` sees, on its thread. Times are Unix time in nanoseconds."""

    def begin(self, lane: str, at_ns: int) -> None:
        """From now on nothing of a lane is missed."""

    def see(self, lane: str, arrived_ns: Sequence[int], answered_ns: Sequence[int]) -> None:
        """Probes arrived, and answers left."""

    def look(self, at_ns: int) -> None:
        """All that came until then has been told."""


class ArrivalWatch:
    """Watches any number of flows with one socket."""

    def __init__(self, clock: Clock, watcher: Watcher) -> None:
        """Open the socket; no thread starts before there is something to watch.

        Raises OSError: PermissionError without CAP_NET_RAW.
        """
        self._clock = clock
        self._watcher = watcher
        self._lock = threading.Lock()
        self._flows: dict[str, WatchedFlow] = {}
        self._by_packet: Mapping[PassingPacket, str] = {}
        self._dropped = 0
        self._look_due_ns = 0
        self._closed = False
        kind = socket.SOCK_DGRAM | socket.SOCK_NONBLOCK
        self._socket = socket.socket(socket.AF_PACKET, kind, socket.htons(_ALL_PROTOCOLS))
        try:
            attach(self._socket, arrival_program((), ()))
            for option in (SO_TIMESTAMPNS, SO_RXQ_OVFL):
                self._socket.setsockopt(socket.SOL_SOCKET, option, 1)
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _RECEIVE_BUFFER)
            while receive_from(self._socket, 1) is not None:
                pass  # what came before the filter was set
            self._wakes = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)
        except OSError:
            self._socket.close()
            raise
        self._thread: threading.Thread | None = None

    @classmethod
    def open(cls, clock: Clock, watcher: Watcher) -> Self | None:
        """Return one; None where this process may not watch, or has no descriptor for it."""
        try:
            return cls(clock, watcher)
        except OSError:
            return None

    def watch(self, flows: Iterable[WatchedFlow]) -> None:
        """Watch these flows, and no others. From any thread. Raises OSError."""
        wanted = {flow.lane: flow for flow in flows}
        with self._lock:
            if wanted == self._flows:
                return
            new = [lane for lane, flow in wanted.items() if self._flows.get(lane) != flow]
            ports = {flow.port for flow in wanted.values() if flow.port is not None}
            attach(self._socket, arrival_program(_partners(wanted.values()), ports))
            self._flows = wanted
            self._by_packet = {packet: lane for lane, flow in wanted.items() for packet in packets_of(flow)}
            self._begin(new)
        if self._thread is None and wanted:
            self._thread = threading.Thread(target=self._run, name="tracetui-arrivals", daemon=True)
            self._thread.start()

    def close(self) -> None:
        """Watch nothing any more, and end the thread."""
        if not self._closed:
            self._closed = True
            os.eventfd_write(self._wakes, 1)
            if self._thread is not None:
                self._thread.join()
            self._socket.close()
            os.close(self._wakes)

    def _begin(self, lanes: Iterable[str]) -> None:
        now_ns = self._clock.unix_ns()
        for lane in lanes:
            self._watcher.begin(lane, now_ns)

    def _run(self) -> None:
        poll = select.poll()
        poll.register(self._wakes, select.POLLIN)
        with contextlib.suppress(OSError):  # whoever is told may be gone
            while not poll.poll(1000 * _TURN_S):
                with self._lock:
                    if self._flows:
                        self._look()

    def _look(self) -> None:
        """Tell what has come since the last turn."""
        looked_ns = self._clock.unix_ns()
        found: dict[tuple[str, bool], list[int]] = {}
        complete = self._read(found)
        for lane in {lane for lane, _ in found}:
            self._watcher.see(lane, found.get((lane, True), ()), found.get((lane, False), ()))
        if not complete:
            self._begin(self._flows)
        elif found or looked_ns >= self._look_due_ns:
            self._look_due_ns = looked_ns + _LOOK_EVERY_NS
            self._watcher.look(looked_ns)

    def _read(self, found: dict[tuple[str, bool], list[int]]) -> bool:
        """Read what has arrived; return False if anything may have been missed."""
        ahead_ns = self._clock.stamp_ns() - self._clock.unix_ns()
        for _ in range(_MAX_READ):
            received = receive_from(self._socket, _MAX_DATA)
            if received is None:
                return True
            data, kind, stamp_ns, dropped = received
            if dropped is not None and dropped != self._dropped:
                self._dropped = dropped
                return False
            packet = read_passing(data)
            if packet is None or kind != (_HOST if packet.is_probe else _OUTGOING):
                continue
            lane = self._by_packet.get(packet._replace(is_probe=True))
            if lane is not None:
                times = found.setdefault((lane, packet.is_probe), [])
                at_ns = stamp_ns - ahead_ns
                if not times or at_ns - times[-1] >= _APART_NS:
                    times.append(at_ns)
        return False


def _partners(flows: Collection[WatchedFlow]) -> list[bytes]:
    return [ip_address(source).packed for flow in flows for source in flow.sources]


def packets_of(flow: WatchedFlow) -> list[PassingPacket]:
    """Return all probes that the flow may have."""
    destination = ip_address(flow.destination).packed
    icmp = ICMP if len(destination) == 4 else ICMP6
    protocol = TCP if flow.protocol is ProbeProtocol.TCP else icmp
    sources = [ip_address(source).packed for source in flow.sources]
    return [
        PassingPacket(protocol, source, destination, number, flow.port or 0, is_probe=True)
        for source in sources
        if len(source) == len(destination)
        for number in flow.numbers
    ]
