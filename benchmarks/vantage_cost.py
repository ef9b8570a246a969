"""What vantages tell: CPU for receiving it, against reading the same as JSON; bytes on the connection."""

import json
import random
import sys
import time
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from many_vantages import HOPS, VANTAGES
from table import Line, Samples
from tracetui.model import Lane, ProbeProtocol, ReplyKind
from tracetui.probing.pace import Pace
from tracetui.vantage.clock_offset import ClockOffset
from tracetui.vantage.events import EventReader
from tracetui.vantage.mirrored_lane import MirroredLane

sys.path.append(str(Path(__file__).parents[1] / "tests"))

from probing.scripted import ManualClock, ScriptedProber
from vantage.far_link import FarLink

ROUNDS: Final = 60
LANES: Final = 4
_TICK_NS: Final = 200_000_000
_LOSS: Final = 0.01
_FIELDS: Final = {
    "lane": ("lane", "flow", "unix_ns"),
    "round": ("lane", "number", "unix_ns", "monotonic_ns"),
    "flow": ("lane", "source", "flow_id"),
    "sent": ("lane", "ttl"),
    "end": ("lane",),
    "reply": ("lane", "ttl", "round", "arrival", "address", "kind", "received_ns", "rtt_us", "reply_ttl"),
    "lost": ("lane", "ttl", "round"),
    "clear": ("lane", "first_round", "unix_ns"),
}
"""The names of what each event tells, for plain JSON."""


class Recorded:
    """What one vantage wrote in `ROUNDS` rounds, piece by piece, and the same as plain JSON."""

    def __init__(self, lanes: int, hops: int) -> None:
        self.lanes = [
            Lane("x", "x", f"192.0.2.{number}", ProbeProtocol.TCP, 443, via="far")
            for number in range(1, lanes + 1)
        ]
        self.probes = lanes * hops * ROUNDS
        self.pieces: list[bytes] = []
        self.json: list[bytes] = []
        """One object a line for each event."""

        self.replies = b""
        """Those of the replies, as one document."""

        clock, chance = ManualClock(), random.Random(1)

        def answer(probe: object, _: float) -> tuple[str, ReplyKind, float] | None:
            ttl: int = getattr(probe, "ttl", 0)
            if chance.random() < _LOSS:
                return None
            kind = ReplyKind.SYN_ACK if ttl >= hops else ReplyKind.TIME_EXCEEDED
            return f"198.51.100.{ttl}", kind, 4 * ttl + chance.expovariate(1)

        far = FarLink(ScriptedProber(clock, answer), clock, Pace(rounds=ROUNDS), self.lanes)
        emit = far.writer.emit

        def tap(event: list[object]) -> None:
            named = dict(zip(_FIELDS[str(event[0])], event[1:], strict=False))
            self.json.append(json.dumps({"event": event[0], **named}).encode())
            emit(event)

        far.writer.emit = tap  # so that both tell the same
        far.engine.add(self.lanes)
        done = False
        while not done:
            done = far.engine.run_until(clock.monotonic_ns() + _TICK_NS)
            self.pieces.append(far.written())
        self.replies = b"[" + b",".join(line for line in self.json if b'"reply"' in line) + b"]"

    def receive(self) -> None:
        """Do what is done here with what comes: unpack, check, count."""
        reader, offset = EventReader(), ClockOffset(0, 0, 0)
        mirrors = {number: MirroredLane(lane, 0) for number, lane in enumerate(self.lanes)}
        for piece in self.pieces:
            for event in reader.read(piece):
                told: Any = event  # of a lane: nothing else was recorded
                mirrors[told.lane].take(told, offset)

    def load_lines(self) -> None:
        """Read the same as JSON, line by line as it would come, and do nothing with it."""
        for line in self.json:
            json.loads(line)

    def load_replies(self) -> None:
        """Read the replies alone, as one JSON document."""
        json.loads(self.replies)


def measure(repetitions: int) -> list[Line]:
    """Receive a recorded stream."""
    four, six = Recorded(LANES, HOPS), Recorded(6, 10)
    plain = sum(map(len, four.json))
    packed = sum(map(len, four.pieces))
    deflated = len(zlib.compress(b"\n".join(four.json), 9))
    what = f"{VANTAGES} vantages × {LANES} lanes × {HOPS} hops"
    of_stream = (
        f"one vantage's {four.probes} probes, {ROUNDS} rounds: {packed / 1e3:.0f} kB as sent; as JSON, "
        f"an object for each event, {plain / 1e3:.0f} kB, {deflated / 1e3:.0f} packed"
    )
    received = Samples(tuple(_us(four.receive, four.probes) for _ in range(repetitions)))
    return [
        Line(
            f"receiving {what}: unpacked, checked, counted",
            "µs of CPU a probe",
            received,
            Samples(tuple(_us(four.load_lines, four.probes) for _ in range(repetitions))),
            "json.loads of every event",
            budget=1,
            budget_is_ratio=True,
            remarks=(of_stream,),
        ),
        Line(
            "the same, against replies alone in one document",
            "µs of CPU a probe",
            received,
            Samples(tuple(_us(four.load_replies, four.probes) for _ in range(repetitions))),
            "json.loads of replies",
            remarks=("reading is not counting: a document is read at once, and nothing is done with it",),
        ),
        Line(
            "stream of a vantage, 6 lanes × 10 hops at 1 Hz",
            "kB/s",
            Samples((sum(map(len, six.pieces)) / ROUNDS / 1e3,)),
            budget=3,
            remarks=("without the archive that comes before it, and what ssh adds",),
        ),
    ]


def _us(work: Callable[[], None], probes: int) -> float:
    started = time.process_time()
    work()
    return (time.process_time() - started) / probes * 1e6
