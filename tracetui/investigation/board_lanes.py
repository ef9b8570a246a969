"""All lanes of an investigation, probed and imported ones: removals, undoing them, roles."""

from collections.abc import Sequence
from typing import Final

from tracetui.investigation.board import Panel
from tracetui.investigation.board_targets import MAX_UNDO, Targets
from tracetui.investigation.imported_lanes import ImportedLanes
from tracetui.investigation.services import Service
from tracetui.investigation.trace_endpoint import trace_endpoint
from tracetui.model import Lane, Role, TargetError
from tracetui.model.imported_trace import ImportedTrace

_NOTHING: Final = "nothing to restore"


class BoardLanes:
    """What the user may do with a panel, whoever measured it. Not thread-safe: the investigation locks."""

    def __init__(self) -> None:
        self.targets = Targets()
        self.imported = ImportedLanes()
        self._removals: list[Targets | ImportedLanes] = []
        """Where each removal that can be undone was made, the last one at the end."""

    @property
    def all(self) -> list[Lane]:
        """The lanes of targets in board order, then the imported ones."""
        return [*self.targets.lanes, *self.imported.lanes]

    def remove(self, panel: Panel) -> list[Lane]:
        """Take a panel off the board; return its lanes."""
        for place in (self.targets, self.imported):
            removed = place.remove(panel)
            if removed:
                self._removals = [*self._removals[1 - MAX_UNDO :], place]
                return removed
        return []

    def undo_removal(self) -> list[Lane]:
        """Put back what was removed last; return its lanes. Raises TargetError when there is nothing."""
        if not self._removals:
            raise TargetError(_NOTHING)
        back = self._removals.pop().undo_removal()
        if not back:
            raise TargetError("what was removed last is already on the board")
        return back

    def set_role(self, panel: Panel, role: Role) -> list[Lane]:
        """Mark a panel; return its lanes."""
        return self.targets.set_role(panel, role) or self.imported.set_role(panel, role)

    def set_services(self, panel: Panel, services: Sequence[Service]) -> tuple[list[Lane], list[Lane]]:
        """Probe a panel with `services` alone; return the lanes added and removed. Raises TargetError."""
        self.check_probed(panel)
        return self.targets.set_services(panel, services)

    def check_probed(self, panel: Panel) -> None:
        """Raise TargetError for a panel that only other tools probed."""
        if any(lane.panel == panel for lane in self.imported.lanes):
            raise TargetError("an imported trace is not probed")

    def import_traces(self, traces: Sequence[ImportedTrace], text: str, about: str) -> int:
        """Import traces read from `text`; return how many. Raises TargetError, and imports none then."""
        lanes, addresses = self.all, self.targets.addresses
        return len(
            self.imported.add(traces, text, lambda trace: trace_endpoint(trace, about, lanes, addresses))
        )
