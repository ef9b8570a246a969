"""The engine on a scripted path and a manual clock: what it sends, counts, times out and publishes."""

import gc
import random
import threading
import time
import weakref
from collections import Counter
from dataclasses import replace
from itertools import pairwise

import pytest

from probing.scripted import MS, START_NS, ManualClock, S, Script, ScriptedProber
from tracetui.model import Lane, LaneTrace, ProbeProtocol, ReplyKind, Role
from tracetui.probing.clock import SystemClock
from tracetui.probing.engine import Engine
from tracetui.probing.pace import Pace
from tracetui.probing.prober import ProbeWaitsError

ENDPOINT = "203.0.113.9"
LANE = Lane("example.org", "example.org", ENDPOINT, ProbeProtocol.ICMP, None)
TE, ECHO, RST = ReplyKind.TIME_EXCEEDED, ReplyKind.ECHO_REPLY, ReplyKind.RST


def router(ttl: int) -> str:
    return f"198.51.100.{ttl}"


def path_of(length: int, rtt_ms: float = 10.0) -> Script:
    def script(probe, seconds):
        if probe.ttl >= length:
            return ENDPOINT, ECHO, rtt_ms
        return router(probe.ttl), TE, rtt_ms

    return script


def blackhole_after(last: int) -> Script:
    return lambda probe, seconds: (router(probe.ttl), TE, 10.0) if probe.ttl <= last else None


def make(script: Script, **pace) -> tuple[Engine, ScriptedProber, ManualClock]:
    clock = ManualClock()
    prober = ScriptedProber(clock, script)
    return Engine(prober, clock, Pace(**pace), random_source=random.Random(7)), prober, clock


def run(script: Script, *lanes: Lane, **pace) -> tuple[LaneTrace, ScriptedProber]:
    engine, prober, _ = make(script, **{"rounds": 10, **pace})
    engine.add(lanes or [LANE])
    assert engine.run_until(None)
    return engine.published.traces[0], prober


def ttls_of_round(prober: ScriptedProber, number: int) -> list[int]:
    return [ttl for at, _, ttl in prober.sent if number <= at < number + 1]


def test_reached_path_has_exactly_its_hops_and_no_loss():
    trace, _ = run(path_of(5))
    assert [hop.main.address for hop in trace.hops] == [router(1), router(2), router(3), router(4), ENDPOINT]
    assert trace.destination_ttl == 5
    assert trace.endpoint is ECHO
    assert trace.rounds == 10
    assert all((hop.sent, hop.received, hop.lost, hop.loss_percent) == (10, 10, 0, 0.0) for hop in trace.hops)


def test_garbage_there_is_when_a_lane_is_added_later_is_still_freed():
    class Ring:
        """Refers to itself, as a row on the screen does."""

        self: "Ring"

    engine, _, clock = make(path_of(5))
    engine.add([LANE])
    engine.run_until(clock.monotonic_ns() + S)
    ring = Ring()
    ring.self = ring
    gone = weakref.ref(ring)
    del ring
    engine.add([replace(LANE, address="203.0.113.10")])
    engine.run_until(clock.monotonic_ns() + S)
    gc.collect()
    assert gone() is None


def test_first_round_sweeps_upwards_and_stops_at_the_endpoint():
    trace, prober = run(path_of(5, rtt_ms=25.0))
    first = ttls_of_round(prober, 0)
    assert first[:5] == [1, 2, 3, 4, 5]
    assert len(first) <= 8  # what left in the endpoint's round-trip of 25 ms, at 10 ms a probe
    assert len(trace.hops) == 5  # probes past the end leave no rows


def test_later_rounds_probe_up_to_the_endpoint_once_in_shuffled_order():
    _, prober = run(path_of(8))
    orders = [ttls_of_round(prober, number) for number in range(1, 9)]
    assert all(sorted(order) == list(range(1, 9)) for order in orders)
    assert len({tuple(order) for order in orders}) > 1


def test_later_rounds_spread_their_probes_over_the_interval():
    _, prober = run(path_of(10))
    times = Counter(at for at, _, _ in prober.sent if 3 <= at < 4)
    assert list(times) == pytest.approx([3.0, 3.5])
    assert max(times.values()) == 5


