"""The limit of packets a second: of all lanes together, in any second, and evenly."""

import random
from bisect import bisect_left
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probing.scripted import MS, ManualClock, S, Script, ScriptedProber
from tracetui.model import Lane, LaneTrace, ProbeProtocol, ReplyKind
from tracetui.probing.engine import Engine
from tracetui.probing.pace import Pace
from tracetui.probing.send_rate import SendRate

TE, ECHO = ReplyKind.TIME_EXCEEDED, ReplyKind.ECHO_REPLY


def lanes(count: int) -> list[Lane]:
    addresses = [f"203.0.{number >> 8}.{number & 255}" for number in range(count)]
    return [Lane(address, address, address, ProbeProtocol.ICMP, None) for address in addresses]


def script(probe, seconds):
    address = probe.lane_id.partition("/")[0] if probe.ttl >= 8 else f"198.51.100.{probe.ttl}"
    return address, ECHO if probe.ttl >= 8 else TE, 10.0


def silent_from_4(probe, seconds):
    return (f"198.51.100.{probe.ttl}", TE, 10.0) if probe.ttl < 4 else None


def run(count: int, seconds: float, answers: Script = script, **pace) -> tuple[Engine, list[float]]:
    clock = ManualClock()
    prober = ScriptedProber(clock, answers)
    engine = Engine(prober, clock, Pace(**pace), random_source=random.Random(7), publish_every_s=None)
    engine.add(lanes(count))
    engine.run_until(int(seconds * S))
    return engine, [at for at, _, _ in prober.sent]


def worst_second(times: list[float]) -> int:
    return max(bisect_left(times, at + 1.0) - place for place, at in enumerate(times))


def rounds(traces: tuple[LaneTrace, ...]) -> list[int]:
    return [trace.rounds for trace in traces]


@pytest.mark.parametrize("answers", [script, silent_from_4])
def test_four_hundred_lanes_at_twenty_rounds_a_second_send_a_thousand_packets_a_second(answers):
    _, times = run(400, 60, answers, interval_s=0.05)
    assert worst_second(times) <= 1000
    assert len(times) >= 60 * 1000 * 0.75, "and hardly fewer"


def test_all_lanes_are_slowed_down_alike():
    clock = ManualClock()
    engine = Engine(ScriptedProber(clock, script), clock, Pace(0.05), random_source=random.Random(7))
    engine.add(lanes(400))
    engine.run_until(25 * S)
    before = rounds(engine.published.traces)
    engine.run_until(75 * S)
    done = [after - first for first, after in zip(before, rounds(engine.published.traces), strict=True)]
    assert max(done) - min(done) <= 1


def test_the_stretched_interval_is_the_one_that_rounds_have():
    engine, _ = run(400, 60, interval_s=0.05)
    stretched = engine.published.stretched_s
    assert stretched == pytest.approx(400 * 8 / 1000, rel=0.15)
    last = engine.published.traces[17].outcomes[-5:]
    gaps = [(after.started_ns - before.started_ns) / S for before, after in pairwise(last)]
    assert sum(gaps) / len(gaps) == pytest.approx(stretched, rel=0.05)


def test_what_fits_is_not_stretched():
    engine, times = run(20, 30, interval_s=1.0)
    assert engine.published.stretched_s is None
    assert min(rounds(engine.published.traces)) >= 27
    assert worst_second(times) < 1000


def test_a_higher_limit_lets_more_leave():
    _, times = run(60, 3, interval_s=0.05, max_rate=100_000)
    assert worst_second(times) > 60 * 8 * 20 * 0.9


def test_no_lane_waits_for_a_sweep_of_others_for_ever():
    engine, _ = run(400, 40, silent_from_4, interval_s=1.0)
    assert min(rounds(engine.published.traces)) >= 1


def test_removing_lanes_makes_rounds_shorter_again():
    clock = ManualClock()
    prober = ScriptedProber(clock, script)
    engine = Engine(prober, clock, Pace(), random_source=random.Random(7), publish_every_s=None)
    all_lanes = lanes(400)
    engine.add(all_lanes)
    engine.run_until(20 * S)
    assert engine.published.stretched_s is not None
    engine.remove([lane.id for lane in all_lanes[10:]])
    engine.run_until(40 * S)
    assert engine.published.stretched_s is None
    assert max(rounds(engine.published.traces)) >= 20 + 5 - 3
    engine.bring_back(all_lanes[10:])
    engine.run_until(60 * S)
    assert engine.published.stretched_s is not None
    assert worst_second([at for at, _, _ in prober.sent]) <= 1000


def test_a_new_limit_holds_at_once():
    clock = ManualClock()
    prober = ScriptedProber(clock, script)
    engine = Engine(prober, clock, Pace(), random_source=random.Random(7), publish_every_s=None)
    engine.add(lanes(100))
    engine.run_until(10 * S)
    engine.set_pace(Pace(max_rate=100))
    engine.run_until(30 * S)
    later = [at for at, _, _ in prober.sent if at > 10.1]
    assert worst_second(later) <= 100
    assert engine.published.stretched_s == pytest.approx(8.2, rel=0.1)


@given(st.integers(1, 100_000), st.lists(st.integers(0, 50), min_size=1, max_size=300))
def test_no_second_has_more_than_the_limit_however_sending_is_tried(limit, steps_ms):
    rate, sent, now_ns = SendRate(limit), [], 0
    for step in steps_ms:
        now_ns += step * MS
        for _ in range(200):
            if rate.allows(now_ns):
                rate.count(now_ns)
                sent.append(now_ns)
    assert all(bisect_left(sent, at + S) - place <= limit for place, at in enumerate(sent))


@given(st.integers(1, 100_000), st.integers(1, 2000))
def test_what_is_held_back_may_leave_when_it_is_said(limit, tries):
    rate, now_ns = SendRate(limit), 0
    for _ in range(tries):
        now_ns = max(now_ns, rate.next_ns(0, now_ns))
        assert rate.allows(now_ns)
        rate.count(now_ns)
