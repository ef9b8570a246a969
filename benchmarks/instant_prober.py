"""A prober without packets, on a clock that jumps: what is left is the engine's own work."""

from collections import deque
from typing import Final

from tracetui.model import FlowKind, Lane, ProbeProtocol, ReceiveCounters, Reply, ReplyKind
from tracetui.probing.prober import Probe

START_NS: Final = 1_700_000_000_000_000_000
_RTT_NS: Final = 3_000_000
_SILENT_AFTER: Final = 4
PATH: Final = 9
"""The endpoint's distance on every lane, unless told otherwise."""


class JumpingClock:
    """Moves when the prober waits."""

    def __init__(self) -> None:
        self.now_ns = 0

    def monotonic_ns(self) -> int:
        return self.now_ns

    def unix_ns(self) -> int:
        return START_NS + self.now_ns

    stamp_ns = unix_ns


class InstantProber:
    """Answers every probe 3 ms later: routers up to the endpoint, the endpoint from there on.

    On the way to the addresses of `silent`, only the first four routers answer.
    """

    name = "instant"
    behind = False
    dropped = 0

    def __init__(
        self, clock: JumpingClock, silent: frozenset[str] = frozenset(), *, path: int = PATH
    ) -> None:
        """`path`: the endpoint's distance."""
        self.probes = 0
        self._path = path
        self._clock = clock
        self._silent = silent
        self._flying: deque[tuple[int, Probe]] = deque()
        self._lanes: dict[str, Lane] = {}

    def open_lane(self, lane: Lane) -> None:
        self._lanes[lane.id] = lane

    def close_lane(self, lane_id: str) -> None:
        del self._lanes[lane_id]

    def source(self, lane_id: str) -> str | None:
        return "192.0.2.1"

    def flow_id(self, lane_id: str) -> str:
        return "ICMP id 1"

    def flow_numbers(self, lane_id: str) -> tuple[int, ...]:
        return (1,)

    def flow(self, lane: Lane) -> FlowKind:
        return FlowKind.FIXED

    def send(self, probe: Probe) -> None:
        self.probes += 1
        if probe.ttl <= _SILENT_AFTER or self._lanes[probe.lane_id].address not in self._silent:
            self._flying.append((self._clock.now_ns + _RTT_NS, probe))

    def forget(self, probe: Probe) -> None:
        pass

    def wait(self, until_ns: int) -> list[tuple[Probe, Reply]]:
        flying, clock = self._flying, self._clock
        if flying:
            until_ns = min(until_ns, flying[0][0])
        clock.now_ns = max(clock.now_ns, until_ns)
        arrived = []
        while flying and flying[0][0] <= clock.now_ns:
            _, probe = flying.popleft()
            arrived.append((probe, self._reply(probe)))
        return arrived

    def _reply(self, probe: Probe) -> Reply:
        lane = self._lanes[probe.lane_id]
        received_ns = self._clock.unix_ns()
        if probe.ttl < self._path:
            return Reply(f"198.51.100.{probe.ttl}", ReplyKind.TIME_EXCEEDED, received_ns, _RTT_NS, 11, 0, 60)
        kind = ReplyKind.SYN_ACK if lane.protocol is ProbeProtocol.TCP else ReplyKind.ECHO_REPLY
        return Reply(lane.address, kind, received_ns, _RTT_NS, ttl=56)

    def wake(self) -> None:
        pass

    @property
    def counters(self) -> ReceiveCounters:
        return ReceiveCounters(matched=self.probes)

    def close(self) -> None:
        pass


def lanes(count: int) -> list[Lane]:
    """Return `count` lanes: TCP and ICMP in turn, two to an address."""
    return [
        Lane(
            target=f"203.0.113.{1 + number // 2}",
            host=f"203.0.113.{1 + number // 2}",
            address=f"203.0.113.{1 + number // 2}",
            protocol=ProbeProtocol.ICMP if number % 2 else ProbeProtocol.TCP,
            port=None if number % 2 else 443,
        )
        for number in range(count)
    ]
