"""An outage from 120 s to 400 s in shipped scenarios: what lanes show right before, during and after it."""

import random
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cache
from itertools import chain

import pytest

from simulation.internet import S, lanes_of
from tracetui.analysis.lanes.judge_lanes import Judge
from tracetui.model import Attribution, LaneSnapshot, LaneTrace, PathState
from tracetui.probing.engine import Engine
from tracetui.probing.pace import Pace
from tracetui.probing.packet_prober import PacketProber
from tracetui.simulation import catalogue
from tracetui.simulation.network import Network
from tracetui.simulation.scenario import Scenario
from tracetui.simulation.scenario_sources import ScenarioTable
from tracetui.simulation.simulated_clocks import DEFAULT_START_NS, VirtualClock
from tracetui.simulation.simulated_wire import SimulatedWire

BEGIN_S, END_S = 120, 400
Seconds = Mapping[int, Mapping[str, LaneSnapshot]]

LANES = [
    pytest.param("border-drop", "198.18.4.80:tcp/443", PathState.SILENT_AFTER, id="silent, no TTL run out"),
    pytest.param("border-drop", "198.18.4.80:icmp", PathState.SILENT_AFTER, id="silent, ICMP"),
    pytest.param("protonmail-2019", "185.70.40.101:tcp/25", PathState.SILENT_AFTER, id="silent, 2019"),
    pytest.param("admin-reject", "198.18.3.80:tcp/443", PathState.UNREACHABLE, id="refused"),
    pytest.param("routing-loop", "198.18.3.80:icmp", PathState.LOOP, id="loop"),
    pytest.param("injected-reset", "198.18.3.80:tcp/443", PathState.RESET, id="reset"),
]


def with_times(made: Scenario, from_ns: int, until_ns: int) -> Scenario:
    """The scenario, whose policies hold for some time only; filtered ports are drops at the host."""

    def timed(node):
        policies = tuple(
            replace(rule, selector=replace(rule.selector, from_ns=from_ns, until_ns=until_ns))
            for rule in node.policies
        )
        return replace(node, policies=policies)

    return replace(
        made,
        routers=tuple(timed(router) for router in made.routers),
        hosts=tuple(timed(host) for host in made.hosts),
    )


def watch(made: Scenario, seconds: Iterable[int]) -> Seconds:
    """Trace, and judge at these seconds."""
    clock, chance, table = VirtualClock(), random.Random(1), ScenarioTable(made)
    prober = PacketProber(SimulatedWire(Network(made, 1), clock), clock, chance.randbytes)
    engine = Engine(prober, clock, Pace(), random_source=chance, publish_every_s=None)
    engine.add(lanes_of(made))
    judge, owners, seen = Judge(), {}, {}
    for second in seconds:
        engine.run_until(second * S)
        traces = {trace.lane.id: trace for trace in engine.published.traces}
        owners = {**owners, **_new_owners(table, traces, owners)} or owners
        seen[second] = {lane.id: lane for lane in judge.judge(traces, owners)}
    return seen


def _new_owners(table: ScenarioTable, traces: Mapping[str, LaneTrace], known) -> dict[str, Attribution]:
    addresses = {
        responder.address for trace in traces.values() for hop in trace.hops for responder in hop.responders
    }
    return {each: found for each in addresses - known.keys() if (found := table.attribute(each))}


@cache
def outage(name: str) -> Seconds:
    around = (range(BEGIN_S - 10, BEGIN_S + 40), range(END_S - 10, END_S + 70), (END_S + 90,))
    return watch(with_times(catalogue.load(name), BEGIN_S * S, END_S * S), chain(*around))


@cache
def ever(name: str) -> Seconds:
    """The same lanes, where it has been so since the start."""
    return watch(catalogue.load(name), [60])


def seconds_since_start(lane: LaneSnapshot) -> float:
    assert lane.since_ns is not None
    return (lane.since_ns - DEFAULT_START_NS) / S


