"""Commands that add, remove, mark and move targets, or change what they are probed with.

A panel on the screen may be masked: the investigation gets the real one.
"""

from collections.abc import Sequence
from functools import partial
from typing import Final

from tracetui.investigation.board import Panel
from tracetui.investigation.services import services_text
from tracetui.model import Role, TracetuiError, counted
from tracetui.model.imported_trace import ImportedTrace
from tracetui.tui.commands.workspace import BOARD, EVERYWHERE, EVIDENCE, LANES, TIMELINE, Targets, command
from tracetui.tui.dialogs.add_target import AddDialog
from tracetui.tui.dialogs.probes import Probes, ProbesDialog
from tracetui.tui.overview.lane_order import LaneOrder
from tracetui.tui.paint.lane_name import endpoint_name, lane_name

_IMPORTED: Final = "an imported trace is not probed: choose an endpoint that is"


def chosen_panel(screen: Targets) -> Panel | None:
    """Return the chosen endpoint, where it is on the screen."""
    return screen.grid.chosen if screen.chosen_lanes else None


def ask_for_target(screen: Targets, role: Role, typed: str = "") -> None:
    """Open the line to type a target in."""
    take = partial(_add, screen, role)
    screen.open(AddDialog(role, take, typed=typed, history=screen.saved_state.targets))


def chosen_name(screen: Targets) -> str:
    """Return what to call the chosen endpoint, of which there are lanes."""
    return endpoint_name(screen.chosen_lanes[0], screen.shown.lanes if screen.shown is not None else ())


def say_role(screen: Targets, name: str, role: Role) -> None:
    """Say whom a mark is of."""
    screen.say(f"{name} is {'a control now' if role is Role.CONTROL else 'a suspect again'}")


def _add(screen: Targets, role: Role, text: str) -> None:
    before = screen.board.snapshot().lanes
    targets = screen.board.add(text, role)
    screen.view_options.choice.await_targets(
        targets, {lane.lane.panel for lane in before}, screen.grid.chosen
    )
    screen.saved_state.remember_target(text)
    screen.thaw()


@command("m C", "Mark", "Target", LANES, shown_key="m")
def toggle_role(screen: Targets) -> None:
    """Mark the chosen endpoint as a control, or as a suspect again."""
    panel = chosen_panel(screen)
    if panel is not None:
        control = screen.chosen_lanes[0].lane.role is Role.CONTROL
        role = Role.SUSPECT if control else Role.CONTROL
        screen.board.set_role(screen.view_options.real(panel), role)
        say_role(screen, chosen_name(screen), role)  # first: whether it can serve as one matters more
        screen.thaw()


@command("d delete", "Remove", "Target", LANES, shown_key="d")
def remove_target(screen: Targets) -> None:
    """Stop tracing the chosen endpoint; in the evidence view, delete a note."""
    note, panel = screen.view.chosen_note, chosen_panel(screen)
    if note is not None:
        screen.board.remove_note(note)
        screen.thaw()
        screen.say("note removed")
    elif panel is not None:
        name = chosen_name(screen)
        screen.board.remove(screen.view_options.real(panel))
        screen.thaw()
        screen.say(f"{name} removed: {screen.key_of('undo_removal')} restores it")


@command("u", "Undo", "Target")
def undo_removal(screen: Targets) -> None:
    """Restore what was removed last, with its measurements."""
    try:
        lane = screen.board.undo_removal()
    except TracetuiError as error:
        screen.say(str(error), "warning")
        return
    screen.view_options.choice.await_panel(lane.panel, screen.grid.chosen)
    screen.thaw()
    screen.say(f"{lane.host if screen.view_options.private else lane_name(lane)} restored")


@command("x", "Dismiss", "Target")
def dismiss_target(screen: Targets) -> None:
    """Dismiss targets that did not resolve; stop resolving the others."""
    unresolved = screen.shown.unresolved if screen.shown else ()
    failed = [one.target for one in unresolved if one.problem is not None]
    _dismiss(screen, failed or [one.target for one in unresolved])


def dismiss_number(screen: Targets, index: int) -> None:
    """Take unresolved target number `index` off the board."""
    unresolved = screen.shown.unresolved if screen.shown else ()
    _dismiss(screen, [one.target for one in unresolved[index : index + 1]])


def _dismiss(screen: Targets, targets: list[str]) -> None:
    for target in targets:
        screen.board.dismiss(screen.view_options.real_address(target))
    screen.pull()


