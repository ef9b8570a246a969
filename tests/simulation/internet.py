"""Small internets for tests: read from TOML, probed with the prober's own packets."""

import random
from pathlib import Path

from tracetui.analysis.lanes.decide_path_state import path_verdict
from tracetui.model import Endpoint, Lane, LaneTrace, PathVerdict, ProbeProtocol, Target
from tracetui.packet.probe_template import EchoTemplate, SynTemplate
from tracetui.probing.engine import Engine
from tracetui.probing.pace import Pace
from tracetui.probing.packet_prober import PacketProber
from tracetui.simulation.network import Network
from tracetui.simulation.packet_bytes import Arrival
from tracetui.simulation.read_scenario import read_text
from tracetui.simulation.scenario import Scenario
from tracetui.simulation.simulated_clocks import VirtualClock
from tracetui.simulation.simulated_wire import SimulatedWire

MS = 1_000_000
S = 1_000_000_000

CHAIN = """
title = "a chain"
paths = [["home", "r1", "r2", "r3", "host"], ["r3", "other"]]
[source]
home = ["192.0.2.1", "2001:db8::1"]
[router]
r1 = ["10.0.1.1", "2001:db8:1::1"]
r2 = ["10.0.2.1", "2001:db8:2::1"]
r3 = ["10.0.3.1", "2001:db8:3::1"]
[host]
host = { address = ["10.0.9.1", "2001:db8:9::1"], open = [25, 443], filtered = [23] }
other = { address = ["10.0.9.2", "2001:db8:9::2"] }
"""
"""Links of 1 ms; the host is at hop 4."""

HOME = {4: "192.0.2.1", 6: "2001:db8::1"}
ROUTERS = {4: ["10.0.1.1", "10.0.2.1", "10.0.3.1"], 6: ["2001:db8:1::1", "2001:db8:2::1", "2001:db8:3::1"]}
HOST = {4: "10.0.9.1", 6: "2001:db8:9::1"}
OTHER = {4: "10.0.9.2", 6: "2001:db8:9::2"}


def scenario(text: str) -> Scenario:
    return read_text(text, "test", "test.toml")


def chain(more: str = "", **replaced: str) -> Scenario:
    """The chain, with more tables; `r2='{ ... }'` replaces what a node is."""
    lines = []
    for line in CHAIN.strip().splitlines():
        name = line.partition(" =")[0]
        lines.append(f"{name} = {replaced.pop(name)}" if name in replaced else line)
    assert not replaced
    return scenario("\n".join(lines) + "\n" + more)


def syn(to: str, ttl: int, *, port: int = 443, source_port: int = 40000, source: str | None = None) -> bytes:
    """A SYN as the prober sends it."""
    template = SynTemplate(
        source or HOME[6 if ":" in to else 4],
        to,
        source_port=source_port,
        destination_port=port,
        timestamp=77,
        ip_id=7,
        flow_label=5,
    )
    return template.packet(ttl, b"\x12\x34\x56\x78")


def echo(to: str, ttl: int, *, source: str | None = None, identifier: int = 99) -> bytes:
    """An echo request as the prober sends it."""
    template = EchoTemplate(
        source or HOME[6 if ":" in to else 4],
        to,
        identifier=identifier,
        checksum=0x1234,
        ip_id=7,
        flow_label=5,
    )
    return template.packet(ttl, bytes(range(10)))


def answers(made: Scenario, packet: bytes, at_s: float = 0, *, seed: int = 0) -> list[Arrival]:
    """What comes back for one packet."""
    return list(Network(made, seed).carry(packet, round(at_s * S)))


def one(made: Scenario, packet: bytes, at_s: float = 0) -> Arrival:
    """The one answer to a packet."""
    (arrival,) = answers(made, packet, at_s)
    return arrival


def lanes_of(made: Scenario) -> list[Lane]:
    """The demo's lanes, as an investigation makes them."""
    return [
        Lane(target.text, endpoint.host, endpoint.address, protocol, port, target.role, target.source)
        for target in made.demo
        for endpoint in _endpoints(made, target)
        for protocol in target.protocols
        for port in (target.ports if protocol is ProbeProtocol.TCP else (None,))
    ]


def _endpoints(made: Scenario, target: Target) -> list[Endpoint]:
    if target.address:
        return [Endpoint(target, target.host, target.address)]
    hosts = made.mail[target.host] if target.mail else (target.host,)
    return [Endpoint(target, host, str(made.host_names[host][0])) for host in hosts]


class Run:
    """A traced scenario."""

    def __init__(self, made: Scenario, *, rounds: int = 12, seed: int = 1, max_hops: int = 30) -> None:
        self.clock = VirtualClock()
        chance = random.Random(seed)
        wire = SimulatedWire(Network(made, seed), self.clock)
        self.engine = Engine(
            PacketProber(wire, self.clock, chance.randbytes),
            self.clock,
            Pace(rounds=rounds, max_hops=max_hops),
            random_source=chance,
            publish_every_s=None,
        )
        self.engine.add(lanes_of(made))
        while not self.engine.run_until(self.clock.monotonic_ns() + S):
            pass
        self.traces: dict[str, LaneTrace] = {t.lane.id: t for t in self.engine.published.traces}

    def verdict(self, lane_id: str) -> PathVerdict:
        trace = self.traces[lane_id]
        siblings = [
            other
            for other in self.traces.values()
            if other is not trace and other.lane.panel == trace.lane.panel
        ]
        return path_verdict(trace, siblings)


DOCS = Path(__file__).parents[2] / "docs" / "scenarios.md"
