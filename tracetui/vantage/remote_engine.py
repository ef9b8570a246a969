"""Traces lanes at a vantage: keeps a connection to it, obeys commands, publishes what was measured there."""

import ipaddress
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from queue import SimpleQueue
from typing import Final

from tracetui.model import Lane, Role, safe_text
from tracetui.model.remote_vantage import ConnectionState, Interruption, RemoteVantage
from tracetui.probing.arrival_watch import WatchedFlow
from tracetui.probing.clock import Clock
from tracetui.probing.open_prober import ProberChoice
from tracetui.probing.pace import Pace
from tracetui.vantage import events
from tracetui.vantage.clock_offset import ClockOffset
from tracetui.vantage.events import FarEndError, NoPythonError
from tracetui.vantage.far_connection import FarConnection, Told
from tracetui.vantage.mirrored_arrivals import MirroredArrivals
from tracetui.vantage.patience import EventLimit, Progress
from tracetui.vantage.remote_lanes import RemoteLanes
from tracetui.vantage.vantage_engine import RemotePublished, VantageEngine

FIRST_PAUSE_S: Final = 1.0
MAX_PAUSE_S: Final = 60.0
"""Pauses between attempts: each is twice the last."""

_WAIT_S: Final = 0.2
_MAX_INTERRUPTIONS: Final = 100


