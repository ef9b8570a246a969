"""Commands that move the cursor, and those that switch to another view."""

from tracetui.tui.commands.workspace import (
    BOARD,
    EVERYWHERE,
    EVIDENCE,
    LANES,
    PATHS,
    SURVEY,
    TIMELINE,
    Views,
    command,
)
from tracetui.tui.view import ViewName


@command("tab l right", "Next endpoint", "Move")
def next_panel(screen: Views) -> None:
    """Go to the next endpoint; in the timeline, to the next moment."""
    screen.view.move_aside(1)


@command("shift+tab h left", "Previous endpoint", "Move")
def previous_panel(screen: Views) -> None:
    """Go to the previous endpoint; in the timeline, to the previous moment."""
    screen.view.move_aside(-1)


@command("j down", "Next row", "Move")
def cursor_down(screen: Views) -> None:
    """Go to the next hop or row, in dialogs too."""
    screen.view.move_by(1)


@command("k up", "Previous row", "Move")
def cursor_up(screen: Views) -> None:
    """Go to the previous hop or row, in dialogs too."""
    screen.view.move_by(-1)


@command("g home", "First row", "Move")
def first_hop(screen: Views) -> None:
    """Go to the first hop or row."""
    screen.view.move_first()


@command("G end", "Last row", "Move")
def last_hop(screen: Views) -> None:
    """Go to the last hop or row."""
    screen.view.move_last()


@command("ctrl+d pagedown", "Page down", "Move")
def half_page_down(screen: Views) -> None:
    """Go half a page down."""
    screen.view.move_page(1)


@command("ctrl+u pageup", "Page up", "Move")
def half_page_up(screen: Views) -> None:
    """Go half a page up."""
    screen.view.move_page(-1)


@command("1", "Board", "View", EVERYWHERE - BOARD)
def show_board(screen: Views) -> None:
    """Hops side by side, one panel per endpoint."""
    screen.show_view(ViewName.BOARD)


@command("2", "AS paths", "View", EVERYWHERE - PATHS)
def show_paths(screen: Views) -> None:
    """The AS paths of all lanes, aligned, with the places where they diverge."""
    screen.show_view(ViewName.PATHS)


@command("3", "Timeline", "View", EVERYWHERE - TIMELINE)
def show_timeline(screen: Views) -> None:
    """State, loss and RTT of every lane over time; goes back to earlier moments."""
    screen.show_view(ViewName.TIMELINE)


@command("4", "Evidence", "View", EVERYWHERE - EVIDENCE)
def show_evidence(screen: Views) -> None:
    """Controls, findings, notes, addresses, sources."""
    screen.show_view(ViewName.EVIDENCE)


@command("5", "Survey", "View", EVERYWHERE - SURVEY)
def show_survey(screen: Views) -> None:
    """How many of how many places stop in which AS, and all their paths."""
    screen.show_view(ViewName.SURVEY)


@command("v", "Overview", "View", LANES, label_elsewhere="Panels")
def switch_overview(screen: Views) -> None:
    """Switch between panels and one line per lane."""
    on_overview = screen.view_name is ViewName.OVERVIEW
    screen.show_view(ViewName.BOARD if on_overview else ViewName.OVERVIEW)
