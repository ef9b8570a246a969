"""Shows the details of a hop or an endpoint: beside the board, or over it on a narrow terminal."""

from collections.abc import Callable, Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import Screen

from tracetui.analysis.cache import Remembered
from tracetui.config import Details
from tracetui.model import LaneSnapshot, Role, Snapshot
from tracetui.tui.board.arrangement import SIDE_FROM
from tracetui.tui.details.hop_details import hop_rows
from tracetui.tui.details.lane_details import lane_rows
from tracetui.tui.modal import ReadOnlyModal, closing
from tracetui.tui.paint.ink import Ink
from tracetui.tui.paint.inked_screen import InkedScreen
from tracetui.tui.paint.position import position_words
from tracetui.tui.paint.rows_view import Row, RowsView

Subject = tuple[Sequence[LaneSnapshot], int | None, Snapshot]
"""What details are of: an endpoint's lanes, a TTL (None: the endpoint itself), and their snapshot."""


class DetailsView(Vertical):
    """Shows one hop, or one endpoint, as fully as it is known; scrolls, and paints only rows that change.

    While it is not on the screen, it keeps its subject and makes no rows.
    """

    def __init__(self, *, hint: str = "", id: str | None = None) -> None:  # noqa: A002 - Textual's name
        """`hint` stands at the foot, beside which rows are in sight."""
        super().__init__(id=id)
        self.rows = RowsView()
        self.rows.can_focus = False  # moving stays with the board; scrolling comes by calls and by the wheel
        self._subject: Subject | None = None
        self._made = Remembered[Sequence[Row]]()
        self._title = ""
        self._position = ""
        self._hint = hint

    def compose(self) -> ComposeResult:
        yield self.rows

    def on_mount(self) -> None:
        """Say which rows are in sight, wherever the view is scrolled."""
        self.watch(self.rows, "scroll_y", self._tell_position, init=False)

    def show(self, lanes: Sequence[LaneSnapshot], ttl: int | None, snapshot: Snapshot) -> None:
        """Show the hop at `ttl` of an endpoint's `lanes`, or, where that is None, the endpoint itself.

        Windows of loss and ages in the chart count back from `snapshot.created_at`. With traces cut to a
        stretch of time all figures are of that stretch.
        """
        self._subject = (tuple(lanes), ttl, snapshot)
        self._fill()

    def clear(self) -> None:
        """Show nothing: there is no endpoint."""
        self._release()
        self.rows.show(())
        self._tell("")

    def repaint(self) -> None:
        """Paint everything again: the colours are different."""
        self.rows.repaint()
        self._fill()

    def move_by(self, step: int) -> None:
        """Scroll `step` rows down."""
        self.rows.scroll_relative(y=step, animate=False, immediate=True)

    def move_page(self, direction: int) -> None:
        """Scroll half a page down (1) or up (-1)."""
        self.move_by(direction * max(1, self.rows.size.height // 2))

    def move_first(self) -> None:
        """Scroll to the first row."""
        self.rows.scroll_to(y=0, animate=False)

    def move_last(self) -> None:
        """Scroll to the last row."""
        self.rows.scroll_end(animate=False)

    def on_show(self) -> None:
        """Make the rows that were not made while hidden."""
        self.call_after_refresh(self._fill)

    def on_hide(self) -> None:
        """Release the snapshot while the view is hidden."""
        if not self.display:
            self._release()

    def _release(self) -> None:
        self._subject = None
        self._made = Remembered()

    def on_resize(self) -> None:
        """Make the rows for the new width, once it is laid out."""
        self.call_after_refresh(self._fill)

    def _fill(self) -> None:
        width = self.rows.size.width
        if self._subject is None or width <= 0 or not self.rows.is_on_screen:
            return
        lanes, ttl, snapshot = self._subject
        ink = self.rows.ink
        rows = self._made.get(
            (ink, snapshot, *lanes),
            lambda: details_rows(lanes, ttl, snapshot, ink, width),
            equal=(width, ttl),
        )
        self._tell(title_of(lanes, ttl))
        self.rows.show(rows)
        self._tell_position()

    def _tell(self, title: str) -> None:
        if title != self._title:
            self._title = title
            self.border_title = Content(title)  # never a str: that would be parsed as markup

    def _tell_position(self) -> None:
        rows = self.rows
        place = position_words(rows.scroll_offset.y, rows.size.height, rows.virtual_size.height)
        text = " · ".join(part for part in (place, self._hint) if part)
        if text != self._position:
            self._position = text
            self.border_subtitle = Content(text)


class DetailsScreen(InkedScreen, ReadOnlyModal[None]):
    """The details over the whole of a narrow terminal. Whoever opens it goes on calling `details.show`."""

    AUTO_FOCUS = ""
    PASSED_ON = frozenset({"toggle_endpoint", "show_findings", "ask_registry", "copy", "add_note"})
    BINDINGS: ClassVar[list[BindingType]] = [
        *closing(),
        Binding("enter", "leave", "Close", show=False),
        Binding("J", "scroll(1)", "Scroll down", show=False),
        Binding("K", "scroll(-1)", "Scroll up", show=False),
        Binding("ctrl+d,pagedown,space", "page(1)", "Page down", show=False),
        Binding("ctrl+u,pageup", "page(-1)", "Page up", show=False),
        Binding("g,home", "first", "Top", show=False),
        Binding("G,end", "last", "Bottom", show=False),
        Binding("j,down", "step(1)", "Next hop", show=False),
        Binding("k,up", "step(-1)", "Previous hop", show=False),
    ]

    def __init__(self, step: Callable[[int], None]) -> None:
        """`step` is called with 1 or -1 when the user wants the next or the previous hop."""
        super().__init__()
        self.details = DetailsView(hint="↑↓ hop · J K scroll · esc closes")
        self._step = step

    def compose(self) -> ComposeResult:
        yield self.details

    def repaint(self) -> None:
        self.details.repaint()

    def action_scroll(self, step: int) -> None:
        self.details.move_by(step)

    def action_page(self, direction: int) -> None:
        self.details.move_page(direction)

    def action_first(self) -> None:
        self.details.move_first()

    def action_last(self) -> None:
        self.details.move_last()

    def action_step(self, step: int) -> None:
        self._step(step)


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
        """Close the details beside the board when there is no longer room."""
        if self.side.display and not self._beside:
            self.side.display = False

    @property
    def _beside(self) -> bool:
        if self._place is Details.AUTO:
            return self._board.app.size.width >= SIDE_FROM
        return self._place is Details.SIDE


def details_rows(
    lanes: Sequence[LaneSnapshot], ttl: int | None, snapshot: Snapshot, ink: Ink, width: int
) -> Sequence[Row]:
    """Return the details of the hop at `ttl` of an endpoint's `lanes`; None: of the endpoint itself."""
    if ttl is None:
        return lane_rows(lanes, snapshot, ink, width)
    return hop_rows(lanes, ttl, snapshot, ink, width)


def title_of(lanes: Sequence[LaneSnapshot], ttl: int | None) -> str:
    """Return what the details are of: `hop 5 · mail.example.org`, or the endpoint's host and address."""
    if not lanes:
        return ""
    lane = lanes[0].lane
    control = "control · " if lane.role is Role.CONTROL else ""
    if ttl is not None:
        return f"hop {ttl} · {control}{lane.host}"
    return f"{control}{lane.host}" + ("" if lane.host == lane.address else f" · {lane.address}")
