"""Sends TCP probes without privilege: `connect()` with a TTL, then reads the state of the socket.

A socket is used again for the next probe of its lane and TTL: so a TTL keeps its source port, and a probe
costs five system calls instead of fifteen.

Linux does not tell when a RST arrived and with which TTL, the TTL of an IPv4 SYN/ACK, or that the local
firewall dropped a SYN.
"""

import errno
import os
import socket
from collections import deque
from collections.abc import Sequence
from typing import Final

from tracetui.model import Lane
from tracetui.probing.prober import Probe
from tracetui.probing.rootless_lane import RootlessLane
from tracetui.probing.rootless_sockets import Sockets
from tracetui.probing.rootless_tcp_socket import SynSocket
from tracetui.probing.source_address import SocketAddress, family_of, socket_address

SYN_LIFE_NS: Final = 850_000_000
"""How long to wait for a reply to a SYN. After 1 s the kernel would send it again, which no socket option
prevents, and a probe must be one packet. The difference is for a process that is scheduled late."""

_COALESCE_NS: Final = 5_000_000
"""SYNs whose time ends within this span are given up together."""

_PORT_TRIES: Final = 4
_ANY: Final = {socket.AF_INET: "0.0.0.0", socket.AF_INET6: "::"}  # noqa: S104  (a source; nothing listens)


def describe_ports(ports: Sequence[int]) -> str:
    """Return the source ports of a lane, by TTL: `source ports 40001-40030, one per TTL`."""
    runs: list[list[int]] = []
    for port in ports:
        if runs and port == runs[-1][-1] + 1:
            runs[-1].append(port)
        else:
            runs.append([port])
    shown = ", ".join(f"{run[0]}-{run[-1]}" if len(run) > 1 else str(run[0]) for run in runs)
    return f"source ports {shown}, one per TTL" if len(ports) > 1 else f"source port {shown}"


class SynSockets:
    """Shared by all TCP lanes: source ports, and the SYNs in flight."""

    def __init__(self, sockets: Sockets) -> None:
        self.sockets: Final = sockets
        self._ports: dict[tuple[int, int], list[int]] = {}
        self._in_flight: deque[tuple[int, Probe, SynSocket]] = deque()

    def open(self, lane: Lane, ttl: int, busy: set[int]) -> SynSocket:
        """Open a socket for a lane and TTL whose source port is none of `busy`. Raises OSError.

        All lanes use the same port for a TTL, and a second one only while a probe of that lane and TTL is in
        flight. So lanes compare hop by hop, and a thousand lanes take no more ports than one.
        """
        family = family_of(lane.address)
        ports = self._ports.setdefault((family, ttl), [])
        for _ in range(_PORT_TRIES):
            port = next((port for port in ports if port not in busy), None)
            if port is None:
                port = _free_port(family)
                ports.append(port)
            source = socket_address(lane.vantage or _ANY[family], port)
            try:
                return SynSocket(self.sockets, lane.address, source, ttl)
            except OSError as error:
                if error.errno != errno.EADDRINUSE:
                    raise
                ports.remove(port)
        raise OSError(errno.EADDRINUSE, os.strerror(errno.EADDRINUSE))

    def give_port_up(self, family: int, syn_socket: SynSocket) -> None:
        """Use the source port of `syn_socket` no more."""
        ports = self._ports[family, syn_socket.ttl]
        if syn_socket.port in ports:
            ports.remove(syn_socket.port)

    def watch(self, probe: Probe, syn_socket: SynSocket) -> None:
        """Give `probe` up when its time is over."""
        self._in_flight.append((syn_socket.monotonic_ns + SYN_LIFE_NS, probe, syn_socket))

    def next_ns(self) -> int | None:
        """Return the monotonic time at which `give_up` has to be called; None while no SYN is in flight."""
        in_flight = self._in_flight
        while in_flight and in_flight[0][2].probe is not in_flight[0][1]:
            in_flight.popleft()
        return in_flight[0][0] if in_flight else None

    def give_up(self, now_ns: int) -> None:
        """End the SYNs whose time is over."""
        in_flight = self._in_flight
        while in_flight and in_flight[0][0] <= now_ns + _COALESCE_NS:
            _, probe, syn_socket = in_flight.popleft()
            if syn_socket.probe is probe:
                syn_socket.end()


