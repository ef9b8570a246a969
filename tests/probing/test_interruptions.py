"""Time that does not flow: a stopped program, a machine that slept, a clock that is set."""

import itertools
import time

import pytest

from probing.scripted import START_NS, ManualClock, S, ScriptedProber
from tracetui.model import Lane, ProbeProtocol, ReplyKind
from tracetui.probing.clock import SystemClock
from tracetui.probing.engine import Engine
from tracetui.probing.interruptions import InterruptionKind, InterruptionWatch
from tracetui.probing.pace import Pace

LANE = Lane("a", "192.0.2.1", "192.0.2.1", ProbeProtocol.ICMP, None)
DAY_NS = 86_400 * S


class Machine(ManualClock):
    """A clock that is set, and that goes on while the program does not run."""

    def __init__(self) -> None:
        super().__init__()
        self.ahead_ns = 0
        self.slept = 0

    def unix_ns(self) -> int:
        return START_NS + self.now_ns + self.slept

    def stamp_ns(self) -> int:
        return self.unix_ns() + self.ahead_ns

    def set_by_ns(self) -> int:
        return self.ahead_ns

    def slept_ns(self) -> int:
        return self.slept


def at(seconds: float, happens):
    """Answer for the endpoint, and let something happen right after the first probe of that time is sent."""
    done = []

    def script(probe, now_s):
        if now_s >= seconds and not done:
            done.append(True)
            happens()
        return "192.0.2.1", ReplyKind.ECHO_REPLY, 300.0

    return script


def run(clock: Machine, script, rounds: int = 30) -> Engine:
    engine = Engine(
        ScriptedProber(clock, script),
        clock,
        Pace(1.0, 2.0, 3, rounds=rounds),
        publish_every_s=None,
        watch=InterruptionWatch(clock),
    )
    engine.add([LANE])
    assert engine.run_until(None)
    return engine


def test_a_program_that_was_stopped_leaves_out_what_was_on_its_way():
    clock = Machine()

    def stop() -> None:
        clock.now_ns += 600 * S

    engine = run(clock, at(10, stop))
    (one,) = engine.published.interruptions
    assert one.kind is InterruptionKind.STOPPED
    assert one.length_ns == pytest.approx(600 * S, abs=S)
    outcomes = engine.published.traces[0].outcomes
    assert 28 <= len(outcomes) < 30  # what was on its way
    assert all(outcome.endpoint is not None for outcome in outcomes)
    seconds = (outcomes[-1].monotonic_ns - outcomes[0].monotonic_ns) / S
    assert seconds == pytest.approx(29, abs=2)  # for all that is concluded, nothing happened meanwhile
    shown = (outcomes[-1].started_ns - outcomes[0].started_ns) / S
    assert shown == pytest.approx(629, abs=2)  # and what is shown has the gap
    gaps = [(after.started_ns - one.started_ns) / S for one, after in itertools.pairwise(outcomes)]
    assert [gap for gap in gaps if gap > 4] == [pytest.approx(601, abs=2)]


def test_a_machine_that_slept_is_no_silence_either():
    clock = Machine()

    def sleep() -> None:
        clock.slept += 8 * 3600 * S

    engine = run(clock, at(10, sleep))
    assert [(one.kind, one.length_ns // S) for one in engine.published.interruptions] == [
        (InterruptionKind.SLEPT, 8 * 3600)
    ]
    outcomes = engine.published.traces[0].outcomes
    assert (outcomes[-1].monotonic_ns - outcomes[0].monotonic_ns) / S == pytest.approx(29, abs=2)
    assert all(outcome.endpoint is not None for outcome in outcomes)


@pytest.mark.parametrize("step_ns", [DAY_NS, -DAY_NS, 3 * S])
def test_a_clock_that_is_set_changes_no_time(step_ns):
    clock = Machine()

    def set_clock() -> None:
        clock.ahead_ns += step_ns

    engine = run(clock, at(10, set_clock))
    (one,) = engine.published.interruptions
    assert (one.kind, one.length_ns) == (InterruptionKind.CLOCK_SET, step_ns)
    trace = engine.published.traces[0]
    starts = [outcome.started_ns for outcome in trace.outcomes]
    assert starts == sorted(starts)
    assert (starts[-1] - starts[0]) / S == pytest.approx(29, abs=2)
    assert START_NS < trace.hops[0].responders[0].last_ns <= clock.unix_ns()


def test_a_slow_start_and_a_busy_machine_are_nothing():
    clock = Machine()
    engine = run(clock, at(10, lambda: setattr(clock, "now_ns", clock.now_ns + S // 2)))
    assert engine.published.interruptions == ()
    assert len(engine.published.traces[0].outcomes) == 30


def test_the_systems_clock(monkeypatch):
    clock = SystemClock()
    before = clock.unix_ns()
    real = time.time_ns
    monkeypatch.setattr(time, "time_ns", lambda: real() + DAY_NS)
    assert 0 <= clock.unix_ns() - before < 100 * S
    assert clock.set_by_ns() == pytest.approx(DAY_NS, abs=S)
    assert clock.slept_ns() >= 0
    monkeypatch.undo()
    assert abs(clock.set_by_ns()) < S // 10
