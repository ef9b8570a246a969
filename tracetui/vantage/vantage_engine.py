"""What an investigation needs of whatever traces at a vantage: our own probing there, or a command."""

from collections.abc import Sequence
from typing import Protocol

from tracetui.model import Lane, Role
from tracetui.probing.pace import Pace
from tracetui.vantage.remote_engine import RemotePublished


class VantageEngine(Protocol):
    """The lanes of one vantage. Every method may be called from any thread."""

    @property
    def name(self) -> str:
        """The name of the vantage."""

    @property
    def published(self) -> RemotePublished:
        """The newest traces; the same object while nothing has changed."""

    def start(self) -> None:
        """Begin, in the background."""

    def add(self, lanes: Sequence[Lane]) -> None:
        """Trace lanes there."""

    def remove(self, lane_ids: Sequence[str]) -> None:
        """Stop tracing lanes."""

    def bring_back(self, lanes: Sequence[Lane]) -> None:
        """Trace removed lanes again."""

    def set_pace(self, pace: Pace) -> None:
        """Change the interval and the highest TTL."""

    def set_role(self, lane_ids: Sequence[str], role: Role) -> None:
        """Mark lanes."""

    def restart(self) -> None:
        """Restart the statistics of all lanes."""

    def join(self, timeout_s: float) -> bool:
        """Wait at most `timeout_s` until all that was asked for is done."""

    def stop(self) -> None:
        """Measure no more; what was measured stays published."""

    def close(self) -> None:
        """Stop, and wait for the end."""
