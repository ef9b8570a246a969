"""The board: everything on it, pulled from the investigation at the screen's own pace."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Final, cast

from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.notifications import SeverityLevel
from textual.widgets import Static

from tracetui.investigation.board import Board
from tracetui.investigation.export import default_name, write_beside
from tracetui.model import CannotRunError, Event, Finding, Role, Snapshot, StepKind, TracetuiError
from tracetui.report import render
from tracetui.tui.add_dialog import AddDialog
from tracetui.tui.arrangement import SMALLEST
from tracetui.tui.board_grid import BoardGrid
from tracetui.tui.commands import bindings, commands_of
from tracetui.tui.confirm_dialog import ConfirmDialog
from tracetui.tui.detail import details, summary
from tracetui.tui.finding_lines import finding_lines, lines_for
from tracetui.tui.finding_news import news_of_findings, notice
from tracetui.tui.findings_dialog import Choice, FindingsDialog
from tracetui.tui.help_dialog import HelpDialog
from tracetui.tui.hop_view import HopView
from tracetui.tui.key_bar import KeyBar
from tracetui.tui.legend import legend_pieces
from tracetui.tui.lines_view import LinesView
from tracetui.tui.log_dialog import LogDialog
from tracetui.tui.moving_screen import MovingScreen
from tracetui.tui.panel_strip import strip_pieces
from tracetui.tui.panel_view import PanelView, panel_name
from tracetui.tui.status_line import status_pieces
from tracetui.tui.unresolved import unresolved_lines

if TYPE_CHECKING:
    from tracetui.tui.app import TracetuiApp

PULL_EVERY_S: Final = 0.2
"""5 Hz: the one repaint timer of the program."""

_NOTICE_S: Final[dict[SeverityLevel, float]] = {"information": 4, "warning": 6, "error": 10}
"""How long notices stay."""

_HINT: Final = "No target yet.\n\nPress a to add one, c to add a control that is expected to work."


class BoardScreen(MovingScreen):
    """Shows the newest snapshot of a board and passes on what the user wants."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings()]
    VERTICAL_BREAKPOINTS = [(0, "-short"), (20, "-tall")]  # noqa: RUF012  (Textual's own declaration)
    AUTO_FOCUS = ""

    def __init__(
        self, board: Board, *, title: str, export_directory: Path, give_up: Callable[[str], None]
    ) -> None:
        """`give_up` ends the program; its argument says why."""
        super().__init__()
        self._give_up = give_up
        self.board = board
        self.frames_drawn = 0
        """Snapshots drawn since the start; what a test counts."""

        self._heading = title
        self._export_directory = export_directory
        self._pulled: Snapshot | None = None
        self._shown: Snapshot | None = None
        self._frozen = False
        self._open = False
        self._noticed: Event | None = None

    def compose(self) -> ComposeResult:
        """From top to bottom."""
        yield LinesView(id="status")
        yield LinesView(id="strip")
        yield LinesView(id="unresolved")
        yield BoardGrid()
        yield Static(_HINT, id="hint")
        yield LinesView(id="findings")
        yield LinesView(id="legend")
        yield LinesView(id="detail")
        yield KeyBar()
        yield Static("", id="too-small")

    def on_mount(self) -> None:
        """Start pulling; without any target, ask for one."""
        self.grid = self.query_one(BoardGrid)
        self.set_interval(PULL_EVERY_S, self.pull)
        self.pull()
        if self._shown and not self._shown.lanes and not self._shown.unresolved:
            self.action_add_target()

    def repaint(self) -> None:
        """Paint everything again, in new colours."""
        self.grid.repaint()
        self.query_one(KeyBar).update_keys()
        self._draw_lines()

    # Drawing

    @property
    def shown(self) -> Snapshot | None:
        """The snapshot on the screen."""
        return self._shown

    def pull(self) -> None:
        """Take the newest snapshot; draw it unless it is the one already drawn, or the view is held."""
        if not self.is_current:
            return
        try:
            snapshot = self.board.snapshot()
        except CannotRunError as error:
            self._give_up(str(error))
            return
        if snapshot is self._pulled:
            return
        self._pulled = snapshot
        if self._frozen:
            self._draw_status()
        else:
            self._draw()

    def _draw(self) -> None:
        self._shown = snapshot = self._pulled
        if snapshot is None:
            return
        self.frames_drawn += 1
        self.grid.show(snapshot)
        self.set_class(not snapshot.lanes, "-empty")
        self.set_class(any(target.problem is None for target in snapshot.unresolved), "-resolving")
        self._draw_lines()
        self._notice(snapshot)

    def _notice(self, snapshot: Snapshot) -> None:
        """Say once what has become of findings since the snapshot before."""
        news = news_of_findings(snapshot.events, self._noticed)
        if news:
            self._say(notice(news, self.app.size.width))
        self._noticed = snapshot.events[-1] if snapshot.events else None

    def _say(self, words: str, severity: SeverityLevel = "information") -> None:
        """Show a notice in place of the one before."""
        self.app.clear_notifications()
        self.app.notify(words, severity=severity, timeout=_NOTICE_S[severity], markup=False)

    def _draw_lines(self) -> None:
        snapshot, ink, width = self._shown, self.ink, self.app.size.width
        if snapshot is None:
            return
        self._draw_status()
        self._lines("unresolved").show(unresolved_lines(snapshot.unresolved, ink, width))
        room = lines_for(self.app.size.height)
        self._lines("findings").show(finding_lines(snapshot, ink, width, room))
        self._lines("legend").show([legend_pieces(snapshot, ink, width)])
        self._draw_choice()

    def _draw_status(self) -> None:
        snapshot, pulled = self._shown, self._pulled
        if snapshot is None or pulled is None:
            return
        behind = max(0, pulled.rounds - snapshot.rounds) if self._frozen else None
        pieces = status_pieces(
            snapshot, self.ink, self.app.size.width, title=self._heading, rounds_behind=behind
        )
        self._lines("status").show([pieces])

    @on(BoardGrid.CursorMoved)
    def _draw_choice(self) -> None:
        tabs = [] if self.grid.complete else self.grid.tabs()
        self._lines("strip").show([strip_pieces(tabs, self.ink, self.app.size.width)] if tabs else [])
        self._draw_detail()

    @on(HopView.Chosen)
    def _row_chosen(self, event: HopView.Chosen) -> None:
        """Open or close the details on a double click."""
        if event.again:
            self.action_toggle_details()

    def _draw_detail(self) -> None:
        snapshot, view = self._shown, self.grid.chosen_view
        lines = []
        if snapshot is not None and view is not None and self.grid.row < len(view.hops.rows):
            line = view.hops.rows[self.grid.row]
            if self._open:
                lines = details(line, view.lanes, snapshot, self.ink, self.app.size.width)
                lines += [
                    [] for _ in range(2 + 2 * len(view.lanes) - len(lines))
                ]  # stands still from hop to hop
            else:
                lines = [summary(line, view.lanes, snapshot, self.ink)]
        self._lines("detail").show(lines)

    def _lines(self, name: str) -> LinesView:
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
        if self._shown is not None:
            self._draw_lines()

    def on_screen_resume(self) -> None:
        """Catch up after a dialog."""
        self.pull()
        if self._shown is not None:
            self.grid.arrange_panels()

    # Targets

    def action_add_target(self) -> None:
        """Ask for a target."""
        self.app.push_screen(AddDialog(Role.SUSPECT, partial(self._add, Role.SUSPECT)))

    def action_add_control(self) -> None:
        """Ask for a control."""
        self.app.push_screen(AddDialog(Role.CONTROL, partial(self._add, Role.CONTROL)))

    def _add(self, role: Role, text: str) -> None:
        self.board.add(text, role)
        self._thaw()

    def action_toggle_role(self) -> None:
        """Mark the chosen endpoint the other way."""
        view = self.grid.chosen_view
        if view is None:
            return
        control = view.lanes[0].lane.role is Role.CONTROL
        self.board.set_role(view.panel, Role.SUSPECT if control else Role.CONTROL)
        self._thaw()

    def action_remove_target(self) -> None:
        """Ask whether to remove the chosen endpoint."""
        view = self.grid.chosen_view
        if view is None:
            return
        lanes = " and ".join(lane.lane.label for lane in view.lanes)
        rounds = max(lane.trace.rounds for lane in view.lanes)
        question = (
            f"Stop tracing {panel_name(view.lanes, vantage=False)} ({view.panel[0]})?\n"
            f"{lanes}, {rounds} rounds so far: not kept."
        )
        self.app.push_screen(ConfirmDialog("Remove an endpoint", question), partial(self._remove, view))

    def _remove(self, view: PanelView, yes: bool | None) -> None:  # noqa: FBT001  (Textual passes the result so)
        if yes:
            self.board.remove(view.panel)
            self._thaw()

    def action_dismiss_target(self, target: str = "") -> None:
        """Take one unresolved target off the board, or all that failed."""
        for unresolved in self._shown.unresolved if self._shown else ():
            if unresolved.target == target or (not target and unresolved.problem is not None):
                self.board.dismiss(unresolved.target)
        self.pull()

    def action_dismiss_number(self, index: int) -> None:
        """Take unresolved target number `index` off the board; what a click on its line does."""
        unresolved = self._shown.unresolved if self._shown else ()
        if index < len(unresolved):
            self.action_dismiss_target(unresolved[index].target)

    # View

    def action_toggle_freeze(self) -> None:
        """Hold the view, or let it go on."""
        if self._frozen:
            self._thaw()
        else:
            self._frozen = True
            self._draw_status()

    def _thaw(self) -> None:
        self._frozen = False
        self._pulled = None
        self.pull()

    def action_toggle_details(self) -> None:
        """Open or close the details of the chosen hop."""
        self._open = not self._open
        self._draw_detail()

    def action_ask_registry(self) -> None:
        """Ask who registered the address of the chosen hop, and open its details."""
        view = self.grid.chosen_view
        line = view.hops.rows[self.grid.row] if view and self.grid.row < len(view.hops.rows) else None
        if line is None or not line.address:
            self._say("no address to ask a registry about: choose a hop that answers", "warning")
            return
        try:
            self.board.ask_registry(line.address)
        except TracetuiError as error:
            self._say(str(error), "warning")
        else:
            self._open = True
            self._thaw()

    def action_switch_names(self) -> None:
        """Show hops another way."""
        self.grid.switch_mode()

    def action_restart_statistics(self) -> None:
        """Start counting again."""
        self.board.restart_statistics()
        self._thaw()
        self._say("statistics restarted")

    # Findings

    def action_show_findings(self) -> None:
        """Show all findings with their evidence."""
        if self._shown is not None:
            self.app.push_screen(FindingsDialog(self._shown), self._follow_finding)

    def action_show_log(self) -> None:
        """Show what has happened so far."""
        if self._shown is not None:
            self.app.push_screen(LogDialog(self._shown))

    def _follow_finding(self, choice: Choice | None) -> None:
        """Go to the hops of a finding, or take the step that the user chose."""
        if isinstance(choice, Finding):
            self.grid.go_to_lane(choice.lanes[0], choice.candidates[0].ttl if choice.candidates else 1)
        elif choice is not None and choice.target is not None:
            if choice.kind is StepKind.MARK_CONTROL:
                for view in self.grid.views:
                    if view.panel[0] == choice.target:
                        self.board.set_role(view.panel, Role.CONTROL)
                self._thaw()
            else:
                role = Role.CONTROL if choice.kind is StepKind.ADD_CONTROL else Role.SUSPECT
                self.app.push_screen(AddDialog(role, partial(self._add, role), typed=choice.target))

    # Export

    def action_export_markdown(self) -> None:
        """Write a Markdown report of what is shown."""
        self._export("markdown")

    def action_export_json(self) -> None:
        """Write JSON of what is shown."""
        self._export("json")

    def _export(self, output_format: str) -> None:
        if self._shown is None or not self._shown.lanes:
            self._say("nothing to export yet: add a target first", "warning")
        else:
            self._write(self._shown, output_format)

    @work(thread=True, group="export", exit_on_error=False)
    def _write(self, snapshot: Snapshot, output_format: str) -> None:
        """Write the report off the screen's thread: a large one takes its time, and so does a slow disk."""
        try:
            text = render(snapshot, output_format)
            path = write_beside(self._export_directory, default_name(snapshot, output_format), text)
        except TracetuiError as error:
            self.app.call_from_thread(self._say, str(error), "error")
        else:
            self.app.call_from_thread(self._wrote, path)

    def _wrote(self, path: Path) -> None:
        cast("TracetuiApp", self.app).reports.append(path)
        self._say(f"wrote {path.name}")

    # General

    def action_help(self) -> None:
        """Show keys and signs."""
        self.app.push_screen(HelpDialog(commands_of(self.app)))

    def action_quit_board(self) -> None:
        """Leave."""
        self.app.exit()
