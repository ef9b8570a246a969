"""Whether memory stays flat: 12 lanes for thousands of rounds, on a clock that jumps.

As a script (`python memory_growth.py ROUNDS`) it is the measured program, in a process of its own.
"""

import gc
import json
import subprocess
import sys
from pathlib import Path
from typing import Final

from instant_prober import InstantProber, JumpingClock
from table import Line, Samples
from tracetui.investigation.investigation import Investigation
from tracetui.investigation.investigation_settings import Settings
from tracetui.model import Tool, Vantage
from tracetui.ownership.immediate_lookup import ImmediateOwners
from tracetui.ownership.system_names import OfflineNames
from tracetui.probing.engine import Engine
from tracetui.probing.pace import Pace

ENDPOINTS: Final = 6
"""Each by TCP and ICMP; the path to every third ends in silence."""

BASE_ROUNDS: Final = 500
_LOOK_EVERY_NS: Final = 5_000_000_000


def measure(rounds: int) -> list[Line]:
    """Compare what is resident after `rounds` with what was after 500."""
    done = subprocess.run(
        [sys.executable, __file__, str(rounds)], check=True, stdout=subprocess.PIPE, text=True
    )
    base_mib, end_mib = json.loads(done.stdout)
    return [
        Line(
            f"memory after {rounds} rounds × {2 * ENDPOINTS} lanes",
            "MiB",
            Samples((end_mib,)),
            Samples((base_mib,)),
            f"after {BASE_ROUNDS}",
            budget=1.1,
            budget_is_ratio=True,
            remarks=("the engine publishing at 5 Hz, findings and a snapshot every 5 s of its time",),
        )
    ]


def grow(rounds: int) -> tuple[float, float]:
    """Return what is resident after `BASE_ROUNDS` and after `rounds`, in MiB."""
    clock = JumpingClock()
    engine = Engine(InstantProber(clock, silent=frozenset({"203.0.113.3", "203.0.113.6"})), clock, Pace())
    investigation = Investigation(
        engine=engine,
        clock=clock,
        owners=ImmediateOwners([], None),
        names=OfflineNames(),
        settings=Settings(),
        tool=Tool("benchmark", "memory_growth"),
        vantage=Vantage("here", "instant", "none"),
    )
    for number in range(1, ENDPOINTS + 1):
        investigation.add(f"203.0.113.{number}")
        investigation.wait_resolved()
    found = []
    for until in (BASE_ROUNDS, rounds):
        while clock.now_ns < until * 1_000_000_000:
            engine.run_until(clock.now_ns + _LOOK_EVERY_NS)
            investigation.snapshot()
        found.append(resident_mib())
    assert len(investigation.snapshot().lanes) == 2 * ENDPOINTS
    return found[0], found[1]


def resident_mib() -> float:
    """Resident memory of this process."""
    gc.collect()
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    raise OSError("/proc/self/status names no VmRSS")


if __name__ == "__main__":
    print(json.dumps(grow(int(sys.argv[1]))))
