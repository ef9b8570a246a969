"""Source ports of TCP flows: one of their own while there are few, then shared, never by one destination."""

import pytest

from tracetui.probing.prober import ProbeNotSentError
from tracetui.probing.source_ports import MAX_OWN_PORTS, SourcePorts

HERE = "192.0.2.10"


class Ports:
    """The part of a wire that reserves ports; has no more than `left`."""

    def __init__(self, left: int = 10_000) -> None:
        self.left = left
        self.held: set[int] = set()
        self._next = 40_000

    def reserve_port(self, source: str) -> int:
        if not self.left:
            raise ProbeNotSentError("no file descriptor left")
        self.left -= 1
        self._next += 1
        self.held.add(self._next)
        return self._next

    def release_port(self, source: str, port: int) -> None:
        self.left += 1
        self.held.remove(port)


def destinations(count: int) -> list[tuple[str, int]]:
    return [(f"203.0.113.{number // 4}", 440 + number % 4) for number in range(count)]


def test_few_flows_have_a_port_each():
    ports = SourcePorts(Ports())
    assert len({ports.take(HERE, each) for each in destinations(MAX_OWN_PORTS)}) == MAX_OWN_PORTS


def test_very_many_flows_hold_few_ports_and_none_twice_for_a_destination():
    wire = Ports()
    ports = SourcePorts(wire)
    taken = [(ports.take(HERE, each), each) for each in destinations(1000)]
    assert len(wire.held) == MAX_OWN_PORTS
    assert len(set(taken)) == 1000
    again = ports.take(HERE, ("203.0.113.0", 440))
    assert (again, ("203.0.113.0", 440)) not in taken
    for port, each in [*taken, (again, ("203.0.113.0", 440))]:
        ports.give_back(HERE, port, each)
    assert not wire.held


def test_flows_to_one_destination_never_share():
    wire = Ports()
    ports = SourcePorts(wire)
    assert len({ports.take(HERE, ("203.0.113.1", 443)) for _ in range(100)}) == 100


def test_where_no_port_is_left_one_is_shared_or_the_reason_is_told():
    ports = SourcePorts(Ports(left=2))
    taken = [ports.take(HERE, each) for each in destinations(8)]
    assert len(set(taken)) == 2
    ports.take(HERE, ("203.0.113.0", 440))
    with pytest.raises(ProbeNotSentError, match="no file descriptor left"):
        ports.take(HERE, ("203.0.113.0", 440))
