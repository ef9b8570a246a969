"""A terminal emulator (pyte) that an app draws on, and what Textual's full repaint shows on a fresh one."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, ClassVar

import pyte
from textual._compositor import LayoutUpdate
from textual.drivers.headless_driver import HeadlessDriver
from textual.geometry import Region

import tracetui.tui.app
from tracetui.tui.app import TracetuiApp

Cells = list[tuple[pyte.screens.Char, ...]]


class Emulator:
    """Shows what is written to it; whatever it showed before a resize is spoilt."""

    def __init__(self, size: tuple[int, int]) -> None:
        self.sent: list[str] = []
        self.resize(size)

    def resize(self, size: tuple[int, int]) -> None:
        self.screen = pyte.Screen(*size)
        self._stream = pyte.Stream(self.screen)
        self._stream.feed(
            "\x1b[?7l" + "".join(f"\x1b[{row + 1}H\x1b[7;31m{'#' * size[0]}" for row in range(size[1]))
        )
        self._stream.feed("\x1b[m")

    def write(self, data: str) -> None:
        self.sent.append(data)
        self._stream.feed(data)

    def cells(self) -> Cells:
        return cells_of(self.screen)


def cells_of(screen: pyte.Screen) -> Cells:
    return [
        tuple(screen.buffer[row][column] for column in range(screen.columns)) for row in range(screen.lines)
    ]


def text_of(cells: Cells) -> str:
    return "\n".join("".join(cell.data for cell in row) for row in cells)


class EmulatorDriver(HeadlessDriver):
    """No keyboard, but a terminal that is drawn on."""

    terminal: Emulator

    def start_application_mode(self) -> None:
        self.terminal = Emulator(self._get_terminal_size())
        super().start_application_mode()

    @property
    def is_headless(self) -> bool:
        return False

    def write(self, data: str) -> None:
        self.terminal.write(data)


class EmulatedApp(TracetuiApp):
    """Draws on an `Emulator`."""

    CSS_PATH: ClassVar = tracetui.tui.app.__file__.replace("app.py", "tracetui.tcss")

    def get_driver_class(self) -> type[EmulatorDriver]:
        return EmulatorDriver

    @property
    def terminal(self) -> Emulator:
        assert isinstance(self._driver, EmulatorDriver)
        return self._driver.terminal

    def repainted(self) -> Cells:
        """What a full repaint shows on a terminal on which nothing was drawn before."""
        screen = self.screen
        strips: Any = [[strip] for strip in screen._compositor.render_strips(screen.size)]
        fresh = Emulator(screen.size)
        fresh.write(LayoutUpdate(strips, Region(0, 0, *screen.size)).render_segments(self.console))
        return fresh.cells()


@asynccontextmanager
async def emulated(app: EmulatedApp, size: tuple[int, int]) -> AsyncIterator[Any]:
    """Run an app on an emulator of this size."""
    async with app.run_test(headless=False, size=size, notifications=True, tooltips=True) as pilot:
        yield pilot


async def resize(pilot: Any, size: tuple[int, int]) -> None:
    """Give the terminal another size; what it showed is spoilt."""
    pilot.app.terminal.resize(size)
    await pilot.resize_terminal(*size)