def test_silence_is_swept_once_then_probed_near_every_round_and_far_sparsely():
    trace, prober = run(blackhole_after(4))
    assert sorted(ttls_of_round(prober, 0)) == list(range(1, 31))
    for number in range(4, 10):
        ttls = ttls_of_round(prober, number)
        assert set(range(1, 10)) <= set(ttls)  # L + 5
        assert 30 in ttls  # the endpoint is asked in every round
        assert len(ttls) <= 9 + 1 + 5
    assert trace.destination_ttl is None
    assert [hop.ttl for hop in trace.hops if hop.answered] == [1, 2, 3, 4]
    assert trace.hops[4].loss_percent == 100.0
    assert all(outcome.highest_ttl == 4 for outcome in trace.outcomes)


def test_a_loop_does_not_get_its_routers_flooded():
    def script(probe, seconds):
        return (router(probe.ttl) if probe.ttl < 4 else router(4 + probe.ttl % 2)), TE, 1.0

    _, prober = run(script)
    assert len(ttls_of_round(prober, 8)) < 16


def test_a_refusal_ends_the_path_of_every_later_round():
    def script(probe, seconds):
        return (router(probe.ttl), TE, 5.0) if probe.ttl <= 3 else (router(3), ReplyKind.UNREACHABLE, 5.0)

    trace, prober = run(script)
    assert sorted(ttls_of_round(prober, 5)) == [1, 2, 3, 4]
    assert trace.outcomes[-1].refusal_ttl == 4
    assert trace.outcomes[-1].refusal.address == router(3)


def test_a_reply_after_the_timeout_is_late_not_received():
    slow = {3}

    def script(probe, seconds):
        if probe.ttl >= 5:
            return ENDPOINT, ECHO, 10.0
        return router(probe.ttl), TE, 2600.0 if probe.ttl in slow else 10.0

    trace, _ = run(script, rounds=20)
    hop = trace.hops[2]
    assert hop.received == 0
    assert hop.late > 10
    assert hop.rtt is None
    assert hop.completed == hop.sent == 20


def test_a_probe_never_counts_twice():
    def script(probe, seconds):
        return [(router(probe.ttl), TE, 10.0)] * 3 if probe.ttl < 3 else [(ENDPOINT, ECHO, 10.0)] * 2

    engine, _, _ = make(script, rounds=6)
    engine.add([LANE])
    engine.run_until(None)
    published = engine.published
    assert [hop.received for hop in published.traces[0].hops] == [6, 6, 6]
    assert published.counters.duplicate == 6 * (2 + 2 + 1)


def test_two_kinds_for_one_probe_are_kept_as_doubled():
    def script(probe, seconds):
        if probe.ttl >= 3:
            return [(ENDPOINT, RST, 5.0), (router(probe.ttl), TE, 9.0)]
        return router(probe.ttl), TE, 9.0

    trace, _ = run(script)
    assert any((3, RST, TE) in outcome.doubled for outcome in trace.outcomes)
    labels = {label for responder in trace.hops[2].responders for label in responder.replies}
    assert labels == {"rst", "time_exceeded"}
    assert trace.hops[2].received == trace.hops[2].sent


def test_path_that_grows_is_found_again():
    def script(probe, seconds):
        length = 5 if seconds < 8 else 9
        return (ENDPOINT, ECHO, 10.0) if probe.ttl >= length else (router(probe.ttl), TE, 10.0)

    trace, _ = run(script, rounds=20)
    assert trace.outcomes[7].endpoint_ttl == 5
    assert trace.destination_ttl == 9
    assert trace.outcomes[-1].endpoint_ttl == 9


def test_path_that_shrinks_is_found_again():
    def script(probe, seconds):
        length = 9 if seconds < 8 else 5
        return (ENDPOINT, ECHO, 10.0) if probe.ttl >= length else (router(probe.ttl), TE, 10.0)

    trace, prober = run(script, rounds=20)
    assert trace.destination_ttl == 5
    assert sorted(ttls_of_round(prober, 19)) == [1, 2, 3, 4, 5]


def test_endpoint_that_comes_back_far_beyond_the_silence_is_found():
    def script(probe, seconds):
        if seconds >= 8 and probe.ttl >= 20:
            return ENDPOINT, ECHO, 10.0
        return (router(probe.ttl), TE, 10.0) if probe.ttl <= 3 or (seconds >= 8 and probe.ttl < 20) else None

    trace, _ = run(script, rounds=20)
    assert trace.outcomes[-1].endpoint_ttl == 20
    assert trace.destination_ttl == 20


