"""Every scenario that is shipped, by the real engine and prober, against the states it is there to show."""

from typing import Any

import pytest

from simulation.internet import Run, S, chain
from tracetui.model import LaneTrace, PathState, ReplyKind, Role
from tracetui.simulation import catalogue
from tracetui.simulation.simulated_clocks import VirtualClock

REACHED = (PathState.REACHED, None)


def silent(address: str) -> tuple[PathState, str]:
    return PathState.SILENT_AFTER, address


def refused(address: str, code: int) -> tuple[PathState, str, int]:
    return PathState.UNREACHABLE, address, code


EXPECTED: dict[str, dict[str, Any]] = {
    "protonmail-2019": {
        "185.70.40.101:tcp/25": silent("195.34.53.162"),
        "185.70.40.101:icmp": silent("195.34.53.162"),
        "185.70.40.102:tcp/25": silent("195.34.53.162"),
        "185.70.40.102:icmp": silent("195.34.53.162"),
        "95.47.236.74>185.70.40.101:tcp/25": REACHED,
        "95.47.236.74>185.70.40.101:icmp": REACHED,
        "156.154.64.10:tcp/25": REACHED,
        "156.154.64.10:icmp": REACHED,
    },
    "admin-reject": {
        "198.18.3.80:tcp/443": refused("198.18.2.2", 13),
        "198.18.3.80:icmp": refused("198.18.2.2", 13),
        "198.18.3.81:tcp/443": REACHED,
        "198.18.3.81:icmp": REACHED,
    },
    "asymmetric-return": {"198.18.4.80:tcp/443": REACHED, "198.18.4.80:icmp": REACHED},
    "border-drop": {
        "198.18.4.80:tcp/443": silent("198.18.2.3"),
        "198.18.4.80:icmp": silent("198.18.2.3"),
        "198.18.4.81:tcp/443": REACHED,
        "198.18.4.81:icmp": REACHED,
    },
    "both-ways": {  # later than these rounds
        "198.18.5.25:tcp/25": REACHED,
        "198.18.5.25:icmp": REACHED,
        "198.18.5.80:tcp/25": REACHED,
        "198.18.5.80:icmp": REACHED,
    },
    "way-back": {  # later than these rounds
        "198.18.5.25:tcp/25": REACHED,
        "198.18.5.25:icmp": REACHED,
        "198.18.3.80:tcp/25": REACHED,
        "198.18.3.80:icmp": REACHED,
    },
    "changes": {  # later than these rounds
        "198.18.5.80:tcp/443": REACHED,
        "198.18.5.80:icmp": REACHED,
        "198.18.5.81:tcp/443": REACHED,
        "198.18.5.81:icmp": REACHED,
    },
    "closed-port": {
        "198.18.3.80:tcp/443": REACHED,
        "198.18.3.80:tcp/5432": REACHED,
        "198.18.3.80:icmp": REACHED,
    },
    "ecmp-dead-branch": {},  # flows differ with the seed: see below
    "fifteen-servers": {
        **{
            f"198.18.{number}.{host}:{service}": REACHED
            for number, hosts, port in (
                (4, (80, 81, 82, 83, 84), 443),
                (5, (80,), 25),
                (5, (84,), 443),
                (6, (80, 81), 443),
                (7, (80, 82), 443),
            )
            for host in hosts
            for service in (f"tcp/{port}", "icmp")
        },
        **{
            f"198.18.5.{host}:{service}": silent("198.18.3.3")
            for host, port in ((81, 25), (82, 25), (83, 993))
            for service in (f"tcp/{port}", "icmp")
        },
        "198.18.7.81:tcp/443": refused("198.18.7.1", 13),
        "198.18.7.81:icmp": refused("198.18.7.1", 13),
    },
    "home-outage": {
        "198.18.3.80:tcp/443": silent("192.168.1.1"),
        "198.18.3.80:icmp": silent("192.168.1.1"),
        "198.18.2.80:tcp/443": silent("192.168.1.1"),
        "198.18.2.80:icmp": silent("192.168.1.1"),
    },
    "injected-reset": {
        "198.18.3.80:tcp/443": (PathState.RESET, "198.18.2.1"),
        "198.18.3.80:icmp": REACHED,
        "198.18.3.81:tcp/443": REACHED,
        "198.18.3.81:icmp": REACHED,
    },
    "ipv6": {
        "2001:db8:42::80:tcp/443": silent("2001:db8:2::2"),
        "2001:db8:42::80:icmp": silent("2001:db8:2::2"),
        "198.18.42.80:tcp/443": REACHED,
        "198.18.42.80:icmp": REACHED,
        "2001:db8:42::81:tcp/443": REACHED,
        "2001:db8:42::81:icmp": REACHED,
    },
    "local-firewall": {
        "198.18.3.80:tcp/443": REACHED,
        "198.18.3.80:icmp": (PathState.LOCAL_FAILURE, None),
    },
    "middlebox": {
        "198.18.3.80:tcp/443": (PathState.ANSWERED_EARLY, "198.18.1.1"),
        "198.18.3.80:icmp": REACHED,
        "198.18.3.81:tcp/25": REACHED,
        "198.18.3.81:icmp": REACHED,
    },
    "mpls": {"198.18.3.80:tcp/443": REACHED, "198.18.3.80:icmp": REACHED},
    "no-route": {
        "198.18.3.80:tcp/443": refused("198.18.2.1", 0),
        "198.18.3.80:icmp": refused("198.18.2.1", 0),
        "198.18.2.80:tcp/443": REACHED,
        "198.18.2.80:icmp": REACHED,
    },
    "port-filter": {
        "198.18.3.80:tcp/25": silent("198.18.2.2"),
        "198.18.3.80:tcp/443": REACHED,
        "198.18.3.80:icmp": REACHED,
        "198.18.3.81:tcp/443": REACHED,
        "198.18.3.81:icmp": REACHED,
    },
    "rate-limited-router": {
        "198.18.3.80:tcp/443": REACHED,
        "198.18.3.80:icmp": REACHED,
        "198.18.3.81:tcp/443": REACHED,
        "198.18.3.81:icmp": REACHED,
    },
    "return-path": {
        "192.0.2.10>198.18.2.80:tcp/443": silent("198.18.1.2"),
        "192.0.2.10>198.18.2.80:icmp": silent("198.18.1.2"),
        "198.51.100.10>198.18.2.80:tcp/443": REACHED,
        "198.51.100.10>198.18.2.80:icmp": REACHED,
        "198.18.1.80:tcp/443": REACHED,
        "198.18.1.80:icmp": REACHED,
    },
    "routing-loop": {
        "198.18.3.80:tcp/443": (PathState.LOOP, "198.18.2.1"),
        "198.18.3.80:icmp": (PathState.LOOP, "198.18.2.1"),
        "198.18.2.80:tcp/443": REACHED,
        "198.18.2.80:icmp": REACHED,
    },
    "survey": {"198.18.1.80:tcp/25": REACHED, "198.18.1.81:tcp/25": REACHED},  # from here all is well
    "silent-endpoint": {
        "198.18.3.80:tcp/443": silent("198.18.3.2"),
        "198.18.3.80:icmp": silent("198.18.3.2"),
        "198.18.3.81:tcp/443": REACHED,
        "198.18.3.81:icmp": REACHED,
    },
}
"""Scenario to lane to state, last responsive address (None: the endpoint's, or none), ICMP code."""


