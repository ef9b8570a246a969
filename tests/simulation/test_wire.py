"""The simulated wire: due times, both kinds of clock, sources, ports, refusals."""

import threading
import time

import pytest

from simulation.internet import HOME, HOST, MS, S, chain, echo, lanes_of, scenario, syn
from tracetui.investigation.demo_investigation import demo_investigation
from tracetui.investigation.investigation_settings import Settings
from tracetui.model import Tool
from tracetui.probing.clock import SystemClock
from tracetui.probing.engine import Engine
from tracetui.probing.pace import Pace
from tracetui.probing.packet_prober import PacketProber
from tracetui.probing.prober import ProbeNotSentError
from tracetui.simulation.network import Network
from tracetui.simulation.simulated_clocks import VirtualClock
from tracetui.simulation.simulated_wire import SimulatedWire

LONG = 60 * S
"""Longer than any test may take: a wait that runs into it fails by its timeout."""


def virtual(made=None):
    clock = VirtualClock()
    return SimulatedWire(Network(made or chain()), clock), clock


def test_waiting_moves_the_clock_to_the_first_reply_and_no_farther():
    wire, clock = virtual()
    sent_ns = [wire.send(echo(HOST[4], ttl), HOST[4]) for ttl in (4, 1, 2)]
    assert len(set(sent_ns)) == 1
    seen = []
    while clock.monotonic_ns() < 8 * MS:
        seen += [
            (clock.monotonic_ns() // MS, d.source, d.received_ns - sent_ns[0]) for d in wire.receive(LONG)
        ]
    assert seen == [(2, "10.0.1.1", 2 * MS), (4, "10.0.2.1", 4 * MS), (8, HOST[4], 8 * MS)]


def test_waiting_ends_at_the_time_given():
    wire, clock = virtual()
    wire.send(echo(HOST[4], 4), HOST[4])
    assert wire.receive(3 * MS) == []
    assert clock.monotonic_ns() == 3 * MS
    assert wire.receive(1 * MS) == [], "a time that has passed"
    assert clock.monotonic_ns() == 3 * MS


def test_replies_due_together_come_together_in_the_order_of_their_probes():
    wire, _ = virtual()
    for port in (1003, 1001, 1002):
        wire.send(syn(HOST[4], 2, source_port=port), HOST[4])
    arrived = wire.receive(LONG)
    assert [int.from_bytes(d.payload[28:30], "big") for d in arrived] == [1003, 1001, 1002]


def test_datagrams_are_what_a_raw_socket_hands_out():
    wire, _ = virtual()
    wire.send(echo(HOST[6], 2), HOST[6])
    (datagram,) = wire.receive(LONG)
    assert (datagram.protocol, datagram.source, datagram.ttl) == (58, "2001:db8:2::1", 254)
    assert datagram.payload[0] == 3
    assert datagram.kernel_stamp


def test_a_wake_ends_a_virtual_wait_before_time_passes():
    wire, clock = virtual()
    wire.wake()
    assert wire.receive(LONG) == []
    assert clock.monotonic_ns() == 0
    wire.receive(5 * MS)
    assert clock.monotonic_ns() == 5 * MS


def test_the_clock_of_a_scenario_starts_with_the_wire():
    made = chain('[[policy]]\nat = "r1"\naction = "drop"\nuntil = 1\n')
    clock = VirtualClock()
    clock.advance_to(100 * S)
    wire = SimulatedWire(Network(made), clock)
    wire.send(echo(HOST[4], 9), HOST[4])
    assert wire.receive(clock.monotonic_ns() + 999 * MS) == []
    wire.receive(clock.monotonic_ns() + MS)
    wire.send(echo(HOST[4], 9), HOST[4])
    assert len(wire.receive(clock.monotonic_ns() + S)) == 1


def test_a_clock_never_goes_back():
    clock = VirtualClock(start_unix_ns=7 * S)
    clock.advance_to(5)
    clock.advance_to(3)
    assert (clock.monotonic_ns(), clock.unix_ns()) == (5, 7 * S + 5)


# In real time


def test_in_real_time_the_stamps_say_the_configured_delay():
    wire = SimulatedWire(Network(chain()), SystemClock())
    clock = SystemClock()
    for ttl in (1, 2, 3, 4):
        sent_ns = wire.send(echo(HOST[4], ttl), HOST[4])
        due_ns = clock.monotonic_ns()
        arrived = []
        while not arrived:
            arrived = list(wire.receive(clock.monotonic_ns() + LONG))
        assert arrived[0].received_ns - sent_ns == 2 * ttl * MS
        assert clock.monotonic_ns() - due_ns > 2 * ttl * MS - MS, "not before it is due"


def test_another_thread_can_end_a_wait_in_real_time():
    wire = SimulatedWire(Network(chain()), SystemClock())
    seen = []
    waiting = threading.Thread(target=lambda: seen.append(wire.receive(SystemClock.monotonic_ns() + LONG)))
    waiting.start()
    wire.wake()
    waiting.join(timeout=30)
    assert seen == [[]]


def test_the_engine_in_real_time_measures_the_configured_delays():
    clock = SystemClock()
    prober = PacketProber(SimulatedWire(Network(chain()), clock), clock)
    engine = Engine(prober, clock, Pace(interval_s=0.1, timeout_s=1, rounds=3))
    engine.add(lanes_of(chain()))
    engine.start()
    assert engine.join(60)
    engine.close()
    assert engine.crash is None
    traces = engine.published.traces
    assert len(traces) == 5
    for found in traces:
        assert [hop.rtt and (hop.rtt.best_ns, hop.rtt.worst_ns) for hop in found.hops] == [
            (2 * ttl * MS, 2 * ttl * MS) for ttl in (1, 2, 3, 4)
        ]


# Sources and ports

TWO = """
title = "t"
source = { one = "192.0.2.1", two = ["192.0.2.2", "2001:db8::2"] }
paths = [["one", "r", "h"], ["two", "r"]]
router = { r = {} }
host = { h = {} }
"""


def test_the_first_source_of_a_family_is_the_systems_choice():
    wire, _ = virtual(scenario(TWO))
    assert wire.source_for("10.0.0.1", None) == "192.0.2.1"
    assert wire.source_for("2001:db8::9", None) == "2001:db8::2"
    assert wire.source_for("10.0.0.1", "192.0.2.2") == "192.0.2.2"


@pytest.mark.parametrize(
    ("address", "wanted", "reason"),
    [
        ("10.0.0.1", "192.0.2.9", "192.0.2.9 is no source address of the scenario"),
        ("10.0.0.1", "2001:db8::2", "2001:db8::2 is not of the family of 10.0.0.1"),
        ("2001:db8::9", "192.0.2.2", "192.0.2.2 is not of the family of 2001:db8::9"),
    ],
)
def test_a_source_that_cannot_be_used_is_named(address, wanted, reason):
    wire, _ = virtual(scenario(TWO))
    with pytest.raises(ProbeNotSentError, match=reason):
        wire.source_for(address, wanted)


def test_without_a_source_of_the_family_there_is_no_route():
    wire, _ = virtual(scenario(TWO.replace(', "2001:db8::2"', "")))
    with pytest.raises(ProbeNotSentError, match="no route"):
        wire.source_for("2001:db8::9", None)


@pytest.mark.slow
def test_ports_are_held_until_released():
    wire, _ = virtual()
    held = [wire.reserve_port(HOME[4]) for _ in range(60999 - 32768 + 1)]
    assert len(set(held)) == len(held)
    with pytest.raises(ProbeNotSentError, match="no source port is free"):
        wire.reserve_port(HOME[4])
    wire.release_port(HOME[4], held[7])
    assert wire.reserve_port(HOME[4]) == held[7]


@pytest.mark.parametrize(
    ("error", "words"),
    [
        ("no_route", "no route"),
        ("not_permitted", "firewall"),
        ("network_down", "interface is down"),
        ("no_buffers", "queue is full"),
    ],
)
def test_the_demo_host_may_refuse_to_send(error, words):
    made = scenario(
        f"""
        title = "t"
        paths = [["home", "r", "h"]]
        router = {{ r = {{}} }}
        host = {{ h = "10.0.9.1" }}
        [source.home]
        address = "192.0.2.1"
        failure = [{{ error = "{error}", protocol = "icmp", from = 2, until = 4 }}]
        """
    )
    wire, _ = virtual(made)
    wire.send(echo("10.0.9.1", 9), "10.0.9.1")
    wire.receive(2 * S)
    wire.receive(2 * S)
    with pytest.raises(ProbeNotSentError, match=words):
        wire.send(echo("10.0.9.1", 9), "10.0.9.1")
    wire.send(syn("10.0.9.1", 9), "10.0.9.1")
    wire.receive(3 * S)
    wire.receive(4 * S)
    wire.send(echo("10.0.9.1", 9), "10.0.9.1")


def test_on_a_fast_clock_time_passes_as_many_times_as_fast_and_rtts_stay():
    investigation, _ = demo_investigation(
        "protonmail-2019", Settings(), Tool("0", "tracetui demo"),
        controls=(), pointers=False, virtual=False, seed=7, speed=50,
    )  # fmt: skip
    started_ns = time.monotonic_ns()
    investigation.engine.start()
    try:
        while investigation.snapshot().rounds < 60:
            time.sleep(0.01)
            assert time.monotonic_ns() - started_ns < 30e9
        snapshot = investigation.snapshot()
    finally:
        investigation.close()
    assert (snapshot.created_at - snapshot.started_at).total_seconds() >= 55
    reached = next(lane for lane in snapshot.lanes if lane.trace.destination_ttl)
    assert 0.1e6 < reached.trace.hops[0].rtt.mean_ns < 60e6


def test_an_empty_demo_knows_its_names_but_traces_nothing():
    investigation, _ = demo_investigation(
        "protonmail-2019", Settings(), Tool("0", "tracetui demo"),
        controls=(), pointers=False, virtual=True, seed=7, empty=True,
    )  # fmt: skip
    assert not investigation.has_lanes
    investigation.add("mx:protonmail.ch")
    assert investigation.wait_resolved() == ()
    assert investigation.has_lanes
    investigation.close()