def test_outage_drops_the_endpoint_after_the_recent_rounds():
    def script(probe, seconds):
        if probe.ttl >= 6:
            return (ENDPOINT, ECHO, 10.0) if seconds < 10 else None
        return (router(probe.ttl), TE, 10.0) if probe.ttl <= 3 or seconds < 10 else None

    trace, _ = run(script, rounds=25)
    assert trace.destination_ttl is None
    assert trace.endpoint is None
    assert trace.outcomes[5].endpoint is ECHO
    assert trace.outcomes[-1].highest_ttl == 3


def test_hops_appear_before_the_round_is_complete():
    engine, _, clock = make(path_of(20, rtt_ms=30.0))
    engine.add([LANE])
    engine.run_until(clock.now_ns + 100 * MS)
    trace = engine.published.traces[0]
    assert trace.rounds == 0
    assert [hop.main.address for hop in trace.hops if hop.answered][:5] == [
        router(ttl) for ttl in range(1, 6)
    ]


def test_local_failure_is_said_once_a_round_and_goes_when_sending_works_again():
    def script(probe, seconds):
        return "no route to the network" if seconds < 3 else path_of(4)(probe, seconds)

    engine, prober, clock = make(script)
    engine.add([LANE])
    engine.run_until(2 * S)
    assert engine.published.traces[0].failure == "no route to the network"
    assert engine.published.traces[0].outcomes[-1].failure == "no route to the network"
    assert engine.published.traces[0].hops == ()
    engine.run_until(8 * S)
    trace = engine.published.traces[0]
    assert trace.failure is None
    assert trace.destination_ttl == 4
    assert all(hop.lost == 0 for hop in trace.hops)


def test_replies_to_a_removed_lane_are_dropped():
    engine, prober, clock = make(path_of(4, rtt_ms=500.0))
    other = Lane("b", "b", "203.0.113.10", ProbeProtocol.ICMP, None)
    engine.add([LANE, other])
    engine.run_until(300 * MS)
    engine.remove([LANE.id])
    engine.run_until(4 * S)
    assert [trace.lane.id for trace in engine.published.traces] == [other.id]
    assert prober.closed == [LANE.id]
    assert not any(lane_id == LANE.id for at, lane_id, _ in prober.sent if at > 0.4)


def test_restart_counts_anew_and_ignores_replies_to_old_probes():
    engine, prober, clock = make(path_of(4, rtt_ms=150.0))
    engine.add([LANE])
    engine.run_until(5 * S + 50 * MS)
    assert engine.published.traces[0].rounds >= 4
    engine.restart()
    engine.run_until(5 * S + 60 * MS)
    assert engine.published.traces[0].rounds == 0
    engine.run_until(9 * S)
    trace = engine.published.traces[0]
    assert 2 <= trace.rounds <= 4
    assert all(hop.received <= hop.sent and hop.sent <= 5 for hop in trace.hops)
    assert trace.destination_ttl == 4


def test_role_changes_while_measurements_stay():
    engine, _, _ = make(path_of(4))
    engine.add([LANE])
    engine.run_until(3 * S)
    before = engine.published.traces[0]
    engine.set_role([LANE.id], Role.CONTROL)
    engine.run_until(3 * S + 1)
    after = engine.published.traces[0]
    assert after.lane.role is Role.CONTROL
    assert after.rounds == before.rounds
    assert [hop.received for hop in after.hops] == [hop.received for hop in before.hops]


def test_lanes_are_staggered_and_no_lane_waits_long():
    lanes = [Lane("x", "x", f"203.0.113.{n}", ProbeProtocol.ICMP, None) for n in range(1, 101)]
    engine, prober, _ = make(path_of(4), rounds=2)
    engine.add(lanes)
    engine.run_until(None)
    first = [min(at for at, lane_id, _ in prober.sent if lane_id == lane.id) for lane in lanes]
    assert first[1] > first[0]
    assert max(first) <= 0.2


