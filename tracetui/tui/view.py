"""The base class of all views, and the scene that a view draws."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from textual.containers import Vertical
from textual.geometry import Size
from textual.widget import Widget

from tracetui.investigation.board import Panel
from tracetui.model import LaneSnapshot, Snapshot


class ViewName(StrEnum):
    """The views; what the middle of the screen shows."""

    BOARD = "board"
    """Hops side by side, one panel per endpoint."""

    OVERVIEW = "overview"
    """A line a lane; the board's other face, for many targets."""

    PATHS = "paths"
    TIMELINE = "timeline"
    EVIDENCE = "evidence"
    SURVEY = "survey"


@dataclass(frozen=True, slots=True)
class Scene:
    """What is to be drawn, and how."""

    snapshot: Snapshot
    """Of the moment and the time window that are shown, with own addresses masked if the user chose so."""

    newest: Snapshot
    """Of now and over all time, masked likewise; the same object as `snapshot` where that is shown."""

    lanes: tuple[LaneSnapshot, ...]
    """Those of `snapshot` to draw, in the order of the screen; without hidden and filtered ones."""

    chosen: Panel | None = None
    """The endpoint that all views point at."""

    moment: datetime | None = None
    """The past moment that is shown; None: now."""

    compared_with: datetime | None = None
    """The earlier moment that the user wants it compared with."""

    window_s: float | None = None
    """Length of the stretch of time over which loss and RTT are counted; None: all."""

    failing_first: int = 0
    """Endpoints that come before others because they fail; 0 where the order is the one asked for."""


class View(Vertical):
    """A view that fills the middle of the screen.

    `show` is called with each new scene while the view is seen, never otherwise. Movement keys arrive as
    calls; a view for which one means nothing ignores it.
    """

    @property
    def room(self) -> Size:
        """Cells to draw in; before the view is laid out, or laid out again, those of what it will fill."""
        parent = self.parent
        return self.size or (parent.size if isinstance(parent, Widget) else self.size)

    def show(self, scene: Scene) -> None:
        """Draw `scene`; what is the same as before is not drawn again."""
        raise NotImplementedError

    def repaint(self) -> None:
        """Draw everything again: the colours are different."""

    def release(self) -> None:
        """Release the scene, which holds all kept rounds: another view is seen from now on."""

    def take_focus(self) -> None:
        """Focus the widget that shows the cursor."""

    @property
    def chosen_panel(self) -> Panel | None:
        """The endpoint under the cursor; None where the cursor points at something else."""
        return None

    @property
    def chosen_finding(self) -> int | None:
        """Place of the finding under the cursor; None where it points at something else."""
        return None

    @property
    def chosen_note(self) -> int | None:
        """Place of the note under the cursor; None where it points at something else."""
        return None

    def move_by(self, step: int) -> None:
        """The cursor `step` rows down."""

    def move_first(self) -> None:
        """To the first row."""

    def move_last(self) -> None:
        """To the last row."""

    def move_page(self, direction: int) -> None:
        """Half a page down (1) or up (-1)."""

    def move_aside(self, step: int) -> None:
        """One thing to the right (1) or to the left (-1): an endpoint, a moment."""
