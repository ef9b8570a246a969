"""The keys that close a dialog."""

from textual.binding import Binding

from tracetui.tui.commands import commands_of


def closing(keys: str = "escape") -> tuple[Binding, ...]:
    """Return bindings of `keys`, the first of them for the footer, to the dialog's `leave`.

    ctrl+c too: it copies what is selected, or else leaves the dialog, as a shell leaves a line. The program
    it ends from the board alone.
    """
    return (
        Binding(keys, "leave", "Close"),
        Binding("ctrl+c", "copy_text", "Copy", show=False),
        Binding("ctrl+c", "leave", "Close", show=False),
    )


def opens(app: object, action: str, key: str) -> bool:
    """Tell whether `key` is one that the user has for the command that opens a dialog: it closes it too."""
    return any(key in command.keys for command in commands_of(app) if command.action == action)
