"""The command that shows all findings, and what happens after the user chooses one."""

from functools import partial

from tracetui.model import CannotRunError, Finding, Role, StepKind
from tracetui.tui.commands.bgp import ask_about_paths
from tracetui.tui.commands.public_vantages import trace_lane_from_elsewhere
from tracetui.tui.commands.targets import ask_for_target, say_role
from tracetui.tui.commands.workspace import EVERYWHERE, TIMELINE, Targets, command
from tracetui.tui.dialogs.findings import Choice, FindingsDialog
from tracetui.tui.paint.lane_name import endpoint_name
from tracetui.tui.view import ViewName


@command("f", "Findings", "View", EVERYWHERE - TIMELINE)
def show_findings(screen: Targets) -> None:
    """Show all findings: explanations, evidence, next steps."""
    show_finding(screen, screen.view.chosen_finding or 0)


def show_finding(screen: Targets, place: int) -> None:
    """Show all findings, number `place` first."""
    if screen.shown is not None:
        screen.open(FindingsDialog(screen.shown, place), partial(_follow, screen))


def _follow(screen: Targets, choice: Choice | None) -> None:
    """Go to the hops of a finding, or take the step that the user chose."""
    if isinstance(choice, Finding):
        screen.show_view(ViewName.BOARD)
        screen.grid.go_to_lane(choice.lanes[0], choice.candidates[0].ttl if choice.candidates else 1)
    elif choice is not None and choice.kind is StepKind.REVERSE_TRACE:
        _trace_back(screen)
    elif choice is not None and choice.kind in {StepKind.ADD_VANTAGE, StepKind.VANTAGE_INSIDE}:
        trace_lane_from_elsewhere(screen, choice.lane, choice.asn)
    elif choice is not None and choice.target is not None:
        if choice.kind is StepKind.MARK_CONTROL:
            _mark_control(screen, choice.target)
        elif choice.kind is StepKind.BGP_PATH:
            ask_about_paths(screen, choice.lane)
        else:
            role = Role.SUSPECT if choice.kind is StepKind.ADD_SERVICE else Role.CONTROL
            ask_for_target(screen, role, choice.target)


def _trace_back(screen: Targets) -> None:
    try:
        screen.board.trace_back()
    except CannotRunError as error:
        screen.say(str(error), "warning")
        return
    screen.say("vantages near an endpoint trace back from now on")
    screen.thaw()


def _mark_control(screen: Targets, address: str) -> None:
    lanes = screen.shown.lanes if screen.shown else ()
    marked = {lane.lane.panel: lane for lane in lanes if lane.lane.address == address}
    for panel in marked:
        screen.board.set_role(screen.view_options.real(panel), Role.CONTROL)
    names = dict.fromkeys(endpoint_name(lane, lanes) for lane in marked.values())
    if names:
        say_role(screen, " and ".join(names), Role.CONTROL)
    screen.thaw()
