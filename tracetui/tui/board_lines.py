"""Draws the lines around the view from a scene: status, progress, findings, legend, hop, hint."""

from typing import Final

from textual.content import Content
from textual.widgets import Static

from tracetui.model import Snapshot
from tracetui.tui.board.arrangement import SMALLEST
from tracetui.tui.board.grid import BoardGrid
from tracetui.tui.board.hop_line import HopLine
from tracetui.tui.board.panel_strip import strip_pieces
from tracetui.tui.command import key_of
from tracetui.tui.details.hop_summary import summary
from tracetui.tui.lines.comparison_lines import comparison_lines
from tracetui.tui.lines.explanations_view import ExplanationsView
from tracetui.tui.lines.finding_lines import finding_lines, lines_for
from tracetui.tui.lines.legend import legend_pieces
from tracetui.tui.lines.notice import Notice
from tracetui.tui.lines.progress import progress_pieces, unresolved_lines
from tracetui.tui.lines.shown_findings import finding_about
from tracetui.tui.lines.status_line import ViewState, least_width, status_pieces
from tracetui.tui.paint.inked_screen import InkedScreen
from tracetui.tui.paint.lines_view import LinesView
from tracetui.tui.view import Scene

_ROOMY: Final = 40
"""Rows of a terminal from which a comparison gets another line."""


class BoardLines:
    """Fills the widgets of the board's screen that are lines."""

    def __init__(self, screen: InkedScreen, heading: str) -> None:
        """`heading` is shown in the first line instead of the snapshot's own title or the host name."""
        self._screen = screen
        self._heading = heading

    @property
    def _width(self) -> int:
        return self._screen.app.size.width

    def _line(self, name: str) -> LinesView:
        return self._screen.query_one(f"#{name}", LinesView)

    def draw_status(self, snapshot: Snapshot, state: ViewState) -> None:
        """Draw the first line, as wide as a notice leaves it."""
        ink, width = self._screen.ink, self._width
        covered = self._screen.query_one(Notice).place(width, least_width(snapshot, state, ink))
        pieces = status_pieces(snapshot, ink, width - covered, self._heading, state)
        self._line("status").show([pieces])

    def draw_progress(self, snapshot: Snapshot, export: str, ticks: int) -> None:
        """Draw what the user waits for; `export` in words."""
        ink, key = self._screen.ink, key_of(self._screen.app, "dismiss_target")
        lines = unresolved_lines(snapshot.unresolved, ink, self._width, ticks, key=key)
        waiting = progress_pieces(snapshot, [export] if export else [], ink, ticks)
        self._line("unresolved").show([*lines, *([waiting] if waiting else [])])

    def draw_findings(self, snapshot: Snapshot) -> None:
        """Draw the findings and the legend of ASes below them."""
        ink, room = self._screen.ink, lines_for(self._screen.app.size.height)
        key = key_of(self._screen.app, "show_findings")
        self._line("findings").show(finding_lines(snapshot, ink, self._width, room, key=key))
        self._line("legend").show([legend_pieces(snapshot, ink, self._width)])

    def draw_choice(
        self, grid: BoardGrid, hop: HopLine | None, snapshot: Snapshot, *, on_board: bool
    ) -> None:
        """Draw what depends on the chosen endpoint and `hop`; `on_board`: the view is the board."""
        ink, view = self._screen.ink, grid.chosen_view
        most = 2 if self._screen.app.size.height < _ROOMY else 3
        self._line("comparison").show(comparison_lines(snapshot, grid.chosen, ink, self._width, most))
        tabs = grid.tabs() if on_board and not grid.complete else []
        self._line("strip").show([strip_pieces(tabs, ink, self._width)] if tabs else [])
        known = hop is not None and view is not None
        self._line("detail").show([summary(hop, view.lanes, snapshot, ink)] if known and hop and view else [])
        finding = finding_about(grid.chosen, snapshot) if on_board else None
        width = self._screen.query_one("#left").size.width
        self._screen.query_one(ExplanationsView).tell(finding, snapshot, width, grid.spare)

    def draw_too_small(self) -> None:
        """Take the place of all else where the terminal is too small."""
        width, height = self._screen.app.size
        small = width < SMALLEST[0] or height < SMALLEST[1]
        self._screen.set_class(small, "-too-small")
        if small:
            needs = f"tracetui needs {SMALLEST[0]} × {SMALLEST[1]} cells"
            words = Content(f"{needs}\nthis terminal has {width} × {height}")
            self._screen.query_one("#too-small", Static).update(words)

    def draw_hint(self, scene: Scene, filter_words: str, *, needed: bool) -> None:
        """Where there is nothing to draw, say what to do; while targets resolve, leave the place empty."""
        hint = self._screen.query_one("#hint", Static)
        if needed:
            hint.update(_empty_hint(self._screen.app, scene.snapshot, filter_words))
        hint.set_class(needed, "-needed")
        hint.set_class(any(target.problem is None for target in scene.snapshot.unresolved), "-resolving")
        self._screen.query_one("#body").styles.display = "none" if needed else None


def _empty_hint(app: object, snapshot: Snapshot, words: str) -> str:
    """Return the hint for an `app` whose view shows no lane of `snapshot`; `words` are the filter's."""
    if not snapshot.lanes:
        add, control = key_of(app, "add_target"), key_of(app, "add_control")
        return (
            f"No target yet.\n\nPress {add} to add one, {control} to add a control that is expected to work."
        )
    if words:
        return f"No endpoint matches {words!r}.\n\n{key_of(app, 'clear')} clears the filter."
    return f"All endpoints are hidden.\n\n{key_of(app, 'show_hidden')} shows them again."
