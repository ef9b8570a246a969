"""What stands in place of a view that has nothing to show: why, and which key leads on."""

from tracetui.model import Snapshot
from tracetui.tui.command import key_of


def empty_hint(app: object, snapshot: Snapshot, words: str) -> str:
    """Return the hint for an `app` whose view shows no lane of `snapshot`; `words` are the filter's."""
    if not snapshot.lanes:
        add, control = key_of(app, "add_target"), key_of(app, "add_control")
        return (
            f"No target yet.\n\nPress {add} to add one, {control} to add a control that is expected to work."
        )
    if words:
        return f"No endpoint matches {words!r}.\n\n{key_of(app, 'clear')} drops the filter."
    return f"All endpoints are hidden.\n\n{key_of(app, 'show_hidden')} shows them again."