class RemoteEngine(VantageEngine):
    """The lanes of one vantage."""

    def __init__(
        self,
        vantage: RemoteVantage,
        argv: Sequence[str],
        clock: Clock,
        pace: Pace,
        prober: ProberChoice = ProberChoice.AUTO,
        *,
        publish_every_s: float = 0.1,
        sees_us: Callable[[], bool] = lambda: False,
    ) -> None:
        """`argv`: the command whose standard streams are those of the far end.

        `publish_every_s`: shorter than the time between two pieces from there, so that each is seen at once.
        `sees_us` tells whether the address that the connection comes from, seen there, is ours.
        """
        self._argv = tuple(argv)
        self._clock = clock
        self._pace = pace
        self._prober = prober
        self._publish_every_s = publish_every_s
        self._sees_us = sees_us
        self.no_python: str | None = None
        """Why the program cannot run there, where the last attempt failed for want of a Python."""

        self._commands: SimpleQueue[Callable[[], object]] = SimpleQueue()
        self._lanes = RemoteLanes(vantage.name, clock, self._send)
        self._arrivals = MirroredArrivals(self._send)
        self._connection: FarConnection | None = None
        self._progress = Progress()
        self._stopping = threading.Event()
        self._wake = threading.Event()
        self._finished = self._done = False
        self._published = RemotePublished((), vantage)
        self._publish_due_s = 0.0
        self._changed = False
        """Whether anything is to be published."""

        self._vantage = vantage
        self._thread: threading.Thread | None = None

    # From any thread

    @property
    def name(self) -> str:
        return self._vantage.name

    @property
    def pace(self) -> Pace:
        """The pace asked for."""
        return self._pace

    @property
    def published(self) -> RemotePublished:
        return self._published

    def start(self) -> None:
        """Connect, in the background; again, after it was stopped."""
        self.close()
        self._stopping.clear()
        self._finished = self._done = False
        self._vantage = replace(self._vantage, state=ConnectionState.CONNECTING)
        self._publish(now=True)
        self._progress = Progress()
        self._thread = threading.Thread(target=self._run, name=f"tracetui-{self.name}", daemon=True)
        self._thread.start()

    def join(self, timeout_s: float) -> bool:
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
        self.stop()
        if self._thread is not None:
            self._thread.join()

    @property
    def _connected(self) -> bool:
        return self._vantage.state is ConnectionState.CONNECTED

    @property
    def _given_up(self) -> bool:
        return self._progress.has_stopped(len(self._lanes), self._pace)

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
        self._run_commands()
        self._publish(now=True)

    def _session(self) -> str:
        """Connect and take what comes until the connection ends; return why it did."""
        self.no_python = None
        try:
            limit = EventLimit(self._pace)
            connection = FarConnection(self._argv, self._first_line(), self._clock, limit)
        except FarEndError as error:
            return str(error)
        self._connection = connection
        try:
            self._lanes.tell_all()
            self._arrivals.tell_all()
            while not self._stopping.is_set():
                self._run_commands()
                for told in connection.receive(self._wait_s):
                    self._changed = True
                    self._take(told, connection)
                self._publish()
        except NoPythonError as error:
            self.no_python = str(error)
            return str(error)
        except FarEndError as error:
            return str(error)
        finally:
            self._connection = None
            connection.close()
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
            self._wake.wait(min(self._wait_s, max(0.0, end_s - time.monotonic())))
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
        self._lanes.interrupted(f"no connection to {self.name}: {reason}")
        self._publish(now=True)

    def _take(self, told: Told, connection: FarConnection) -> None:
        match told:
            case events.Here():
                self._take_greeting(told)
            case events.Pong():
                self._take_offset(connection.offset)
            case events.Done():
                self._finish()
            case events.Watched() | events.Seen() | events.Looked():
                if connection.offset is not None:
                    self._arrivals.take(told, connection.offset)
            case _ if connection.offset is not None:
                self._lanes.take(told, connection.offset)

    def _finish(self) -> None:
        """All rounds are done: publish that before anybody who waits is told."""
        self._finished = True
        self._lanes.finish()
        self._publish(now=True)
        self._done = True

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
            sees_us_as=self._address_seen(event.client),
            interruptions=kept,
        )

    def _address_seen(self, client: str) -> str:
        """Return our global address as it is seen there; "" for none, and for a jump host's."""
        try:
            address = ipaddress.ip_address(client)
        except ValueError:
            return ""
        return str(address) if address.is_global and self._sees_us() else ""

    def _take_offset(self, offset: ClockOffset | None) -> None:
        if offset is not None:
            self._vantage = replace(
                self._vantage, clock_offset_ns=offset.unix_ns, clock_error_ns=offset.error_ns
            )

    # Commands

    def _command(self, command: Callable[[], object]) -> None:
        self._commands.put(command)
        self._notify()

    def _notify(self) -> None:
        self._wake.set()
        connection = self._connection
        if connection is not None:
            connection.wake()

    def _run_commands(self) -> None:
        while not self._commands.empty():
            self._commands.get_nowait()()
            self._changed = True

    def _send(self, *command: object) -> None:
        if self._connection is not None:
            self._connection.send(*command)

    def _add(self, lanes: Sequence[Lane]) -> None:
        self._lanes.add(lanes)

    def _remove(self, lane_ids: Sequence[str]) -> None:
        self._lanes.remove(lane_ids)

    def _bring_back(self, lanes: Sequence[Lane]) -> None:
        self._lanes.bring_back(lanes)

    def _set_pace(self, pace: Pace) -> None:
        self._pace = pace
        self._send("pace", pace.interval_s, pace.max_hops)

    def _set_role(self, lane_ids: Sequence[str], role: Role) -> None:
        self._lanes.set_role(lane_ids, role)

    def _watch_arrivals(self, flows: Sequence[WatchedFlow]) -> None:
        self._arrivals.watch(flows)

    def _restart(self) -> None:
        self._send("restart")

    # Publishing

    @property
    def _wait_s(self) -> float:
        """How long nothing needs to be done unless something comes."""
        if not self._changed:
            return _WAIT_S
        return min(_WAIT_S, max(0.0, self._publish_due_s - time.monotonic()))

    def _publish(self, *, now: bool = False) -> None:
        moment_s = time.monotonic()
        if not now and (not self._changed or moment_s < self._publish_due_s):
            return
        self._publish_due_s = moment_s + self._publish_every_s
        self._changed = False
        traces = self._lanes.traces(finished=self._finished)
        self._progress.see(traces, self._pace)
        self._published = self._published.followed_by(traces, self._vantage, self._arrivals.arrivals)

    def _now(self) -> datetime:
        return datetime.fromtimestamp(self._clock.unix_ns() / 1e9, UTC)
