"""The screen as text, and its colours as a second text of the same shape."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from string import ascii_letters
from tempfile import mkdtemp
from typing import Any

from textual.pilot import Pilot

from tracetui.investigation.board import Board
from tracetui.tui.app import TracetuiApp
from tracetui.tui.lines.notice import Notice


@asynccontextmanager
async def shown(
    board: Board, size: tuple[int, int], directory: Path | None = None, **settings: Any
) -> AsyncIterator[Any]:
    """A running app; the clock that pulls snapshots still ticks, tests that care pull themselves.

    Without a `directory`, what it writes goes where nobody looks.
    """
    directory = directory or Path(mkdtemp(prefix="tracetui-test-"))
    app = TracetuiApp(board, export_directory=directory, **settings)
    async with app.run_test(size=size, notifications=True) as pilot:
        for _ in range(3):  # laid out, filled, painted
            await pilot.pause()
        yield pilot


def hush(pilot: Any) -> None:
    """Take notices away: they may stand before what a test looks for."""
    pilot.app.clear_notifications()
    pilot.app.board_screen.query_one(Notice).hide()


def lines(pilot: Pilot) -> list[str]:
    return [strip.text.rstrip() for strip in _strips(pilot)]


def text(pilot: Pilot) -> str:
    return "\n".join(lines(pilot)) + "\n"


def colours(pilot: Pilot) -> str:
    """Each cell's style as a letter, and what the letters stand for."""
    names: dict[str, str] = {}
    grid = []
    for strip in _strips(pilot):
        row = ""
        for segment in strip:
            style = segment.style
            system = pilot.app.console._color_system
            colour = (
                [
                    part.downgrade(system).name if part and system else str(part)
                    for part in (style.color, style.bgcolor)
                ]
                if style
                else []
            )
            marks = [name for name in ("bold", "dim", "italic", "reverse") if style and getattr(style, name)]
            word = " ".join([*colour, *marks])
            letter = names.setdefault(word, ascii_letters[len(names) % len(ascii_letters)])
            row += letter * segment.cell_length
        grid.append(row)
    return "\n".join([*grid, "", *(f"{letter} {word}" for word, letter in names.items())]) + "\n"


def _strips(pilot: Pilot) -> list:
    screen = pilot.app.screen
    return screen._compositor.render_strips(screen.size)
