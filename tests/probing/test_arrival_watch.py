"""Watching probes arrive: on the loopback interface, with real packets."""

import os
import socket
import threading
import time

import pytest

from tracetui.model import ProbeProtocol
from tracetui.probing.arrival_watch import ArrivalWatch, WatchedFlow
from tracetui.probing.clock import SystemClock
from tracetui.probing.seen_arrivals import MAX_KEPT, SeenArrivals

TCP, ICMP = ProbeProtocol.TCP, ProbeProtocol.ICMP
S = 1_000_000_000


@pytest.fixture
def seen():
    return SeenArrivals()


@pytest.fixture
def watch(seen):
    opened = ArrivalWatch.open(SystemClock(), seen)
    if opened is None:
        if os.environ.get("CI") == "true":
            pytest.fail("packet sockets are not permitted in CI")
        pytest.skip("packet sockets are not permitted here")
    yield opened
    opened.close()


def flow(lane, source, destination, port, *numbers):
    return WatchedFlow(lane, TCP, (source,), destination, port, numbers)


def arrivals_after(seen, when, patience_s=5.0):
    """Return what is known of the one lane once `when` holds."""
    end_s = time.monotonic() + patience_s
    while True:
        found = seen.arrivals
        if found and when(found[0]):
            return found[0]
        assert time.monotonic() < end_s, found
        time.sleep(0.02)


@pytest.mark.parametrize(("source", "destination"), [("127.0.0.2", "127.0.0.3"), ("::1", "::1")])
@pytest.mark.parametrize("listens", [True, False])
def test_probes_arrive_and_answers_leave(seen, watch, source, destination, listens):
    family = socket.AF_INET6 if ":" in source else socket.AF_INET
    with socket.socket(family) as listener, socket.socket(family) as sender:
        listener.bind((destination, 0))
        port = listener.getsockname()[1]
        if listens:
            listener.listen()
        sender.bind((source, 0))
        flows = [flow("one", source, destination, port, sender.getsockname()[1])]
        seen.expect(flows)
        watch.watch(flows)
        before_ns = time.time_ns()
        sender.connect_ex((destination, port))
        found = arrivals_after(seen, lambda one: one.arrived_ns and one.answered_ns)
        assert before_ns <= found.arrived_ns[0] <= found.answered_ns[0] <= time.time_ns()
        assert found.from_ns <= found.arrived_ns[0] <= found.until_ns


def test_that_nothing_arrives_is_known_up_to_a_moment(seen, watch):
    flows = [flow("one", "127.0.0.2", "127.0.0.3", 9, 4000)]
    seen.expect(flows)
    watch.watch(flows)
    begun_ns = arrivals_after(seen, lambda one: True).from_ns
    found = arrivals_after(seen, lambda one: one.until_ns > begun_ns + 1.5 * S)
    assert (found.arrived_ns, found.answered_ns) == ((), ())


def test_other_ports_and_places_are_nobodys(seen, watch):
    with socket.socket() as sender, socket.socket() as other:
        sender.bind(("127.0.0.2", 0))
        other.bind(("127.0.0.4", 0))
        flows = [flow("one", "127.0.0.2", "127.0.0.3", 9, sender.getsockname()[1] ^ 1)]
        seen.expect(flows)
        watch.watch(flows)
        for each in (sender, other):
            each.connect_ex(("127.0.0.3", 9))
        found = arrivals_after(seen, lambda one: one.until_ns > time.time_ns() - S // 2)
        assert not found.arrived_ns


def test_it_starts_no_thread_before_there_is_something_to_watch(watch):
    assert "tracetui-arrivals" not in {each.name for each in threading.enumerate()}


def test_a_changed_flow_is_watched_anew(seen):
    one = flow("one", "127.0.0.2", "127.0.0.3", 9, 4000)
    seen.expect([one])
    seen.begin("one", 5 * S)
    seen.see("one", (6 * S,), ())
    seen.look(7 * S)
    before = seen.arrivals
    assert seen.arrivals is before
    seen.begin("one", 8 * S)
    (found,) = seen.arrivals
    assert (found.from_ns, found.until_ns, found.arrived_ns) == (8 * S, 8 * S, (6 * S,))
    seen.expect([])
    seen.see("one", (9 * S,), ())
    assert seen.arrivals == ()


def test_what_is_kept_is_bounded_and_says_from_when(seen):
    seen.expect([flow("one", "127.0.0.2", "127.0.0.3", 9, 4000)])
    seen.begin("one", 0)
    for second in range(3 * MAX_KEPT):
        seen.see("one", (second * S,), (second * S + 1,))
    seen.look(3 * MAX_KEPT * S)
    (found,) = seen.arrivals
    assert MAX_KEPT // 2 <= len(found.arrived_ns) <= MAX_KEPT
    assert found.arrived_ns[0] <= found.from_ns
    assert found.until(found.arrived_ns[5]).arrived_ns == found.arrived_ns[:6]


def test_times_that_go_back_are_put_in_order(seen):
    seen.expect([flow("one", "127.0.0.2", "127.0.0.3", 9, 4000)])
    seen.begin("one", 0)
    seen.see("one", (9 * S, 3 * S, 10 * S), ())
    assert seen.arrivals[0].arrived_ns == (9 * S, 9 * S, 10 * S)
