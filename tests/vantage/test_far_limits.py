"""The far end's own limits: whatever is asked of it, it probes within them."""

import io
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from probing.scripted import ManualClock, ScriptedProber
from tracetui.probing.clock import SystemClock
from tracetui.probing.engine import Engine
from tracetui.probing.pace import Pace
from tracetui.vantage.far import MAX_LANES
from tracetui.vantage.far.far_end import FarEnd, Writer, read_first_line

NUMBER = st.one_of(st.integers(-(10**30), 10**30), st.floats(), st.none(), st.text(max_size=3))


@settings(max_examples=50)
@given(st.tuples(NUMBER, NUMBER, NUMBER, NUMBER, NUMBER, st.sampled_from(["auto", "raw", "rootless", "x"])))
def test_a_first_line_asks_for_no_more_than_the_limits(words):
    try:
        pace, _ = read_first_line(json.dumps(words).encode())
    except (ValueError, TypeError, OverflowError):
        return
    assert 0.1 <= pace.interval_s <= 3600
    assert 0.1 <= pace.timeout_s <= 60
    assert 1 <= pace.max_hops <= 255
    assert 1 <= pace.max_rate <= 1000
    assert pace.rounds is None or pace.rounds >= 1


@pytest.fixture
def far():
    clock = ManualClock()
    sent: list[float] = []

    def script(probe, seconds):
        sent.append(seconds)

    engine = Engine(ScriptedProber(clock, script), clock, Pace(), publish_every_s=None)
    end = FarEnd(engine, Writer(io.BytesIO()), Pace(), SystemClock())
    setattr(end, "sent", sent)  # noqa: B010  (for the tests alone)
    setattr(end, "run", lambda seconds: engine.run_until(int(seconds * 1e9)))  # noqa: B010
    return end


def add(number: int, address: object = None) -> bytes:
    return json.dumps(["add", number, address or f"192.0.2.{number + 1}", "icmp", None, None]).encode()


def test_it_traces_at_most_so_many_lanes(far):
    for number in range(MAX_LANES):
        far.obey(add(number))
    far.obey(add(3))  # known: taken up again
    with pytest.raises(ValueError, match="more than 64 lanes"):
        far.obey(add(MAX_LANES))
    far.obey(b'["remove", 5]')
    far.obey(add(MAX_LANES))


@pytest.mark.parametrize("interval", ["0", "0.001", "-5", "NaN", "1e-300"])
def test_the_shortest_interval_holds(far, interval):
    far.obey(add(0))
    far.obey(f'["pace", {interval}, 5]'.encode())
    far.run(10)
    assert 0 < len(far.sent) <= 10 / 0.1 * 5 + 30 + 5


def test_the_rate_of_all_lanes_together_holds(far):
    for number in range(MAX_LANES):
        far.obey(add(number))
    far.obey(b'["pace", 0.1, 255]')
    far.run(10)
    assert 5000 < len(far.sent) <= 10_500


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"null",
        b"[]",
        b"{}",
        b'["sudo"]',
        b'["add"]',
        b'["add", 0, "192.0.2.1", "sctp", null, null]',
        b'["add", 0, "example.org", "icmp", null, null]',
        b'["add", 0, "192.0.2.1", "icmp", null, "eth0"]',
        b'["add", 0, 7, "icmp", null, null]',
        b'["add", [], "192.0.2.1", "icmp", null, null]',
        b'["remove", 9]',
        b'["pace", 1]',
        b'["pace", "x", 3]',
        b'["pace", 1, Infinity]',
        b'["ping"]',
    ],
)
def test_what_is_no_command_ends_it_and_nothing_else(far, line):
    with pytest.raises((ValueError, KeyError, TypeError, OverflowError, AttributeError)):
        far.obey(line)