@pytest.fixture(scope="module", params=[made.name for made in catalogue.available()])
def traced(request) -> tuple[str, Run]:
    return request.param, Run(catalogue.load(request.param))


def test_every_lane_is_in_the_state_that_the_scenario_shows(traced):
    name, run = traced
    expected = EXPECTED[name]
    assert set(run.traces) >= set(expected)
    assert not expected or set(run.traces) == set(expected)
    for lane_id, (state, address, *code) in expected.items():
        verdict = run.verdict(lane_id)
        assert verdict.state is state, lane_id
        if address is not None:
            assert verdict.last_responsive == address, lane_id
        if code:
            assert verdict.icmp_code == code[0], lane_id


def test_not_a_packet_is_malformed_forged_or_foreign(traced):
    counters = traced[1].engine.published.counters
    assert (counters.malformed, counters.forged, counters.foreign, counters.dropped) == (0, 0, 0, 0)
    assert counters.matched > 0


def test_everything_shipped_is_told_and_tested():
    made = catalogue.available()
    assert len(made) >= 15
    assert made[0].name == catalogue.DEFAULT == "protonmail-2019"
    assert {scenario.name for scenario in made} == set(EXPECTED)
    for scenario in made:
        assert 10 < len(scenario.title) < 60
        assert not scenario.title.endswith(".")
        assert 80 < len(scenario.story) < 400
        assert scenario.story.endswith(".")
        assert any(target.role is Role.SUSPECT for target in scenario.demo)
    assert len({scenario.title for scenario in made}) == len(made)