def test_very_many_lanes_take_turns_in_their_sweeps_and_ever_after():
    lanes = [Lane("x", "x", f"203.0.113.{n}", ProbeProtocol.ICMP, None) for n in range(1, 201)]
    engine, prober, _ = make(path_of(20), rounds=4)
    engine.add(lanes)
    engine.run_until(None)
    in_each_10_ms = Counter(int(at * 100) for at, _, _ in prober.sent)
    even = len(lanes) * 20 / 100
    assert max(in_each_10_ms.values()) < 3 * even


def test_answered_probes_do_not_wake_the_engine_when_their_time_is_over():
    engine, prober, clock = make(path_of(3), rounds=2)
    engine.add([LANE])
    engine.run_until(1 * S - 1)
    asked = []
    wait = prober.wait
    prober.wait = lambda until_ns: asked.append(until_ns) or wait(until_ns)
    engine.run_until(None)
    last_answer_ns = max(int(at * S) for at, _, _ in prober.sent) + 10 * MS
    assert clock.now_ns == last_answer_ns
    assert len(asked) <= len(prober.sent)


def test_a_pause_of_the_machine_is_not_caught_up_in_a_burst():
    engine, prober, clock = make(path_of(4))
    engine.add([LANE])
    engine.run_until(3 * S)
    clock.now_ns += 600 * S
    sent = len(prober.sent)
    engine.run_until(clock.now_ns + 2 * S)
    assert len(prober.sent) - sent <= 4 * 3


def test_outstanding_probes_are_forgotten_in_time():
    engine, prober, clock = make(blackhole_after(2))
    engine.add([LANE])
    engine.run_until(60 * S)
    outstanding = len(prober.sent) - prober.forgotten
    recent = sum(1 for at, _, _ in prober.sent if at > 60 - 7.1)
    assert outstanding <= recent


def test_published_is_the_same_object_while_nothing_changes():
    engine, _, _ = make(path_of(3), rounds=2)
    engine.add([LANE])
    engine.run_until(None)
    one = engine.published
    engine.run_until(None)
    assert engine.published is one


def test_publishing_is_bounded_in_rate():
    engine, _, clock = make(path_of(20, rtt_ms=3.0))
    engine.add([LANE])
    engine.run_until(10 * S)
    assert engine.published.version <= 10 * 5 + 5


def test_a_dead_engine_says_so():
    def script(probe, seconds):
        raise RuntimeError("broken wire")

    clock = SystemClock()
    engine = Engine(ScriptedProber(ManualClock(), script), clock, Pace())
    engine.add([LANE])
    engine.start()
    assert engine.join(5)
    assert isinstance(engine.crash, RuntimeError)


def test_commands_from_other_threads_reach_a_running_engine():
    class Sleepy(ScriptedProber):
        def __init__(self, script):
            super().__init__(ManualClock(), script)
            self.woken = threading.Event()

        def wait(self, until_ns):
            self.woken.wait(min(0.005, max(0.0, (until_ns - time.monotonic_ns()) / S)))
            self.woken.clear()
            self.clock.now_ns += 5 * MS
            return super().wait(self.clock.now_ns)

        def wake(self):
            self.woken.set()

    prober = Sleepy(path_of(3, rtt_ms=1.0))
    engine = Engine(prober, SystemClock(), Pace(interval_s=0.05, timeout_s=0.2, rounds=3))
    engine.start()
    engine.add([LANE])
    assert engine.join(10)
    assert engine.published.traces[0].rounds == 3
    engine.close()


def test_a_lane_brought_back_has_its_measurements_and_goes_on():
    engine, prober, clock = make(path_of(4))
    engine.add([LANE])
    engine.run_until(clock.monotonic_ns() + 5_500 * MS)
    before = engine.published.traces[0]
    engine.remove([LANE.id])
    engine.run_until(clock.monotonic_ns() + 3_000 * MS)
    sent_while_away = len(prober.sent)
    assert not engine.published.traces
    engine.run_until(clock.monotonic_ns() + 1_000 * MS)
    assert len(prober.sent) == sent_while_away
    engine.bring_back([LANE])
    engine.run_until(clock.monotonic_ns() + 5_500 * MS)
    after = engine.published.traces[0]
    assert before.rounds >= 5
    assert after.rounds >= before.rounds + 5
    assert after.started_ns == before.started_ns
    assert after.hops[0].received > before.hops[0].received
    assert all(hop.sent - hop.completed <= 1 for hop in after.hops)
    assert all(hop.lost == 0 for hop in after.hops)


