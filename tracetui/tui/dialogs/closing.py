"""The keys that close a dialog."""

from textual.binding import Binding


def closing() -> tuple[Binding, ...]:
    """Return bindings of esc and ctrl+c to the dialog's `leave`.

    ctrl+c copies what is selected, or else leaves the dialog, as a shell leaves a line. The program
    it ends from the board alone.
    """
    return (
        Binding("escape", "leave", "Close"),
        Binding("ctrl+c", "copy_text", "Copy", show=False),
        Binding("ctrl+c", "leave", "Close", show=False),
    )
