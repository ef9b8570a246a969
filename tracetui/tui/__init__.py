"""Runs the terminal screen for the command line; the only room that imports Textual."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tracetui.config import Keys, SavedState, ScreenSettings
from tracetui.investigation.board import Board

_DEFAULT_SETTINGS: Final = ScreenSettings()
_OWN_KEYS: Final = Keys()

TEXTUAL_SETTINGS: Final = {"ESCDELAY": "15", "TEXTUAL_FPS": "480", "TEXTUAL_ANIMATIONS": "none"}
"""What Textual reads from the environment when it is imported, where the user has not set it.

Milliseconds after an escape character in which the rest of a sequence may come before it is the key (Textual:
100). Frames a second (Textual: 60): they are drawn only when something has changed, but a key often takes
two or three, of which each waits for the next tick. Nothing glides: over a slow line that costs more than it
shows.
"""


@dataclass(frozen=True, slots=True)
class ScreenResult:
    """How the screen ended."""

    status: int
    """The exit status: 0, 3 when probing broke down, 128 and the number of a signal."""

    exit_message: str | None = None
    """One line for the user, when it did not end well."""

    reports: tuple[Path, ...] = ()
    """What was written, the oldest first."""

    private: bool = False
    """Whether own addresses and first hops were masked when the screen closed."""


def run(
    board: Board,
    *,
    title: str = "",
    export_directory: Path,
    full_reports: bool = False,
    screen: ScreenSettings = _DEFAULT_SETTINGS,
    keys: Keys = _OWN_KEYS,
    saved_state: SavedState | None = None,
) -> ScreenResult:
    """Show `board` until the user leaves.

    `title` is shown in the first line instead of the snapshot's own title or the host name. Reports go to
    `export_directory`; Markdown is one page unless `full_reports`. `saved_state` None: nothing is kept on
    disk. The board stays open: its maker closes it. Raises ConfigError, before the screen opens, where `keys`
    have a mistake.
    """
    import os

    for name, value in TEXTUAL_SETTINGS.items():
        os.environ.setdefault(name, value)
    from tracetui.tui.app import TracetuiApp
    from tracetui.tui.garbage_collection import collect_rarely
    from tracetui.tui.keymap import effective_commands
    from tracetui.tui.textual_patches.crash_message import CANNOT_RUN
    from tracetui.tui.textual_patches.ending_signals import ending_signals

    app = TracetuiApp(
        board,
        title=title,
        export_directory=export_directory,
        full_reports=full_reports,
        settings=screen,
        commands=effective_commands(keys),
        saved_state=saved_state,
    )
    collect_rarely()
    with ending_signals(app.end_by_signal):
        app.run(mouse=screen.mouse)
    status = int(app.return_code or 0) if app.exit_message is None else CANNOT_RUN
    return ScreenResult(status, app.exit_message, tuple(app.reports), app.board_screen.view_options.private)
