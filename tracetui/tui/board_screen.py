"""The board: everything on it, pulled from the investigation at the screen's own pace."""

from typing import TYPE_CHECKING

from tracetui.tui.commands.looking import LookActions
from tracetui.tui.commands.moving import MoveActions

if TYPE_CHECKING:
    from tracetui.tui.timeline.timeline_view import TimelineView


class BoardScreen(MoveActions, LookActions):
    """Shows the newest snapshot of a board and passes on what the user wants."""

    def without_targets(self) -> None:
        """Ask for a target: there is nothing else to do."""
        self.action_add_target()

    def on_timeline_view_moment_chosen(self, event: "TimelineView.MomentChosen") -> None:
        """Show the moment under the timeline's cursor in all views."""
        self.look_at(event.moment)
