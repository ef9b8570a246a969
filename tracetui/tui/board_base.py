"""The board's screen without its commands: what stands where, and how the newest snapshot gets onto it."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import ClassVar, Final

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.notifications import SeverityLevel
from textual.widgets import Static

from tracetui.config import Details, Memory, ScreenSettings
from tracetui.investigation.board import Board
from tracetui.model import CannotRunError, LaneSnapshot, Snapshot
from tracetui.tui.board.arrangement import OVERVIEW_FROM, SIDE_FROM, SMALLEST
from tracetui.tui.board.grid import BoardGrid
from tracetui.tui.board.hop_line import HopLine
from tracetui.tui.board.panel_strip import strip_pieces
from tracetui.tui.command_table import bindings, key_of
from tracetui.tui.details.details_view import DetailsScreen, DetailsView
from tracetui.tui.details.hop_summary import summary
from tracetui.tui.idle_time import IdleTime
from tracetui.tui.lines.explanations_view import ExplanationsView
from tracetui.tui.lines.finding_lines import finding_lines, lines_for
from tracetui.tui.lines.hints import empty_hint
from tracetui.tui.lines.key_bar import KeyBar
from tracetui.tui.lines.legend import legend_pieces
from tracetui.tui.lines.news import ChangeNotices
from tracetui.tui.lines.notice import SHOWN_S, Notice
from tracetui.tui.lines.progress import progress_pieces
from tracetui.tui.lines.shown_findings import finding_about
from tracetui.tui.lines.status_line import status_pieces, view_state_of
from tracetui.tui.lines.unresolved import unresolved_lines
from tracetui.tui.paint.inked_screen import InkedScreen
from tracetui.tui.paint.lines_view import LinesView
from tracetui.tui.view import Scene, View, ViewName
from tracetui.tui.view_options import ViewOptions
from tracetui.tui.views import make_view

PULL_EVERY_S: Final = 0.2
"""5 Hz: the one repaint timer of the program."""

_ANSWERED_S: Final = 0.06
_MAX_PUT_OFF: Final = 2
"""Ticks in a row that leave the time to a key which was pressed just now."""


class BoardBase(InkedScreen):
    """Pulls snapshots, turns each into the scene that the user wants, and has the seen view draw it."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings()]
    VERTICAL_BREAKPOINTS = [(0, "-short"), (20, "-tall")]  # noqa: RUF012  (Textual's own declaration)
    AUTO_FOCUS = ""

    def __init__(
        self,
        board: Board,
        *,
        title: str,
        export_directory: Path,
        give_up: Callable[[str], None],
        settings: ScreenSettings,
        memory: Memory,
        idle: IdleTime,
    ) -> None:
        """`give_up` ends the program and gets the reason."""
        super().__init__()
        self._give_up = give_up
        self._idle = idle
        self._put_off = 0
        self.board = board
        self.memory = memory
        self.view_options = ViewOptions(masked_hops=settings.privacy_hops, private=settings.privacy)
        self.export_directory = export_directory
        self.reports: list[Path] = []
        """Written so far."""

        self.frozen = False
        self.busy: dict[str, str] = {}
        """Work that the user waits for, in words, by a name of its own."""

        self.of_endpoint = False
        """True where details are of the chosen endpoint, not of its chosen hop."""

        self.grid = BoardGrid()
        self.view_name = ViewName.BOARD
        self.views: dict[ViewName, View] = {ViewName.BOARD: self.grid}
        self._details = settings.details
        self._heading = title
        self._pulled: Snapshot | None = None
        self._scene: Scene | None = None
        self._ticks = 0
        self._news = ChangeNotices()
        self._view_chosen = False
        self._to_say: tuple[str, SeverityLevel] | None = None

    def compose(self) -> ComposeResult:
        """From top to bottom."""
        yield LinesView(id="status")
        yield LinesView(id="strip")
        yield LinesView(id="unresolved")
        with Horizontal(id="body"):
            with Vertical(id="left"):
                with Horizontal(id="views"):
                    yield self.grid
                yield ExplanationsView()
            yield DetailsView(id="side")
        yield Static("", id="hint", markup=False)
        yield LinesView(id="findings")
        yield LinesView(id="legend")
        yield LinesView(id="detail")
        yield KeyBar()
        yield Static("", id="too-small")
        yield Notice()

    def on_mount(self) -> None:
        """Start pulling."""
        self.grid.holder = self.query_one("#left")
        self.set_interval(PULL_EVERY_S, self._tick)
        self.pull()
        if self.shown is not None and not self.shown.lanes and not self.shown.unresolved:
            self.without_targets()

    def without_targets(self) -> None:
        """Called at the start when there is nothing to trace."""

    def repaint(self) -> None:
        """Paint everything again, in new colours."""
        self.view.repaint()
        self.side.repaint()
        self.query_one(KeyBar).update_keys()
        self._draw_lines()

    @property
    def view(self) -> View:
        """The view that is seen."""
        return self.views[self.view_name]

    @property
    def side(self) -> DetailsView:
        """The details beside the board."""
        return self.query_one("#side", DetailsView)

    @property
    def shown(self) -> Snapshot | None:
        """The snapshot on the screen."""
        return self._scene.snapshot if self._scene is not None else None

    @property
    def scene(self) -> Scene | None:
        """What is drawn."""
        return self._scene

    @property
    def hop(self) -> HopLine | None:
        """The chosen hop."""
        view = self.grid.chosen_view
        return view.hops.rows[self.grid.row] if view and self.grid.row < len(view.hops.rows) else None

    # Drawing

    def _tick(self) -> None:
        """Pull, but let the answer to a key come first; now and then while one is held down."""
        if self._idle.seconds < _ANSWERED_S and self._put_off < _MAX_PUT_OFF:
            self._put_off += 1
        else:
            self._put_off = 0
            self.pull()

    def pull(self) -> None:
        """Take the newest snapshot; draw it unless it is the one already drawn, or the view is held."""
        if not self.is_current and not isinstance(self.app.screen, DetailsScreen):
            return
        try:
            snapshot = self.board.snapshot()
        except CannotRunError as error:
            self._give_up(str(error))
            return
        self._ticks += 1
        if snapshot is self._pulled:
            self._draw_progress()
            return
        self._pulled = snapshot
        if self.frozen:
            self.draw_status()
        else:
            self.draw()

    def draw(self) -> None:
        """Draw the snapshot that was pulled last, as the user wants to look at it."""
        snapshot = self._pulled
        if snapshot is None:
            return
        self._scene = scene = self.view_options.scene(
            snapshot, self.grid.chosen, by_time=self.view_name is ViewName.TIMELINE
        )
        self._choose_face(scene)
        self.view.show(scene)
        if self.view is not self.grid:
            self.grid.take(scene)
        self._draw_hint(scene)
        self._draw_lines()
        self._notice(scene.newest)

    def _draw_hint(self, scene: Scene) -> None:
        """Where there is nothing to draw, say what to do; while targets resolve, leave the place empty."""
        none = not scene.lanes and self.view_name is not ViewName.EVIDENCE
        hint = self.query_one("#hint", Static)
        if none:
            hint.update(empty_hint(self.app, scene.snapshot, self.view_options.filter.text))
        hint.set_class(none, "-needed")
        hint.set_class(any(target.problem is None for target in scene.snapshot.unresolved), "-resolving")
        self.query_one("#body").styles.display = "none" if none else None

    def thaw(self) -> None:
        """Draw what there is now, after a change that the user asked for."""
        self.frozen = False
        self._pulled = None
        self.pull()

    def show_view(self, name: ViewName) -> None:
        """Put another view in the middle; one that is not seen draws nothing."""
        self._view_chosen = True
        self._switch(name)

    def _switch(self, name: ViewName) -> None:
        if name is self.view_name:
            return
        self.set_focus(None)  # else it would jump to the first panel there is, and choose it
        self.view.display = False
        self.view.release()
        self.view_name = name
        self.lines("detail").set_class(name is not ViewName.BOARD, "-elsewhere")
        show: Callable[[], object] = self._show_again  # in the layout that shows it
        if name not in self.views:
            self.views[name] = make_view(name)
            self.query_one("#views", Horizontal).mount(self.views[name])
            show = partial(self.call_after_refresh, self._show_again)
        self.view.display = True
        if self._scene is not None:
            show()
        self.query_one(KeyBar).update_keys()

    def _show_again(self) -> None:
        """Draw a view that was not seen until now."""
        self.draw()
        self.view.take_focus()

    def _choose_face(self, scene: Scene) -> None:
        """Open as the overview where very many panels would not fit, unless the user has chosen."""
        if not self._view_chosen and scene.lanes:
            panels = len({lane.lane.panel for lane in scene.lanes})
            if panels >= OVERVIEW_FROM and not self.grid.has_room_for(panels):
                self._view_chosen = True
                self._switch(ViewName.OVERVIEW)

    def _notice(self, snapshot: Snapshot) -> None:
        """Say once what is new since the snapshot before."""
        key = key_of(self.app, "show_findings")
        for words, severity in self._news.update(snapshot, self.app.size.width, key=key):
            self.say(words, severity)

    def say(self, words: str, severity: SeverityLevel = "information") -> None:
        """Show a notice in place of the one before; of several said at once, the last."""
        if self.app.screen is self:
            self.query_one(Notice).say(words, severity)
            return
        if self._to_say is None:
            self.call_after_refresh(self._say_last)
        self._to_say = words, severity

    def _say_last(self) -> None:
        """Say what was said while something stood over the board: there, if it still does."""
        if self._to_say is None:
            return
        (words, severity), self._to_say = self._to_say, None
        if self.app.screen is self:
            self.query_one(Notice).say(words, severity)
            return
        self.app.clear_notifications()
        # Of a notice that did not run out, Textual removes the words alone: what they stand in would stay.
        for screen in (self, self.app.screen):
            screen.query("ToastHolder").remove()
        self.app.notify(words, severity=severity, timeout=SHOWN_S[severity], markup=False)

    def _draw_lines(self) -> None:
        scene, ink, width = self._scene, self.ink, self.app.size.width
        if scene is None:
            return
        snapshot = scene.snapshot
        self.draw_status()
        self._draw_progress()
        room, key = lines_for(self.app.size.height), key_of(self.app, "show_findings")
        self.lines("findings").show(finding_lines(snapshot, ink, width, room, key=key))
        self.lines("legend").show([legend_pieces(snapshot, ink, width)])
        self.draw_choice()

    def draw_status(self) -> None:
        """Draw the first line."""
        scene, pulled = self._scene, self._pulled
        if scene is None or pulled is None:
            return
        looked = self.view_options.filter.text, self.view_options.private, self.view_name
        state = view_state_of(scene, pulled if self.frozen else None, looked)
        pieces = status_pieces(scene.snapshot, self.ink, self.app.size.width, self._heading, state)
        self.lines("status").show([pieces])

    def _draw_progress(self) -> None:
        """Let what the user waits for move, whether or not anything was measured since."""
        if self._scene is None:
            return
        snapshot, ink, width = self._scene.newest, self.ink, self.app.size.width
        key = key_of(self.app, "dismiss_target")
        lines = unresolved_lines(snapshot.unresolved, ink, width, self._ticks, key=key)
        waiting = progress_pieces(snapshot, tuple(self.busy.values()), ink, self._ticks)
        self.lines("unresolved").show([*lines, *([waiting] if waiting else [])])

    def draw_choice(self) -> None:
        """Draw what depends on the chosen hop."""
        tabs = [] if self.grid.complete or self.view_name is not ViewName.BOARD else self.grid.tabs()
        self.lines("strip").show([strip_pieces(tabs, self.ink, self.app.size.width)] if tabs else [])
        scene, view, hop = self._scene, self.grid.chosen_view, self.hop
        known = scene is not None and view is not None and hop is not None
        on_board = self.view_name is ViewName.BOARD
        self.lines("detail").show(
            [summary(hop, view.lanes, scene.snapshot, self.ink)]
            if known and scene and view and hop and on_board
            else []
        )
        self._draw_explanations()
        self.draw_details()

    def _draw_explanations(self) -> None:
        """Open the explanations of a finding below the panels, where these leave room."""
        scene, width = self._scene, self.query_one("#left").size.width
        if scene is not None:
            on_board = self.view_name is ViewName.BOARD
            finding = finding_about(self.grid.chosen, scene.snapshot) if on_board else None
            self.query_one(ExplanationsView).tell(finding, scene.snapshot, width, self.grid.spare)

    def draw_details(self) -> None:
        """Show the chosen hop in full, where its details are open."""
        opened = self.app.screen
        details = opened.details if isinstance(opened, DetailsScreen) else self.side
        if details is self.side and not self.side.display:
            return
        lanes = self.chosen_lanes
        if self._scene is None or not lanes:
            details.clear()
        else:
            of_hop = self.view_name is ViewName.BOARD and not self.of_endpoint and self.hop is not None
            details.show(lanes, self.hop.ttl if of_hop and self.hop else None, self._scene.snapshot)

    @property
    def chosen_lanes(self) -> list[LaneSnapshot]:
        """Lanes of the chosen endpoint."""
        if self._scene is None:
            return []
        return [lane for lane in self._scene.snapshot.lanes if lane.lane.panel == self.grid.chosen]

    @property
    def details_beside(self) -> bool:
        """True where details stand beside the board, not over it."""
        if self._details is Details.AUTO:
            return self.app.size.width >= SIDE_FROM
        return self._details is Details.SIDE

    def lines(self, name: str) -> LinesView:
        """Return one of the lines above and below the view."""
        return self.query_one(f"#{name}", LinesView)

    def on_resize(self) -> None:
        """Draw the lines for the new width, or say that there is too little room."""
        width, height = self.app.size
        small = width < SMALLEST[0] or height < SMALLEST[1]
        self.set_class(small, "-too-small")
        if small:
            words = (
                f"tracetui needs {SMALLEST[0]} × {SMALLEST[1]} cells\nthis terminal has {width} × {height}"
            )
            self.query_one("#too-small", Static).update(Content(words))
        if self.side.display and not self.details_beside:
            self.side.display = False
        if self._scene is not None:
            self._draw_lines()

    def on_screen_resume(self) -> None:
        """Catch up after a dialog."""
        self.pull()
        if self._scene is not None and self.view_name is ViewName.BOARD:
            self.grid.turn_page()
        elif self._scene is not None:
            self.view.take_focus()
