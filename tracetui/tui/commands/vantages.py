"""The command that adds and removes places that trace for the user."""

from typing import Final

from tracetui.model import Snapshot
from tracetui.tui.commands.workspace import Session, command
from tracetui.tui.dialogs.prompt import PromptDialog
from tracetui.words import vantage_words

_REMOVE: Final = "remove "


@command("V", "Vantage", "Work", palette_word="place elsewhere")
def add_vantage(screen: Session) -> None:
    """Trace from another place too, over ssh; or no more."""
    screen.open(
        PromptDialog(
            "Trace from another place too",
            lambda text: _take(screen, text.strip()),
            explanation=_explanation(screen.shown),
            foot="enter connects · esc closes",
        )
    )


def _explanation(snapshot: Snapshot | None) -> str:
    lines = [
        "ssh://user@host, or the NAME of a [vantage.NAME] in the configuration. ssh must get in without a "
        "question; nothing is installed there."
    ]
    vantages = snapshot.vantages if snapshot is not None else ()
    if vantages:
        name = vantages[-1].name
        lines += [*map(vantage_words, vantages), f"To trace from {name} no more, type: remove {name}"]
    return "\n".join(lines)


def _take(screen: Session, text: str) -> None:
    if text.startswith(_REMOVE):
        name = text.removeprefix(_REMOVE).strip()
        screen.board.remove_vantage(name)
        screen.thaw()
        screen.say(f"{name} removed: {screen.key_of('undo_removal')} restores its endpoints, one by one")
        return
    name = screen.board.add_vantage(text)
    screen.thaw()
    screen.say(f"connecting to {name}")
