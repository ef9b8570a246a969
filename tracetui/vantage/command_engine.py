"""Traces lanes at a vantage with a command that is run again and again, one run at a time by default."""

import math
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from typing import Final

from tracetui.model import Lane, ProbeProtocol, Role
from tracetui.model.remote_vantage import ConnectionState, Interruption, RemoteVantage
from tracetui.probing.clock import Clock
from tracetui.probing.pace import Pace
from tracetui.vantage.command_lane import CommandLane
from tracetui.vantage.command_run import Ended, run
from tracetui.vantage.read_run import NoTraceError, read_run
from tracetui.vantage.trace_command import Call, TraceCommand
from tracetui.vantage.vantage_engine import RemotePublished, VantageEngine

_MAX_INTERRUPTIONS: Final = 100
_MAX_IDLE_S: Final = 1.0


@dataclass(frozen=True, slots=True)
class CommandPace:
    """How often a command is run, and what is borne with."""

    every_s: float = 30.0
    """From the begin of one run of a lane to that of the next, where the queue allows it."""

    timeout_s: float = 90.0
    """A run is ended after this long; what it printed by then counts."""

    at_once: int = 1
    """Runs at the same time, of all lanes of the vantage."""


class CommandEngine(VantageEngine):
    """The lanes of one vantage."""

    def __init__(
        self, vantage: RemoteVantage, command: TraceCommand, clock: Clock, pace: Pace, own_pace: CommandPace
    ) -> None:
        self._vantage = replace(vantage, every_s=own_pace.every_s, prober=command.tool)
        self._trace_command = command
        self._clock = clock
        self._pace = pace
        self._own_pace = own_pace
        self._lanes: dict[str, CommandLane] = {}
        self._removed: dict[str, CommandLane] = {}
        self._changed = threading.Condition()
        """Guards all that changes here, and tells of it."""

        self._stopping = False
        self._published = RemotePublished((), self._vantage)
        self._threads: list[threading.Thread] = []

    @property
    def name(self) -> str:
        return self._vantage.name

    @property
    def protocols(self) -> tuple[ProbeProtocol, ...]:
        """What it can probe with, the usual protocol first."""
        return self._trace_command.protocols

    @property
    def published(self) -> RemotePublished:
        return self._published

    def start(self) -> None:
        """Begin to run, in the background; again, after it was stopped."""
        self.close()
        with self._changed:
            self._stopping = False
            self._publish()
        self._threads = [
            threading.Thread(target=self._work, name=f"tracetui-{self.name}-{number}", daemon=True)
            for number in range(self._own_pace.at_once)
        ]
        for thread in self._threads:
            thread.start()

    def join(self, timeout_s: float) -> bool:
        """Wait at most `timeout_s` until all runs are done: as many as fit into the time of the rounds wanted
        here, at least one of each lane."""
        end_s = time.monotonic() + timeout_s
        with self._changed:
            while not (self._stopping or self._done):
                left_s = end_s - time.monotonic()
                if left_s <= 0:
                    return False
                self._changed.wait(min(left_s, _MAX_IDLE_S))
        return True

    def stop(self) -> None:
        """Run nothing more, and end what runs; what was measured stays published."""
        with self._changed:
            self._stopping = True
            self._publish()

    def close(self) -> None:
        self.stop()
        for thread in self._threads:
            thread.join()

    # Commands, with the lock held

    def _command(self, command: Callable[[], object]) -> None:
        with self._changed:
            command()
            self._publish()

    def _add(self, lanes: Sequence[Lane]) -> None:
        for lane in lanes:
            if lane.id not in self._lanes:
                self._lanes[lane.id] = CommandLane(lane, self._clock.unix_ns(), self._own_pace.every_s)

    def _remove(self, lane_ids: Sequence[str]) -> None:
        """A run that is under way is ended."""
        for lane_id in lane_ids:
            if lane_id in self._lanes:
                self._removed[lane_id] = self._lanes.pop(lane_id)

    def _bring_back(self, lanes: Sequence[Lane]) -> None:
        for lane in lanes:
            known = self._removed.pop(lane.id, None)
            if known is not None:
                known.set_role(lane.role)
                self._lanes[lane.id] = known
        self._add(lanes)

    def _set_pace(self, pace: Pace) -> None:
        """The highest TTL: a command has a pace of its own."""
        self._pace = pace

    def _set_role(self, lane_ids: Sequence[str], role: Role) -> None:
        for lane_id in lane_ids:
            if lane_id in self._lanes:
                self._lanes[lane_id].set_role(role)

    def _restart(self) -> None:
        for lane in self._lanes.values():
            lane.restart(self._clock.unix_ns())

    # The threads that run commands

    def _work(self) -> None:
        while (lane := self._next()) is not None:
            try:
                self._run(lane)
            except Exception as error:  # noqa: BLE001  (the other lanes are still traced)
                words = f"an error in tracetui: {error!r}"
                self._ended(lane, partial(lane.fail, words, self._trace_command.how))

    def _next(self) -> CommandLane | None:
        """Wait for a lane that is due, the one that has waited longest; None: all is over."""
        with self._changed:
            while not self._stopping:
                idle = [one for one in self._lanes.values() if not one.running and not self._enough(one)]
                due = min(idle, key=lambda one: one.due_s, default=None)
                now_s = time.monotonic()
                if due is not None and due.due_s <= now_s:
                    due.running = True
                    due.due_s = now_s + self._own_pace.every_s
                    return due
                wait_s = _MAX_IDLE_S if due is None else due.due_s - now_s
                self._changed.wait(min(wait_s, _MAX_IDLE_S))
            return None

    def _run(self, lane: CommandLane) -> None:
        one, timeout_s = lane.lane, self._own_pace.timeout_s
        if one.protocol not in self._trace_command.protocols:
            able = ", ".join(protocol.upper() for protocol in self._trace_command.protocols)
            problem = f"{self.name} probes with {able} alone"
            self._ended(lane, partial(lane.fail, problem, self._trace_command.how))
            return
        call = self._trace_command.call(one, self._pace.max_hops)
        begun_ns = self._clock.unix_ns()
        done = run(call.argv, timeout_s, lambda: self._unwanted(lane))
        if done.ended is Ended.STOPPED:
            self._ended(lane, lambda: None)
            return
        try:
            trace = read_run(done, call, one, timeout_s)
        except NoTraceError as error:
            self._ended(lane, partial(lane.fail, str(error), _words(call)))
            return
        named = replace(trace, tool=self._trace_command.tool or trace.tool)
        self._ended(lane, partial(lane.take, named, _words(call), begun_ns))

    def _unwanted(self, lane: CommandLane) -> bool:
        return self._stopping or lane.lane.id not in self._lanes

    def _ended(self, lane: CommandLane, count: Callable[[], None]) -> None:
        with self._changed:
            lane.running = False
            count()
            self._judge()
            self._publish()

    # With the lock held

    def _enough(self, lane: CommandLane) -> bool:
        """Tell whether a lane has all runs that were asked for, or at least one when the time for them is
        over."""
        rounds = self._pace.rounds
        if rounds is None or not lane.runs:
            return False
        wanted_s = rounds * self._pace.interval_s
        fitting = math.ceil(wanted_s / self._own_pace.every_s)
        return lane.runs >= min(rounds, fitting) or time.monotonic() - lane.added_s >= wanted_s

    @property
    def _done(self) -> bool:
        return self._pace.rounds is not None and all(map(self._enough, self._lanes.values()))

    def _judge(self) -> None:
        """Tell of the vantage whether any lane is traced."""
        ran = [lane for lane in self._lanes.values() if lane.runs]
        problem = next((lane.problem for lane in ran if lane.problem is not None), None)
        kept, now = self._vantage.interruptions, datetime.fromtimestamp(self._clock.unix_ns() / 1e9, UTC)
        open_one = kept[-1] if kept and kept[-1].end is None else None
        if any(lane.problem is None for lane in ran):
            if open_one is not None:
                kept = (*kept[:-1], replace(open_one, end=now))
            self._vantage = replace(
                self._vantage, state=ConnectionState.CONNECTED, interruptions=kept, prober=self._tool(ran)
            )
        elif problem is not None:
            begin = now if open_one is None else open_one.begin
            kept = kept[1 - _MAX_INTERRUPTIONS :] if open_one is None else kept[:-1]
            self._vantage = replace(
                self._vantage,
                state=ConnectionState.LOST,
                interruptions=(*kept, Interruption(begin, None, problem)),
            )

    def _tool(self, ran: Sequence[CommandLane]) -> str:
        """Return what the output is of."""
        return self._trace_command.tool or next((lane.tool for lane in ran if lane.tool), "")

    def _publish(self) -> None:
        traces = tuple(
            lane.trace(finished=self._stopping or self._enough(lane)) for lane in self._lanes.values()
        )
        self._published = self._published.followed_by(traces, self._vantage)
        self._changed.notify_all()


def _words(call: Call) -> str:
    return " ".join(call.argv)
