"""The command that asks RIPEstat for BGP paths, also as the next step of a finding."""

from collections.abc import Sequence

from tracetui.model import LaneSnapshot, Snapshot, TracetuiError
from tracetui.tui.commands.workspace import Targets, command


@command("b", "BGP", "Work")
def ask_bgp(screen: Targets) -> None:
    """Ask RIPEstat for the BGP paths to the chosen endpoint and its controls."""
    screen.grid.chosen = screen.view.chosen_panel or screen.grid.chosen
    lanes = screen.chosen_lanes
    if not lanes:
        screen.say("no endpoint to ask RIPEstat about: add a target", "warning")
        return
    _ask(screen, [lanes[0].lane.address, *_controls(screen, [lane.id for lane in lanes])])


def ask_about_paths(screen: Targets, lane_id: str | None) -> None:
    """Ask RIPEstat for the BGP paths to a lane's endpoint, and to the controls of it."""
    lanes = screen.shown.lanes if screen.shown is not None else ()
    addresses = [lane.lane.address for lane in lanes if lane.id == lane_id]
    if lane_id is not None and addresses:
        _ask(screen, [*addresses, *_controls(screen, [lane_id])])


def _controls(screen: Targets, suspects: Sequence[str]) -> Sequence[str]:
    """Return the endpoints of the controls that can serve."""
    return (
        [] if screen.shown is None else [one.lane.address for one in serving_controls(screen.shown, suspects)]
    )


def serving_controls(snapshot: Snapshot, suspects: Sequence[str]) -> Sequence[LaneSnapshot]:
    """Return the controls of lanes that can serve, the best of each lane."""
    by_id = {lane.id: lane for lane in snapshot.lanes}
    serving = [check for check in snapshot.controls if check.fit.serves and check.suspect in suspects]
    best = {str(check.suspect): str(check.control) for check in reversed(serving)}
    return [by_id[control] for control in best.values() if control in by_id]


def _ask(screen: Targets, addresses: Sequence[str]) -> None:
    real = list(dict.fromkeys(screen.view_options.real_address(address) for address in addresses))
    try:
        screen.board.ask_bgp(real)
    except TracetuiError as error:
        screen.say(str(error), "warning")
    else:
        screen.say("asking RIPEstat; its answer will be in the evidence and the findings")
        screen.thaw()