# What single scenarios show besides


def trace(name: str, lane_id: str, rounds: int = 12, seed: int = 1) -> LaneTrace:
    return Run(catalogue.load(name), rounds=rounds, seed=seed).traces[lane_id]


def responders(found: LaneTrace) -> list[set[str]]:
    return [{responder.address for responder in hop.responders} for hop in found.hops]


def test_the_replay_goes_hop_by_hop_like_the_article():
    run = Run(catalogue.load("protonmail-2019"), rounds=30)
    control, other = run.traces["156.154.64.10:tcp/25"], run.traces["95.47.236.74>185.70.40.101:tcp/25"]
    told: list[float | None] = [2, 2, 14, 20, 27, 37, 26, None, 26]
    assert len(control.hops) == len(told)
    for hop, rtt_ms in zip(control.hops, told, strict=True):
        assert (hop.rtt is None) == (rtt_ms is None)
        if hop.rtt is not None and rtt_ms is not None:
            assert hop.rtt.mean_ns / 1e6 == pytest.approx(rtt_ms, abs=3)
    blocked = run.traces["185.70.40.101:tcp/25"]
    assert responders(blocked)[:4] == responders(control)[:4], (
        "the control shares every router up to the drop"
    )
    assert [hop.answered for hop in blocked.hops[4:]] == [False] * 26
    told = [5.2, 5.2, 5.3, 6.5, 6.2, 24, 27.5, 28.7, None, 29]
    for hop, rtt_ms in zip(other.hops, told, strict=True):
        if hop.rtt is not None and rtt_ms is not None:
            assert hop.rtt.mean_ns / 1e6 == pytest.approx(rtt_ms, abs=4)


def test_a_rate_limited_router_only_looks_lossy():
    found = trace("rate-limited-router", "198.18.3.80:icmp", 40)
    loss = [hop.loss_percent for hop in found.hops]
    assert loss[2] is not None
    assert loss[2] > 50
    assert loss[:2] + loss[3:] == [0] * 5


def test_a_dead_branch_takes_some_flows_and_always_the_same():
    made = catalogue.load("ecmp-dead-branch")
    dead = set()
    states = set()
    for seed in range(3):
        run = Run(made, seed=seed)
        for lane_id, found in run.traces.items():
            verdict = run.verdict(lane_id)
            states.add(verdict.state)
            if verdict.state is PathState.SILENT_AFTER:
                assert verdict.last_responsive == "198.18.2.1"
                dead.add((seed, lane_id))
            else:
                assert verdict.state is PathState.REACHED
                assert len(responders(found)[2]) == 1, "one flow, one branch"
    assert states == {PathState.REACHED, PathState.SILENT_AFTER}
    assert 0 < len(dead) < 3 * len(run.traces) / 2


