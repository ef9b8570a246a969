"""An investigation of 64 lanes on a simulated internet: minutes measured in advance, then in real time."""

import random
import time
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from tracetui.investigation.investigation import Investigation
from tracetui.investigation.investigation_settings import Settings
from tracetui.model import Role, Tool, Vantage
from tracetui.ownership.immediate_lookup import ImmediateOwners
from tracetui.probing.engine import Engine
from tracetui.probing.packet_prober import PacketProber
from tracetui.simulation.catalogue import load
from tracetui.simulation.network import Network
from tracetui.simulation.scenario_sources import ScenarioNames, ScenarioTable
from tracetui.simulation.simulated_clocks import VirtualClock
from tracetui.simulation.simulated_wire import SimulatedWire

ENDPOINTS: Final = 32
"""Each by TCP and ICMP. A quarter is dropped on the way; an eighth are controls."""

_NETWORKS: Final = 4
_LOOK_EVERY_NS: Final = 1_000_000_000


class RehearsedClock(VirtualClock):
    """Jumps from one due thing to the next until it goes live; keeps the machine's time from then on."""

    def __init__(self) -> None:
        super().__init__()
        self._live_since_ns: int | None = None

    def go_live(self) -> None:
        self._live_since_ns = time.monotonic_ns() - self.monotonic_ns()

    def monotonic_ns(self) -> int:
        if self._live_since_ns is None:
            return super().monotonic_ns()
        return time.monotonic_ns() - self._live_since_ns

    def unix_ns(self) -> int:
        return self._start_unix_ns + self.monotonic_ns()

    def advance_to(self, moment_ns: int) -> None:
        if self._live_since_ns is None:
            super().advance_to(moment_ns)
        else:
            time.sleep(max(0, moment_ns - self.monotonic_ns()) / 1e9)


def many_lanes(minutes: float, hops: int = 9) -> Investigation:
    """Return an investigation that has run for so long; its engine, once started, goes on in real time.

    `hops`: of the shortest path; the longest has three more.
    """
    with TemporaryDirectory() as directory:
        file = Path(directory) / "many-lanes.toml"
        file.write_text(scenario(hops), encoding="utf-8")
        internet = load(str(file))
    clock, chance = RehearsedClock(), random.Random(1)
    prober = PacketProber(SimulatedWire(Network(internet, 1), clock), clock, chance.randbytes)
    settings, names = Settings(), ScenarioNames(internet)
    investigation = Investigation(
        engine=Engine(prober, clock, settings.pace, random_source=chance),
        clock=clock,
        owners=ImmediateOwners([ScenarioTable(internet)], names.pointers),
        names=names,
        settings=settings,
        tool=Tool("benchmark", "many_lanes"),
        vantage=Vantage("here", prober.name, "none"),
    )
    for number in range(1, ENDPOINTS + 1):
        role = Role.CONTROL if number % 8 == 5 else Role.SUSPECT
        investigation.add_target(replace(settings.parse(f"host{number}.example"), role=role))
        investigation.wait_resolved()
    while clock.monotonic_ns() < minutes * 60e9:
        investigation.engine.run_until(clock.monotonic_ns() + _LOOK_EVERY_NS)
        investigation.snapshot()
    clock.go_live()
    return investigation


def scenario(hops: int) -> str:
    """Three routers of all, then those of the endpoint's carrier, then its network's own."""
    carriers = hops - 6
    hosts = {
        number: [f"host{number}" for number in range(number, ENDPOINTS + 1, _NETWORKS)]
        for number in range(1, _NETWORKS + 1)
    }
    paths, systems, places = (
        [],
        ['64500 = { name = "Access", routers = ["access1", "access2", "access3"] }'],
        [],
    )
    for number, names in hosts.items():
        carrier = [f"carrier{number}{step}" for step in range(1, carriers + 1)]
        edge = [f"edge{number}{step}" for step in range(1, 2 + number)]
        way = ["home", "access1", "access2", "access3", *carrier, *edge]
        paths += [[*way, name] for name in names]
        systems.append(f'{64500 + number} = {{ name = "Carrier {number}", routers = {carrier} }}')
        systems.append(
            f'{64600 + number} = {{ name = "Hosting {number}", routers = {edge}, hosts = {names} }}'
        )
        places += [f'{name} = {{ names = "{name}.example", open = [443] }}' for name in names]
    dropped = [f"host{number}" for number in range(1, ENDPOINTS + 1) if number % 8 in {1, 2}]
    return "\n".join(
        [
            "title = '64 lanes'",
            "story = 'A benchmark.'",
            "delay_ms = 2",
            "jitter_ms = 0.4",
            f"paths = {paths}",
            f"[[policy]]\nat = ['carrier12', 'carrier22']\naction = 'drop'\ndestination = {dropped}",
            "[source]\nhome = '192.0.2.10'",
            "[as]",
            *systems,
            "[host]",
            *places,
        ]
    )
