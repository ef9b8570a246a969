"""Sixteen vantages of four lanes each: real far ends, in processes here that probe a simulated internet.

python many_vantages.py far NUMBER     what runs at a vantage, in place of the ssh that would reach it
python many_vantages.py screen         the screen on all of them, which tells when a key is answered
"""

import os
import random
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import BinaryIO, Final

from key_latency import show_timed
from many_lanes import scenario
from tracetui.investigation.investigation import Investigation
from tracetui.investigation.investigation_settings import Settings
from tracetui.model import Role, Tool, Vantage
from tracetui.model.remote_vantage import RemoteVantage
from tracetui.ownership.immediate_lookup import ImmediateOwners
from tracetui.probing.clock import Clock, SystemClock
from tracetui.probing.engine import Engine
from tracetui.probing.packet_prober import PacketProber
from tracetui.probing.prober import Prober
from tracetui.simulation.catalogue import load
from tracetui.simulation.network import Network
from tracetui.simulation.scenario import Scenario
from tracetui.simulation.scenario_sources import ScenarioNames, ScenarioTable
from tracetui.simulation.simulated_wire import SimulatedWire
from tracetui.vantage.far import far_end
from tracetui.vantage.remote_engine import RemoteEngine

VANTAGES: Final = 16
HOPS: Final = 20
HOSTS: Final = ("host1.example", "host5.example")
"""A suspect, dropped on the way, and its control, each by TCP and ICMP: four lanes at each place."""


class _Wire(SimulatedWire):
    name = "raw"  # a far end says of its prober either this or "rootless"


def internet() -> Scenario:
    """Return the internet that all of them probe."""
    with TemporaryDirectory() as directory:
        file = Path(directory) / "many-vantages.toml"
        file.write_text(scenario(HOPS), encoding="utf-8")
        return load(str(file))


def prober(clock: Clock, seed: int) -> Prober:
    """Return a prober of that internet."""
    return PacketProber(_Wire(Network(internet(), seed), clock), clock, random.Random(seed).randbytes)


def vantage_engines(settings: Settings, clock: Clock) -> list[RemoteEngine]:
    """Return the engines of the vantages, not started."""
    return [
        RemoteEngine(
            RemoteVantage(f"place{number:02}", "a process here"),
            [sys.executable, __file__, "far", str(number)],
            clock,
            settings.pace,
        )
        for number in range(1, VANTAGES + 1)
    ]


def many_vantages() -> Investigation:
    """Return an investigation from here and from all vantages, not started."""
    clock, settings, world = SystemClock(), Settings(), internet()
    names = ScenarioNames(world)
    remote = vantage_engines(settings, clock)
    settings = Settings(vantages=tuple(engine.name for engine in remote))
    investigation = Investigation(
        engine=Engine(prober(clock, 0), clock, settings.pace),
        clock=clock,
        owners=ImmediateOwners([ScenarioTable(world)], names.pointers),
        names=names,
        settings=settings,
        tool=Tool("benchmark", "many_vantages"),
        vantage=Vantage("here", "simulated", "none"),
        remote=remote,
    )
    for host, role in zip(HOSTS, (Role.SUSPECT, Role.CONTROL), strict=True):
        target = settings.parse(host)
        investigation.add_target(target if role is Role.SUSPECT else target.as_control())
        investigation.wait_resolved()
    return investigation


def _far(number: int, commands: BinaryIO) -> None:
    """Do what a far end does, but for its prober; the program that comes first is not needed."""
    commands.read(int(commands.read(10)))
    setattr(far_end, "open_prober", lambda _choice, clock, _interface: prober(clock, number))  # noqa: B010
    os._exit(far_end.main(commands, sys.stdout.buffer))


if __name__ == "__main__":
    if sys.argv[1] == "far":
        _far(int(sys.argv[2]), sys.stdin.buffer)
    else:
        show_timed(many_vantages())
