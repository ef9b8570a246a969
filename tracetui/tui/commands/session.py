"""Commands for the whole session: notes, events, help, quit."""

from tracetui.tui.commands.workspace import BOARD, EVERYWHERE, Session, command
from tracetui.tui.dialogs.event_log import LogDialog
from tracetui.tui.dialogs.help import HelpDialog
from tracetui.tui.dialogs.prompt import PromptDialog
from tracetui.tui.views import legends


@command("N", "Note", "Work", EVERYWHERE - BOARD)
def add_note(screen: Session) -> None:
    """Write a note down, with its time; it goes into the report."""
    screen.open(
        PromptDialog(
            "Note",
            lambda text: _note(screen, text),
            explanation="Kept with its time; it stands in the evidence and in every report.",
            foot="enter keeps it · esc closes",
        )
    )


def _note(screen: Session, text: str) -> None:
    if text.strip():
        screen.board.add_note(text)
        screen.thaw()
        screen.say("noted")


@command("o", "Events", "View")
def show_log(screen: Session) -> None:
    """Show what has happened so far, with times."""
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
    """Stop probing and leave."""
    screen.leave()