def who(lane: LaneSnapshot) -> list[str | None]:
    found = [hop.main.address if hop.main else None for hop in lane.hops]
    while found and found[-1] is None:
        found.pop()
    return found


def turn(lanes: Seconds, lane_id: str, state: PathState, after_s: int) -> int:
    """The first second in which the lane is in that state."""
    return next(
        second for second in lanes if second > after_s and lanes[second][lane_id].verdict.state is state
    )


@pytest.mark.slow
@pytest.mark.parametrize(("name", "lane_id", "state"), LANES)
def test_right_before_the_outage_nothing_has_changed(name, lane_id, state):
    lane = outage(name)[BEGIN_S - 1][lane_id]
    assert lane.verdict.state is PathState.REACHED
    assert (lane.since_ns, lane.hops) == (None, lane.trace.hops)
    assert who(lane)[-1] == lane.lane.address


@pytest.mark.parametrize(("name", "lane_id", "state"), LANES)
def test_an_outage_shows_what_it_would_show_had_it_always_been_so(name, lane_id, state):
    began = turn(outage(name), lane_id, state, BEGIN_S)
    assert began <= BEGIN_S + 8
    for second in (began, began + 1, began + 30, END_S - 1):
        lane, like = outage(name)[second][lane_id], ever(name)[60][lane_id]
        assert lane.verdict.state is state
        assert (lane.as_path, who(lane)) == (like.as_path, who(like)), second
        assert lane.verdict.last_responsive_ttl == like.verdict.last_responsive_ttl
        assert BEGIN_S - 1 <= seconds_since_start(lane) <= BEGIN_S + 2, "right to the round"
        heard = [hop for hop in lane.hops if hop.answered]
        assert all(hop.sent <= second - BEGIN_S + 2 for hop in lane.hops), "none from before"
        if state is not PathState.LOOP:
            assert all(not hop.lost for hop in heard[:-1])
    lane = outage(name)[began][lane_id]
    assert who(replace(lane, hops=lane.trace.hops)) != who(lane), "the whole trace still has the old path"


@pytest.mark.parametrize(("name", "lane_id", "state"), LANES)
def test_silent_rows_remain_while_silent(name, lane_id, state):
    lane = outage(name)[END_S - 1][lane_id]
    if state is PathState.SILENT_AFTER:
        assert len(lane.hops) == len(lane.trace.hops) == 30
        assert not any(hop.answered for hop in lane.hops[lane.verdict.last_responsive_ttl :])
        assert all(hop.sent for hop in lane.hops)


@pytest.mark.parametrize(("name", "lane_id", "state"), LANES)
def test_after_the_outage_the_path_is_back_without_its_loss(name, lane_id, state):
    before = outage(name)[BEGIN_S - 1][lane_id]
    back = turn(outage(name), lane_id, PathState.REACHED, END_S)
    for second in (back + 3, back + 40, END_S + 90):
        lane = outage(name)[second][lane_id]
        assert lane.verdict.state is PathState.REACHED
        assert (lane.as_path, who(lane)) == (before.as_path, who(before)), second
        # What a router refuses is asked no farther, until five rounds have passed without refusal.
        slow = 5 if state is PathState.UNREACHABLE else 0
        assert END_S - 1 <= seconds_since_start(lane) <= END_S + 2 + slow
        assert len(lane.hops) == lane.verdict.destination_ttl
        assert all(hop.lost == 0 for hop in lane.hops if hop.answered)


@pytest.mark.parametrize("name", ["border-drop", "injected-reset", "protonmail-2019"])
def test_other_lanes_are_shown_since_the_start(name):
    lanes = outage(name)[END_S + 90]
    steady = [lanes[lane.id] for lane in ever(name)[60].values() if lane.verdict.state is PathState.REACHED]
    assert steady
    for lane in steady:
        assert (lane.since_ns, lane.hops) == (None, lane.trace.hops)
