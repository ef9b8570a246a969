"""Traces lanes at a vantage: keeps the connection, counts here what the far end tells, publishes traces."""

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from queue import SimpleQueue
from typing import Final

from tracetui.model import Lane, LaneTrace, Role, safe_text
from tracetui.model.remote_vantage import ConnectionState, Interruption, RemoteVantage
from tracetui.probing.clock import Clock
from tracetui.probing.open_prober import ProberChoice
from tracetui.probing.pace import Pace
from tracetui.vantage import events
from tracetui.vantage.clock_offset import ClockOffset, better, offset_from
from tracetui.vantage.events import Event, FarEndError, NoPythonError
from tracetui.vantage.far import MAX_LANES
from tracetui.vantage.far_process import GREETING_PATIENCE_S, FarProcess
from tracetui.vantage.mirrored_lane import MirroredLane
from tracetui.vantage.patience import EventLimit, Progress

PING_EVERY_S: Final = 0.5
MAX_SILENCE_S: Final = 10.0
"""Without an event for this long, not even an answer to a ping, the connection is taken for lost."""

MAX_START_S: Final = GREETING_PATIENCE_S + MAX_SILENCE_S
"""The same, before the far end has said who it is."""

FIRST_PAUSE_S: Final = 1.0
MAX_PAUSE_S: Final = 60.0
"""Pauses between attempts: each is twice the last."""

_WAIT_S: Final = 0.2
_MAX_INTERRUPTIONS: Final = 100


@dataclass(frozen=True, slots=True)
class RemotePublished:
    """The measurements and the state of a vantage that were published last."""

    traces: tuple[LaneTrace, ...]
    vantage: RemoteVantage


