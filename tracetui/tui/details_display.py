"""Decides where details are shown: beside the board, or over it on a narrow terminal."""

from collections.abc import Callable, Sequence

from textual.screen import Screen

from tracetui.config import Details
from tracetui.model import LaneSnapshot, Snapshot
from tracetui.tui.board.arrangement import SIDE_FROM
from tracetui.tui.details.details_view import DetailsScreen, DetailsView


class DetailsDisplay:
    """Opens, fills and closes the details of the chosen hop or endpoint."""

    def __init__(self, board: Screen[None], place: Details) -> None:
        self._board = board
        self._place = place
        self.of_endpoint = False
        """True where they are of the chosen endpoint, not of its chosen hop."""

    @property
    def side(self) -> DetailsView:
        """The details beside the board, displayed or not."""
        return self._board.query_one("#side", DetailsView)

    @property
    def over(self) -> DetailsScreen | None:
        """The details over the board, while they are open."""
        over = self._board.app.screen
        return over if isinstance(over, DetailsScreen) else None

    @property
    def are_open(self) -> bool:
        """True while they are shown, wherever that is."""
        return self.side.display or self.over is not None

    def open(self, step: Callable[[int], None]) -> None:
        """Show them; `step` is called where the user wants those of the next hop (1) or the previous (-1)."""
        if self._beside:
            self.side.display = True
        elif self.over is None:
            self._board.app.push_screen(DetailsScreen(step))

    def close(self) -> None:
        """Show them no more."""
        if self.over is not None:
            self.over.action_leave()
        else:
            self.side.display = False

    def draw(self, lanes: Sequence[LaneSnapshot], ttl: int | None, snapshot: Snapshot | None) -> None:
        """Fill them, where they are open, with the hop at `ttl` of `lanes`; None: the endpoint itself."""
        details = self.over.details if self.over is not None else self.side
        if details is self.side and not self.side.display:
            return
        if snapshot is None or not lanes:
            details.clear()
        else:
            details.show(lanes, None if self.of_endpoint else ttl, snapshot)

    def fit(self) -> None:
        """Close those beside the board where there is no room for them any more."""
        if self.side.display and not self._beside:
            self.side.display = False

    @property
    def _beside(self) -> bool:
        if self._place is Details.AUTO:
            return self._board.app.size.width >= SIDE_FROM
        return self._place is Details.SIDE
