"""The Textual application: themes, the command palette, and one screen."""

import asyncio
import contextlib
import signal
import sys
from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import Final

from textual import constants
from textual.app import App, SystemCommand
from textual.screen import Screen

from tracetui import crash
from tracetui.investigation.board import Board
from tracetui.tui.board_screen import BoardScreen
from tracetui.tui.commands import COMMANDS
from tracetui.tui.themes import DARK, THEMES

CANNOT_RUN: Final = 3
"""Exit status."""

_ENDING: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
"""Signals that end the program. Textual minds none of them and would leave the terminal drawn on."""


class TracetuiApp(App[None]):
    """Shows one board until the user leaves."""

    CSS_PATH = "tracetui.tcss"
    TITLE = "tracetui"
    AUTO_FOCUS = ""

    def __init__(self, board: Board, *, title: str = "", export_directory: Path) -> None:
        super().__init__()
        self.last_words: str | None = None
        """One line for the user, to be said once the terminal is its own again."""

        self.board_screen = BoardScreen(
            board, title=title, export_directory=export_directory, give_up=self._give_up
        )
        for theme in THEMES:
            self.register_theme(theme)
        if constants.DEFAULT_THEME == "textual-dark":  # TEXTUAL_THEME is not set
            self.theme = DARK.name

    def on_mount(self) -> None:
        """Leave in order when told to from outside."""
        with contextlib.suppress(ValueError, NotImplementedError):  # not the main thread, or no such signals
            for number in _ENDING:
                asyncio.get_running_loop().add_signal_handler(
                    number, partial(self.exit, return_code=128 + number)
                )

    def _give_up(self, reason: str) -> None:
        """Leave: the board has nothing more to show."""
        self.last_words = reason
        self.exit(return_code=CANNOT_RUN)

    def get_default_screen(self) -> Screen[None]:
        """Return the board."""
        return self.board_screen

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """Give the palette the same commands as the keys, and the choice of a theme."""
        if screen is self.board_screen:
            for command in COMMANDS:
                run = partial(self.board_screen.run_action, f"screen.{command.action}")
                yield SystemCommand(command.palette_name, command.purpose, run)
        yield SystemCommand("View: theme", "Choose colours, dark or light.", self.action_change_theme)

    def _fatal_error(self) -> None:
        """Leave with one line where Textual would print a traceback with all local values."""
        error = sys.exception()
        if error is not None and self.last_words is None:
            self.last_words = crash.keep(error)
        self._close_messages_no_wait()
