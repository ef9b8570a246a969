"""How soon keys answer with 64 lanes live: from the key's bytes to the last byte of the redraw it causes.

As a script (`python key_latency.py MINUTES`) it is the measured program: the screen on an investigation that
has run for so many minutes, which tells in the stream itself when all that a key asked for has been drawn.
"""

import os
import random
import statistics
import sys
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from many_lanes import ENDPOINTS, many_lanes
from table import Line, Samples
from terminal import KEYS, Terminal
from tracetui import tui
from tracetui.investigation.investigation import Investigation

BUDGET_MS: Final = 50

DRAWN: Final = b"\x1b]7777;drawn\x07"
"""What `timed_app` writes."""

SESSION: Final = (
    ("overview: rows", "j j j j j j j j G g ^d ^u"),
    ("overview: sort", "s s s s s"),
    ("another view", "v"),
    ("board: hops, endpoints", "j down j k tab tab l j j G g h back-tab n n n"),
    ("details", "enter down down up j j"),
    ("escape", "escape"),
    ("look back and on", "[ [ [ ] { { } ."),
    ("window of time", "t t t t"),
    ("filter typed", "/ a s : 6 4 5 0 1 space s i l e n t enter"),
    ("escape", "escape"),
    ("another view", "2"),
    ("AS paths: rows", "j j j j G g"),
    ("another view", "3"),
    ("timeline: rows, cursor", "j j left left left left left left left left right right j k ."),
    ("another view", "4"),
    ("evidence: rows", "j j j ^d G g"),
    ("findings, events, help", "f j"),
    ("escape", "escape"),
    ("findings, events, help", "o"),
    ("escape", "escape"),
    ("findings, events, help", "?"),
    ("escape", "escape"),
    ("another view", "1"),
    ("privacy", "P j P"),
    ("another view", "v"),
)
"""Once through all that one does on the screen, and what each stretch is; it ends where it began."""


def measure(repetitions: int, minutes: float) -> list[Line]:
    """Go through `SESSION` on a terminal of 120 × 40, `repetitions` times."""
    command = [sys.executable, __file__, str(minutes)]
    spent_ms = answered_ms(command, repetitions, patience_s=60 + 20 * minutes)
    everything = [ms for kind in spent_ms.values() for ms in kind]
    return [
        latency_line("key to redraw", everything),
        *(latency_line(f"  {kind}", spent_ms[kind]) for kind in spent_ms),
    ]


def answered_ms(
    command: Sequence[str], repetitions: int, *, patience_s: float, settle_s: float = 3
) -> dict[str, list[float]]:
    """Return, by kind of key, how long each took of a program that shows `timed_app`."""
    spent_ms: dict[str, list[float]] = defaultdict(list)
    chance = random.Random(1)
    with Terminal(command) as terminal:
        terminal.wait_for(b"overview", patience_s=patience_s)
        terminal.watch(settle_s)
        for repetition in range(1 + repetitions):
            for kind, keys in SESSION:
                for name in keys.split():
                    terminal.watch(chance.uniform(0.08, 0.25))
                    took_s = terminal.answer_s(KEYS.get(name, name.encode()), DRAWN)
                    if repetition and took_s is not None:  # first time round, views are made
                        spent_ms[kind].append(1000 * took_s)
        terminal.quit()
    return spent_ms


def latency_line(what: str, spent_ms: Sequence[float], lanes: int = 2 * ENDPOINTS) -> Line:
    """Return the line of some keys."""
    percentiles = statistics.quantiles(spent_ms, n=100, method="inclusive")
    return Line(
        f"{what}, p95",
        "ms",
        Samples((percentiles[94],)),
        budget=BUDGET_MS,
        remarks=(
            f"{lanes} lanes live, 120 × 40 cells; to the last byte of the redraw",
            f"{what.strip()}: {len(spent_ms)} keys, p50 {percentiles[49]:.0f}, worst {max(spent_ms):.0f} ms",
        ),
    )


def show_timed(investigation: Investigation) -> None:
    """Show the screen on an investigation that is not started; it tells when a key is answered."""
    with TemporaryDirectory() as directory:
        os.environ.update(dict.fromkeys(("XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME"), directory))
        os.environ.update(tui.TEXTUAL_SETTINGS)  # as `run` does, for which it is too late below
        from timed_app import TimedApp
        from tracetui.tui import app

        app.TracetuiApp = TimedApp  # type: ignore[misc]  # measured in its place
        investigation.engine.start()
        try:
            tui.run(investigation, export_directory=Path(directory))
        finally:
            investigation.close()


if __name__ == "__main__":
    show_timed(many_lanes(float(sys.argv[1])))
