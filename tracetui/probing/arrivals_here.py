"""What is seen of probes that arrive at this machine."""

import contextlib
from abc import ABC, abstractmethod
from collections.abc import Sequence

from tracetui.model.probe_arrivals import ProbeArrivals
from tracetui.probing.arrival_watch import ArrivalWatch, WatchedFlow
from tracetui.probing.clock import Clock
from tracetui.probing.seen_arrivals import SeenArrivals


class ArrivalsHere(ABC):
    """Sees probes arrive; may be asked from any thread."""

    def __init__(self) -> None:
        self._seen = SeenArrivals()

    @property
    def arrivals(self) -> tuple[ProbeArrivals, ...]:
        """What is known of each lane that is watched; the same object while nothing is told."""
        return self._seen.arrivals

    @abstractmethod
    def watch(self, flows: Sequence[WatchedFlow]) -> None:
        """Watch these flows, and no others."""

    @abstractmethod
    def close(self) -> None:
        """Watch nothing any more."""


class ArrivalsOnTheWire(ArrivalsHere):
    """Sees them on the interfaces of this machine, if it may."""

    def __init__(self, clock: Clock) -> None:
        """Open what it takes, before the privilege for it is given up."""
        super().__init__()
        self._watch = ArrivalWatch.open(clock, self._seen)

    def watch(self, flows: Sequence[WatchedFlow]) -> None:
        if self._watch is not None:
            self._seen.expect(flows)
            with contextlib.suppress(OSError):  # no memory for the filter: nothing is seen
                self._watch.watch(flows)

    def close(self) -> None:
        if self._watch is not None:
            self._watch.close()
