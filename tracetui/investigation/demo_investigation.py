"""Assembles an investigation on a simulated internet: no privilege, no network."""

import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from tracetui.evidence.registers.read_register import RegisterRequest
from tracetui.investigation.bgp_routes import BgpFile, BgpRoutes
from tracetui.investigation.investigation import Investigation
from tracetui.investigation.investigation_settings import Settings
from tracetui.investigation.run_headless import REGISTER_PATIENCE_S, run_virtual
from tracetui.model import Role, Snapshot, Tool, Vantage
from tracetui.model.remote_vantage import ConnectionState, RemoteVantage
from tracetui.ownership.as_lookup import AsLookup
from tracetui.ownership.immediate_lookup import ImmediateOwners
from tracetui.probing.clock import Clock, SystemClock
from tracetui.probing.engine import Engine
from tracetui.probing.interruptions import InterruptionWatch, NoInterruptions
from tracetui.probing.packet_prober import PacketProber
from tracetui.simulation.catalogue import DEFAULT, load
from tracetui.simulation.network import Network
from tracetui.simulation.scenario_sources import ScenarioNames, ScenarioTable
from tracetui.simulation.simulated_arrivals import SimulatedArrivals
from tracetui.simulation.simulated_clocks import FastClock, VirtualClock
from tracetui.simulation.simulated_wire import SimulatedWire

HOSTNAME: Final = "demo host"
_SOME_ADDRESS: Final = "1.1.1.1"
"""An ordinary one, which tables are asked about."""


RunRounds = Callable[[Callable[[], bool]], Snapshot]
"""Runs all rounds, or until its argument returns True; returns the last snapshot."""


def demo_investigation(
    scenario: str | None,
    settings: Settings,
    tool: Tool,
    *,
    controls: Sequence[str],
    pointers: bool,
    virtual: bool,
    seed: int | None,
    speed: float = 1.0,
    empty: bool = False,
    tables: Sequence[Path] = (),
    bgp_files: Sequence[BgpFile] = (),
    registers: Sequence[RegisterRequest] = (),
    narrate: Callable[[str], None] = lambda _: None,
) -> tuple[Investigation, RunRounds]:
    """Assemble the investigation of `scenario` (a name or a file), with its targets resolved.

    `controls` are added to the scenario's own. `virtual`: on a clock that runs as fast as the rounds do; the
    returned function then runs them. With a `seed`, a virtual run is the same every time. `speed`: how many
    times as fast time passes on the screen. `empty`: without the scenario's targets, for the user to add.
    `tables`: AS tables to ask too; `narrate` gets remarks on them.
    Raises ScenarioError, TargetError, TableError.
    """
    internet = load(scenario or DEFAULT)
    seed = random.randrange(2**32) if seed is None else seed  # noqa: S311  (loss and jitter, no secret)
    chance = random.Random(seed)  # noqa: S311  (tokens of a simulation guard nothing)
    clock: Clock = VirtualClock() if virtual else FastClock(speed) if speed != 1 else SystemClock()
    network = Network(internet, seed)
    prober = PacketProber(SimulatedWire(network, clock), clock, chance.randbytes)
    names, table = ScenarioNames(internet), ScenarioTable(internet)
    recorded = table.recorded()
    today = _read(tables, narrate)
    investigation = Investigation(
        engine=Engine(
            prober,
            clock,
            settings.pace,
            random_source=chance,
            publish_every_s=None if virtual else 0.2 * speed,
            watch=InterruptionWatch(clock) if isinstance(clock, SystemClock) else NoInterruptions(),
        ),
        clock=clock,
        owners=ImmediateOwners(
            () if recorded and today else [table],
            names.pointers if pointers else None,
            further=today,
            recorded=recorded,
        ),
        names=names,
        settings=replace(
            settings,
            vantages=tuple(one.name for one in internet.vantages),
            # The scenario decides how many vantages there are, no stranger.
            max_lanes=settings.max_lanes * (1 + len(internet.vantages)),
            both_ways=settings.both_ways or internet.both_ways,
            public_addresses=tuple(map(str, internet.sources[0].addresses)),
        ),
        simulated=[
            RemoteVantage(
                one.name,
                "in the scenario",
                ConnectionState.CONNECTED,
                prober=prober.name,
                asn=one.asn,
                country=one.country,
            )
            for one in internet.vantages
        ],
        arrivals_here=SimulatedArrivals(network, clock),
        tool=tool,
        vantage=Vantage(HOSTNAME, prober.name, f"scenario {internet.name}"),
        title=internet.title,
        recorded=recorded,
        bgp=BgpRoutes(bgp_files, online=False, narrate=narrate),
        registers=registers,
    )
    own = () if empty else internet.demo
    asked = [*own, *(replace(settings.parse(text), role=Role.CONTROL) for text in controls)]
    for target in dict.fromkeys(asked):
        investigation.add_target(target)
        investigation.wait_resolved()  # one by one: the order in which lanes join must not be a race

    if virtual:
        investigation.wait_files(REGISTER_PATIENCE_S)  # so that a seed stays a run

    def run_rounds(stopped: Callable[[], bool]) -> Snapshot:
        return run_virtual(investigation, clock.monotonic_ns, stopped)

    return investigation, run_rounds


def _read(tables: Sequence[Path], narrate: Callable[[str], None]) -> AsLookup | None:
    """Return a look-up over AS tables that are read already: on the screen, no answer may wait for that.

    `narrate` gets a line about each that cannot be read. Raises TableError for a file that is no table.
    """
    if not tables:
        return None
    from tracetui.ownership.open_tables import open_tables

    opened = open_tables(tables, narrate)
    as_lookup = AsLookup((*opened.exchanges, *opened.origins), narrate)
    as_lookup.attribute(_SOME_ADDRESS)
    return as_lookup
