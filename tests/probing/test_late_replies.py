"""What comes when its round is over: late first replies, and second replies in another kind."""

import random
from itertools import pairwise

import pytest

from probing.scripted import START_NS, ManualClock, S, Script, ScriptedProber
from tracetui.model import Lane, LaneTrace, ProbeProtocol, ReplyKind
from tracetui.model.hop import MAX_RESPONDERS
from tracetui.probing.engine import Engine
from tracetui.probing.late_replies import MAX_KEPT
from tracetui.probing.outstanding_probes import MAX_FURTHER
from tracetui.probing.pace import Pace

ENDPOINT = "203.0.113.9"
LANE = Lane("example.org", "example.org", ENDPOINT, ProbeProtocol.TCP, 443)
TE, SYN_ACK, RST = ReplyKind.TIME_EXCEEDED, ReplyKind.SYN_ACK, ReplyKind.RST
HOUR_NS = 3600 * S


def router(ttl: int) -> str:
    return f"198.51.100.{ttl}"


def engine_of(script: Script, clock: ManualClock | None = None, **pace) -> Engine:
    clock = clock or ManualClock()
    prober = ScriptedProber(clock, script)
    return Engine(prober, clock, Pace(**pace), random_source=random.Random(7))


def run(script: Script, rounds: int = 20) -> LaneTrace:
    engine = engine_of(script, rounds=rounds)
    engine.add([LANE])
    assert engine.run_until(None)
    return engine.published.traces[0]


def test_a_second_reply_after_the_end_of_its_round_is_in_the_next_one():
    def script(probe, seconds):
        if probe.ttl >= 3:
            return [(ENDPOINT, RST, 5.0), (ENDPOINT, SYN_ACK, 900.0)]
        return router(probe.ttl), TE, 5.0

    trace = run(script)
    doubled = [outcome.doubled for outcome in trace.outcomes]
    assert sum(one.count((3, RST, SYN_ACK)) for one in doubled) >= 19
    assert all(one.endpoint is RST for one in trace.outcomes)
    assert all(one.late == () for one in trace.outcomes)


def test_a_late_reply_is_in_the_next_round_that_completes():
    def script(probe, seconds):
        if probe.ttl >= 4:
            return ENDPOINT, SYN_ACK, 2600.0
        return router(probe.ttl), TE, 2600.0 if probe.ttl == 2 else 10.0

    trace = run(script)
    late = [reply for outcome in trace.outcomes for reply in outcome.late]
    assert late.count((2, router(2), TE)) == trace.hops[1].late
    assert {reply for reply in late if reply[0] == 4} == {(4, ENDPOINT, SYN_ACK)}
    assert trace.outcomes[0].late == (), "nothing can be late in the first round that ends"
    assert all(list(one.late) == sorted(one.late) for one in trace.outcomes)
    assert all(one.endpoint is None and one.highest_ttl == 3 for one in trace.outcomes)


def test_a_late_reply_may_be_doubled_too():
    def script(probe, seconds):
        if probe.ttl >= 2:
            return [(router(9), TE, 2500.0), (ENDPOINT, RST, 2900.0)]
        return router(probe.ttl), TE, 5.0

    trace = run(script)
    assert any((2, TE, RST) in outcome.doubled for outcome in trace.outcomes)
    assert any((2, router(9), TE) in outcome.late for outcome in trace.outcomes)


def test_rounds_alike_share_what_came_late_and_twice():
    def script(probe, seconds):
        if probe.ttl >= 3:
            return [(ENDPOINT, RST, 5.0), (ENDPOINT, SYN_ACK, 900.0)]
        return router(probe.ttl), TE, 2900.0 if probe.ttl == 2 else 5.0

    later = run(script, rounds=40).outcomes[10:]
    alike = [(one, other) for one, other in pairwise(later) if one.doubled == other.doubled != ()]
    assert len(alike) > 10
    assert all(one.doubled is other.doubled for one, other in alike)
    assert all(one.late is other.late for one, other in pairwise(later) if one.late == other.late)
    assert any(one.late for one in later)


