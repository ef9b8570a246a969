"""Commands that decide which endpoints are shown, and how: filter, sort, hide, mask."""

from tracetui.model import counted
from tracetui.tui.commands.time_shown import show_moment
from tracetui.tui.commands.workspace import (
    BOARD,
    LANES,
    OVERVIEW,
    PATHS,
    Choice,
    Display,
    Drawing,
    Workspace,
    command,
)
from tracetui.tui.dialogs.prompt import PromptDialog
from tracetui.tui.overview.lane_filter import FILTER_EXAMPLES, LaneFilter
from tracetui.tui.paint.lane_name import endpoint_name
from tracetui.tui.view import ViewName
from tracetui.tui.view_options import NO_FILTER


@command("slash", "Filter", "View", LANES | PATHS)
def filter_lanes(screen: Display) -> None:
    """Show only endpoints with an AS, host, address or state, or those failing; esc shows all again."""
    screen.open(
        PromptDialog(
            "Filter endpoints",
            lambda text: _filter_by(screen, text),
            typed=screen.view_options.filter.text,
            explanation=f"AS, host, address, lane, role or state; ! excludes.\n{FILTER_EXAMPLES}",
            foot="enter applies · empty shows all · esc cancels",
            live=lambda text: _filter_by(screen, text),
            leave=lambda: _filter_by(screen, ""),
        )
    )


def _filter_by(screen: Drawing, text: str) -> str:
    """Filter by `text`; return how much it leaves to see."""
    screen.view_options.filter = LaneFilter(text)
    screen.draw()
    scene = screen.scene
    if scene is None or not screen.view_options.filter:
        return ""
    names = list(dict.fromkeys(lane.lane.panel for lane in scene.snapshot.lanes))
    left = dict.fromkeys(lane.lane.panel for lane in scene.lanes)
    return f"shows {len(left)} of {counted(len(names), 'endpoint')}" if left else "no endpoint matches"


def filter_by_as(screen: Drawing, asn: int) -> None:
    """Show only endpoints with an AS on their path, or all again."""
    words = f"as{asn}"
    _filter_by(screen, "" if screen.view_options.filter.text == words else words)


@command("s", "Sort", "View", OVERVIEW)
def sort_lanes(screen: Display) -> None:
    """Sort endpoints: failing first where not all fit, by state, by target, by loss, by RTT, as added."""
    screen.view_options.order = screen.view_options.order.next
    screen.draw()
    screen.say(f"endpoints {screen.view_options.order.value}")


@command("z", "Maximise", "View")
def maximise(screen: Display) -> None:
    """Maximise the chosen endpoint, or show all again."""
    screen.grid.alone = not screen.grid.alone
    screen.show_view(ViewName.BOARD)
    screen.draw()
    screen.draw_choice()


@command("n", "Names", "View", BOARD)
def switch_names(screen: Choice) -> None:
    """Show hops by address, by name, or both."""
    screen.grid.switch_mode()


@command("P", "Privacy", "Export")
def toggle_privacy(screen: Display) -> None:
    """Mask your own addresses and the first hops, on the screen and in exports."""
    options = screen.view_options
    options.private = not options.private
    options.hidden = frozenset()
    screen.draw()
    hops = options.masked_hops
    first = "" if not hops else " and the first hop" if hops == 1 else f" and the first {hops} hops"
    what = f"own addresses{first}"
    screen.say(f"{what} {'hidden, in exports too' if options.private else 'shown again'}")


@command("minus", "Hide", "View")
def hide_target(screen: Display) -> None:
    """Hide the chosen endpoint; tracing continues."""
    panel = screen.grid.chosen
    if panel is not None and screen.shown is not None and screen.chosen_lanes:
        name = endpoint_name(screen.chosen_lanes[0], screen.shown.lanes)
        screen.view_options.hidden |= {panel}
        screen.draw()
        screen.say(f"{name} hidden: {screen.key_of('show_hidden')} shows it again")


@command("plus", "Show hidden", "View")
def show_hidden(screen: Display) -> None:
    """Show all hidden endpoints again."""
    screen.view_options.hidden = frozenset()
    screen.draw()


@command("escape", "Clear", "View")
def clear(screen: Workspace) -> None:
    """Stop an export, clear the filter, close the details, return to live: one per press."""
    if screen.export_jobs.progress:
        screen.export_jobs.stop()
        screen.say("export stopped")
    elif screen.view_options.filter:
        screen.view_options.filter = NO_FILTER
        screen.draw()
    elif screen.details.side.display:
        screen.details.close()
    elif screen.grid.alone:
        maximise.handler(screen)
    elif screen.view_options.moment is not None:
        show_moment(screen, None)
