"""The program that runs at a vantage: reads commands, probes with the same engine, and writes events.

Commands are lines of JSON on standard input, each a list. Events are such lines too, packed into batches, in
one zlib stream on standard output, after a line that names the program. It ends when the connection does,
within `SILENCE_S` of the last command, whatever ended it, and writes no file.
"""

import contextlib
import ipaddress
import json
import os
import socket
import sys
import threading
import time
import zlib
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, BinaryIO, Final

from tracetui.model import CannotRunError, FlowKind, Lane, ProbeProtocol
from tracetui.probing.arrival_watch import ArrivalWatch, WatchedFlow
from tracetui.probing.clock import Clock, SystemClock
from tracetui.probing.engine import Engine
from tracetui.probing.open_prober import ProberChoice, open_prober
from tracetui.probing.pace import Pace
from tracetui.vantage.far import GREETING, MAX_LANES
from tracetui.vantage.far.batches import Batches
from tracetui.vantage.far.forwarded_arrivals import ForwardedArrivals
from tracetui.vantage.far.forwarded_counts import ForwardedCounts
from tracetui.vantage.far.what_lacks import what_lacks

SILENCE_S: Final = 2.0
"""Without a command for this long, the connection is gone: the other end sends one twice a second."""

MAX_RATE: Final = 1000
MIN_INTERVAL_S: Final = 0.1
MAX_INTERVAL_S: Final = 3600.0
MAX_TIMEOUT_S: Final = 60.0
_READ_EVERY_S: Final = 0.1
_FLUSH_EVERY_S: Final = 0.2
_MAX_WAITING: Final = 100_000
"""Events that wait to be written: beyond this the connection is too slow to be of use."""

_MAX_LINE: Final = 1 << 16
_JSON: Final = json.JSONEncoder(separators=(",", ":"))
_REFUSED, _CONNECTION_LOST, _TOO_SLOW = 1, 3, 4

_BAD_COMMAND: Final = (ValueError, KeyError, TypeError, OverflowError, RecursionError)
"""What reading or obeying foreign input raises."""


class Writer:
    """Writes events from any thread; one thread compresses and sends them."""

    def __init__(self, output: BinaryIO) -> None:
        self._output = output
        self._waiting: deque[list[object]] = deque()
        self._batches = Batches()
        self._due = threading.Event()
        self._compress = zlib.compressobj(level=9)

    def emit(self, event: list[object]) -> None:
        """Queue an event."""
        if len(self._waiting) > _MAX_WAITING:
            os._exit(_TOO_SLOW)
        self._waiting.append(event)

    def flush_soon(self) -> None:
        """Write what is queued now, not at the next interval."""
        self._due.set()

    def run(self) -> None:
        """Write until the connection ends, which ends the process."""
        try:
            self.greet()
            while True:
                self._due.wait(_FLUSH_EVERY_S)
                self._due.clear()
                self.write()
        except OSError:
            os._exit(_CONNECTION_LOST)

    def greet(self) -> None:
        """Write the line that the other end waits for."""
        self._output.write(GREETING)
        self._output.flush()

    def write(self) -> None:
        """Write what is queued."""
        waiting = [self._waiting.popleft() for _ in range(len(self._waiting))]
        lines = [_JSON.encode(line) for line in self._batches.pack(waiting)]
        if lines:
            text = "\n".join((*lines, "")).encode()
            self._output.write(self._compress.compress(text) + self._compress.flush(zlib.Z_SYNC_FLUSH))
            self._output.flush()


class FarEnd:
    """Obeys commands by an engine."""

    def __init__(
        self, engine: Engine, writer: Writer, pace: Pace, clock: Clock, watch: ArrivalWatch | None = None
    ) -> None:
        """`watch`: None where this end may not see probes arrive."""
        self._engine = engine
        self._watch = watch
        self._watched: dict[int, WatchedFlow] = {}
        self._writer = writer
        self._pace = pace
        self._clock = clock
        self._lanes: dict[int, Lane] = {}
        """The lanes that are traced, by number."""

        self.numbers: dict[str, int] = {}
        """The number of each lane, by its id."""

        self.heard_s = time.monotonic()
        """When the last command came."""

        self.pinged = False
        """Whether the other end can compare its clock with ours, so that it can use what it is told."""

        self._commands: dict[str, Callable[..., None]] = {
            "add": self._add,
            "remove": self._remove,
            "pace": self._set_pace,
            "restart": self._restart,
            "ping": self._ping,
            "watch": self._watch_flow,
            "unwatch": self._unwatch_flow,
        }

    def obey(self, line: bytes) -> None:
        """Obey one command. Raises one of `_BAD_COMMAND` for what is none."""
        name, *arguments = json.loads(line)
        self._commands[name](*arguments)

    def _add(self, number: int, address: str, protocol: str, port: int | None, source: str | None) -> None:
        """Trace a lane, for the first time or again."""
        if number not in self._lanes and len(self._lanes) >= MAX_LANES:
            raise ValueError(f"more than {MAX_LANES} lanes")
        for each in (address, source or address):
            ipaddress.ip_address(each.partition("%")[0])
        lane = Lane(address, address, address, ProbeProtocol(protocol), port, vantage=source)
        self._lanes[number] = lane
        self.numbers[lane.id] = number
        self._engine.bring_back([lane])

    def _remove(self, number: int) -> None:
        self._engine.remove([self._lanes.pop(number).id])

    def _set_pace(self, interval_s: float, max_hops: int) -> None:
        self._pace = replace(self._pace, interval_s=_interval(interval_s), max_hops=_hops(max_hops))
        self._engine.set_pace(self._pace)

    def _restart(self) -> None:
        self._engine.restart()

    def _watch_flow(self, number: int, what: Sequence[Any]) -> None:
        """Tell of the probes of a flow that arrive here."""
        protocol, sources, destination, port, numbers = what
        if number not in self._watched and len(self._watched) >= MAX_LANES:
            raise ValueError(f"more than {MAX_LANES} flows")
        lane = str(int(number))
        flow = WatchedFlow(lane, ProbeProtocol(protocol), tuple(sources), destination, port, tuple(numbers))
        self._watched[number] = flow
        self._watch_flows()

    def _unwatch_flow(self, number: int) -> None:
        del self._watched[number]
        self._watch_flows()

    def _watch_flows(self) -> None:
        if self._watch is not None:
            self._watch.watch(self._watched.values())

    def _ping(self, number: int) -> None:
        self.pinged = True
        self._writer.emit(["pong", number, self._clock.unix_ns(), self._clock.monotonic_ns()])
        self._writer.flush_soon()


