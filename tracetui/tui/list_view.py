"""Views made of rows with a cursor below a heading: overview, AS paths, evidence."""

from collections.abc import Hashable, Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult

from tracetui.investigation.board import Panel
from tracetui.tui.paint.lines_view import LinesView
from tracetui.tui.paint.pieces import Piece
from tracetui.tui.paint.position import position_words, with_position
from tracetui.tui.paint.rows_view import RowsView
from tracetui.tui.view import Scene, View


class RowsViewer(View):
    """A view whose cursor moves over rows."""

    rows: RowsView

    def take_focus(self) -> None:
        self.rows.focus(scroll_visible=False)

    def move_by(self, step: int) -> None:
        self.rows.move_by(step)

    def move_first(self) -> None:
        self.rows.move_first()

    def move_last(self) -> None:
        self.rows.move_last()

    def move_page(self, direction: int) -> None:
        self.rows.move_page(direction)


class ListView(RowsViewer):
    """Moves the cursor, follows the endpoint that other views point at, and fills itself for its width."""

    DEFAULT_CSS: ClassVar[str] = """
    ListView {
        LinesView { height: auto; }
        RowsView { height: 1fr; overflow-x: hidden; overflow-y: auto; scrollbar-size: 0 0; }
    }
    """

    COUNTED: ClassVar[str] = "lines"
    """What its rows are."""

    def __init__(self) -> None:
        super().__init__()
        self.head = LinesView(classes="head")
        self.rows = RowsView()
        self._scene: Scene | None = None
        self._pointed: Panel | None = None
        self._heading: Sequence[Piece] = ()

    def fill(self, scene: Scene, width: int) -> None:
        """Give `heading` and rows what `scene` says, in `width` cells."""
        raise NotImplementedError

    def panel_of(self, key: Hashable) -> Panel | None:
        """Return the endpoint that a row's key stands for; None where it stands for something else."""
        raise NotImplementedError

    def compose(self) -> ComposeResult:
        yield self.head
        yield self.rows

    def on_mount(self) -> None:
        """Say which rows are in sight, wherever the view is scrolled."""
        self.watch(self.rows, "scroll_y", self._draw_head, init=False)

    def heading(self, line: Sequence[Piece]) -> None:
        """Have `line` stand above the rows."""
        self._heading = line

    def _draw_head(self) -> None:
        """Draw the line above the rows; without one, there is one only where not all rows have room."""
        width, height = self.room
        count = len(self.rows)
        words = position_words(
            self.rows.scroll_offset.y,
            height - 1 if self._heading or count > height else height,
            count,
            self.COUNTED,
        )
        line = with_position(self._heading, words, width, self.rows.ink.muted)
        self.head.show([line] if line else [])

    def show(self, scene: Scene) -> None:
        self._scene = scene
        self._fill()
        if scene.chosen != self._pointed:
            self._pointed = scene.chosen
            if scene.chosen != self.chosen_panel:
                self._point_at(scene.chosen)

    @on(RowsView.Moved)
    def _moved(self) -> None:
        """Other views will point at this endpoint: until they point elsewhere, nothing is to be followed."""
        self._pointed = self.chosen_panel or self._pointed

    def _fill(self) -> None:
        if self._scene is not None and self.room.width and self.rows.is_attached:
            self.fill(self._scene, self.room.width)
            self._draw_head()

    def repaint(self) -> None:
        self.rows.repaint()
        self._fill()

    def release(self) -> None:
        self._scene = None

    def on_resize(self) -> None:
        """Fill for the new width, once it is laid out."""
        if self.display:
            self.call_after_refresh(self._fill)

    @property
    def chosen_panel(self) -> Panel | None:
        return self.panel_of(self.rows.chosen)

    def _point_at(self, panel: Panel | None) -> None:
        for key in self.rows.keys:
            if panel is not None and self.panel_of(key) == panel:
                self.rows.choose(key)
                return

    def move_aside(self, step: int) -> None:
        panels = [panel for panel in dict.fromkeys(map(self.panel_of, self.rows.keys)) if panel is not None]
        if self.chosen_panel in panels:
            self._point_at(panels[(panels.index(self.chosen_panel) + step) % len(panels)])
