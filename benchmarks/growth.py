"""How cost grows with lanes and hops: CPU of the engine for a second of probing, and of judging it."""

import random
import time
from collections.abc import Sequence
from typing import Final

from growth_plot import Series
from instant_prober import InstantProber, JumpingClock
from table import Line, Samples
from tracetui.investigation.investigation import Investigation
from tracetui.investigation.investigation_settings import Settings
from tracetui.model import Tool, Vantage
from tracetui.ownership.immediate_lookup import ImmediateOwners
from tracetui.ownership.system_names import OfflineNames
from tracetui.probing.engine import Engine
from tracetui.probing.pace import Pace

LANES: Final = (2, 6, 24, 64, 128, 256)
HOPS: Final = (5, 10, 20, 30)
_FEW, _MANY = 5, 20
_LANES_OF_HOPS: Final = 24
_WARM_UP_S: Final = 20


def measure(repetitions: int, seconds: int) -> list[Line]:
    """Return a line for each number of lanes, at few and at many hops, and for each number of hops."""
    pairs = dict.fromkeys(
        (
            *((count, hops) for hops in (_FEW, _MANY) for count in LANES),
            *((_LANES_OF_HOPS, hops) for hops in HOPS),
        )
    )
    return [
        Line(
            _name(count, hops),
            "ms",
            Samples(tuple(_ms_per_second(count, hops, seconds) for _ in range(repetitions))),
            remarks=(
                "CPU for one second at 1 Hz: engine, states, findings and a snapshot; no packets, no screen",
            ),
        )
        for count, hops in pairs
    ]


def series(lines: Sequence[Line]) -> tuple[list[Series], list[Series]]:
    """Return what to draw of the lines: over lanes, and over hops. Empty where they were not measured."""
    found = {line.what: line.ours.median for line in lines if line.ours is not None}

    def points(places: Sequence[tuple[int, int, int]]) -> tuple[tuple[float, float], ...]:
        return tuple(
            (x, found[_name(count, hops)]) for x, count, hops in places if _name(count, hops) in found
        )

    by_lanes = [
        Series(f"{hops} hops", points([(count, count, hops) for count in LANES])) for hops in (_FEW, _MANY)
    ]
    by_hops = [Series(f"{_LANES_OF_HOPS} lanes", points([(hops, _LANES_OF_HOPS, hops) for hops in HOPS]))]
    return [each for each in by_lanes if each.points], [each for each in by_hops if each.points]


def _name(count: int, hops: int) -> str:
    return f"a second of {count} lanes × {hops} hops"


def _ms_per_second(count: int, hops: int, seconds: int) -> float:
    clock = JumpingClock()
    engine = Engine(
        InstantProber(clock, path=hops), clock, Pace(max_rate=1_000_000), random_source=random.Random(1)
    )
    investigation = Investigation(
        engine=engine,
        clock=clock,
        owners=ImmediateOwners([], None),
        names=OfflineNames(),
        settings=Settings(),
        tool=Tool("benchmark", "growth"),
        vantage=Vantage("here", "instant", "none"),
    )
    for number in range(1, count // 2 + 1):  # each by TCP and ICMP
        investigation.add(f"203.0.113.{number}")
        investigation.wait_resolved()
    started_s = 0.0
    for second in range(_WARM_UP_S + seconds):
        if second == _WARM_UP_S:
            started_s = time.process_time()
        engine.run_until((second + 1) * 1_000_000_000)
        found = investigation.snapshot()
    assert len(found.lanes) == count
    return 1e3 * (time.process_time() - started_s) / seconds
