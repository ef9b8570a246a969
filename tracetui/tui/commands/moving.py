"""Moving: from row to row, from endpoint to endpoint, from view to view."""

from textual import on

from tracetui.tui.board.grid import BoardGrid
from tracetui.tui.board_base import BoardBase
from tracetui.tui.paint.rows_view import RowsView
from tracetui.tui.view import ViewName


class MoveActions(BoardBase):
    """The commands that move the cursor; what they mean is the seen view's affair."""

    def action_next_panel(self) -> None:
        """Go one endpoint on."""
        self.view.move_aside(1)

    def action_previous_panel(self) -> None:
        """Go one endpoint back."""
        self.view.move_aside(-1)

    def action_go_to_panel(self, index: int) -> None:
        """Go to panel number `index`; what a click on the strip does."""
        self.grid.go_to(index)

    def action_cursor_down(self) -> None:
        """One row down."""
        self.view.move_by(1)

    def action_cursor_up(self) -> None:
        """One row up."""
        self.view.move_by(-1)

    def action_first_hop(self) -> None:
        """To the first row."""
        self.view.move_first()

    def action_last_hop(self) -> None:
        """To the last row."""
        self.view.move_last()

    def action_half_page_down(self) -> None:
        """Half a page down."""
        self.view.move_page(1)

    def action_half_page_up(self) -> None:
        """Half a page up."""
        self.view.move_page(-1)

    def action_show_board(self) -> None:
        """Show the board, as panels."""
        self.show_view(ViewName.BOARD)

    def action_show_paths(self) -> None:
        """Show the AS paths."""
        self.show_view(ViewName.PATHS)

    def action_show_timeline(self) -> None:
        """Show the timeline."""
        self.show_view(ViewName.TIMELINE)

    def action_show_evidence(self) -> None:
        """Show the evidence."""
        self.show_view(ViewName.EVIDENCE)

    def action_switch_overview(self) -> None:
        """Change between panels and one line a lane."""
        on_overview = self.view_name is ViewName.OVERVIEW
        self.show_view(ViewName.BOARD if on_overview else ViewName.OVERVIEW)

    @on(BoardGrid.CursorMoved)
    def _grid_moved(self) -> None:
        self.draw_choice()

    @on(RowsView.Moved)
    def _row_moved(self) -> None:
        """Point the other views at what this one points at."""
        panel = self.view.chosen_panel
        if panel is not None and panel != self.grid.chosen:
            self.grid.chosen = panel
            self.draw_choice()
