"""Whether memory stays flat: 12 lanes for thousands of rounds, on a clock that jumps."""

import gc
from pathlib import Path
from typing import Final

from instant_prober import InstantProber, JumpingClock, lanes
from table import Line, Samples
from tracetui.probing.engine import Engine
from tracetui.probing.pace import Pace

LANES: Final = 12
BASE_ROUNDS: Final = 500


def measure(rounds: int) -> list[Line]:
    """Compare what is resident after `rounds` with what was after 500."""
    clock = JumpingClock()
    engine = Engine(InstantProber(clock), clock, Pace())
    engine.add(lanes(LANES))
    engine.run_until(BASE_ROUNDS * 1_000_000_000)
    base = resident_mib()
    engine.run_until(rounds * 1_000_000_000)
    return [
        Line(
            f"memory after {rounds} rounds × {LANES} lanes",
            "MiB",
            Samples((resident_mib(),)),
            Samples((base,)),
            f"after {BASE_ROUNDS}",
            budget=1.1,
            budget_is_ratio=True,
            remarks=("the engine publishing at 5 Hz, in this process",),
        )
    ]


def resident_mib() -> float:
    """Resident memory of this process."""
    gc.collect()
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    raise OSError("/proc/self/status names no VmRSS")
