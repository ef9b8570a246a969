"""The AS paths view: a ribbon for lanes that agree, aligned by AS, so that it shows where two part."""

from typing import ClassVar, Final, cast

from textual.app import ComposeResult

from tracetui.investigation.board import Panel
from tracetui.tui.paint.ends import ARRIVED, STOPPED
from tracetui.tui.paint.ink import Ink
from tracetui.tui.paint.lines_view import LinesView
from tracetui.tui.paint.pieces import Piece
from tracetui.tui.paint.rows_view import Row, RowsView
from tracetui.tui.paths.ribbons import PathKey, RibbonMaker
from tracetui.tui.paths.rows import EXPECTED, LINE, PARTS, PathPlan
from tracetui.tui.view import Scene, View

_SIGNS: Final = (
    (LINE, "answers"),
    (STOPPED, "stops"),
    (ARRIVED, "arrives"),
    (EXPECTED, "expected"),
    (PARTS, "part here"),
)
_NOTHING: Final = "No lane yet: paths appear with the first replies."


class PathsView(View):
    """Rows of ribbons in board order; the cursor stands on lanes of one endpoint."""

    DEFAULT_CSS: ClassVar[str] = """
    PathsView {
        LinesView { height: 1; }
        RowsView { height: 1fr; overflow-x: hidden; overflow-y: auto; scrollbar-size: 0 0; }
    }
    """

    def __init__(self) -> None:
        super().__init__()
        self.rows = RowsView()
        self._head = LinesView()
        self._scene: Scene | None = None
        self._maker = RibbonMaker()
        self._made_from: tuple[object, ...] = ()
        self._keys: list[PathKey] = []
        self._pointed: Panel | None = None

    def compose(self) -> ComposeResult:
        """What the signs mean, then the ribbons."""
        yield self._head
        yield self.rows

    @property
    def plain(self) -> str:
        """What is shown, without styles, scrolled out of sight or not; for tests."""
        return f"{self._head.plain}\n{self.rows.plain}"

    def show(self, scene: Scene) -> None:
        """Draw `scene`."""
        self._scene = scene
        self._draw()
        if scene.chosen != self._pointed:
            self._pointed = scene.chosen
            if scene.chosen != self.chosen_panel:
                self._point_at(scene.chosen)

    def _draw(self) -> None:
        scene, width = self._scene, self.size.width
        if scene is None or not width:
            return
        ink = self.rows.ink
        snapshot = scene.snapshot
        made_from = (width, ink, snapshot.ases, snapshot.owners, (*scene.lanes, None, *snapshot.lanes))
        if _same(made_from, self._made_from):
            return
        self._made_from = made_from
        self._head.show([_signs(ink, width)])
        ribbons = self._maker.ribbons(scene.lanes, snapshot)
        self._keys = [ribbon.key for ribbon in ribbons]
        rows = PathPlan(ribbons, snapshot, width).rows(ink)
        self.rows.show(rows or [Row(((f" {_NOTHING}", ink.muted),))])

    def repaint(self) -> None:
        """Draw everything again: the colours are different."""
        self._made_from = ()
        self.rows.repaint()
        self._draw()

    def on_resize(self) -> None:
        """Lay the columns out anew."""
        if self.display:
            self.call_after_refresh(self._draw)

    def take_focus(self) -> None:
        """Give the keyboard to the rows."""
        self.rows.focus(scroll_visible=False)

    @property
    def chosen_lanes(self) -> tuple[str, ...]:
        """Ids of the lanes under the cursor."""
        return self._chosen[1] if self._chosen is not None else ()

    @property
    def chosen_panel(self) -> Panel | None:
        """The endpoint under the cursor."""
        return self._chosen[0] if self._chosen is not None else None

    @property
    def _chosen(self) -> PathKey | None:
        return cast("PathKey | None", self.rows.chosen)

    def _point_at(self, panel: Panel | None) -> None:
        for key in self._keys:
            if key[0] == panel:
                self.rows.choose(key)
                return

    def move_by(self, step: int) -> None:
        """Go `step` ribbons down."""
        self.rows.move_by(step)

    def move_first(self) -> None:
        """To the first ribbon."""
        self.rows.move_first()

    def move_last(self) -> None:
        """To the last ribbon."""
        self.rows.move_last()

    def move_page(self, direction: int) -> None:
        """Half a page on."""
        self.rows.move_page(direction)

    def move_aside(self, step: int) -> None:
        """To the first ribbon of the next endpoint, or of the one before."""
        panels = list(dict.fromkeys(key[0] for key in self._keys))
        if self.chosen_panel in panels:
            self._point_at(panels[(panels.index(self.chosen_panel) + step) % len(panels)])


def _signs(ink: Ink, width: int) -> list[Piece]:
    pieces: list[Piece] = []
    used = 1
    for sign, words in _SIGNS:
        used += len(sign) + len(words) + 3
        if used > width:
            break
        pieces += [(f" {sign} ", ink.plain), (f"{words} ", ink.muted)]
    return pieces


def _same(one: tuple[object, ...], other: tuple[object, ...]) -> bool:
    """Tell whether nothing is different; lanes are compared one by one, by identity."""
    if len(one) != len(other) or any(a is not b for a, b in zip(one[1:-1], other[1:-1], strict=True)):
        return False
    lanes, others = cast("tuple[object, ...]", one[-1]), cast("tuple[object, ...]", other[-1])
    return one[0] == other[0] and len(lanes) == len(others) and all(map(_is, lanes, others))


def _is(one: object, other: object) -> bool:
    return one is other
