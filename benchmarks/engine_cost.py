"""CPU of the engine without a kernel: schedule, match, count, publish."""

import time

from instant_prober import InstantProber, JumpingClock, lanes
from table import Line, Samples
from tracetui.probing.engine import Engine
from tracetui.probing.pace import Pace


def measure(repetitions: int) -> list[Line]:
    """Cost per probe of the engine alone, publishing five times a second."""
    bare = tuple(bare_engine_us(count, seconds=120) for count in [12] * repetitions)
    return [
        Line(
            "engine alone per probe, 12 lanes at 1 Hz, publishing at 5 Hz",
            "µs",
            Samples(bare),
            remarks=("no packets: a prober that answers at once, on a clock that jumps",),
        )
    ]


def bare_engine_us(lane_count: int, seconds: int) -> float:
    """Run `lane_count` lanes for some virtual time; return the CPU per probe."""
    clock = JumpingClock()
    prober = InstantProber(clock)
    engine = Engine(prober, clock, Pace())
    engine.add(lanes(lane_count))
    engine.run_until(0)
    started, sent = time.process_time(), prober.probes
    engine.run_until(seconds * 1_000_000_000)
    return 1e6 * (time.process_time() - started) / (prober.probes - sent)
