"""Commands for the whole session: notes, events, help, quit."""

from tracetui.tui.commands.workspace import BOARD, EVERYWHERE, Session, command
from tracetui.tui.dialogs.event_log import LogDialog
from tracetui.tui.dialogs.help import HelpDialog
from tracetui.tui.dialogs.prompt import PromptDialog
from tracetui.tui.views import legends


@command("N", "Note", "Work", EVERYWHERE - BOARD)
def add_note(screen: Session) -> None:
    """Add a note with its time; it appears in the report."""
    screen.open(
        PromptDialog(
            "Note",
            lambda text: _note(screen, text),
            explanation="Saved with its time; shown in the evidence view and in every report.",
            foot="enter saves · esc closes",
        )
    )


def _note(screen: Session, text: str) -> None:
    if text.strip():
        screen.board.add_note(text)
        screen.thaw()
        screen.say("noted")


@command("o", "Events", "View")
def show_log(screen: Session) -> None:
    """Show all events so far with their times."""
    if screen.shown is not None:
        screen.open(LogDialog(screen.shown))


@command("question_mark f1", "Help", "General", EVERYWHERE, id="help")
def show_help(screen: Session) -> None:
    """Show all keys and signs."""
    screen.open(HelpDialog(screen.commands, tuple(legends())))


@command("ctrl+l", "Redraw", "General")
def redraw(screen: Session) -> None:
    """Draw the whole screen again, where something else has written on it."""
    screen.redraw()


@command("q ctrl+c", "Quit", "General", EVERYWHERE, shown_key="q")
def quit_board(screen: Session) -> None:
    """Stop probing and quit."""
    screen.leave()
