"""Prints one line at a crash, where Textual prints a traceback with all local variables.

Textual 8.2: `App._fatal_error` and `App.panic` write it to the terminal. Those values are the user's data.
"""

import sys
from typing import Final

from textual.app import App

from tracetui.config.crash_report import write_crash_report

CANNOT_RUN: Final = 3
"""Exit status."""


class CrashMessage(App[None]):
    """An application that leaves with one line; the traceback goes to a file."""

    exit_message: str | None = None
    """For the user, once the terminal is its own again; None where the program ended well."""

    def panic(self, *renderables: object) -> None:
        """Leave: Textual calls this with an error that it could print, or where nothing more can be read."""
        error = next((each for each in renderables if isinstance(each, BaseException)), None)
        self.give_up(write_crash_report(error) if error else "the terminal cannot be read any more")

    def _fatal_error(self) -> None:
        error = sys.exception()
        if error is not None and self.exit_message is None:
            self.exit_message = write_crash_report(error)
        self._close_messages_no_wait()

    def give_up(self, reason: str) -> None:
        """Leave with `reason`, unless there is one already."""
        if self.exit_message is None:
            self.exit_message = reason
        self.exit(return_code=CANNOT_RUN)
