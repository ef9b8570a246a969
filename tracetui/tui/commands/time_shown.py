"""Commands that decide which time is shown: frozen or live, a past moment, the time window."""

from datetime import datetime, timedelta
from typing import Final

from tracetui.investigation.past_snapshot import moment_shown
from tracetui.tui.commands.workspace import BOARD, LANES, TIMELINE, Drawing, TimeShown, command

_FAR: Final = 15
"""Rounds of a large step in time."""


@command("space ctrl+f", "Freeze", "Time", LANES)
def toggle_freeze(screen: TimeShown) -> None:
    """Freeze the display; probing continues."""
    if screen.frozen:
        screen.thaw()
    else:
        screen.frozen = True
        screen.draw_status()


@command("t", "Window", "Time", LANES | TIMELINE)
def switch_window(screen: TimeShown) -> None:
    """Count loss and RTT over all time, or the last 1, 5 or 15 minutes."""
    screen.view_options.next_window()
    screen.draw()
    window_s = screen.view_options.window_s
    over = "all time" if window_s is None else f"the last {window_s / 60:.0f} min"
    screen.say(f"loss and RTT over {over}")


def show_moment(screen: Drawing, moment: datetime | None) -> None:
    """Show a moment; None, or one that has not come yet: now."""
    newest = screen.scene.newest if screen.scene is not None else None
    if newest is None:
        return
    if moment is not None:
        moment = moment_shown(newest, moment)
        if moment is not None and moment >= newest.created_at:
            moment = None
    if moment != screen.view_options.moment:
        screen.view_options.moment = moment
        screen.draw()


@command("r ctrl+r", "Restart", "Time", BOARD)
def restart_statistics(screen: TimeShown) -> None:
    """Reset all statistics; probing continues."""
    screen.board.restart_statistics()
    screen.view_options.moment = screen.view_options.compared_with = None
    screen.thaw()
    screen.say("statistics restarted")


@command("left_square_bracket", "Back", "Time", TIMELINE)
def look_back(screen: TimeShown) -> None:
    """Step back one round."""
    _step(screen, -1)


@command("right_square_bracket", "On", "Time", TIMELINE)
def look_on(screen: TimeShown) -> None:
    """Step forward one round."""
    _step(screen, 1)


@command("left_curly_bracket", "Far back", "Time")
def look_far_back(screen: TimeShown) -> None:
    """Step back 15 rounds."""
    _step(screen, -_FAR)


@command("right_curly_bracket", "Far on", "Time")
def look_far_on(screen: TimeShown) -> None:
    """Step forward 15 rounds."""
    _step(screen, _FAR)


@command("full_stop", "Now", "Time", TIMELINE)
def look_now(screen: TimeShown) -> None:
    """Return to live."""
    show_moment(screen, None)


def _step(screen: TimeShown, rounds: int) -> None:
    scene = screen.scene
    if scene is not None:
        start = scene.moment or scene.newest.created_at
        wanted = start + timedelta(seconds=rounds * scene.newest.round_s)
        show_moment(screen, moment_shown(scene.newest, wanted, later=rounds > 0))
