"""Runs a simulated internet through the real engine, prober and packets, on a clock of its own."""

import random
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cache
from typing import Final

from tracetui.investigation.investigation import Investigation
from tracetui.investigation.investigation_settings import Settings
from tracetui.investigation.public_vantages import PublicVantages
from tracetui.investigation.run_headless import settle
from tracetui.model import Snapshot, Tool, Vantage
from tracetui.ownership.immediate_lookup import ImmediateOwners
from tracetui.probing.engine import Engine
from tracetui.probing.pace import Pace
from tracetui.probing.packet_prober import PacketProber
from tracetui.simulation.catalogue import load
from tracetui.simulation.network import Network
from tracetui.simulation.scenario import Scenario
from tracetui.simulation.scenario_sources import ScenarioNames, ScenarioTable
from tracetui.simulation.simulated_clocks import VirtualClock
from tracetui.simulation.simulated_wire import SimulatedWire

SELDOM_S: Final = 10
AS_THE_PROGRAM_S: Final = 0.5
"""How often one looks."""


def run(
    scenario: Scenario,
    *,
    rounds: int = 70,
    interval_s: float = 1.0,
    max_hops: int = 30,
    seed: int = 1,
    loss_seed: int | None = None,
    look_every_s: float = SELDOM_S,
) -> Snapshot:
    """Trace the scenario's demo targets for so many rounds.

    `seed` decides tokens, flows and the order of probes; `loss_seed` (default: the same) loss and jitter.
    """
    pace = Pace(interval_s=interval_s, rounds=rounds, max_hops=max_hops)
    investigation, clock = investigate(scenario, pace, seed, seed if loss_seed is None else loss_seed)
    return run_to_end(investigation, clock, look_every_s)


def run_to_end(investigation: Investigation, clock: VirtualClock, look_every_s: float) -> Snapshot:
    """Trace all rounds and close; return what is known then.

    Events have the time of the first look after them. Looking as often as the program does costs more than
    tracing.
    """
    step_ns = int(look_every_s * 1e9)
    while not investigation.engine.run_until(clock.monotonic_ns() + step_ns):
        investigation.snapshot()
    snapshot = settle(investigation)
    investigation.close()
    return snapshot


@cache
def shipped(name: str, rounds: int = 70) -> Snapshot:
    """A shipped scenario after so many rounds, traced once."""
    return run(load(name), rounds=rounds)


def looks(scenario: Scenario, seconds: Iterable[float], *, seed: int = 1) -> Iterator[Snapshot]:
    """Yield what is known after so many seconds each, in order of time, of one run."""
    investigation, _ = investigate(scenario, Pace(), seed, seed)
    for second in seconds:
        investigation.engine.run_until(int(second * 1e9))
        yield investigation.snapshot()
    investigation.close()


def investigate(
    scenario: Scenario, pace: Pace, seed: int, loss_seed: int, public: PublicVantages | None = None
) -> tuple[Investigation, VirtualClock]:
    """An investigation of the scenario's demo targets, and the clock that it goes by."""
    chance = random.Random(seed)
    clock = VirtualClock()
    prober = PacketProber(SimulatedWire(Network(scenario, loss_seed), clock), clock, chance.randbytes)
    investigation = Investigation(
        engine=Engine(prober, clock, pace, random_source=chance, publish_every_s=None),
        clock=clock,
        owners=ImmediateOwners([ScenarioTable(scenario)], None),
        names=ScenarioNames(scenario),
        settings=Settings(pace=pace),
        tool=Tool("0", "tracetui demo"),
        vantage=Vantage("demo", prober.name, scenario.name),
        title=scenario.title,
        public=public,
    )
    for target in scenario.demo:
        investigation.add_target(target)
        assert investigation.wait_resolved() == ()  # one by one: the order of lanes must not be a race
    return investigation, clock


def lossy(scenario: Scenario, share: float) -> Scenario:
    """The same internet, where the first link of every path loses so much of all round trips."""
    each_way = 1 - (1 - share) ** 0.5
    sources = {source.name for source in scenario.sources}
    links = {
        ends: replace(link, loss=1 - (1 - link.loss) * (1 - each_way)) if sources & set(ends) else link
        for ends, link in scenario.links.items()
    }
    return replace(scenario, links=links)
