"""The board's screen: lays out its widgets, takes snapshots five times a second and draws them.

It is the `Workspace` that commands work on, each through the part of it that it needs.
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Final, TypeVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.notifications import SeverityLevel
from textual.screen import Screen
from textual.widgets import Static

from tracetui.config import SavedState, ScreenSettings
from tracetui.investigation.board import Board
from tracetui.model import CannotRunError, LaneSnapshot, Snapshot
from tracetui.tui.board.arrangement import OVERVIEW_FROM
from tracetui.tui.board.grid import BoardGrid
from tracetui.tui.board.hop_line import HopLine
from tracetui.tui.board.hop_view import HopView
from tracetui.tui.board_lines import BoardLines
from tracetui.tui.command import Command, bindings, commands_of, key_of
from tracetui.tui.commands.details import toggle_details
from tracetui.tui.commands.endpoints_shown import filter_by_as
from tracetui.tui.commands.findings import show_finding, show_findings
from tracetui.tui.commands.table import COMMANDS
from tracetui.tui.commands.targets import add_target, dismiss_number
from tracetui.tui.commands.time_shown import show_moment
from tracetui.tui.details.details_view import DetailsDisplay, DetailsView
from tracetui.tui.export_jobs import ExportJobs
from tracetui.tui.idle_time import IdleTime
from tracetui.tui.lines.explanations_view import ExplanationsView
from tracetui.tui.lines.finding_lines import ALL_FINDINGS
from tracetui.tui.lines.key_bar import KeyBar
from tracetui.tui.lines.notice import Notice, NoticeDisplay
from tracetui.tui.lines.status_line import view_state_of
from tracetui.tui.many_lanes import ManyLanesQuestions
from tracetui.tui.paint.inked_screen import InkedScreen
from tracetui.tui.paint.lines_view import LinesView
from tracetui.tui.paint.rows_view import RowsView
from tracetui.tui.textual_patches.changed_cells import ChangedCells
from tracetui.tui.view import Scene, View, ViewName
from tracetui.tui.view_options import ViewOptions
from tracetui.tui.views import ViewSwitcher

if TYPE_CHECKING:
    from tracetui.tui.timeline.timeline_view import TimelineView

Result = TypeVar("Result")

PULL_EVERY_S: Final = 0.2
"""5 Hz: the one repaint timer of the program."""

_BY_ID: Final = {command.id: command for command in COMMANDS}


class BoardScreen(InkedScreen):
    """Takes snapshots, applies the options of the display, and has the visible view draw the scene."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings(COMMANDS)]
    VERTICAL_BREAKPOINTS = [(0, "-short"), (20, "-tall")]  # noqa: RUF012  (Textual's own declaration)
    AUTO_FOCUS = ""

    def __init__(
        self,
        board: Board,
        *,
        title: str,
        export_directory: Path,
        full_reports: bool,
        give_up: Callable[[str], None],
        settings: ScreenSettings,
        saved_state: SavedState,
        idle: IdleTime,
    ) -> None:
        """`give_up` ends the program and gets the reason."""
        super().__init__()
        self._give_up = give_up
        self._idle = idle
        self.board = board
        self.saved_state = saved_state
        self.view_options = ViewOptions(masked_hops=settings.privacy_hops, private=settings.privacy)
        self.export_directory = export_directory
        self.full_reports = full_reports
        self.export_jobs = ExportJobs(self)
        self._lines = BoardLines(self, title)
        self._notices = NoticeDisplay(self)
        self._questions = ManyLanesQuestions(self)
        self.reports: list[Path] = []
        """Written so far."""

        self.frozen = False
        self.grid = BoardGrid(settings.columns)
        self.views = ViewSwitcher(self.grid)
        self.details = DetailsDisplay(self, settings.details)
        self._pulled: Snapshot | None = None
        self._scene: Scene | None = None
        self._ticks = 0
        self._view_chosen = False

    def compose(self) -> ComposeResult:
        yield LinesView(id="status")
        yield LinesView(id="strip")
        yield LinesView(id="unresolved")
        with Horizontal(id="body"):
            with Vertical(id="left"):
                yield self.views
                yield ExplanationsView()
            yield DetailsView(id="side")
        yield Static("", id="hint", markup=False)
        yield LinesView(id="comparison")
        yield LinesView(id="findings")
        yield LinesView(id="legend")
        yield LinesView(id="detail")
        yield KeyBar()
        yield Static("", id="too-small")
        yield Notice(self.draw_status)

    def on_mount(self) -> None:
        self.grid.holder = self.query_one("#left")
        self.set_interval(PULL_EVERY_S, self._tick)
        self.pull()
        if self.shown is not None and not self.shown.lanes and not self.shown.unresolved:
            add_target.handler(self)

    def repaint(self) -> None:
        self.view.repaint()
        self.details.side.repaint()
        self.query_one(KeyBar).update_keys()
        self._draw_lines()

    @property
    def view(self) -> View:
        """The view that is seen."""
        return self.views.view

    @property
    def view_name(self) -> ViewName:
        """Which view that is."""
        return self.views.seen

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
        if not self._idle.key_comes_first():
            self.pull()

    def pull(self) -> None:
        """Take the newest snapshot; draw it unless it is the one already drawn, or the view is held."""
        if not self.is_current and self.details.over is None:
            return
        try:
            snapshot = self.board.snapshot()
        except CannotRunError as error:
            self._give_up(str(error))
            return
        self._ticks += 1
        self._notices.tell_answers(self.board.public.asks)
        if self._scene is not None:
            self._questions.ask(self._scene.newest.unresolved)
        if snapshot is self._pulled:
            self._draw_progress()
            return
        self._pulled = snapshot
        if self.frozen:
            self.draw_status()
        else:
            self.draw()

    def draw(self) -> None:
        """Draw the latest snapshot with the options that the user chose."""
        snapshot = self._pulled
        if snapshot is None:
            return
        self._scene = scene = self.view_options.scene(
            snapshot, self.grid.chosen, self.grid.has_room_for, by_time=self.view_name is ViewName.TIMELINE
        )
        self._choose_first_view(scene)
        self.view.show(scene)
        if self.view is not self.grid:
            self.grid.take(scene)
        self._lines.draw_hint(
            scene,
            self.view_options.filter.text,
            needed=not scene.lanes and self.view_name is not ViewName.EVIDENCE,
        )
        self._draw_lines()
        self._notices.tell_news(scene.newest)

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
        new = self.views.switch(name)
        self.query_one("#detail").set_class(name is not ViewName.BOARD, "-elsewhere")
        if self._scene is not None and new:
            self.call_after_refresh(self._show_again)
        elif self._scene is not None:
            self._show_again()
        self.query_one(KeyBar).update_keys()

    def _show_again(self) -> None:
        """Draw a view that was not seen until now."""
        self.draw()
        self.view.take_focus()

    def _choose_first_view(self, scene: Scene) -> None:
        """Start with the overview where very many panels would not fit, unless the user has chosen a view."""
        if not self._view_chosen and scene.lanes:
            panels = len({lane.lane.panel for lane in scene.lanes})
            if panels >= OVERVIEW_FROM and not self.grid.has_room_for(panels):
                self._view_chosen = True
                self._switch(ViewName.OVERVIEW)

    def say(self, words: str, severity: SeverityLevel = "information") -> None:
        """Show a notice instead of the previous one."""
        self._notices.say(words, severity)

    def draw_status(self) -> None:
        """Draw the first line."""
        scene, pulled = self._scene, self._pulled
        if scene is not None and pulled is not None:
            looked = self.view_options.filter.text, self.view_options.private, self.view_name
            self._lines.draw_status(
                scene.snapshot, view_state_of(scene, pulled if self.frozen else None, looked)
            )

    def _draw_progress(self) -> None:
        """Advance the lines that show what the user waits for, whether or not anything was measured since."""
        if self._scene is not None:
            self._lines.draw_progress(self._scene.newest, self.export_jobs.progress, self._ticks)

    def _draw_lines(self) -> None:
        if self._scene is not None:
            self.draw_status()
            self._draw_progress()
            self._lines.draw_findings(self._scene.snapshot)
            self.draw_choice()

    def draw_choice(self) -> None:
        """Draw what depends on the chosen hop."""
        if self._scene is not None:
            on_board = self.view_name is ViewName.BOARD
            self._lines.draw_choice(
                self.grid, self.hop if on_board else None, self._scene.snapshot, on_board=on_board
            )
        self.draw_details()

    def draw_details(self) -> None:
        """Show the chosen hop or endpoint in full, where its details are open."""
        hop = self.hop if self.view_name is ViewName.BOARD else None
        self.details.draw(self.chosen_lanes, hop.ttl if hop is not None else None, self.shown)

    def open_details(self, *, of_endpoint: bool = False) -> None:
        """Show the details of the chosen hop, or endpoint."""
        self.details.of_endpoint = of_endpoint
        self.details.open(self._step_in_details)
        self.call_after_refresh(self.draw_details)

    def _step_in_details(self, step: int) -> None:
        """Show the next hop, or the next endpoint."""
        if self.details.of_endpoint:
            self.view.move_aside(step)
        else:
            self.grid.move_by(step)
        self.draw_details()

    @property
    def chosen_lanes(self) -> list[LaneSnapshot]:
        """Lanes of the chosen endpoint."""
        if self._scene is None:
            return []
        return [lane for lane in self._scene.snapshot.lanes if lane.lane.panel == self.grid.chosen]

    def on_resize(self) -> None:
        """Draw the lines for the new width, or say that there is too little room."""
        self._lines.draw_too_small()
        self.details.fit()
        if self._scene is not None:
            self._draw_lines()

    def on_screen_resume(self) -> None:
        """Catch up after a dialog."""
        self.pull()
        if self._scene is not None and self.view_name is ViewName.BOARD:
            self.grid.turn_page()
        elif self._scene is not None:
            self.view.take_focus()

    # Commands

    def action_run_command(self, command_id: str) -> None:
        """Run a command: the action of all bindings."""
        self.view_options.choice.end_start()
        _BY_ID[command_id].handler(self)

    @property
    def commands(self) -> Sequence[Command]:
        """All commands with the keys that the user has for them."""
        return commands_of(self.app)

    def key_of(self, command_id: str) -> str:
        """Return the key of a command, as it is printed."""
        return key_of(self.app, command_id)

    def open(self, dialog: Screen[Result], then: Callable[[Result | None], None] | None = None) -> None:
        """Put `dialog` over the board; `then` gets its result."""
        self.app.push_screen(dialog, then)

    def copy_to_clipboard(self, text: str) -> None:
        """Send `text` to the terminal's clipboard."""
        self.app.copy_to_clipboard(text)

    def leave(self) -> None:
        """End the program."""
        self.app.exit()

    def redraw(self) -> None:
        """Send the whole screen to the terminal again."""
        if isinstance(self.app, ChangedCells):
            self.app.redraw()

    # What views and lines tell

    @on(KeyBar.Pressed)
    def _key_pressed(self, event: KeyBar.Pressed) -> None:
        self.action_run_command(event.command.id)

    @on(LinesView.Clicked)
    def _link_followed(self, event: LinesView.Clicked) -> None:
        match event.view.id:
            case "strip":
                self.grid.go_to(event.number)
            case "legend":
                filter_by_as(self, event.number)
            case "unresolved":
                dismiss_number(self, event.number)
            case "findings" if event.number == ALL_FINDINGS:
                show_findings.handler(self)
            case "findings":
                show_finding(self, event.number)

    @on(HopView.Chosen)
    def _hop_chosen(self, event: HopView.Chosen) -> None:
        if event.again:
            toggle_details.handler(self)

    @on(RowsView.Opened)
    def _row_opened(self) -> None:
        toggle_details.handler(self)

    @on(BoardGrid.CursorMoved)
    def _cursor_moved(self) -> None:
        self.draw_choice()

    @on(RowsView.Moved)
    def _row_moved(self) -> None:
        """Point the other views at what this one points at."""
        panel = self.view.chosen_panel
        if panel is not None and panel != self.grid.chosen:
            self.grid.chosen = panel
            self.draw_choice()

    def on_timeline_view_moment_chosen(self, event: "TimelineView.MomentChosen") -> None:
        """Show the moment under the timeline's cursor in all views."""
        show_moment(self, event.moment)
