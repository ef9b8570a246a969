"""Far ends that drip, flood, or connect again and again: a report ends, and little is taken from them."""

import sys
import time
from typing import Any

import pytest

from tracetui.model import Lane, ProbeProtocol
from tracetui.model.remote_vantage import ConnectionState, RemoteVantage
from tracetui.probing.clock import SystemClock
from tracetui.probing.pace import Pace
from tracetui.vantage import patience, remote_engine
from tracetui.vantage.events import FarEndError
from tracetui.vantage.far import GREETING
from tracetui.vantage.patience import EventLimit, Progress
from tracetui.vantage.remote_engine import RemoteEngine

START = f"""
import os, sys, time, zlib
out = os.fdopen(1, "wb", 0)
out.write({GREETING!r})
stream = zlib.compressobj(1)
def tell(text):
    out.write(stream.compress(text.encode()) + stream.flush(zlib.Z_SYNC_FLUSH))
tell('["here","h","raw","k",0,"3.11",[]]\\n')
"""
DRIPS = START + "while True:\n    tell('[\"pong\",1,1,1]\\n')\n    time.sleep(0.05)\n"
FLOODS = START + "while True:\n    tell('[\"pong\",1,1,1]\\n' * 10000)\n"
ENDS = START + "open(sys.argv[1], 'a').write('x')\n"
LANE = Lane("192.0.2.1", "192.0.2.1", "192.0.2.1", ProbeProtocol.ICMP, None)


@pytest.fixture
def engine(monkeypatch):
    """Start an engine over a far end of this code."""
    monkeypatch.setattr(patience, "WITHOUT_PROGRESS_S", 2.0)
    made = []

    def make(code, *words, rounds=5):
        one = RemoteEngine(
            RemoteVantage("office", "ssh office"),
            [sys.executable, "-c", code, *words],
            SystemClock(),
            Pace(interval_s=0.1, timeout_s=0.1, rounds=rounds),
        )
        made.append(one)
        one.start()
        one.add([LANE])
        return one

    yield make
    for one in made:
        one.close()


def wait_until(holds) -> None:
    until = time.monotonic() + 30
    while not holds():
        assert time.monotonic() < until
        time.sleep(0.02)


def test_a_report_does_not_wait_for_one_that_answers_and_never_gets_on(engine):
    one = engine(DRIPS)
    assert one.join(30)
    assert one.published.vantage.state is ConnectionState.CONNECTED


def test_of_one_that_floods_little_is_taken(engine, monkeypatch):
    monkeypatch.setattr(patience, "_BURST", 5_000)
    one = engine(FLOODS)
    wait_until(lambda: one.published.vantage.interruptions)
    assert one.published.vantage.interruptions[0].reason == "the far end tells more than can be measured"
    assert one.join(30)


def test_one_that_ends_after_each_greeting_is_asked_more_and_more_seldom(engine, tmp_path, monkeypatch):
    monkeypatch.setattr(remote_engine, "FIRST_PAUSE_S", 0.02)
    one = engine(ENDS, str(tmp_path / "starts"))
    assert one.join(30)
    starts = len((tmp_path / "starts").read_text())
    assert 2 <= starts <= 9, "each pause is twice the last"


def test_the_limit_of_events_grows_with_time_and_with_the_rate():
    now = [0.0]
    limit = EventLimit(Pace(max_rate=10), lambda: now[0])
    for _ in range(patience._BURST):
        limit.take()
    with pytest.raises(FarEndError):
        limit.take()
    now[0] = 60.0
    for _ in range(60 * 10 * patience._EVENTS_PER_PACKET - 1):
        limit.take()
    with pytest.raises(FarEndError):
        limit.take()


def test_rounds_beyond_those_asked_for_are_no_progress():
    class Trace:
        rounds = 0

    trace: Any = Trace()
    now, pace = [0.0], Pace(rounds=3, interval_s=1, timeout_s=2)
    progress = Progress(lambda: now[0])
    for rounds in range(1, 4):
        now[0] += 20
        trace.rounds = rounds
        progress.see([trace], pace)
        assert not progress.has_stopped(1, pace)
    for rounds in range(4, 8):
        now[0] += 20
        trace.rounds = rounds
        progress.see([trace], pace)
    assert progress.has_stopped(1, pace)


def test_a_slow_pace_gets_its_time():
    now = [0.0]
    progress = Progress(lambda: now[0])
    now[0] = 1000.0
    assert progress.has_stopped(1, Pace())
    assert not progress.has_stopped(1, Pace(interval_s=600))
    assert not progress.has_stopped(64, Pace(max_rate=1))
