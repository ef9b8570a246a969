"""Commands that compare what is shown with an earlier moment."""

from datetime import datetime

from tracetui.analysis.changes.last_change import before_last_change
from tracetui.tui.commands.workspace import LANES, PATHS, TIMELINE, TimeShown, command


@command("M", "Moment", "Time", TIMELINE)
def mark_moment(screen: TimeShown) -> None:
    """Mark the moment shown and compare with it from now on; or forget it again."""
    options = screen.view_options
    if options.compared_with is not None:
        _stop(screen)
    elif screen.shown is not None and screen.shown.rounds:
        moment = screen.shown.created_at
        _compare_with(screen, moment)
        screen.say(f"{moment:%H:%M:%S} UTC marked: from now on, what differs is shown")
    else:
        screen.say("nothing is measured yet: there is no moment to compare with", "warning")


@command("equals_sign", "Compare", "Time", LANES | PATHS | TIMELINE)
def compare(screen: TimeShown) -> None:
    """Compare with the moment before the last change; or stop comparing."""
    if screen.view_options.compared_with is not None:
        _stop(screen)
        return
    moment = before_last_change(screen.shown) if screen.shown is not None else None
    if moment is None:
        key = screen.key_of("mark_moment")
        screen.say(f"no state and no path has changed so far; {key} marks a moment to compare with")
        return
    _compare_with(screen, moment)
    screen.say(f"compared with {moment:%H:%M:%S} UTC, just before the last change")


def _compare_with(screen: TimeShown, moment: datetime) -> None:
    screen.view_options.compared_with = moment
    screen.draw()


def _stop(screen: TimeShown) -> None:
    moment = screen.view_options.compared_with
    screen.view_options.compared_with = None
    screen.draw()
    screen.say(f"no longer compared with {moment:%H:%M:%S} UTC")
