"""Keeps which probes of watched lanes arrived, and when answers to them left, whoever tells of it."""

import threading
from collections.abc import Iterable, Sequence
from typing import Final

from tracetui.model.probe_arrivals import ProbeArrivals
from tracetui.probing.arrival_watch import WatchedFlow

MAX_KEPT: Final = 4096
"""Moments kept of each lane: an hour at one round a second."""


class SeenArrivals:
    """Implements `Watcher`; may be told and asked from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._seen: dict[str, _Seen] = {}
        self._value: tuple[ProbeArrivals, ...] | None = ()

    def expect(self, flows: Iterable[WatchedFlow]) -> None:
        """Keep what is told of these flows, and of no others."""
        with self._lock:
            self._seen = {flow.lane: self._seen.get(flow.lane, _Seen(flow)) for flow in flows}
            self._value = None

    def begin(self, lane: str, at_ns: int) -> None:
        with self._lock:
            seen = self._seen.get(lane)
            if seen is not None:
                seen.from_ns = seen.until_ns = at_ns
                self._value = None

    def see(self, lane: str, arrived_ns: Sequence[int], answered_ns: Sequence[int]) -> None:
        with self._lock:
            seen = self._seen.get(lane)
            if seen is not None:
                seen.add(seen.arrived_ns, arrived_ns)
                seen.add(seen.answered_ns, answered_ns)
                self._value = None

    def look(self, at_ns: int) -> None:
        with self._lock:
            for seen in self._seen.values():
                if seen.from_ns is not None:
                    seen.until_ns = max(seen.until_ns, at_ns)
            self._value = None

    @property
    def arrivals(self) -> tuple[ProbeArrivals, ...]:
        """What is known of each lane that is watched; the same object while nothing is told."""
        with self._lock:
            if self._value is None:
                self._value = tuple([one.value() for one in self._seen.values() if one.from_ns is not None])
            return self._value


class _Seen:
    """What is known of one lane."""

    __slots__ = ("answered_ns", "arrived_ns", "flow", "from_ns", "until_ns")

    def __init__(self, flow: WatchedFlow) -> None:
        self.flow = flow
        self.from_ns: int | None = None
        self.until_ns = 0
        self.arrived_ns: list[int] = []
        self.answered_ns: list[int] = []

    def add(self, known: list[int], new: Iterable[int]) -> None:
        for at_ns in new:
            known.append(max(at_ns, known[-1]) if known else at_ns)
        if len(known) > MAX_KEPT:
            del known[: -MAX_KEPT // 2]
            self.from_ns = max(self.from_ns or 0, known[0])

    def value(self) -> ProbeArrivals:
        return ProbeArrivals(
            self.flow.lane,
            self.flow.seen_by,
            self.flow.direct,
            self.from_ns or 0,
            self.until_ns,
            tuple(self.arrived_ns),
            tuple(self.answered_ns),
        )
