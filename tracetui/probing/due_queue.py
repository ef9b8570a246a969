"""Orders the schedules of lanes by when their next probes are due."""

import heapq
from collections.abc import Iterable

from tracetui.probing.lane_schedule import LaneSchedule


class DueQueue:
    """A heap of schedules; one that was removed from the engine stays until it comes up."""

    def __init__(self) -> None:
        self.entries: list[tuple[int, int, LaneSchedule]] = []
        """Due time, order of coming, schedule."""

        self._order = 0

    def move(self, schedule: LaneSchedule) -> None:
        """Give the schedule's new due time its place."""
        self.entries = [entry for entry in self.entries if entry[2] is not schedule]
        self._append(schedule)
        heapq.heapify(self.entries)

    def refill(self, schedules: Iterable[LaneSchedule]) -> None:
        """Take the new due times of all."""
        self.entries = []
        for schedule in schedules:
            self._append(schedule)
        heapq.heapify(self.entries)

    def _append(self, schedule: LaneSchedule) -> None:
        if schedule.due_ns is not None:
            self._order += 1
            self.entries.append((schedule.due_ns, self._order, schedule))
