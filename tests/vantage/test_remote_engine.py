"""The engine of a vantage with a real far end: a process here, which traces this machine's own address."""

import sys
import time

import pytest

from tracetui.model import Lane, ProbeProtocol, Role
from tracetui.model.remote_vantage import ConnectionState, RemoteVantage
from tracetui.probing.clock import SystemClock
from tracetui.probing.open_prober import ProberChoice
from tracetui.probing.pace import Pace
from tracetui.vantage.archive import far_command
from tracetui.vantage.remote_engine import RemoteEngine

LANE = Lane("self", "self", "127.0.0.1", ProbeProtocol.TCP, 9, via="office")
OTHER = Lane("self", "self", "127.0.0.2", ProbeProtocol.TCP, 9, via="office")


@pytest.fixture
def engine():
    made = RemoteEngine(
        RemoteVantage("office", "a process here"),
        ["sh", "-c", far_command(sys.executable)],
        SystemClock(),
        Pace(0.2, 1.0, 3),
        ProberChoice.ROOTLESS,
    )
    yield made
    made.close()


def wait_for(engine, rounds: int, *, patience_s: float = 30.0):
    """Return the traces once each has so many rounds."""
    end_s = time.monotonic() + patience_s
    while True:
        traces = engine.published.traces
        if traces and all(trace.rounds >= rounds for trace in traces):
            return traces
        assert time.monotonic() < end_s, engine.published
        time.sleep(0.02)


def test_a_vantage_that_was_stopped_goes_on_with_what_it_measured(engine):
    engine.add([LANE, OTHER])
    engine.start()
    before = wait_for(engine, 2)
    engine.remove([LANE.id, OTHER.id])
    engine.stop()
    engine.close()
    assert engine.published.traces == ()
    engine.start()
    assert engine.published.vantage.state is ConnectionState.CONNECTING
    engine.set_role([LANE.id], Role.CONTROL)  # of a lane that is not there: nothing happens
    engine.bring_back([LANE])
    (trace,) = wait_for(engine, before[0].rounds + 2)
    assert trace.lane == LANE
    assert trace.started_ns == before[0].started_ns
    assert trace.outcomes[: before[0].rounds] == before[0].outcomes
    numbers = [one.number for one in trace.outcomes]
    assert numbers == sorted(set(numbers))


def test_all_its_rounds_are_waited_for(engine):
    engine._pace = Pace(0.2, 1.0, 3, rounds=2)
    engine.add([LANE])
    engine.start()
    assert engine.join(30)
    (trace,) = engine.published.traces
    assert (trace.rounds, trace.finished) == (2, True)
