"""An engine as it runs at a vantage, and the lanes counted here from what it writes; no process between."""

import io
import random
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import replace

from tracetui.model import FlowKind, Lane, LaneTrace
from tracetui.probing.engine import Engine
from tracetui.probing.pace import Pace
from tracetui.probing.prober import Prober
from tracetui.vantage.clock_offset import ClockOffset
from tracetui.vantage.events import EventReader, FarEndError
from tracetui.vantage.far import GREETING
from tracetui.vantage.far.far_end import Writer
from tracetui.vantage.far.forwarded_counts import ForwardedCounts
from tracetui.vantage.mirrored_lane import MirroredLane

SAME_CLOCK = ClockOffset(0, 0, 0)


class FarLink:
    """Lanes are numbered in the order in which they are given."""

    def __init__(
        self, prober: Prober, clock, pace: Pace, lanes: Sequence[Lane], *, seed: int = 7, forget: int = 0
    ) -> None:
        self.output = io.BytesIO()
        self.writer = Writer(self.output)
        self.lanes = list(lanes)
        self.numbers = {lane.id: number for number, lane in enumerate(lanes)}
        self.reader = EventReader()
        self.unfold = zlib.decompressobj()
        """For tests that look at lines; the reader has one of its own."""

        self.mirrors = {number: MirroredLane(lane, clock.unix_ns() + 1) for number, lane in enumerate(lanes)}
        self.engine = Engine(
            prober,
            clock,
            pace,
            random_source=random.Random(seed),
            publish_every_s=None,
            make_counts=self._counts,
        )

    def _counts(self, lane: Lane, flow: FlowKind, unix_ns: int) -> ForwardedCounts:
        return ForwardedCounts(lane, flow, unix_ns, self.numbers[lane.id], self.writer.emit)

    def written(self) -> bytes:
        """Return what the far end has written since the last call."""
        self.writer.write()
        content = self.output.getvalue()
        self.output.seek(0)
        self.output.truncate()
        return content

    def carry(self, *, piece: int = 1 << 16) -> None:
        """Count here what was written since the last call, read in pieces."""
        for event in events_in(self.reader, self.written(), piece):
            self.mirrors[event.lane].take(event, SAME_CLOCK)

    def there(self) -> dict[str, LaneTrace]:
        """The traces as the engine has them."""
        return {trace.lane.id: comparable(trace) for trace in self.engine.published.traces}

    def here(self) -> dict[str, LaneTrace]:
        """The same lanes as they were counted here."""
        return {
            mirror.lane.id: comparable(mirror.trace(finished=False))
            for mirror in self.mirrors.values()
            if mirror.lane.id in self.there()
        }


def events_in(reader: EventReader, content: bytes, piece: int) -> Iterator:
    for start in range(0, len(content), piece):
        yield from reader.read(content[start : start + piece])


def comparable(trace: LaneTrace) -> LaneTrace:
    """Versions count changes of two different things; whether a lane is done is told apart; times of replies
    come in microseconds."""
    hops = tuple(
        replace(
            hop,
            responders=tuple(replace(one, last_ns=one.last_ns // 1000) for one in hop.responders),
        )
        for hop in trace.hops
    )
    return replace(trace, version=0, finished=False, hops=hops)


__all__ = ["GREETING", "FarEndError", "FarLink", "comparable", "events_in"]