@command("S", "Services", "Work", EVIDENCE)
def check_services(screen: Targets) -> None:
    """Check the services of the chosen endpoint, now and every minute, or stop checking."""
    panel = chosen_panel(screen)
    if panel is None:
        screen.say("no endpoint to check: add a target first", "warning")
        return
    if screen.chosen_lanes[0].lane.imported is not None:
        screen.say(_IMPORTED, "warning")
        return
    name = chosen_name(screen)
    try:
        checked = screen.board.check_services(screen.view_options.real(panel))
    except TracetuiError as error:
        screen.say(str(error), "warning")
        return
    screen.thaw()
    where = f"checking services: {screen.key_of('show_evidence')} shows the results"
    screen.say(f"{name}: {where if checked else 'service checks stopped'}")


@command("p", "Probes", "Target", LANES)
def change_probes(screen: Targets) -> None:
    """Change protocols and ports of the chosen endpoint; interval and highest TTL for all."""
    panel = chosen_panel(screen)
    if screen.shown is None or panel is None:
        screen.say("no endpoint to change: add a target first", "warning")
        return
    lanes = screen.chosen_lanes
    if lanes[0].lane.imported is not None:
        screen.say(_IMPORTED, "warning")
        return
    now = Probes(
        services_text([(lane.lane.protocol, lane.lane.port) for lane in lanes]),
        everywhere=False,
        interval_s=screen.shown.interval_s,
        max_hops=screen.shown.max_hops,
    )
    screen.open(ProbesDialog(lanes[0].lane.host, now, partial(_change_probes, screen, panel, now)))


def _change_probes(screen: Targets, panel: Panel, before: Probes, wanted: Probes) -> None:
    """Apply the dialog; raises TargetError where the services make no sense."""
    panels = [panel]
    if wanted.everywhere and screen.shown is not None:
        panels = list(dict.fromkeys(lane.lane.panel for lane in screen.shown.probed))
    if wanted.everywhere or wanted.services != before.services:
        for each in panels:
            screen.board.set_services(screen.view_options.real(each), wanted.services)
    screen.board.set_pace(wanted.interval_s, wanted.max_hops)
    screen.thaw()


@command("a", "Add", "Target", EVERYWHERE - TIMELINE)
def add_target(screen: Targets) -> None:
    """Trace another target."""
    ask_for_target(screen, Role.SUSPECT)


@command("I", "Import", "Target", BOARD | EVIDENCE)
def import_traces(screen: Targets) -> None:
    """Import traces by other tools, or BGP routes: paste them or name a file."""
    from tracetui.tui.dialogs.import_traces import (  # with all formats: not at the start
        ImportDialog,
        Recognised,
    )

    suspects = [lane.lane for lane in screen.shown.probed] if screen.shown is not None else []
    hosts = dict.fromkeys(lane.host for lane in suspects if lane.role is Role.SUSPECT)

    def take(traces: Sequence[ImportedTrace], name: str, about: str) -> None:
        screen.board.import_traces(traces, name, screen.view_options.real_address(about))
        screen.thaw()

    def tell(found: Recognised | None) -> None:
        if found is not None and found.read is not None:
            count = counted(len(found.read.traces), "trace")
            screen.say(f"{count} imported: {screen.key_of('remove_target')} removes one")
        elif found is not None and found.routes is not None:
            count = counted(len(found.routes.routes), "BGP route")
            screen.say(f"{count} added: {screen.key_of('show_evidence')} shows those for the endpoints")

    screen.open(ImportDialog(take, screen.board.add_bgp, hosts=list(hosts)), tell)


@command("c", "Control", "Target", BOARD | EVIDENCE)
def add_control(screen: Targets) -> None:
    """Trace a target that is expected to work, for comparison."""
    ask_for_target(screen, Role.CONTROL)


@command("less_than_sign", "Move back", "View")
def move_back(screen: Targets) -> None:
    """Move the chosen endpoint one place earlier."""
    _move(screen, -1)


@command("greater_than_sign", "Move on", "View")
def move_on(screen: Targets) -> None:
    """Move the chosen endpoint one place later."""
    _move(screen, 1)


def _move(screen: Targets, step: int) -> None:
    panel, scene, options = chosen_panel(screen), screen.scene, screen.view_options
    if panel is None or scene is None:
        return
    shown = (
        () if options.order is LaneOrder.ASKED else [options.real(lane.lane.panel) for lane in scene.lanes]
    )
    screen.board.move(options.real(panel), step, list(dict.fromkeys(shown)))
    automatic, options.order = options.order is LaneOrder.FAILING, LaneOrder.ASKED
    screen.thaw()
    if automatic and not screen.grid.has_room_for(len(set(shown))):
        screen.say(f"in your own order now: {screen.key_of('sort_lanes')} puts failing endpoints first")
