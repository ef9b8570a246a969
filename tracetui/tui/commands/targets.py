"""What is traced: adding, removing, marking, moving, hiding endpoints, and with what they are probed."""

from functools import partial

from tracetui.investigation.board import Panel
from tracetui.investigation.services import services_text
from tracetui.model import Role, TracetuiError
from tracetui.tui.board.panel_view import panel_name
from tracetui.tui.board_base import BoardBase
from tracetui.tui.command_table import key_of
from tracetui.tui.dialogs.add_target import AddDialog
from tracetui.tui.dialogs.probes import Probes, ProbesDialog


class TargetActions(BoardBase):
    """The commands about targets. A panel of a scene may be masked: the investigation gets the real one."""

    @property
    def _panel(self) -> Panel | None:
        return self.grid.chosen if self.chosen_lanes else None

    def action_add_target(self) -> None:
        """Ask for a target."""
        self.ask_for_target(Role.SUSPECT)

    def action_add_control(self) -> None:
        """Ask for a control."""
        self.ask_for_target(Role.CONTROL)

    def ask_for_target(self, role: Role, typed: str = "") -> None:
        """Open the line to type a target in."""
        self.app.push_screen(
            AddDialog(role, partial(self._add, role), typed=typed, history=self.memory.targets)
        )

    def _add(self, role: Role, text: str) -> None:
        self.board.add(text, role)
        self.memory.remember_target(text)
        self.thaw()

    def action_toggle_role(self) -> None:
        """Mark the chosen endpoint the other way."""
        panel = self._panel
        if panel is not None:
            control = self.chosen_lanes[0].lane.role is Role.CONTROL
            self.board.set_role(self.view_options.real(panel), Role.SUSPECT if control else Role.CONTROL)
            self.thaw()

    def action_remove_target(self) -> None:
        """Stop tracing the chosen endpoint, or take the chosen note back."""
        note, panel = self.view.chosen_note, self._panel
        if note is not None:
            self.board.remove_note(note)
            self.thaw()
            self.say("note removed")
        elif panel is not None:
            name = panel_name(self.chosen_lanes, vantage=False)
            self.board.remove(self.view_options.real(panel))
            self.thaw()
            self.say(f"{name} removed: {key_of(self.app, 'undo_removal')} brings it back")

    def action_undo_removal(self) -> None:
        """Put back what was removed last."""
        try:
            host = self.board.undo_removal()
        except TracetuiError as error:
            self.say(str(error), "warning")
        else:
            self.thaw()
            self.say(f"{host} is back")

    def action_dismiss_target(self, target: str = "") -> None:
        """Take one unresolved target off the board; without one, those that failed, else all at work."""
        unresolved = self.shown.unresolved if self.shown else ()
        failed = [one.target for one in unresolved if one.problem is not None]
        for name in [target] if target else failed or [one.target for one in unresolved]:
            self.board.dismiss(self.view_options.real_address(name))
        self.pull()

    def action_dismiss_number(self, index: int) -> None:
        """Take unresolved target number `index` off the board; what a click on its line does."""
        unresolved = self.shown.unresolved if self.shown else ()
        if index < len(unresolved):
            self.action_dismiss_target(unresolved[index].target)

    def action_change_probes(self) -> None:
        """Ask what to probe with, and how fast."""
        panel = self._panel
        if self.shown is None or panel is None:
            self.say("no endpoint to probe otherwise: add a target first", "warning")
            return
        lanes = self.chosen_lanes
        now = Probes(
            services_text([(lane.lane.protocol, lane.lane.port) for lane in lanes]),
            everywhere=False,
            interval_s=self.shown.interval_s,
            max_hops=self.shown.max_hops,
        )
        self.app.push_screen(ProbesDialog(lanes[0].lane.host, now, partial(self._change_probes, panel, now)))

    def _change_probes(self, panel: Panel, before: Probes, wanted: Probes) -> None:
        """Raises TargetError where the services make no sense."""
        panels = [panel]
        if wanted.everywhere and self.shown is not None:
            panels = list(dict.fromkeys(lane.lane.panel for lane in self.shown.lanes))
        if wanted.everywhere or wanted.services != before.services:
            for each in panels:
                self.board.set_services(self.view_options.real(each), wanted.services)
        self.board.set_pace(wanted.interval_s, wanted.max_hops)
        self.thaw()

    def action_move_back(self) -> None:
        """Move the chosen endpoint one place back."""
        self._move(-1)

    def action_move_on(self) -> None:
        """Move the chosen endpoint one place on."""
        self._move(1)

    def _move(self, step: int) -> None:
        panel = self._panel
        if panel is not None:
            self.board.move(self.view_options.real(panel), step)
            self.thaw()

    def action_hide_target(self) -> None:
        """Take the chosen endpoint from sight."""
        panel = self._panel
        if panel is not None:
            name = panel_name(self.chosen_lanes, vantage=False)
            self.view_options.hidden |= {panel}
            self.draw()
            self.say(f"{name} hidden, traced on: {key_of(self.app, 'show_hidden')} shows it again")

    def action_show_hidden(self) -> None:
        """Show all endpoints again."""
        self.view_options.hidden = frozenset()
        self.draw()
