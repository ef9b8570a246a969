"""Moving on the board: from hop to hop, from endpoint to endpoint."""

from tracetui.tui.board_grid import BoardGrid
from tracetui.tui.inked_screen import InkedScreen


class MovingScreen(InkedScreen):
    """The part of the board's screen that moves the cursor."""

    grid: BoardGrid

    def action_next_panel(self) -> None:
        """Go one panel on."""
        self.grid.go_by(1)

    def action_previous_panel(self) -> None:
        """Go one panel back."""
        self.grid.go_by(-1)

    def action_go_to_panel(self, index: int) -> None:
        """Go to panel number `index`; what a click on the strip does."""
        self.grid.go_to(index)

    def action_cursor_down(self) -> None:
        """One hop down."""
        self.grid.move_to(self.grid.row + 1)

    def action_cursor_up(self) -> None:
        """One hop up."""
        self.grid.move_to(self.grid.row - 1)

    def action_first_hop(self) -> None:
        """To the first hop."""
        self.grid.move_to(0)

    def action_last_hop(self) -> None:
        """To the last hop of the chosen panel."""
        view = self.grid.chosen_view
        if view is not None:
            self.grid.move_to(len(view.hops.rows) - 1)

    def action_half_page_down(self) -> None:
        """Half a page down."""
        self.grid.move_to(self.grid.row + self._half_page())

    def action_half_page_up(self) -> None:
        """Half a page up."""
        self.grid.move_to(self.grid.row - self._half_page())

    def _half_page(self) -> int:
        view = self.grid.chosen_view
        return max(1, view.hops.size.height // 2) if view is not None else 1
