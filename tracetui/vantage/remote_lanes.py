"""The lanes of a vantage as they are counted here, whichever connection tells of them."""

from collections.abc import Callable, Sequence

from tracetui.model import Lane, LaneTrace, Role
from tracetui.probing.clock import Clock
from tracetui.vantage.clock_offset import ClockOffset
from tracetui.vantage.events import FarEndError, LaneEvent
from tracetui.vantage.far import MAX_LANES
from tracetui.vantage.mirrored_lane import MirroredLane


class RemoteLanes:
    """Numbers lanes for the far end, and keeps what was measured when the connection ends. For one thread."""

    def __init__(self, name: str, clock: Clock, send: Callable[..., None]) -> None:
        """`send` tells the far end a command, where there is one."""
        self._name = name
        self._clock = clock
        self._send = send
        self._numbers: dict[str, int] = {}
        self._traced: dict[int, MirroredLane] = {}
        self._removed: dict[int, MirroredLane] = {}

    def __len__(self) -> int:
        """Return how many are traced."""
        return len(self._traced)

    def add(self, lanes: Sequence[Lane]) -> None:
        """Trace lanes that are new."""
        for lane in lanes:
            if lane.id not in self._numbers:
                number = len(self._numbers)
                self._numbers[lane.id] = number
                self._traced[number] = MirroredLane(lane, self._clock.unix_ns())
                self._tell_to_add(number)

    def remove(self, lane_ids: Sequence[str]) -> None:
        """Trace lanes no more."""
        for number in self._known(lane_ids):
            self._removed[number] = self._traced.pop(number)
            self._send("remove", number)
            for waiting in list(self._traced)[MAX_LANES - 1 : MAX_LANES]:  # there is room for it now
                self._tell_to_add(waiting)

    def bring_back(self, lanes: Sequence[Lane]) -> None:
        """Trace lanes again, with their earlier measurements."""
        for lane in lanes:
            number = self._numbers.get(lane.id, -1)
            if number in self._removed:
                self._traced[number] = self._removed.pop(number)
                self._traced[number].counts.set_role(lane.role)
                self._tell_to_add(number)
        self.add(lanes)

    def set_role(self, lane_ids: Sequence[str], role: Role) -> None:
        """Mark lanes."""
        for number in self._known(lane_ids):
            self._traced[number].counts.set_role(role)

    def tell_all(self) -> None:
        """Have a far end that has just begun trace all lanes."""
        for number in self._traced:
            self._tell_to_add(number)

    def take(self, event: LaneEvent, offset: ClockOffset) -> None:
        """Count what the far end tells. Raises FarEndError for what cannot be."""
        mirror = self._traced.get(event.lane) or self._removed.get(event.lane)
        if mirror is None:
            raise FarEndError("the far end tells of lanes that it was not given")
        mirror.take(event, offset)

    def interrupted(self, words: str) -> None:
        """The connection was lost."""
        for mirror in self._traced.values():
            mirror.interrupted(words)

    def finish(self) -> None:
        """All rounds are done, which the traces tell."""
        for mirror in self._traced.values():
            mirror.counts.touch()

    def traces(self, *, finished: bool) -> tuple[LaneTrace, ...]:
        """Return the measurements; the same objects while nothing changes."""
        return tuple(mirror.trace(finished=finished) for mirror in self._traced.values())

    def _known(self, lane_ids: Sequence[str]) -> list[int]:
        numbers = (self._numbers.get(lane_id, -1) for lane_id in lane_ids)
        return [number for number in numbers if number in self._traced]

    def _tell_to_add(self, number: int) -> None:
        """The far end takes a lane that it knows up again."""
        mirror = self._traced[number]
        if list(self._traced).index(number) >= MAX_LANES:
            mirror.counts.fail(f"{self._name} traces at most {MAX_LANES} lanes")
            return
        lane = mirror.lane
        self._send("add", number, lane.address, lane.protocol.value, lane.port, lane.vantage)
