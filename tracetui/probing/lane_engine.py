"""What every engine that traces lanes can be told: the one here, and those of vantages."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence

from tracetui.model import Lane, Role
from tracetui.probing.pace import Pace


class LaneEngine(ABC):
    """Traces lanes. Every public method may be called from any thread.

    A command is given to `_command`, which obeys it where the engine's state may be changed: the method of
    the same name with an underscore says how.
    """

    @abstractmethod
    def start(self) -> None:
        """Begin, in the background."""

    def add(self, lanes: Sequence[Lane]) -> None:
        """Start tracing lanes; one that is traced already is left alone."""
        self._command(lambda: self._add(lanes))

    def remove(self, lane_ids: Sequence[str]) -> None:
        """Stop tracing lanes; `bring_back` can undo that for the last few."""
        self._command(lambda: self._remove(lane_ids))

    def bring_back(self, lanes: Sequence[Lane]) -> None:
        """Trace removed lanes again, with their earlier measurements where these are still kept."""
        self._command(lambda: self._bring_back(lanes))

    def set_pace(self, pace: Pace) -> None:
        """Change the interval and the highest TTL; the timeout stays."""
        self._command(lambda: self._set_pace(pace))

    def set_role(self, lane_ids: Sequence[str], role: Role) -> None:
        """Mark lanes as suspects or controls."""
        self._command(lambda: self._set_role(lane_ids, role))

    def restart(self) -> None:
        """Restart the statistics of all lanes."""
        self._command(self._restart)

    @abstractmethod
    def join(self, timeout_s: float) -> bool:
        """Wait at most `timeout_s` until all rounds are done, or nothing more is to be hoped for."""

    @abstractmethod
    def stop(self) -> None:
        """Send no more; what was measured stays published."""

    @abstractmethod
    def close(self) -> None:
        """Stop, wait for the end, and close what is open."""

    @abstractmethod
    def _command(self, command: Callable[[], object]) -> None: ...

    @abstractmethod
    def _add(self, lanes: Sequence[Lane]) -> None: ...

    @abstractmethod
    def _remove(self, lane_ids: Sequence[str]) -> None: ...

    @abstractmethod
    def _bring_back(self, lanes: Sequence[Lane]) -> None: ...

    @abstractmethod
    def _set_pace(self, pace: Pace) -> None: ...

    @abstractmethod
    def _set_role(self, lane_ids: Sequence[str], role: Role) -> None: ...

    @abstractmethod
    def _restart(self) -> None: ...
