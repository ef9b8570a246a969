"""Commands that open and scroll details of a hop or an endpoint, and ask the registry about it."""

from tracetui.model import TracetuiError
from tracetui.model.imported_trace import is_stand_in
from tracetui.tui.commands.findings import show_findings
from tracetui.tui.commands.workspace import EVERYWHERE, EVIDENCE, DetailsPart, Workspace, command
from tracetui.tui.view import ViewName


@command("enter", "Details", "View", EVERYWHERE - EVIDENCE, label_elsewhere="Hops")
def toggle_details(screen: Workspace) -> None:
    """Show everything about the chosen hop; in other views, go to the chosen row."""
    if screen.view.chosen_finding is not None:
        show_findings.handler(screen)
    elif screen.view.chosen_note is not None:
        screen.say(f"{screen.key_of('remove_target')} deletes the note")
    elif screen.view_name is not ViewName.BOARD:
        screen.grid.chosen = screen.view.chosen_panel or screen.grid.chosen
        screen.show_view(ViewName.BOARD)
    else:
        _toggle(screen, of_endpoint=False)


@command("i", "Endpoint", "View")
def toggle_endpoint(screen: DetailsPart) -> None:
    """Show everything about the chosen endpoint: its lanes, RTT, loss, findings."""
    screen.grid.chosen = screen.view.chosen_panel or screen.grid.chosen
    if screen.chosen_lanes:
        _toggle(screen, of_endpoint=True)


def _toggle(screen: DetailsPart, *, of_endpoint: bool) -> None:
    if screen.details.are_open and screen.details.of_endpoint is of_endpoint:
        screen.details.close()
    else:
        screen.open_details(of_endpoint=of_endpoint)


@command("w", "Registry", "Work")
def ask_registry(screen: DetailsPart) -> None:
    """Ask the registry who holds the chosen hop's address."""
    hop = screen.hop
    if hop is None or not hop.address or is_stand_in(hop.address):
        screen.say("no address to ask a registry about: choose a hop that answers", "warning")
        return
    try:
        screen.board.ask_registry(screen.view_options.real_address(hop.address))
    except TracetuiError as error:
        screen.say(str(error), "warning")
    else:
        screen.thaw()
        screen.open_details()


@command("J", "Details down", "Move")
def details_down(screen: DetailsPart) -> None:
    """Scroll down the details, or the text of a dialog."""
    screen.details.side.move_by(1)


@command("K", "Details up", "Move")
def details_up(screen: DetailsPart) -> None:
    """Scroll up the details, or the text of a dialog."""
    screen.details.side.move_by(-1)