def read_first_line(line: bytes) -> tuple[Pace, ProberChoice]:
    """Return what the other end wants, within this end's own limits: interval, timeout, highest TTL, rate,
    rounds, prober. Raises ValueError and its kind."""
    interval_s, timeout_s, max_hops, max_rate, rounds, choice = json.loads(line)
    pace = Pace(
        _interval(interval_s),
        min(MAX_TIMEOUT_S, max(MIN_INTERVAL_S, float(timeout_s))),
        _hops(max_hops),
        min(MAX_RATE, max(1, int(max_rate))),
        None if rounds is None else max(1, int(rounds)),
    )
    return pace, ProberChoice(choice)


def _interval(wanted_s: float) -> float:
    return min(MAX_INTERVAL_S, max(MIN_INTERVAL_S, float(wanted_s)))


def _hops(wanted: int) -> int:
    return min(255, max(1, int(wanted)))


def main(commands: BinaryIO, output: BinaryIO) -> int:
    """Run until `commands` end."""
    writer = Writer(output)
    try:
        pace, choice = read_first_line(commands.readline(_MAX_LINE))
        clock = SystemClock()
        watch = ArrivalWatch.open(clock, ForwardedArrivals(writer.emit))  # before its privilege is given up
        prober = open_prober(choice, clock, None)
    except _BAD_COMMAND:
        return _refuse(writer, "the first line is not understood")
    except (CannotRunError, OSError, MemoryError) as error:
        return _refuse(writer, str(error) or "out of memory")

    def counts(lane: Lane, flow: FlowKind, unix_ns: int) -> ForwardedCounts:
        return ForwardedCounts(lane, flow, unix_ns, far_end.numbers[lane.id], writer.emit)

    engine = Engine(prober, clock, pace, publish_every_s=None, read_every_s=_READ_EVERY_S, make_counts=counts)
    far_end = FarEnd(engine, writer, pace, clock, watch)
    writer.emit(_introduction(prober.name))
    threading.Thread(target=writer.run, daemon=True).start()
    engine.start()
    threading.Thread(target=_watch, args=(far_end, engine, writer), daemon=True).start()
    with contextlib.suppress(*_BAD_COMMAND):
        while line := commands.readline(_MAX_LINE):
            far_end.heard_s = time.monotonic()
            far_end.obey(line)
            if engine.crash is not None:
                break
    return _CONNECTION_LOST


def _introduction(prober: str) -> list[object]:
    system = os.uname()
    kernel = f"{system.sysname} {system.release}"
    python = ".".join(map(str, sys.version_info[:3]))
    client = os.environ.get("SSH_CONNECTION", "").partition(" ")[0]
    return ["here", socket.gethostname(), prober, kernel, os.getuid(), python, what_lacks(prober), client]


def _refuse(writer: Writer, reason: str) -> int:
    writer.emit(["cannot", reason])
    writer.greet()
    writer.write()
    return _REFUSED


def _watch(far_end: FarEnd, engine: Engine, writer: Writer) -> None:
    """Say when all rounds are done. End this process when no command has come for too long, however busy
    everything else is."""
    done = False
    while time.monotonic() - far_end.heard_s < SILENCE_S:
        if not done and far_end.pinged and engine.join(0):
            done = True
            writer.emit(
                ["done"] if engine.crash is None else ["cannot", f"probing stopped: {engine.crash!r}"]
            )
        time.sleep(0.1)
    os._exit(_CONNECTION_LOST)


def run() -> None:
    """Run on this process's standard streams; leave at once."""
    os._exit(main(sys.stdin.buffer, sys.stdout.buffer))
