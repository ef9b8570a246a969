"""What a far end tells of our probes that arrive there: packed there, kept here."""

import json

import pytest

from tracetui.model import ProbeProtocol
from tracetui.probing.arrival_watch import WatchedFlow
from tracetui.vantage.clock_offset import ClockOffset
from tracetui.vantage.events import FarEndError, decode
from tracetui.vantage.far.forwarded_arrivals import ForwardedArrivals
from tracetui.vantage.mirrored_arrivals import MirroredArrivals

S = 1_000_000_000
OFFSET = ClockOffset(unix_ns=-100 * S, monotonic_ns=0, error_ns=1)


def flow(lane, *numbers, destination="198.51.100.7"):
    return WatchedFlow(lane, ProbeProtocol.TCP, ("192.0.2.10",), destination, 25, numbers, "mx")


class Link:
    """A far end's events, taken here."""

    def __init__(self) -> None:
        self.commands: list[tuple[object, ...]] = []
        self.mirror = MirroredArrivals(lambda *command: self.commands.append(command))
        self.far = ForwardedArrivals(self.take)

    def take(self, event: list[object]) -> None:
        self.mirror.take(decode(json.dumps(event).encode()), OFFSET)  # type: ignore[arg-type]


def test_flows_are_told_once_and_again_when_they_change():
    link = Link()
    link.mirror.watch([flow("one", 1), flow("two", 2)])
    link.mirror.watch([flow("one", 1), flow("two", 2, 3)])
    link.mirror.watch([flow("two", 2, 3)])
    names = [(command[0], command[1]) for command in link.commands]
    assert names == [("watch", 0), ("watch", 1), ("watch", 1), ("unwatch", 0)]
    link.commands.clear()
    link.mirror.tell_all()
    assert [command[:2] for command in link.commands] == [("watch", 1)]


def test_what_is_seen_there_is_known_here_in_our_time():
    link = Link()
    link.mirror.watch([flow("one", 1), flow("two", 2)])
    link.far.begin("0", 200 * S)
    link.far.begin("1", 200 * S)
    link.far.see("1", (201 * S, 201 * S + 70_000_000), (201 * S + 1000,))
    link.far.look(203 * S)
    first, second = link.mirror.arrivals
    assert (first.lane, first.seen_by, first.direct) == ("one", "mx", True)
    assert (first.from_ns, first.until_ns, first.arrived_ns) == (100 * S, 103 * S, ())
    assert second.arrived_ns == (101 * S, 101 * S + 70_000_000)
    assert second.answered_ns == (101 * S + 1000,)


def test_late_words_of_a_flow_that_is_watched_no_more():
    link = Link()
    link.mirror.watch([flow("one", 1)])
    link.mirror.watch([])
    link.far.see("0", (200 * S,), ())
    assert link.mirror.arrivals == ()


@pytest.mark.parametrize("event", [["watched", 7, 1], ["seen", 7, [1], []]])
def test_flows_that_nobody_asked_about(event):
    with pytest.raises(FarEndError, match="not asked about"):
        Link().take(event)


@pytest.mark.parametrize(
    "event", [["seen", 0, [1 << 60], []], ["seen", 0, [1] * 101, []], ["looked", -1], ["watched", -1, 0]]
)
def test_numbers_that_cannot_be(event):
    link = Link()
    link.mirror.watch([flow("one", 1)])
    with pytest.raises(FarEndError):
        link.take(event)
