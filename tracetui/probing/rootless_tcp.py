"""TCP probes without privilege: `connect()` with a TTL, and what the socket says afterwards.

A socket is kept for the next probe of its lane and TTL: so a TTL keeps its source port, and a probe costs
five system calls instead of fifteen.

What Linux does not give away: when a RST came and with which TTL, the TTL of an IPv4 SYN/ACK, and that this
machine's own firewall dropped a SYN.
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
from tracetui.probing.rootless_tcp_socket import Attempt
from tracetui.probing.source_address import SocketAddress, family_of, socket_address

SYN_LIFE_NS: Final = 850_000_000
"""How long an unanswered SYN is waited for. After 1 s the kernel would send it again, which no socket option
prevents, and one probe is one packet. The difference is for a process that gets its turn late."""

_TOGETHER_NS: Final = 5_000_000
"""SYNs whose time ends within so long are given up together."""

_PORT_TRIES: Final = 4
_ANY: Final = {socket.AF_INET: "0.0.0.0", socket.AF_INET6: "::"}  # noqa: S104  (a source; nothing listens)


def port_words(ports: Sequence[int]) -> str:
    """Return the source ports of a lane, by TTL: `source ports 40001-40030, one per TTL`."""
    runs: list[list[int]] = []
    for port in ports:
        if runs and port == runs[-1][-1] + 1:
            runs[-1].append(port)
        else:
            runs.append([port])
    shown = ", ".join(f"{run[0]}-{run[-1]}" if len(run) > 1 else str(run[0]) for run in runs)
    return f"source ports {shown}, one per TTL" if len(ports) > 1 else f"source port {shown}"


class TcpProbing:
    """What all TCP lanes share: source ports, and the SYNs under way."""

    def __init__(self, sockets: Sockets) -> None:
        self.sockets: Final = sockets
        self._ports: dict[tuple[int, int], list[int]] = {}
        self._under_way: deque[tuple[int, Probe, Attempt]] = deque()

    def attempt(self, lane: Lane, ttl: int, busy: set[int]) -> Attempt:
        """Open a socket for a lane and TTL whose source port is none of `busy`. Raises OSError.

        Lanes share the ports of a TTL; there is a second one only where probes of one lane are under way at
        once. So lanes compare hop by hop, and a thousand take no more of this machine's ports than one.
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
                return Attempt(self.sockets, lane.address, source, ttl)
            except OSError as error:
                if error.errno != errno.EADDRINUSE:
                    raise
                ports.remove(port)
        raise OSError(errno.EADDRINUSE, os.strerror(errno.EADDRINUSE))

    def give_port_up(self, family: int, attempt: Attempt) -> None:
        """Open no more sockets with the source port of `attempt`."""
        ports = self._ports[family, attempt.ttl]
        if attempt.port in ports:
            ports.remove(attempt.port)

    def watch(self, probe: Probe, attempt: Attempt) -> None:
        """Give `probe` up when its time is over."""
        self._under_way.append((attempt.monotonic_ns + SYN_LIFE_NS, probe, attempt))

    def next_ns(self) -> int | None:
        """Return the monotonic time at which `give_up` will have something to do."""
        under_way = self._under_way
        while under_way and under_way[0][2].probe is not under_way[0][1]:
            under_way.popleft()
        return under_way[0][0] if under_way else None

    def give_up(self, now_ns: int) -> None:
        """Break off the attempts whose time is over."""
        under_way = self._under_way
        while under_way and under_way[0][0] <= now_ns + _TOGETHER_NS:
            _, probe, attempt = under_way.popleft()
            if attempt.probe is probe:
                attempt.end()


class TcpLane(RootlessLane):
    """One endpoint and port."""

    def __init__(self, lane: Lane, probing: TcpProbing) -> None:
        if lane.port is None:
            raise ValueError(f"a TCP lane without a port: {lane.id}")
        super().__init__(lane, probing.sockets)
        self._port: Final = lane.port
        self._probing: Final = probing
        self._destination: SocketAddress = ("", 0)
        self._attempts: dict[int, list[Attempt]] = {}
        self._port_of: dict[int, int] = {}
        """TTL to the source port of its probes."""

    def open(self) -> None:
        """Find the source address. Raises ProbeNotSentError."""
        super().open()
        try:
            self._destination = socket_address(self.lane.address, self._port)
        except OSError as error:
            raise self.refused(error) from None

    def close(self) -> None:
        """Close all sockets."""
        for attempts in self._attempts.values():
            for attempt in attempts:
                attempt.close()
        self._attempts.clear()

    def close_idle(self) -> None:
        """Close the sockets that have nothing under way."""
        for ttl, attempts in self._attempts.items():
            for attempt in attempts:
                if attempt.probe is None:
                    attempt.close()
            self._attempts[ttl] = [attempt for attempt in attempts if attempt.probe is not None]

    def send(self, probe: Probe) -> Attempt:
        """Send a SYN; return what it was sent with. Raises ProbeNotSentError."""
        now_ns = self.sockets.clock.monotonic_ns()
        self.check_source(now_ns)
        try:
            return self._start(probe, now_ns)
        except OSError as error:
            raise self.refused(error) from None

    def forget(self, probe: Probe) -> None:
        """Break off what `probe` has under way."""
        attempt = probe.handle
        if isinstance(attempt, Attempt) and attempt.probe is probe:
            attempt.end()

    def _start(self, probe: Probe, now_ns: int) -> Attempt:
        error = 0
        for _ in range(_PORT_TRIES):
            attempt = self._idle_attempt(probe.ttl)
            error = attempt.start(probe, self._destination, now_ns)
            if not error:
                self._tell_port(probe.ttl, attempt.port)
                self._probing.watch(probe, attempt)
                return attempt
            self._attempts[probe.ttl].remove(attempt)
            attempt.close()
            if error != errno.EADDRNOTAVAIL:
                break
            # Somebody has a connection between the same two addresses and ports.
            self._probing.give_port_up(family_of(self.lane.address), attempt)
            self._port_of.pop(probe.ttl, None)
        raise OSError(error, os.strerror(error))

    def _tell_port(self, ttl: int, port: int) -> None:
        """A second port, for a probe that goes out while another is under way, is not told."""
        if ttl in self._port_of:
            return
        self._port_of[ttl] = port
        self.flow_id = port_words([self._port_of[each] for each in sorted(self._port_of)])

    def _idle_attempt(self, ttl: int) -> Attempt:
        """Return a socket with nothing under way, a new one when all are busy. Raises OSError."""
        attempts = self._attempts.setdefault(ttl, [])
        for attempt in attempts:
            if attempt.probe is None:
                return attempt
        attempt = self._probing.attempt(self.lane, ttl, {attempt.port for attempt in attempts})
        attempts.append(attempt)
        return attempt


def _free_port(family: socket.AddressFamily) -> int:
    with socket.socket(family, socket.SOCK_STREAM) as asking:
        asking.bind((_ANY[family], 0))
        return int(asking.getsockname()[1])