def test_a_lane_that_was_never_removed_is_simply_added_when_brought_back():
    engine, _, clock = make(path_of(4))
    engine.bring_back([LANE])
    engine.run_until(clock.monotonic_ns() + 2_500 * MS)
    assert engine.published.traces[0].rounds >= 1


def test_only_the_last_removed_lanes_are_kept():
    engine, _, clock = make(path_of(3))
    lanes = [Lane("x", "x", f"203.0.113.{n}", ProbeProtocol.ICMP, None) for n in range(1, 80)]
    engine.add(lanes)
    engine.run_until(clock.monotonic_ns() + 100 * MS)
    engine.remove([lane.id for lane in lanes])
    engine.run_until(clock.monotonic_ns() + 100 * MS)
    assert list(engine._removed) == [lane.id for lane in lanes[-64:]]


def test_another_pace_holds_from_now_on():
    engine, prober, clock = make(path_of(4), interval_s=10.0)
    engine.add([LANE])
    engine.run_until(clock.monotonic_ns() + 1_000 * MS)
    engine.set_pace(Pace(interval_s=0.5))
    engine.run_until(clock.monotonic_ns() + 5_000 * MS)
    assert 9 <= engine.published.traces[0].rounds <= 11
    engine.set_pace(Pace(interval_s=0.5, max_hops=2))
    engine.run_until(clock.monotonic_ns() + 2_000 * MS)  # rounds that are out still know the old end
    mark = len(prober.sent)
    engine.run_until(clock.monotonic_ns() + 3_000 * MS)
    later = [ttl for _, _, ttl in prober.sent[mark:]]
    assert later
    assert max(later) <= 2


def test_a_lane_added_anew_is_not_counted_the_probes_of_the_one_removed():
    engine, prober, clock = make(blackhole_after(3))
    engine.add([LANE])
    engine.run_until(10 * S)
    engine.remove([LANE.id])
    engine.add([LANE])
    engine.run_until(20 * S)
    trace = engine.published.traces[0]
    assert trace.started_ns == START_NS + 10 * S
    sent = sum(1 for at, _, ttl in prober.sent if ttl == 5 and at >= 10)
    assert trace.hops[4].sent == sent
    assert trace.hops[4].lost <= sent


def test_a_faster_pace_does_not_wait_for_what_is_left_of_a_slow_round():
    engine, prober, clock = make(path_of(12), interval_s=3600)
    engine.add([LANE])
    engine.run_until(5000 * S)  # the second round is under way, five minutes from probe to probe
    assert 12 < len(prober.sent) < 24
    engine.set_pace(Pace(interval_s=1.0))
    engine.run_until(5010 * S)
    assert engine.published.traces[0].rounds >= 9


def test_statistics_restarted_at_a_slow_pace_have_their_first_round_at_once():
    engine, prober, clock = make(path_of(5), interval_s=3600)
    engine.add([LANE])
    engine.run_until(100 * S)
    engine.restart()
    engine.run_until(105 * S)
    assert engine.published.traces[0].rounds == 1


@pytest.mark.parametrize("script", [path_of(9), blackhole_after(8)])
@pytest.mark.parametrize("highest", [1, 4])
def test_a_lower_highest_ttl_holds_from_then_on(script, highest):
    engine, prober, clock = make(script)
    engine.add([LANE])
    engine.run_until(5 * S + 300 * MS)
    sent = len(prober.sent)
    engine.set_pace(Pace(max_hops=highest))
    engine.run_until(15 * S)
    assert max(ttl for _, _, ttl in prober.sent[sent:]) == highest
    assert engine.published.traces[0].rounds >= 12
    engine.set_pace(Pace(max_hops=30))
    engine.run_until(25 * S)
    assert (engine.published.traces[0].destination_ttl or 30) == max(
        ttl for at, _, ttl in prober.sent if at > 22
    )


# What our own receiver loses


