"""The books of an investigation: order, removal and its undoing, other probes."""

import pytest

from tracetui.investigation.board_targets import Targets
from tracetui.investigation.services import parse_services, services_text
from tracetui.model import Lane, ProbeProtocol, Role, TargetError, parse_target

ICMP = (ProbeProtocol.ICMP, None)


def lanes(text, *addresses):
    return [
        Lane(text, text, address, protocol, port)
        for address in addresses
        for protocol, port in ((ProbeProtocol.TCP, 443), ICMP)
    ]


def board(**targets):
    books = Targets()
    for text, addresses in targets.items():
        asked = books.add(parse_target(text))
        books.set_lanes(asked, lanes(text, *addresses))
        asked.resolved.set()
    return books


def panels(books):
    return [address for address, _ in dict.fromkeys(lane.panel for lane in books.lanes)]


def test_a_target_is_there_once():
    books = board(a=["192.0.2.1"])
    with pytest.raises(TargetError, match="'a' is already on the board"):
        books.add(parse_target("a"))


def test_lanes_that_another_target_has_are_a_problem_to_tell():
    books = board(a=["192.0.2.1"], b=["192.0.2.1"])
    assert panels(books) == ["192.0.2.1"]
    assert "already on the board, under another name" in books.unresolved()[0].problem


def test_a_removal_is_undone_in_its_place():
    books = board(a=["192.0.2.1"], b=["192.0.2.2", "192.0.2.3"], c=["192.0.2.4"])
    before = books.lanes
    gone = books.remove(("192.0.2.1", None))
    assert [lane.label for lane in gone] == ["TCP/443", "ICMP"]
    books.remove(("192.0.2.2", None))
    assert panels(books) == ["192.0.2.3", "192.0.2.4"]
    assert books.undo_removal()[0].address == "192.0.2.2"
    assert books.undo_removal()[0].address == "192.0.2.1"
    assert {lane.id for lane in books.lanes} == {lane.id for lane in before}
    assert panels(books)[0] == "192.0.2.1"
    with pytest.raises(TargetError, match="nothing to restore"):
        books.undo_removal()


def test_what_was_typed_again_does_not_come_back_twice():
    books = board(a=["192.0.2.1"])
    books.remove(("192.0.2.1", None))
    asked = books.add(parse_target("a"))
    books.set_lanes(asked, lanes("a", "192.0.2.1"))
    assert books.undo_removal() == []
    assert len(books.lanes) == 2


def test_endpoints_move_within_their_target_first_then_with_it():
    books = board(a=["192.0.2.1"], b=["192.0.2.2", "192.0.2.3"])
    books.move(("192.0.2.3", None), -1)
    assert panels(books) == ["192.0.2.1", "192.0.2.3", "192.0.2.2"]
    books.move(("192.0.2.3", None), -1)
    assert panels(books) == ["192.0.2.3", "192.0.2.2", "192.0.2.1"]
    books.move(("192.0.2.3", None), -1)
    assert panels(books) == ["192.0.2.3", "192.0.2.2", "192.0.2.1"]
    books.move(("192.0.2.2", None), 1)
    assert panels(books) == ["192.0.2.1", "192.0.2.3", "192.0.2.2"]


def test_the_order_seen_is_taken_over_and_targets_stay_together():
    books = board(a=["192.0.2.1"], b=["192.0.2.2", "192.0.2.3"], c=["192.0.2.4"], d=["192.0.2.5"])
    seen = [(f"192.0.2.{number}", None) for number in (4, 3, 1, 2)]  # the last one is hidden
    books.arrange(seen)
    assert panels(books) == ["192.0.2.4", "192.0.2.5", "192.0.2.3", "192.0.2.2", "192.0.2.1"]
    books.arrange(())
    assert panels(books) == ["192.0.2.4", "192.0.2.5", "192.0.2.3", "192.0.2.2", "192.0.2.1"]


def test_other_probes_keep_the_lanes_that_stay():
    books = board(a=["192.0.2.1"], b=["192.0.2.2"])
    books.set_role(("192.0.2.1", None), Role.CONTROL)
    came, went = books.set_services(("192.0.2.1", None), parse_services("tcp/25,443"))
    assert [lane.label for lane in came] == ["TCP/25"]
    assert [lane.label for lane in went] == ["ICMP"]
    assert [lane.label for lane in books.lanes] == ["TCP/25", "TCP/443", "TCP/443", "ICMP"]
    assert came[0].role is Role.CONTROL
    assert books.set_services(("192.0.2.9", None), [ICMP]) == ([], [])


def test_targets_of_one_panel_become_one_when_it_is_probed_otherwise():
    books = Targets()
    for port in (25, 443):
        asked = books.add(parse_target(f"192.0.2.1:{port}"))
        books.set_lanes(asked, [Lane("a", "192.0.2.1", "192.0.2.1", ProbeProtocol.TCP, port)])
        asked.resolved.set()
    books.set_services(("192.0.2.1", None), parse_services("tcp/80"))
    assert [lane.label for lane in books.lanes] == ["TCP/80"]
    assert books.unresolved() == ()
    books.remove(("192.0.2.1", None))
    assert [lane.label for lane in books.undo_removal()] == ["TCP/80"]
    assert books.unresolved() == ()


@pytest.mark.parametrize(
    ("text", "again"),
    [("tcp/25,443 icmp", "tcp/25,443 icmp"), ("ICMP", "icmp"), ("icmp+tcp/22", "tcp/22 icmp")],
)
def test_probes_as_text(text, again):
    assert services_text(parse_services(text)) == again


@pytest.mark.parametrize(
    ("text", "word"),
    [("", "no probe"), ("udp/53", "udp/53"), ("tcp", "tcp"), ("icmp/8", "no ports"), ("tcp/0", "port '0'")],
)
def test_bad_probes_say_what_is_wrong(text, word):
    with pytest.raises(TargetError, match=word):
        parse_services(text)
