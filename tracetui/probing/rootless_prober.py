"""The prober that needs no privilege: TCP and ICMP over ordinary sockets and their error queue (Linux)."""

import os
import select
from collections.abc import Sequence
from typing import Final

from tracetui.model import FlowKind, Lane, ProbeProtocol, ReceiveCounters
from tracetui.probing.clock import Clock
from tracetui.probing.prober import Probe
from tracetui.probing.rootless_icmp import EchoLane, EchoSockets
from tracetui.probing.rootless_sockets import Match, Sockets
from tracetui.probing.rootless_tcp import SynSockets, TcpLane
from tracetui.probing.tokens import Tokens

_NS: Final = 1_000_000_000
_MAX_EVENTS: Final = 256
_NAP_MS: Final = 20
"""How long replies that the kernel stamps wait for others: to wake up for each would cost more than all else.
In this time no flood fills a socket's buffer."""


class RootlessProber:
    """A `Prober` that an ordinary user may run.

    TCP has a socket per lane and TTL, and so a source port per TTL; ICMP has a socket per lane, and very many
    lanes share some. A TCP probe waits for its first reply, at most for `SYN_LIFE_NS`: less than the second
    after which the kernel would send the SYN again.
    """

    name = "rootless"
    behind = False  # a probe that is lost has its own socket, with nothing to read

    def __init__(self, clock: Clock, interface: str | None = None) -> None:
        """Open no lane's socket yet. Raises CannotRunError for an unknown interface."""
        self._clock = clock
        self._sockets = Sockets(clock, interface)
        self._syn_sockets = SynSockets(self._sockets)
        self._echo_sockets = EchoSockets(self._sockets, Tokens())
        self._lanes: dict[str, TcpLane | EchoLane] = {}
        self._closed = False
        self._wakes = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)
        self._sockets.poll.register(self._wakes, select.EPOLLIN)
        self._nap = select.poll()
        self._nap.register(self._wakes, select.POLLIN)

    # Lanes

    def open_lane(self, lane: Lane) -> None:
        opened = self._lanes.get(lane.id)
        if opened is None:
            tcp = lane.protocol is ProbeProtocol.TCP
            opened = TcpLane(lane, self._syn_sockets) if tcp else EchoLane(lane, self._echo_sockets)
            self._lanes[lane.id] = opened
        opened.open()

    def close_lane(self, lane_id: str) -> None:
        opened = self._lanes.pop(lane_id, None)
        if opened is not None:
            opened.close()

    def source(self, lane_id: str) -> str | None:
        opened = self._lanes.get(lane_id)
        return opened.source if opened is not None else None

    def flow_id(self, lane_id: str) -> str:
        opened = self._lanes.get(lane_id)
        return opened.flow_id if opened is not None else ""

    def flow_numbers(self, lane_id: str) -> tuple[int, ...]:
        opened = self._lanes.get(lane_id)
        return opened.flow_numbers if opened is not None else ()

    def flow(self, lane: Lane) -> FlowKind:
        return FlowKind.PER_HOP if lane.protocol is ProbeProtocol.TCP else FlowKind.FIXED

    # Probes

    def send(self, probe: Probe) -> object:
        return self._lanes[probe.lane_id].send(probe)

    def forget(self, probe: Probe) -> None:
        opened = self._lanes.get(probe.lane_id)
        if opened is not None:
            opened.forget(probe)

    def wait(self, until_ns: int) -> Sequence[Match]:
        taken = self._sockets.early[:]
        self._sockets.early.clear()
        while True:
            woken = self._read(self._events(until_ns), taken)
            now_ns = self._clock.monotonic_ns()
            self._syn_sockets.give_up(now_ns)
            if woken or now_ns >= until_ns:
                return taken

    def _events(self, until_ns: int) -> list[tuple[int, int]]:
        """Return which sockets have something to read; none when a SYN is to be given up."""
        sockets, give_up_ns = self._sockets.poll, self._syn_sockets.next_ns()
        if give_up_ns is not None:  # a RST has no stamp: its RTT lasts until it is read
            return sockets.poll(self._seconds_to(min(until_ns, give_up_ns)), _MAX_EVENTS)
        events = sockets.poll(0, _MAX_EVENTS)
        if not events and sockets.poll(self._seconds_to(until_ns), 1):
            self._nap.poll(min(_NAP_MS, 1000 * self._seconds_to(until_ns)))
            events = sockets.poll(0, _MAX_EVENTS)
        return events

    def _seconds_to(self, moment_ns: int) -> float:
        return max(0.0, (moment_ns - self._clock.monotonic_ns()) / _NS)

    def _read(self, events: Sequence[tuple[int, int]], taken: list[Match]) -> bool:
        """Read what has arrived; return True when woken."""
        woken = False
        for descriptor, what in events:
            found = self._sockets.watched.get(descriptor)
            if found is not None:
                found.take(what, taken)
            elif descriptor == self._wakes:
                os.eventfd_read(self._wakes)
                woken = True
        return woken

    def wake(self) -> None:
        if not self._closed:
            os.eventfd_write(self._wakes, 1)

    @property
    def dropped(self) -> int:
        return self._sockets.dropped

    @property
    def counters(self) -> ReceiveCounters:
        sockets = self._sockets
        return ReceiveCounters(
            matched=sockets.matched,
            foreign=sockets.foreign,
            forged=sockets.forged,
            malformed=sockets.malformed,
            dropped=self.dropped,
        )

    def close(self) -> None:
        self._closed = True
        for lane_id in list(self._lanes):
            self.close_lane(lane_id)
        self._sockets.close()
        os.close(self._wakes)
