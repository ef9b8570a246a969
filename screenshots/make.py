"""Draws the pictures of this folder from the demo: `make screenshots`.

Each is the program itself on a simulated internet and a virtual clock, so it is the same picture every time.
"""

import asyncio
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from terminal_svg import svg
from textual import constants
from textual.color import Color

constants.COLOR_SYSTEM = "truecolor"  # whatever terminal this runs in

from tracetui.investigation.demo import demo_investigation  # noqa: E402  (Textual reads the setting at import)
from tracetui.investigation.investigation import Investigation  # noqa: E402
from tracetui.investigation.settings import Settings  # noqa: E402
from tracetui.model import Tool  # noqa: E402
from tracetui.probing.pace import Pace  # noqa: E402
from tracetui.tui.app import TracetuiApp  # noqa: E402

FOLDER: Final = Path(__file__).parent
ROUNDS: Final = 90
SEED: Final = 2019


@dataclass(frozen=True, slots=True)
class Picture:
    """One file of this folder."""

    name: str
    size: tuple[int, int]
    scenario: str = "protonmail-2019"
    keys: tuple[str, ...] = ()
    theme: str = "tracetui-dark"


PICTURES: Final = (
    Picture("board-120x40", (120, 40)),
    Picture("board-80x24", (80, 24)),
    Picture("board-200x60", (200, 60)),
    Picture("board-light", (120, 40), theme="tracetui-light"),
    Picture("findings", (120, 40), keys=("f",)),
    Picture("details", (120, 40), keys=("j", "j", "j", "enter")),
    Picture("admin-reject", (120, 40), scenario="admin-reject"),
    Picture("help", (120, 40), keys=("question_mark",)),
)


def investigate(scenario: str) -> Investigation:
    """Run a scenario for `ROUNDS` rounds, as fast as they go."""
    investigation, run_rounds = demo_investigation(
        scenario,
        Settings(pace=Pace(rounds=ROUNDS)),
        Tool("demo", f"tracetui demo {scenario}"),
        controls=(),
        pointers=True,
        virtual=True,
        seed=SEED,
    )
    run_rounds(lambda: False)
    return investigation


async def draw(picture: Picture) -> None:
    """Draw one picture."""
    app = TracetuiApp(investigate(picture.scenario), export_directory=FOLDER)
    async with app.run_test(size=picture.size) as pilot:
        app.theme = picture.theme
        for _ in range(4):
            await pilot.pause()
        await pilot.press(*picture.keys)
        for _ in range(4):
            await pilot.pause()
        screen = app.screen
        lines = screen._compositor.render_strips(screen.size)  # noqa: SLF001  (nothing public gives cells)
        colours = app.theme_variables
        drawn = svg(
            [list(strip) for strip in lines],
            title=f"tracetui: {picture.name}",
            foreground=Color.parse(colours["foreground"]),
            background=Color.parse(colours["background"]),
        )
    path = FOLDER / f"{picture.name}.svg"
    path.write_text(drawn, encoding="utf-8")
    print(path.relative_to(FOLDER.parent))


async def main() -> None:
    """Draw all pictures."""
    for picture in PICTURES:
        await draw(picture)


if __name__ == "__main__":
    asyncio.run(main())
