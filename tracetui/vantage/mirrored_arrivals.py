"""Keeps what a vantage sees of our probes that arrive there, whichever connection tells of it."""

from collections.abc import Callable, Sequence
from itertools import accumulate

from tracetui.model.probe_arrivals import ProbeArrivals
from tracetui.probing.arrival_watch import WatchedFlow
from tracetui.probing.seen_arrivals import SeenArrivals
from tracetui.vantage import events
from tracetui.vantage.clock_offset import ClockOffset
from tracetui.vantage.events import FarEndError
from tracetui.vantage.far import MAX_LANES


class MirroredArrivals:
    """Numbers flows for the far end. For one thread."""

    def __init__(self, send: Callable[..., None]) -> None:
        """`send` tells the far end a command, where there is one."""
        self._send = send
        self._numbers: dict[str, int] = {}
        self._watched: dict[str, WatchedFlow] = {}
        self._seen = SeenArrivals()

    @property
    def arrivals(self) -> tuple[ProbeArrivals, ...]:
        """What is known of each lane that is watched; the same object while nothing is told."""
        return self._seen.arrivals

    def watch(self, flows: Sequence[WatchedFlow]) -> None:
        """Have the far end watch these flows, and no others."""
        wanted = {flow.lane: flow for flow in flows[:MAX_LANES]}
        before, self._watched = self._watched, wanted
        self._seen.expect(wanted.values())
        for lane in before:
            if lane not in wanted:
                self._send("unwatch", self._numbers[lane])
        for lane, flow in wanted.items():
            if before.get(lane) != flow:
                self._tell(flow)

    def tell_all(self) -> None:
        """Have a far end that has just begun watch all flows."""
        for flow in self._watched.values():
            self._tell(flow)

    def take(self, event: events.ArrivalEvent, offset: ClockOffset) -> None:
        """Keep what the far end tells. Raises FarEndError for what cannot be."""
        match event:
            case events.Watched():
                self._seen.begin(self._lane(event.flow), event.unix_us * 1000 + offset.unix_ns)
            case events.Seen():
                times = (
                    [at_us * 1000 + offset.unix_ns for at_us in accumulate(each)]
                    for each in (event.arrived_us, event.answered_us)
                )
                self._seen.see(self._lane(event.flow), *times)
            case events.Looked():
                self._seen.look(event.unix_us * 1000 + offset.unix_ns)

    def _lane(self, number: int) -> str:
        """Return the lane with this number; it need not be watched any more."""
        lane = next((lane for lane, known in self._numbers.items() if known == number), None)
        if lane is None:
            raise FarEndError("the far end tells of probes that it was not asked about")
        return lane

    def _tell(self, flow: WatchedFlow) -> None:
        number = self._numbers.setdefault(flow.lane, len(self._numbers))
        what = flow.protocol.value, flow.sources, flow.destination, flow.port, flow.numbers
        self._send("watch", number, what)