class TcpLane(RootlessLane):
    """A lane of SYNs to one endpoint and port."""

    def __init__(self, lane: Lane, shared: SynSockets) -> None:
        if lane.port is None:
            raise ValueError(f"a TCP lane without a port: {lane.id}")
        super().__init__(lane, shared.sockets)
        self._port: Final = lane.port
        self._shared: Final = shared
        self._destination: SocketAddress = ("", 0)
        self._sockets_by_ttl: dict[int, list[SynSocket]] = {}
        self._port_of: dict[int, int] = {}
        """TTL to the source port of its probes."""

    def open(self) -> None:
        """Find the source address. Raises ProbeNotSentError."""
        super().open()
        try:
            self._destination = socket_address(self.lane.address, self._port)
        except OSError as error:
            raise self.send_error(error) from None

    def close(self) -> None:
        """Close all sockets."""
        for opened in self._sockets_by_ttl.values():
            for syn_socket in opened:
                syn_socket.close()
        self._sockets_by_ttl.clear()

    def send(self, probe: Probe) -> SynSocket:
        """Send a SYN; return the socket it was sent with. Raises ProbeNotSentError."""
        now_ns = self.sockets.clock.monotonic_ns()
        self.check_source(now_ns)
        try:
            return self._start(probe, now_ns)
        except OSError as error:
            raise self.send_error(error) from None

    def forget(self, probe: Probe) -> None:
        """End the SYN of `probe` if it is in flight."""
        syn_socket = probe.handle
        if isinstance(syn_socket, SynSocket) and syn_socket.probe is probe:
            syn_socket.end()

    def _start(self, probe: Probe, now_ns: int) -> SynSocket:
        error = 0
        for _ in range(_PORT_TRIES):
            syn_socket = self._idle_socket(probe.ttl)
            error = syn_socket.start(probe, self._destination, now_ns)
            if not error:
                self._tell_port(probe.ttl, syn_socket.port)
                self._shared.watch(probe, syn_socket)
                return syn_socket
            self._sockets_by_ttl[probe.ttl].remove(syn_socket)
            syn_socket.close()
            if error != errno.EADDRNOTAVAIL:
                break
            # Another program has a connection between the same addresses and ports.
            self._shared.give_port_up(family_of(self.lane.address), syn_socket)
            self._port_of.pop(probe.ttl, None)
        raise OSError(error, os.strerror(error))

    def _tell_port(self, ttl: int, port: int) -> None:
        """Show the port of a TTL; a second one, for a probe sent while another is in flight, is not shown."""
        if ttl in self._port_of:
            return
        self._port_of[ttl] = port
        self.flow_numbers = tuple([self._port_of[each] for each in sorted(self._port_of)])
        self.flow_id = describe_ports(self.flow_numbers)

    def _idle_socket(self, ttl: int) -> SynSocket:
        """Return a socket without a SYN in flight, a new one when all are busy. Raises OSError."""
        opened = self._sockets_by_ttl.setdefault(ttl, [])
        for syn_socket in tuple(opened):
            if syn_socket.probe is not None:
                continue
            if not syn_socket.closed:
                return syn_socket
            opened.remove(syn_socket)
        syn_socket = self._shared.open(self.lane, ttl, {syn_socket.port for syn_socket in opened})
        opened.append(syn_socket)
        return syn_socket


def _free_port(family: socket.AddressFamily) -> int:
    with socket.socket(family, socket.SOCK_STREAM) as asking:
        asking.bind((_ANY[family], 0))
        return int(asking.getsockname()[1])
