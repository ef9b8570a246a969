"""Whether memory stays flat while somebody works on the screen without a rest: half an hour of the demo."""

import itertools
import os
import random
import statistics
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from start_up import TRACETUI
from table import Line, Samples
from terminal import KEYS, Terminal

SPEED: Final = 1
"""How much faster the demo's time passes.

The user's does not, and garbage is looked for by that: at 15 there were two searches in the half hour, and
what they had yet to find was measured.
"""

BASE_MINUTES: Final = 5

WORK: Final = (
    "j j j tab j k n n n",  # the board
    "enter down down up j j escape",  # details
    "f j k escape o escape ? escape",  # findings, events, help
    "2 j j k",  # AS paths
    "3 j left left left left [ ] t . t t t",  # the timeline, and windows
    "4 j j k G g N w r o t e space i t space d o w n enter",  # the evidence, with a note
    "1 [ [ { ] . P P",  # earlier moments, the mask
    "v s s s s s v z z",  # the overview
    "/ s i l e n t enter escape",  # a filter
    "e E",  # exports
)
"""What one does, over and over. Escape, pressed before each line, leaves whatever is still open."""


def measure(minutes: float) -> list[Line]:
    """Compare what is resident after `minutes` of the demo with what was after five, the screen in use."""
    with TemporaryDirectory() as directory:
        command = ["env", "-C", directory, *(f"XDG_{kind}_HOME={directory}" for kind in ("CONFIG", "STATE"))]
        command += [TRACETUI, "demo", "--seed", "1", "--speed", str(SPEED)]
        with Terminal(command) as terminal:
            terminal.wait_for(b"hop")
            pressed, resident = _use(terminal, minutes)
            terminal.press(KEYS["escape"])
            terminal.watch(1)
            terminal.quit()
        written = len(list(Path(directory).glob("tracetui-*")))
    return [
        Line(
            f"memory after {minutes:.0f} minutes of use, the demo's 8 lanes",
            "MiB",
            Samples((_in_minute(resident, minutes),)),
            Samples((_in_minute(resident, BASE_MINUTES),)),
            f"after {BASE_MINUTES}",
            budget=1.1,
            budget_is_ratio=True,
            remarks=(
                f"{pressed} keys: views, details, windows, earlier moments, filters, "
                f"notes, {written} exports",
            ),
        )
    ]


def _use(terminal: Terminal, minutes: float) -> tuple[int, list[tuple[float, float]]]:
    """Press keys for so long; return how many, and what was resident when: minutes and MiB."""
    chance = random.Random(1)
    started = time.perf_counter()
    resident = []
    work = itertools.cycle(WORK)
    pressed = 0
    while (passed := (time.perf_counter() - started) * SPEED / 60) < minutes:
        for name in ("escape", "escape", *next(work).split()):
            terminal.press(KEYS.get(name, name.encode()))
            terminal.watch(chance.uniform(0.05, 0.15))
            pressed += 1
        resident.append((passed, resident_mib(terminal.pid)))
    return pressed, resident


def _in_minute(resident: list[tuple[float, float]], minute: float) -> float:
    """Return the median of the minute that ends then."""
    return statistics.median(mib for at, mib in resident if minute - 1 <= at <= minute)


def resident_mib(process: int) -> float:
    """Resident memory of a process."""
    pages = int(Path(f"/proc/{process}/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20
