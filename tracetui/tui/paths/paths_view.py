"""The AS paths view: one ribbon for lanes that agree, aligned by AS."""

from collections.abc import Hashable
from typing import Final, cast

from tracetui.analysis.cache import Remembered
from tracetui.investigation.board import Panel
from tracetui.tui.list_view import ListView
from tracetui.tui.paint.ink import Ink
from tracetui.tui.paint.pieces import Piece
from tracetui.tui.paint.rows_view import Row
from tracetui.tui.paths.both_ways_rows import both_ways_rows
from tracetui.tui.paths.path_ribbons import PathKey, RibbonMaker
from tracetui.tui.paths.path_rows import PATH_SIGNS, PathPlan
from tracetui.tui.view import Scene

_NOTHING: Final = "No lane yet: paths appear with the first replies."


class PathsView(ListView):
    """Rows of ribbons in board order; the cursor stands on lanes of one endpoint."""

    def __init__(self) -> None:
        super().__init__()
        self._maker = RibbonMaker()
        self._made = Remembered[list[Row]]()

    def fill(self, scene: Scene, width: int) -> None:
        """Draw what the signs mean, then the ribbons; nothing where all is as before."""
        ink, snapshot = self.rows.ink, scene.snapshot
        lanes = (*scene.lanes, None, *snapshot.lanes)
        rows = self._made.get(
            (ink, snapshot.ases, snapshot.owners, snapshot.controls, snapshot.comparison, *lanes),
            lambda: [
                *PathPlan(self._maker.as_path_lines(scene.lanes, snapshot), snapshot, width).rows(ink),
                *both_ways_rows(snapshot, ink, width),
            ],
            equal=(width,),
        )
        self.heading(_signs(ink, width))
        self.rows.show(rows or [Row(((f" {_NOTHING}", ink.muted),))])

    def panel_of(self, key: Hashable) -> Panel | None:
        return cast("PathKey", key)[0] if key is not None else None

    @property
    def chosen_lanes(self) -> tuple[str, ...]:
        """Ids of the lanes under the cursor."""
        return cast("PathKey", self.rows.chosen)[1] if self.rows.chosen is not None else ()

    def release(self) -> None:
        super().release()
        self._maker = RibbonMaker()
        self._made = Remembered()


def _signs(ink: Ink, width: int) -> list[Piece]:
    pieces: list[Piece] = []
    used = 1
    for sign, words, _ in PATH_SIGNS:
        used += len(sign) + len(words) + 3
        if used > width:
            break
        pieces += [(f" {sign} ", ink.plain), (f"{words} ", ink.muted)]
    return pieces