class RemoteEngine:
    """The lanes of one vantage. Every method may be called from any thread."""

    def __init__(
        self,
        vantage: RemoteVantage,
        argv: Sequence[str],
        clock: Clock,
        pace: Pace,
        prober: ProberChoice = ProberChoice.AUTO,
        *,
        publish_every_s: float = 0.2,
    ) -> None:
        """`argv`: the command whose standard streams are those of the far end."""
        self._argv = tuple(argv)
        self._clock = clock
        self._pace = pace
        self._prober = prober
        self._publish_every_s = publish_every_s
        self.no_python: str | None = None
        """Why the program cannot run there, where the last attempt failed for want of a Python."""

        self._commands: SimpleQueue[Callable[[], None]] = SimpleQueue()
        self._mirrors: dict[int, MirroredLane] = {}
        self._numbers: dict[str, int] = {}
        self._removed: dict[int, MirroredLane] = {}
        self._process: FarProcess | None = None
        self._offset: ClockOffset | None = None
        self._pings: dict[int, tuple[int, int]] = {}
        self._ping = 0
        self._waiting_events: list[events.LaneEvent] = []
        """Before the clocks are compared no time can be told."""

        self._heard_s = time.monotonic()
        self._progress = Progress()
        self._stopping = threading.Event()
        self._wake = threading.Event()
        self._finished = self._done = False
        self._published = RemotePublished((), vantage)
        self._published_s = 0.0
        self._vantage = vantage
        self._thread = threading.Thread(target=self._run, name=f"tracetui-{vantage.name}", daemon=True)

    # From any thread

    @property
    def name(self) -> str:
        """The name of the vantage."""
        return self._vantage.name

    @property
    def pace(self) -> Pace:
        """The pace asked for."""
        return self._pace

    def start(self) -> None:
        """Connect, in the background."""
        self._thread.start()

    def add(self, lanes: Sequence[Lane]) -> None:
        """Trace lanes there."""
        self._command(lambda: self._add(lanes))

    def remove(self, lane_ids: Sequence[str]) -> None:
        """Stop tracing lanes."""
        self._command(lambda: self._remove(lane_ids))

    def bring_back(self, lanes: Sequence[Lane]) -> None:
        """Trace removed lanes again, with their earlier measurements where these are kept."""
        self._command(lambda: self._bring_back(lanes))

    def set_pace(self, pace: Pace) -> None:
        """Change the interval and the highest TTL."""
        self._command(lambda: self._set_pace(pace))

    def set_role(self, lane_ids: Sequence[str], role: Role) -> None:
        """Mark lanes."""
        self._command(lambda: self._set_role(lane_ids, role))

    def restart(self) -> None:
        """Restart the statistics of all lanes."""
        self._command(self._restart)

    @property
    def published(self) -> RemotePublished:
        """The newest traces; the same object while nothing has changed."""
        return self._published

    def join(self, timeout_s: float) -> bool:
        """Wait at most `timeout_s` until all rounds are done, or nothing more is to be hoped for."""
        end_s = time.monotonic() + timeout_s
        while not (self._done or self._given_up or self._stopping.is_set()):
            left_s = end_s - time.monotonic()
            if left_s <= 0:
                return False
            time.sleep(min(0.05, left_s))
        return True

    def stop(self) -> None:
        """End the connection; what was measured stays published."""
        self._stopping.set()
        self._notify()

    def close(self) -> None:
        """Stop, and wait for the end of the connection."""
        self.stop()
        if self._thread.ident is not None:
            self._thread.join()

    @property
    def _connected(self) -> bool:
        return self._vantage.state is ConnectionState.CONNECTED

    @property
    def _given_up(self) -> bool:
        return self._progress.has_stopped(len(self._mirrors), self._pace)

    # The thread

    def _run(self) -> None:
        pause_s = FIRST_PAUSE_S
        while not self._stopping.is_set():
            rounds = self._progress.rounds
            reason = self._session()
            if self._stopping.is_set():
                break
            if self._progress.rounds != rounds:
                pause_s = FIRST_PAUSE_S
            self._lost(reason)
            self._wait(pause_s)
            pause_s = min(2 * pause_s, MAX_PAUSE_S)
        self._publish(now=True)

    def _session(self) -> str:
        """Connect and take events until the connection ends; return why it did."""
        self._offset, self._pings = None, {}
        self._waiting_events.clear()
        self.no_python = None
        try:
            process = FarProcess(self._argv, self._first_line())
        except FarEndError as error:
            return str(error)
        self._process, self._heard_s = process, time.monotonic()
        ping_s, limit = 0.0, EventLimit(self._pace)
        try:
            for number in self._mirrors:
                self._tell_to_add(number)
            while not self._stopping.is_set():
                self._run_commands()
                now_s = time.monotonic()
                if now_s >= ping_s:
                    ping_s = now_s + PING_EVERY_S
                    self._send_ping()
                for event in process.events(_WAIT_S):
                    limit.take()
                    self._heard_s = time.monotonic()
                    self._take(event)
                patience_s = MAX_SILENCE_S if self._connected else MAX_START_S
                if now_s - self._heard_s > patience_s:
                    return f"nothing came for {patience_s:g} s"
                self._publish()
        except NoPythonError as error:
            self.no_python = str(error)
            return str(error)
        except FarEndError as error:
            return str(error)
        finally:
            self._process = None
            process.close()
        return ""

    def _first_line(self) -> list[object]:
        pace = self._pace
        return [
            pace.interval_s,
            pace.timeout_s,
            pace.max_hops,
            pace.max_rate,
            pace.rounds,
            self._prober.value,
        ]

    def _wait(self, pause_s: float) -> None:
        end_s = time.monotonic() + pause_s
        while not self._stopping.is_set() and time.monotonic() < end_s:
            self._wake.wait(min(_WAIT_S, max(0.0, end_s - time.monotonic())))
            self._wake.clear()
            self._run_commands()
            self._publish()

    def _lost(self, reason: str) -> None:
        """Note that nothing is measured any more, and why."""
        last = self._vantage.interruptions[-1:]
        if last and last[0].end is None:
            interruption = replace(last[0], reason=reason)
            kept = self._vantage.interruptions[:-1]
        else:
            interruption = Interruption(self._now(), None, reason)
            kept = self._vantage.interruptions[1 - _MAX_INTERRUPTIONS :]
        self._vantage = replace(
            self._vantage, state=ConnectionState.LOST, interruptions=(*kept, interruption)
        )
        for mirror in self._mirrors.values():
            mirror.interrupted(f"no connection to {self._vantage.name}: {reason}")
        self._publish(now=True)

    # Events

    def _take(self, event: Event) -> None:
        match event:
            case events.Pong():
                self._take_pong(event)
            case events.Here():
                self._take_greeting(event)
            case events.Cannot():
                raise FarEndError(safe_text(event.reason, limit=200))
            case events.Done():
                self._finish()
            case _:
                if self._offset is None:
                    if len(self._waiting_events) > 10_000:
                        raise FarEndError("the far end does not answer")
                    self._waiting_events.append(event)
                else:
                    self._take_lane_event(event, self._offset)

    def _finish(self) -> None:
        """All rounds are done: publish that before anybody who waits is told."""
        self._finished = True
        for mirror in self._mirrors.values():
            mirror.counts.touch()
        self._publish(now=True)
        self._done = True

    def _take_lane_event(self, event: events.LaneEvent, offset: ClockOffset) -> None:
        mirror = self._mirrors.get(event.lane) or self._removed.get(event.lane)
        if mirror is None:
            raise FarEndError("the far end tells of lanes that it was not given")
        mirror.take(event, offset)

    def _take_greeting(self, event: events.Here) -> None:
        kept = self._vantage.interruptions
        if kept and kept[-1].end is None:
            kept = (*kept[:-1], replace(kept[-1], end=self._now()))
        self._vantage = replace(
            self._vantage,
            state=ConnectionState.CONNECTED,
            hostname=safe_text(event.hostname),
            prober=event.prober,
            kernel=safe_text(event.kernel),
            python=safe_text(event.python, limit=20),
            user_id=event.user_id,
            lacks=tuple(dict.fromkeys(event.lacks)),
            interruptions=kept,
        )

    def _send_ping(self) -> None:
        if self._process is not None and self._connected:
            self._ping += 1
            if len(self._pings) < 100:
                self._pings[self._ping] = self._clock.unix_ns(), self._clock.monotonic_ns()
            self._process.send(["ping", self._ping])

    def _take_pong(self, event: events.Pong) -> None:
        sent = self._pings.pop(event.number, None)
        if sent is None:
            return
        received = self._clock.unix_ns(), self._clock.monotonic_ns()
        self._offset = better(self._offset, offset_from(sent, (event.unix_ns, event.monotonic_ns), received))
        self._vantage = replace(
            self._vantage, clock_offset_ns=self._offset.unix_ns, clock_error_ns=self._offset.error_ns
        )
        waiting, self._waiting_events = self._waiting_events, []
        for each in waiting:
            self._take_lane_event(each, self._offset)

    # Commands, on the thread

    def _command(self, command: Callable[[], None]) -> None:
        self._commands.put(command)
        self._notify()

    def _notify(self) -> None:
        self._wake.set()
        process = self._process
        if process is not None:
            process.wake()

    def _run_commands(self) -> None:
        while not self._commands.empty():
            self._commands.get_nowait()()

    def _send(self, *command: object) -> None:
        if self._process is not None:
            self._process.send(command)

    def _tell_to_add(self, number: int) -> None:
        """The far end takes a lane that it knows up again."""
        if list(self._mirrors).index(number) >= MAX_LANES:
            self._mirrors[number].counts.fail(f"{self._vantage.name} traces at most {MAX_LANES} lanes")
            return
        lane = self._mirrors[number].lane
        self._send("add", number, lane.address, lane.protocol.value, lane.port, lane.vantage)

    def _add(self, lanes: Sequence[Lane]) -> None:
        for lane in lanes:
            if lane.id not in self._numbers:
                number = len(self._numbers)
                self._numbers[lane.id] = number
                self._mirrors[number] = MirroredLane(lane, self._clock.unix_ns())
                self._tell_to_add(number)

    def _remove(self, lane_ids: Sequence[str]) -> None:
        for lane_id in lane_ids:
            number = self._numbers.get(lane_id, -1)
            if number in self._mirrors:
                self._removed[number] = self._mirrors.pop(number)
                self._send("remove", number)
                for waiting in list(self._mirrors)[MAX_LANES - 1 : MAX_LANES]:  # there is room for it now
                    self._tell_to_add(waiting)

    def _bring_back(self, lanes: Sequence[Lane]) -> None:
        for lane in lanes:
            number = self._numbers.get(lane.id, -1)
            if number in self._removed:
                self._mirrors[number] = self._removed.pop(number)
                self._mirrors[number].counts.set_role(lane.role)
                self._tell_to_add(number)
        self._add(lanes)

    def _set_pace(self, pace: Pace) -> None:
        self._pace = pace
        self._send("pace", pace.interval_s, pace.max_hops)

    def _set_role(self, lane_ids: Sequence[str], role: Role) -> None:
        for lane_id in lane_ids:
            number = self._numbers.get(lane_id, -1)
            if number in self._mirrors:
                self._mirrors[number].counts.set_role(role)

    def _restart(self) -> None:
        self._send("restart")

    # Publishing

    def _publish(self, *, now: bool = False) -> None:
        moment_s = time.monotonic()
        if not now and moment_s - self._published_s < self._publish_every_s:
            return
        self._published_s = moment_s
        traces = tuple(mirror.trace(finished=self._finished) for mirror in self._mirrors.values())
        self._progress.see(traces, self._pace)
        same = len(traces) == len(self._published.traces) and all(
            one is other for one, other in zip(traces, self._published.traces, strict=True)
        )
        if not same or self._vantage != self._published.vantage:
            self._published = RemotePublished(traces, self._vantage)

    def _now(self) -> datetime:
        return datetime.fromtimestamp(self._clock.unix_ns() / 1e9, UTC)