def test_reply_ttls_and_rtts_show_a_longer_way_back():
    found = trace("asymmetric-return", "198.18.4.80:icmp")
    ttls = [hop.responders[0].reply_ttl for hop in found.hops]
    assert ttls == [(255, 255), (254, 254), (253, 253), (246, 246), (245, 245), (244, 244), (52, 52)]
    means = [hop.rtt.mean_ns / 1e6 for hop in found.hops if hop.rtt]
    assert means[3] - means[2] > 20


def test_labels_come_through():
    found = trace("mpls", "198.18.3.80:tcp/443")
    labels = [hop.responders[0].mpls if hop.responders else None for hop in found.hops]
    assert labels == [(), (), (24015, 16008), None, (16008,), (), (), ()]


def test_a_reset_comes_over_fewer_hops_than_the_endpoints_answers():
    run = Run(catalogue.load("injected-reset"))
    reset = run.traces["198.18.3.80:tcp/443"].hops[3].responders[0]
    echo = run.traces["198.18.3.80:icmp"].hops[-1].responders[0]
    assert set(reset.replies) == {ReplyKind.RST}
    assert reset.reply_ttl == (62, 62)
    assert echo.reply_ttl == (58, 58)


def test_a_closed_port_answers_from_the_endpoints_distance():
    run = Run(catalogue.load("closed-port"))
    closed, opened = (run.traces[f"198.18.3.80:tcp/{port}"].hops[-1].responders[0] for port in (5432, 443))
    assert set(closed.replies) == {ReplyKind.RST}
    assert set(opened.replies) == {ReplyKind.SYN_ACK}
    assert closed.reply_ttl == opened.reply_ttl


# Time


@pytest.mark.slow
def test_ten_minutes_are_six_hundred_rounds_and_the_same_every_time():
    runs = [Run(catalogue.load("border-drop"), rounds=600, seed=4) for _ in range(2)]
    first, second = ([*run.traces.values()] for run in runs)
    assert first == second
    assert {found.rounds for found in first} == {600}
    assert runs[0].clock.monotonic_ns() == pytest.approx(602 * S, abs=3 * S)
    assert isinstance(runs[0].clock, VirtualClock)


def test_another_seed_gives_other_jitter():
    one, other = (trace("border-drop", "198.18.4.81:icmp", seed=seed) for seed in (1, 2))
    assert [hop.rtt for hop in one.hops] != [hop.rtt for hop in other.hops]


# What comes late, and what comes twice


def test_a_syn_ack_that_follows_a_reset_is_carried_by_the_next_round():
    made = chain(
        '[[policy]]\nat = "r2"\naction = "reset"\npasses = true\nprotocol = "tcp"\n'
        '[[link]]\nbetween = ["home", "r1"]\ndelay_ms = 40\n'
        '[demo]\ntargets = ["host"]\nports = [443]\nprotocols = ["tcp"]\n',
        host='{ address = "10.0.9.1", open = [443], return_delay_ms = 30 }',
    )
    first, second, *_ = Run(made).traces["10.0.9.1:tcp/443"].outcomes
    assert first.endpoint is ReplyKind.RST
    assert first.probed.bit_length() > 8, "the sweep went on while the reset was on its way"
    pair = (ReplyKind.RST, ReplyKind.SYN_ACK)
    in_time, after = ([ttl for ttl, *kinds in one.doubled if (*kinds,) == pair] for one in (first, second))
    assert in_time[0] == 4
    assert after == list(range(in_time[-1] + 1, first.probed.bit_length()))


def test_answers_that_all_come_after_the_timeout_are_carried_as_late():
    made = chain(
        '[[link]]\nbetween = ["r2", "r3"]\ndelay_ms = 1300\n[demo]\ntargets = ["host"]\nports = [443]\n',
        host='{ address = "10.0.9.1", open = [443] }',
    )
    outcomes = Run(made, rounds=30).traces["10.0.9.1:tcp/443"].outcomes
    late = {reply for outcome in outcomes for reply in outcome.late}
    assert {outcome.highest_ttl for outcome in outcomes} == {2}
    assert {(3, "10.0.3.1", ReplyKind.TIME_EXCEEDED), (4, "10.0.9.1", ReplyKind.SYN_ACK)} <= late
