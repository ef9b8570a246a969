"""How long starting takes: `tracetui --version`, and the first frame on a terminal."""

import sys
from pathlib import Path
from typing import Final

from processes import wall_s
from table import Line, Samples
from terminal import Terminal

TRACETUI: Final = str(Path(sys.executable).with_name("tracetui"))


def measure(repetitions: int) -> list[Line]:
    """Version and first frame, against an interpreter that does nothing."""
    wall_s([TRACETUI, "--version"])  # bytecode and disk cache: the second start is the usual one
    version, nothing, frame = [], [], []
    _first_frame_s()
    for _ in range(repetitions):
        version.append(1e3 * wall_s([TRACETUI, "--version"]))
        nothing.append(1e3 * wall_s([sys.executable, "-c", "pass"]))
        frame.append(1e3 * _first_frame_s())
    return [
        Line(
            "tracetui --version, wall",
            "ms",
            Samples(tuple(version)),
            Samples(tuple(nothing)),
            "python -c pass",
            budget=150,
        ),
        Line("first frame of the demo, wall", "ms", Samples(tuple(frame)), budget=600),
    ]


def _first_frame_s() -> float:
    """The title line is drawn with the first frame, and nowhere before it."""
    with Terminal([TRACETUI, "demo"]) as terminal:
        return terminal.wait_for(b"tracetui")
