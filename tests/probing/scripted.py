"""A prober that answers by script, on a clock that only the engine moves."""

import heapq
from collections.abc import Callable

from tracetui.model import FlowKind, Lane, ReceiveCounters, Reply, ReplyKind
from tracetui.probing.prober import Probe, ProbeNotSentError

MS = 1_000_000
S = 1_000_000_000
START_NS = 1_700_000_000 * S

Answer = tuple[str, ReplyKind, float]
"""Address, kind, RTT in ms."""

Script = Callable[[Probe, float], "Answer | list[Answer] | str | None"]
"""(probe, seconds since start) -> answers, silence, or the words of a local failure."""


class ManualClock:
    def __init__(self) -> None:
        self.now_ns = 0

    def monotonic_ns(self) -> int:
        return self.now_ns

    def unix_ns(self) -> int:
        return START_NS + self.now_ns

    stamp_ns = unix_ns


class ScriptedProber:
    name = "scripted"
    behind = False
    dropped = 0

    def __init__(self, clock: ManualClock, script: Script) -> None:
        self.clock = clock
        self.script = script
        self.sent: list[tuple[float, str, int]] = []
        self.forgotten = 0
        self.opened: list[str] = []
        self.closed: list[str] = []
        self._flying: list[tuple[int, int, Probe, Reply]] = []
        self._order = 0

    def open_lane(self, lane: Lane) -> None:
        self.opened.append(lane.id)

    def close_lane(self, lane_id: str) -> None:
        self.closed.append(lane_id)

    def source(self, lane_id: str) -> str | None:
        return "192.0.2.10"

    def flow_id(self, lane_id: str) -> str:
        return "ICMP id 1"

    def flow_numbers(self, lane_id: str) -> tuple[int, ...]:
        return (1,)

    def flow(self, lane: Lane) -> FlowKind:
        return FlowKind.FIXED

    def send(self, probe: Probe) -> None:
        seconds = self.clock.now_ns / S
        answers = self.script(probe, seconds)
        if isinstance(answers, str):
            raise ProbeNotSentError(answers)
        self.sent.append((seconds, probe.lane_id, probe.ttl))
        for address, kind, rtt_ms in [answers] if isinstance(answers, tuple) else answers or []:
            due_ns = self.clock.now_ns + int(rtt_ms * MS)
            reply = Reply(address, kind, self.clock.stamp_ns() + int(rtt_ms * MS), int(rtt_ms * MS), ttl=60)
            self._order += 1
            heapq.heappush(self._flying, (due_ns, self._order, probe, reply))

    def forget(self, probe: Probe) -> None:
        self.forgotten += 1

    def wait(self, until_ns: int) -> list[tuple[Probe, Reply]]:
        if self._flying and self._flying[0][0] <= until_ns:
            until_ns = max(self._flying[0][0], self.clock.now_ns)
        self.clock.now_ns = max(self.clock.now_ns, until_ns)
        arrived = []
        while self._flying and self._flying[0][0] <= self.clock.now_ns:
            _, _, probe, reply = heapq.heappop(self._flying)
            arrived.append((probe, reply))
        return arrived

    def wake(self) -> None:
        pass

    @property
    def counters(self) -> ReceiveCounters:
        return ReceiveCounters()

    def close(self) -> None:
        pass
