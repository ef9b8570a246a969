"""What an investigation needs of whatever traces at a vantage: our own probing there, or a command."""

from abc import abstractmethod
from dataclasses import dataclass

from tracetui.model import LaneTrace
from tracetui.model.remote_vantage import RemoteVantage
from tracetui.probing.lane_engine import LaneEngine


@dataclass(frozen=True, slots=True)
class RemotePublished:
    """The measurements and the state of a vantage that were published last."""

    traces: tuple[LaneTrace, ...]
    vantage: RemoteVantage

    def followed_by(self, traces: tuple[LaneTrace, ...], vantage: RemoteVantage) -> "RemotePublished":
        """Return what is published next; the same object where nothing has changed."""
        same = len(traces) == len(self.traces) and all(
            one is other for one, other in zip(traces, self.traces, strict=True)
        )
        return self if same and vantage == self.vantage else RemotePublished(traces, vantage)


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
