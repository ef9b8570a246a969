"""The Textual application: themes, keys, the command palette and the board's screen."""

import asyncio
import contextlib
import difflib
from collections.abc import Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import Final

from textual import constants, events
from textual.app import SystemCommand
from textual.driver import Driver
from textual.filter import LineFilter
from textual.screen import Screen

from tracetui.config import SavedState, ScreenSettings
from tracetui.investigation.board import Board
from tracetui.model import safe_text
from tracetui.tui.board_screen import BoardScreen
from tracetui.tui.commands.table import COMMANDS
from tracetui.tui.commands.workspace import BoardCommand
from tracetui.tui.garbage_collection import IdleCollection
from tracetui.tui.idle_time import IdleTime
from tracetui.tui.keymap import textual_keymap
from tracetui.tui.paint.ascii_filter import AsciiFilter
from tracetui.tui.paint.themes import DARK, THEMES
from tracetui.tui.textual_patches.changed_cells import ChangedCells
from tracetui.tui.textual_patches.crash_message import CrashMessage
from tracetui.tui.textual_patches.ending_signals import LeavingTerminal, leaving_driver
from tracetui.tui.textual_patches.escape_delay import shorten_escape_delay
from tracetui.tui.textual_patches.lost_terminal import surviving_driver

_DEFAULT_SETTINGS: Final = ScreenSettings()

_LOOK_EVERY_S: Final = 0.1
"""How often it is checked whether garbage should be collected."""


class TracetuiApp(ChangedCells, CrashMessage):
    """Shows one board until the user leaves."""

    CSS_PATH = "tracetui.tcss"
    TITLE = "tracetui"
    AUTO_FOCUS = ""

    def __init__(
        self,
        board: Board,
        *,
        title: str = "",
        export_directory: Path,
        full_reports: bool = False,
        settings: ScreenSettings = _DEFAULT_SETTINGS,
        commands: Sequence[BoardCommand] = COMMANDS,
        saved_state: SavedState | None = None,
    ) -> None:
        super().__init__()
        self.settings = settings
        self.commands = tuple(commands)
        """With the keys that the user wants: what footer, help and palette show."""

        self.saved_state = SavedState() if saved_state is None else saved_state
        self._running_loop: asyncio.AbstractEventLoop | None = None
        self._idle = IdleTime()
        self._collection = IdleCollection(self._idle)
        self.board_screen = BoardScreen(
            board,
            title=title,
            export_directory=export_directory,
            full_reports=full_reports,
            give_up=self.give_up,
            settings=settings,
            saved_state=self.saved_state,
            idle=self._idle,
        )
        for theme in THEMES:
            self.register_theme(theme)
        self._theme_problem = self._choose_theme()
        self._ascii_filters = (AsciiFilter(),) if settings.ascii else ()
        self.set_keymap(textual_keymap(self.commands))

    @property
    def reports(self) -> list[Path]:
        """Written so far."""
        return self.board_screen.reports

    def _choose_theme(self) -> str | None:
        """Apply the theme that is set; return a warning where it does not exist."""
        from_environment = constants.DEFAULT_THEME if constants.DEFAULT_THEME != "textual-dark" else ""
        name = self.settings.theme or from_environment or self.saved_state.theme or DARK.name
        if name in self.available_themes:
            self.theme = name
            return None
        self.theme = DARK.name
        near = difflib.get_close_matches(name, self.available_themes, 1, 0.5)
        hint = f"did you mean {near[0]!r}?" if near else "the palette (ctrl+p) lists them all"
        return f"there is no theme {safe_text(name)!r}: {hint}"

    def watch_theme(self, name: str) -> None:
        if self.is_running:
            self.saved_state.remember_theme(name)

    def on_mount(self) -> None:
        """Collect garbage while no keys are pressed."""
        self.set_interval(_LOOK_EVERY_S, self._collection.tick)
        if self._theme_problem is not None:
            self.notify(self._theme_problem, severity="warning", markup=False)
        self._running_loop = asyncio.get_running_loop()

    def end_by_signal(self, number: int) -> None:
        """Leave, told so by a signal; called wherever the main thread is."""
        if self._running_loop is None:
            raise SystemExit(128 + number)
        if isinstance(self._driver, LeavingTerminal):
            self._driver.end()
        with contextlib.suppress(RuntimeError):  # it has ended already
            self._running_loop.call_soon_threadsafe(partial(self.exit, return_code=128 + number))

    async def on_event(self, event: events.Event) -> None:
        if isinstance(event, events.InputEvent):
            self._idle.pressed()
        await super().on_event(event)

    def get_default_screen(self) -> Screen[None]:
        return self.board_screen

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """Give the palette the same commands as the keys, and the choice of a theme."""
        if screen is self.board_screen:
            for command in self.commands:
                run = partial(command.handler, self.board_screen)
                yield SystemCommand(command.palette_name, command.purpose, run)
        yield SystemCommand("View: theme", "Choose colours, dark or light.", self.action_change_theme)

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Add the one for terminals that have ASCII alone."""
        filters = super().get_line_filters()
        return [*filters, *self._ascii_filters]

    def get_driver_class(self) -> type[Driver]:
        """Return a driver that does not hang when the terminal goes away, and answers escape."""
        driver = super().get_driver_class()
        shorten_escape_delay(driver)
        return leaving_driver(surviving_driver(driver))