def test_no_probe_is_lost_while_replies_wait_to_be_read():
    engine, prober, _ = make(path_of(4), rounds=None, timeout_s=0.5)
    engine.add([LANE])
    engine.run_until(2 * S)
    waiting, wait = [], prober.wait

    def slow(until_ns):
        # Reading takes longer than the timeout: 0.7 s after it came, a reply is returned.
        waiting.extend((prober.clock.now_ns, one) for one in wait(until_ns))
        prober.clock.now_ns += 20 * MS
        read = [one for at, one in waiting if prober.clock.now_ns - at >= 700 * MS]
        waiting[:] = [(at, one) for at, one in waiting if prober.clock.now_ns - at < 700 * MS]
        prober.behind = bool(waiting)
        return read

    prober.wait = slow
    engine.run_until(8 * S)
    prober.wait, prober.behind = wait, False
    engine.run_until(12 * S)
    trace = engine.published.traces[0]
    assert [hop.lost + hop.late for hop in trace.hops] == [0] * 4
    assert {outcome.endpoint for outcome in trace.outcomes} == {ECHO}


def test_what_the_receiver_lost_is_no_loss_of_the_path():
    engine, prober, _ = make(
        lambda probe, seconds: None if 3 <= seconds < 5 else path_of(4)(probe, seconds), rounds=None
    )
    engine.add([LANE])
    engine.run_until(3 * S)
    for moment in range(31, 55):
        engine.run_until(moment * S // 10)
        prober.dropped += 100
    engine.run_until(20 * S)
    trace = engine.published.traces[0]
    assert [hop.loss_percent for hop in trace.hops] == [0] * 4
    assert all(outcome.endpoint is ECHO for outcome in trace.outcomes)
    numbers = [outcome.number for outcome in trace.outcomes]
    assert len(numbers) < numbers[-1] - numbers[0] + 1
    assert trace.rounds == len(numbers)


def test_what_is_lost_before_and_after_is_lost():
    engine, prober, _ = make(blackhole_after(2), rounds=None)
    engine.add([LANE])
    engine.run_until(10 * S)
    prober.dropped = 1
    engine.run_until(40 * S)
    trace = engine.published.traces[0]
    assert trace.rounds > 30
    assert trace.hops[2].lost > 20


def test_what_was_measured_before_the_engine_died_is_published():
    def script(probe, seconds):
        if seconds > 5:
            raise RuntimeError("boom")
        return path_of(5)(probe, seconds)

    engine, _, _ = make(script)
    engine.add([LANE])
    engine.start()
    assert engine.join(20)
    assert str(engine.crash) == "boom"
    assert engine.published.traces[0].rounds >= 4


def test_a_probe_that_is_held_back_is_sent_later_and_its_lane_says_so():
    def script(probe, seconds):
        if 2 <= seconds < 3.5:
            raise ProbeWaitsError("waits for a free socket")
        return path_of(5)(probe, seconds)

    engine, prober, _ = make(script, rounds=8)
    engine.add([LANE])
    engine.run_until(3 * S)
    waiting = engine.published.traces[0]
    assert (waiting.waiting, waiting.failure) == ("waits for a free socket", None)
    assert engine.run_until(None)
    done = engine.published.traces[0]
    assert (done.waiting, done.held_back, done.rounds) == (None, 1, 8)
    assert all((hop.sent, hop.lost) == (8, 0) for hop in done.hops)
    assert all(outcome.failure is None for outcome in done.outcomes)


def test_a_short_round_leaves_at_one_wake_up():
    engine, prober, _ = make(path_of(9), interval_s=0.1)
    engine.add([LANE])
    engine.run_until(5 * S)
    times = Counter(at for at, _, _ in prober.sent if at > 3)
    assert set(times.values()) == {9}


def test_a_round_at_the_default_pace_leaves_in_parts():
    engine, prober, _ = make(path_of(9))
    engine.add([LANE])
    engine.run_until(9 * S)
    times = Counter(at for at, _, _ in prober.sent if at > 3)
    assert set(times.values()) == {4, 5}


def test_what_is_soon_due_leaves_with_what_is_due():
    engine, prober, _ = make(path_of(9))
    engine.add([replace(LANE, address=f"203.0.113.{number}") for number in range(1, 13)])
    engine.run_until(13 * S)
    wakeups = sorted({at for at, _, _ in prober.sent if at > 3})
    assert all(later - earlier > 0.02 for earlier, later in pairwise(wakeups))
    in_each_second = Counter((lane_id, int(at)) for at, lane_id, _ in prober.sent if 3 <= at < 13)
    assert max(in_each_second.values()) <= 2 * 9