def test_a_flood_is_cut_off():
    kinds = [kind for kind in ReplyKind if kind is not TE]

    def script(probe, seconds):
        if probe.ttl >= 29:
            return ENDPOINT, SYN_ACK, 5.0
        return [(router(probe.ttl), TE, 5.0), *((ENDPOINT, kind, 1500.0) for kind in kinds)]

    trace = run(script)
    assert max(len(outcome.doubled) for outcome in trace.outcomes) == MAX_KEPT


def test_a_restart_forgets_what_came_before_it():
    def script(probe, seconds):
        return (router(1), TE, 2500.0) if probe.ttl == 1 and seconds < 5 else (ENDPOINT, SYN_ACK, 5.0)

    engine = engine_of(script)
    engine.add([LANE])
    engine.run_until(8 * S)
    assert any(outcome.late for outcome in engine.published.traces[0].outcomes)
    engine.restart()
    engine.run_until(15 * S)
    assert not any(outcome.late for outcome in engine.published.traces[0].outcomes)


@pytest.mark.parametrize("step_ns", [HOUR_NS, -HOUR_NS])
def test_the_monotonic_time_of_a_round_knows_no_step_of_the_clock(step_ns):
    class SteppedClock(ManualClock):
        """The wall clock is set when ten seconds have passed."""

        def unix_ns(self) -> int:
            return START_NS + self.now_ns + (step_ns if self.now_ns >= 10 * S else 0)

    engine = engine_of(lambda probe, seconds: (ENDPOINT, SYN_ACK, 5.0), SteppedClock(), rounds=20)
    engine.add([LANE])
    assert engine.run_until(None)
    outcomes = engine.published.traces[0].outcomes
    assert [outcome.monotonic_ns for outcome in outcomes] == [number * S for number in range(20)]
    assert [outcome.started_ns - START_NS for outcome in outcomes] == [
        number * S + (step_ns if number >= 10 else 0) for number in range(20)
    ]


def test_a_forged_burst_to_one_probe_makes_few_responders_and_a_count():
    burst = 500

    def script(probe, seconds):
        if probe.ttl < 4:
            return router(probe.ttl), TE, 5.0
        real = (ENDPOINT, SYN_ACK, 5.0)
        if probe.ttl > 4 or probe.round != 3:
            return real
        forged = [(f"192.0.{number >> 8}.{number & 255}", RST, 6.0) for number in range(burst)]
        return [real, *forged]

    trace = run(script)
    hop = trace.hops[3]
    assert hop.main.address == ENDPOINT
    assert hop.main.count == 20
    assert len(hop.responders) == 1 + MAX_FURTHER
    assert sum(one.count for one in hop.responders) + hop.unlisted == 20 + burst
    assert all(len(outcome.doubled) <= MAX_FURTHER for outcome in trace.outcomes)


def test_forged_bursts_to_every_probe_do_not_drop_the_router_that_answers():
    def script(probe, seconds):
        if probe.ttl >= 4:
            return ENDPOINT, SYN_ACK, 5.0
        forged = [(f"192.0.{probe.round}.{number}", RST, 6.0) for number in range(40)]
        return [(router(probe.ttl), TE, 5.0), *forged]

    trace = run(script)
    for hop in trace.hops[:3]:
        assert hop.main.address == router(hop.ttl)
        assert hop.main.count == hop.received == 20
        assert len(hop.responders) == MAX_RESPONDERS
        assert sum(one.count for one in hop.responders) + hop.unlisted >= 19 * 41  # of the last round not all


def test_another_address_for_every_probe_does_not_grow_the_hop():
    def script(probe, seconds):
        if probe.ttl >= 3:
            return ENDPOINT, SYN_ACK, 5.0
        return f"192.0.{probe.round}.{probe.ttl}", TE, 5.0

    trace = run(script, rounds=60)
    hop = trace.hops[0]
    assert (hop.received, hop.lost) == (60, 0)
    assert len(hop.responders) == MAX_RESPONDERS
    assert hop.unlisted == 60 - MAX_RESPONDERS
    assert hop.last_address == "192.0.59.1"
