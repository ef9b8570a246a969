"""How the investigation is looked at: which moment, over which time, sorted, filtered, masked, in detail."""

from datetime import datetime, timedelta

from textual import on

from tracetui.investigation.looking_back import earliest_moment
from tracetui.model import Finding, Role, StepKind, TracetuiError, counted
from tracetui.tui.board.hop_view import HopView
from tracetui.tui.command_table import commands_of, key_of
from tracetui.tui.commands.export import ExportActions
from tracetui.tui.commands.targets import TargetActions
from tracetui.tui.details.details_view import DetailsScreen
from tracetui.tui.dialogs.event_log import LogDialog
from tracetui.tui.dialogs.findings import Choice, FindingsDialog
from tracetui.tui.dialogs.help import HelpDialog
from tracetui.tui.dialogs.prompt import PromptDialog
from tracetui.tui.overview.lane_filter import FILTER_EXAMPLES, LaneFilter
from tracetui.tui.paint.rows_view import RowsView
from tracetui.tui.view import ViewName
from tracetui.tui.view_options import NO_FILTER
from tracetui.tui.views import legends

_FAR: int = 15
"""Rounds of a large step in time."""


class LookActions(TargetActions, ExportActions):
    """The commands that change what is seen, not what is measured."""

    # Time

    def action_toggle_freeze(self) -> None:
        """Hold the view, or let it go on."""
        if self.frozen:
            self.thaw()
        else:
            self.frozen = True
            self.draw_status()

    def action_switch_window(self) -> None:
        """Count loss and RTT over the next stretch of time."""
        self.view_options.next_window()
        self.draw()
        window_s = self.view_options.window_s
        over = "all time" if window_s is None else f"the last {window_s / 60:.0f} min"
        self.say(f"loss and RTT over {over}")

    def action_look_back(self) -> None:
        """One round back."""
        self._step_in_time(-1)

    def action_look_on(self) -> None:
        """One round on."""
        self._step_in_time(1)

    def action_look_far_back(self) -> None:
        """Many rounds back."""
        self._step_in_time(-_FAR)

    def action_look_far_on(self) -> None:
        """Many rounds on."""
        self._step_in_time(_FAR)

    def action_look_now(self) -> None:
        """Back to what is measured now."""
        self.look_at(None)

    def look_at(self, moment: datetime | None) -> None:
        """Show a moment; None, or one that has not come yet: now."""
        newest = self.scene.newest if self.scene is not None else None
        if newest is None:
            return
        if moment is not None:
            earliest = earliest_moment(newest)
            moment = max(moment, earliest) if earliest is not None else None
            if moment is not None and moment >= newest.created_at:
                moment = None
        if moment != self.view_options.moment:
            self.view_options.moment = moment
            self.draw()

    def _step_in_time(self, rounds: int) -> None:
        scene = self.scene
        if scene is not None:
            start = scene.moment or scene.newest.created_at
            self.look_at(start + timedelta(seconds=rounds * scene.newest.interval_s))

    def action_restart_statistics(self) -> None:
        """Start counting again."""
        self.board.restart_statistics()
        self.view_options.moment = None
        self.thaw()
        self.say("statistics restarted")

    # What is shown

    def action_filter_lanes(self) -> None:
        """Ask for words to filter by; the screen follows while they are typed."""
        self.app.push_screen(
            PromptDialog(
                "Filter endpoints",
                self._filter_by,
                typed=self.view_options.filter.text,
                explanation=f"AS, host, address, lane, role or state; ! leaves out.\n{FILTER_EXAMPLES}",
                foot="enter keeps it · empty shows all · esc drops it",
                live=self._filter_by,
                leave=lambda: self._filter_by(""),
            )
        )

    def _filter_by(self, text: str) -> str:
        """Filter by `text`; return how much it leaves to see."""
        self.view_options.filter = LaneFilter(text)
        self.draw()
        scene = self.scene
        if scene is None or not self.view_options.filter:
            return ""
        names = list(dict.fromkeys(lane.lane.panel for lane in scene.snapshot.lanes))
        left = dict.fromkeys(lane.lane.panel for lane in scene.lanes)
        return f"shows {len(left)} of {counted(len(names), 'endpoint')}" if left else "no endpoint matches"

    def action_filter_by_as(self, asn: int) -> None:
        """Show only endpoints with an AS on their path, or all again; what a click in the legend does."""
        words = f"as{asn}"
        self._filter_by("" if self.view_options.filter.text == words else words)

    def action_sort_lanes(self) -> None:
        """Sort endpoints another way."""
        self.view_options.order = self.view_options.order.next
        self.draw()
        self.say(f"endpoints {self.view_options.order.value}")

    def action_maximise(self) -> None:
        """Give the board to one endpoint, or to all."""
        self.grid.alone = not self.grid.alone
        self.show_view(ViewName.BOARD)
        self.draw()
        self.draw_choice()

    def action_switch_names(self) -> None:
        """Show hops another way."""
        self.grid.switch_mode()

    def action_toggle_privacy(self) -> None:
        """Hide where the user sits, or show it again."""
        self.view_options.private = not self.view_options.private
        self.view_options.hidden = frozenset()
        self.draw()
        hops = self.view_options.masked_hops
        first = "" if not hops else " and the first hop" if hops == 1 else f" and the first {hops} hops"
        what = f"own addresses{first}"
        self.say(f"{what} {'hidden, in exports too' if self.view_options.private else 'shown again'}")

    def action_clear(self) -> None:
        """Stop an export; undo one way of looking after the other."""
        if "export" in self.busy:
            self.stop_export()
        elif self.view_options.filter:
            self.view_options.filter = NO_FILTER
            self.draw()
        elif self.side.display:
            self.side.display = False
        elif self.grid.alone:
            self.action_maximise()
        elif self.view_options.moment is not None:
            self.look_at(None)

    # Details

    def action_toggle_details(self) -> None:
        """Open or close the details; in other views, go to what is chosen."""
        if self.view.chosen_finding is not None:
            self.action_show_findings()
        elif self.view.chosen_note is not None:
            self.say(f"{key_of(self.app, 'remove_target')} takes the note back")
        elif self.view_name is not ViewName.BOARD:
            self.grid.chosen = self.view.chosen_panel or self.grid.chosen
            self.show_view(ViewName.BOARD)
        else:
            self._toggle(of_endpoint=False)

    def action_toggle_endpoint(self) -> None:
        """Open or close the details of the chosen endpoint."""
        self.grid.chosen = self.view.chosen_panel or self.grid.chosen
        if self.chosen_lanes:
            self._toggle(of_endpoint=True)

    def _toggle(self, *, of_endpoint: bool) -> None:
        over = self.app.screen
        if not (self.side.display or isinstance(over, DetailsScreen)) or self.of_endpoint is not of_endpoint:
            self.open_details(of_endpoint=of_endpoint)
        elif isinstance(over, DetailsScreen):
            over.action_leave()
        else:
            self.side.display = False

    def open_details(self, *, of_endpoint: bool = False) -> None:
        """Show the details of the chosen hop, or endpoint, beside the board or over it."""
        self.of_endpoint = of_endpoint
        if self.details_beside:
            self.side.display = True
        elif not isinstance(self.app.screen, DetailsScreen):
            self.app.push_screen(DetailsScreen(self._step_in_details))
        self.call_after_refresh(self.draw_details)

    def action_details_down(self) -> None:
        """Scroll the details."""
        self.side.move_by(1)

    def action_details_up(self) -> None:
        """Scroll the details back."""
        self.side.move_by(-1)

    def _step_in_details(self, step: int) -> None:
        if self.of_endpoint:
            self.view.move_aside(step)
        else:
            self.grid.move_by(step)
        self.draw_details()

    @on(HopView.Chosen)
    def _row_chosen(self, event: HopView.Chosen) -> None:
        """Open or close the details on a double click."""
        if event.again:
            self.action_toggle_details()

    @on(RowsView.Opened)
    def _row_opened(self) -> None:
        self.action_toggle_details()

    def action_ask_registry(self) -> None:
        """Ask who registered the address of the chosen hop, and open its details."""
        hop = self.hop
        if hop is None or not hop.address:
            self.say("no address to ask a registry about: choose a hop that answers", "warning")
            return
        try:
            self.board.ask_registry(self.view_options.real_address(hop.address))
        except TracetuiError as error:
            self.say(str(error), "warning")
        else:
            self.thaw()
            self.open_details()

    # Findings and events

    def action_show_findings(self) -> None:
        """Show all findings with their evidence."""
        self.action_show_finding(self.view.chosen_finding or 0)

    def action_show_finding(self, place: int) -> None:
        """Show all findings, number `place` first; what a click on its sentence does."""
        if self.shown is not None:
            self.app.push_screen(FindingsDialog(self.shown, place), self._follow_finding)

    def action_show_log(self) -> None:
        """Show what has happened so far."""
        if self.shown is not None:
            self.app.push_screen(LogDialog(self.shown))

    def _follow_finding(self, choice: Choice | None) -> None:
        """Go to the hops of a finding, or take the step that the user chose."""
        if isinstance(choice, Finding):
            self.show_view(ViewName.BOARD)
            self.grid.go_to_lane(choice.lanes[0], choice.candidates[0].ttl if choice.candidates else 1)
        elif choice is not None and choice.target is not None:
            if choice.kind is StepKind.MARK_CONTROL:
                lanes = self.shown.lanes if self.shown else ()
                panels = [lane.lane.panel for lane in lanes if lane.lane.address == choice.target]
                for panel in dict.fromkeys(panels):
                    self.board.set_role(self.view_options.real(panel), Role.CONTROL)
                self.thaw()
            else:
                role = Role.SUSPECT if choice.kind is StepKind.ADD_SERVICE else Role.CONTROL
                self.ask_for_target(role, choice.target)

    def action_help(self) -> None:
        """Show keys and signs."""
        self.app.push_screen(HelpDialog(commands_of(self.app), tuple(legends())))
