"""The terminal screen: the only room that imports Textual."""

import sys
from pathlib import Path

from tracetui.investigation.board import Board


def run(board: Board, *, title: str = "", export_directory: Path) -> int:
    """Show `board` until the user leaves; return the exit status: 0, or 3 when probing broke down.

    `title` stands in the first line instead of the snapshot's own title or the host name. Reports go to
    `export_directory`. The board stays open: its maker closes it.
    """
    from tracetui.tui.app import CANNOT_RUN, TracetuiApp

    app = TracetuiApp(board, title=title, export_directory=export_directory)
    app.run()
    if app.last_words is not None:
        print(f"tracetui: {app.last_words}", file=sys.stderr)  # noqa: T201  (the screen is gone)
        return CANNOT_RUN
    return int(app.return_code or 0)
