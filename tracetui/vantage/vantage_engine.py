"""What an investigation needs of whatever traces at a vantage: our own probing there, or a command."""

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass

from tracetui.model import LaneTrace
from tracetui.model.probe_arrivals import ProbeArrivals
from tracetui.model.remote_vantage import RemoteVantage
from tracetui.probing.arrival_watch import WatchedFlow
from tracetui.probing.lane_engine import LaneEngine


@dataclass(frozen=True, slots=True)
class RemotePublished:
    """The measurements and the state of a vantage that were published last."""

    traces: tuple[LaneTrace, ...]
    vantage: RemoteVantage
    arrivals: tuple[ProbeArrivals, ...] = ()
    """Of our probes that arrive there."""

    def followed_by(
        self,
        traces: tuple[LaneTrace, ...],
        vantage: RemoteVantage,
        arrivals: tuple[ProbeArrivals, ...] = (),
    ) -> "RemotePublished":
        """Return what is published next; the same object where nothing has changed."""
        same = len(traces) == len(self.traces) and all(
            one is other for one, other in zip(traces, self.traces, strict=True)
        )
        if same and vantage == self.vantage and arrivals is self.arrivals:
            return self
        return RemotePublished(traces, vantage, arrivals)


class VantageEngine(LaneEngine):
    """The lanes of one vantage. It can be started again after it was stopped: what was measured stays."""

    @property
    @abstractmethod
    def name(self) -> str:
        """The name of the vantage."""

    @property
    @abstractmethod
    def published(self) -> RemotePublished:
        """The newest traces; the same object while nothing has changed."""

    def watch_arrivals(self, flows: Sequence[WatchedFlow]) -> None:
        """Watch probes of these flows arrive there, and no others; where that cannot be, nothing is told."""
        self._command(lambda: self._watch_arrivals(flows))

    def _watch_arrivals(self, flows: Sequence[WatchedFlow]) -> None:
        """Obey that; by default it cannot be done."""
