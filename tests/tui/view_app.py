"""One view by itself on a screen, with the scene a test gives it."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import cache
from typing import Any, ClassVar

from textual.app import App, ComposeResult
from textual.screen import Screen

import tracetui.tui.app
from tracetui.investigation.demo_investigation import demo_investigation
from tracetui.investigation.investigation_settings import Settings
from tracetui.model import Snapshot, Tool
from tracetui.probing.pace import Pace
from tracetui.tui.commands.table import COMMANDS
from tracetui.tui.paint.inked_screen import InkedScreen
from tracetui.tui.paint.themes import DARK, THEMES
from tracetui.tui.view import Scene, View


class ViewScreen(InkedScreen):
    """Holds the view; its name is the board's, for the stylesheet."""

    def __init__(self, view: View) -> None:
        super().__init__()
        self.view = view

    def compose(self) -> ComposeResult:
        yield self.view

    def repaint(self) -> None:
        self.view.repaint()


class ViewApp(App[None]):
    commands = COMMANDS
    CSS_PATH: ClassVar = tracetui.tui.app.__file__.replace("app.py", "tracetui.tcss")

    def __init__(self, view: View) -> None:
        super().__init__()
        self.view = view
        for theme in THEMES:
            self.register_theme(theme)
        self.theme = DARK.name

    def get_default_screen(self) -> Screen[None]:
        return ViewScreen(self.view)


def scene_of(snapshot: Snapshot, **more: Any) -> Scene:
    return Scene(snapshot=snapshot, newest=snapshot, lanes=snapshot.lanes, **more)


@asynccontextmanager
async def viewed(make: Callable[[], View], scene: Scene, size: tuple[int, int]) -> AsyncIterator[Any]:
    """An app that shows `scene`, laid out and painted."""
    app = ViewApp(make())
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        app.view.show(scene)
        app.view.take_focus()
        for _ in range(2):
            await pilot.pause()
        yield pilot


@cache
def simulated(name: str, rounds: int = 12) -> Snapshot:
    """A shipped scenario after some rounds."""
    investigation, run = demo_investigation(
        name,
        Settings(pace=Pace(rounds=rounds)),
        Tool("0", f"tracetui demo {name}"),
        controls=(),
        pointers=True,
        virtual=True,
        seed=7,
    )
    try:
        return run(lambda: False)
    finally:
        investigation.close()
