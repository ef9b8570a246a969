"""Draws the pictures of this folder from the demo: `make screenshots`; some by name: `make.py board paths`.

Each is the program itself on a simulated internet and a virtual clock, so it is the same picture every time.
"""

import asyncio
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from terminal_svg import svg
from textual import constants
from textual.color import Color

constants.COLOR_SYSTEM = "truecolor"  # type: ignore[misc]  # whatever terminal this runs in

from tracetui.config import ScreenSettings  # noqa: E402  (Textual reads the setting at import)
from tracetui.investigation.demo_investigation import demo_investigation  # noqa: E402
from tracetui.investigation.investigation import Investigation  # noqa: E402
from tracetui.investigation.investigation_settings import Settings  # noqa: E402
from tracetui.model import Tool  # noqa: E402
from tracetui.probing.pace import Pace  # noqa: E402
from tracetui.tui.app import TracetuiApp  # noqa: E402
from tracetui.tui.lines.notice import Notice  # noqa: E402

FOLDER: Final = Path(__file__).parent
SEED: Final = 2019
THEMES: Final = {"": "tracetui-dark", "-light": "tracetui-light"}
"""What a picture's name ends with, and what it is drawn in."""


@dataclass(frozen=True, slots=True)
class Case:
    """An investigation to draw."""

    scenario: str
    rounds: int
    notes: tuple[tuple[int, str], ...] = ()
    """Seconds from the start, and what is written down then."""


MAIL: Final = Case("protonmail-2019", 90, ((70, "called the NOC of AS8359: they look into it"),))
NIGHT: Final = Case(
    str(FOLDER / "over-time.toml"), 540, ((215, "called the carrier"), (385, "they say it is repaired"))
)


@dataclass(frozen=True, slots=True)
class Picture:
    """Two files of this folder: dark and light."""

    name: str
    size: tuple[int, int]
    keys: tuple[str, ...] = ()
    case: Case = MAIL


PICTURES: Final = (
    Picture("board", (140, 40), ("j", "j", "j")),
    Picture("overview", (166, 20), ("v",)),
    Picture("paths", (120, 20), ("2",)),
    Picture("timeline", (132, 24), ("3", *["h"] * 25), NIGHT),
    Picture("evidence", (120, 44), ("4",)),
    Picture("survey", (120, 46), ("5",), Case("survey", 12)),
    Picture("details", (170, 48), ("j", "j", "j", "enter")),
    Picture("findings", (110, 48), ("f",)),
    Picture("help", (110, 48), ("question_mark",)),
)


@cache
def investigate(case: Case) -> Investigation:
    """Run a case as fast as it goes, writing its notes down when their time has come."""
    investigation, run_rounds = demo_investigation(
        case.scenario,
        Settings(pace=Pace(rounds=case.rounds)),
        Tool("demo", "tracetui demo"),
        controls=(),
        pointers=True,
        virtual=True,
        seed=SEED,
    )
    run_rounds(_writer(investigation, case))
    return investigation


def _writer(investigation: Investigation, case: Case) -> Callable[[], bool]:
    """Return what is asked twice a second whether to stop; it never says so."""
    left = list(case.notes)

    def write() -> bool:
        snapshot = investigation.snapshot()
        age_s = (snapshot.created_at - snapshot.started_at).total_seconds()
        while left and age_s >= left[0][0]:
            investigation.add_note(left.pop(0)[1])
        return False

    return write


async def draw(picture: Picture, ending: str) -> None:
    """Draw one picture."""
    await draw_app(investigate(picture.case), picture.name, picture.size, picture.keys, ending)


async def draw_app(
    investigation: Investigation, name: str, size: tuple[int, int], keys: tuple[str, ...], ending: str = ""
) -> None:
    """Draw the screen on an investigation after some keys; `ending` chooses the theme."""
    settings = ScreenSettings(theme=THEMES[ending])
    app = TracetuiApp(investigation, export_directory=FOLDER, settings=settings)
    async with app.run_test(size=size) as pilot:
        await settle(pilot)
        for key in keys:
            await pilot.press(key)
            await settle(pilot)
        screen = app.screen
        lines = screen._compositor.render_strips(screen.size)  # noqa: SLF001  (nothing public gives cells)
        colours = app.theme_variables
        drawn = svg(
            [list(strip) for strip in lines],
            title=f"tracetui: {name}",
            foreground=Color.parse(colours["foreground"]),
            background=Color.parse(colours["background"]),
        )
    path = FOLDER / f"{name}{ending}.svg"
    path.write_text(drawn, encoding="utf-8")
    print(path.relative_to(FOLDER.parent))


async def settle(pilot: Any) -> None:  # noqa: ANN401  (of an app of ours)
    """Wait until all is drawn; without notices, which come and go."""
    for _ in range(4):
        await pilot.pause()
    pilot.app.board_screen.query_one(Notice).hide()
    await pilot.pause()


async def main(names: list[str]) -> None:
    """Draw all pictures, or those that are named."""
    for picture in PICTURES:
        for ending in THEMES:
            if not names or picture.name in names:
                await draw(picture, ending)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1:]))
