"""Decides which endpoint is chosen without a key that moves to it."""

from collections.abc import Collection, Sequence
from typing import Final

from tracetui.investigation.board import Panel
from tracetui.model import LaneSnapshot, Snapshot

_START: Final = 10
"""Rounds in which endpoints appear one by one, and those that fail come to the front."""


class AutomaticChoice:
    """Chooses the first endpoint at the start, and those that the user adds or brings back.

    Targets resolve in the background, so an endpoint comes a while after the key that asked for it. If the
    user has moved meanwhile, the cursor stays there.
    """

    def __init__(self) -> None:
        self._starting = True
        self._first: Panel | None = None
        self._targets: frozenset[str] = frozenset()
        self._there: frozenset[Panel] = frozenset()
        self._panel: Panel | None = None
        self._chosen: Panel | None = None

    def end_start(self) -> None:
        """Leave the choice to the user, who has given a command."""
        self._starting = False

    def await_targets(self, targets: Collection[str], there: Collection[Panel], chosen: Panel | None) -> None:
        """Wait for an endpoint of `targets`, if possible one that is not `there` already."""
        self._targets, self._there = frozenset(targets), frozenset(there)
        self._panel, self._chosen = None, chosen

    def await_panel(self, panel: Panel, chosen: Panel | None) -> None:
        """Wait for `panel`."""
        self._targets, self._panel, self._chosen = frozenset(), panel, chosen

    def drop(self) -> None:
        """Wait for nothing any more."""
        self._targets, self._panel = frozenset(), None

    def first(self, lanes: Sequence[LaneSnapshot], snapshot: Snapshot, chosen: Panel | None) -> Panel | None:
        """Return the first endpoint of `lanes` at the start; None later, and once another is `chosen`."""
        moved = self._first not in (None, chosen)
        self._starting = self._starting and snapshot.rounds < _START and not moved
        self._first = lanes[0].lane.panel if lanes else None
        return self._first if self._starting else None

    def awaited(self, snapshot: Snapshot, chosen: Panel | None) -> Panel | None:
        """Return the endpoint to choose in place of `chosen`; None while there is none.

        `snapshot` has the real addresses; `chosen` is what the screen calls the endpoint under the cursor.
        """
        if not self._targets and self._panel is None:
            return None
        if self._chosen not in (None, chosen):
            self.drop()
            return None
        panels = [lane.lane.panel for lane in snapshot.lanes if self._is_asked_for(lane)]
        new = next((panel for panel in panels if panel not in self._there or panel == self._panel), None)
        resolving = any(one.target in self._targets and one.problem is None for one in snapshot.unresolved)
        return new if new is not None or resolving or not panels else panels[0]

    def _is_asked_for(self, lane: LaneSnapshot) -> bool:
        return lane.lane.panel == self._panel or lane.lane.target in self._targets
