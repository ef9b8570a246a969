"""From targets to endpoints."""

import asyncio

import pytest

from tracetui.investigation.resolve_target import resolve
from tracetui.model import ResolutionError, parse_target


class Book:
    """A `NameSource` out of two dictionaries; an entry that is an error is raised."""

    def __init__(self, hosts, exchangers=None):
        self.hosts, self.exchangers = hosts, exchangers or {}
        self.asked = []

    async def addresses(self, host, family):
        self.asked.append((host, family))
        await asyncio.sleep(0)
        found = self.hosts.get((host, family), self.hosts.get(host, ()))
        if isinstance(found, str):
            raise ResolutionError(found)
        if found is None:
            await asyncio.Event().wait()
        return tuple(address for address in found if (":" in address) == (family == 6))

    async def mail_exchangers(self, domain):
        found = self.exchangers.get(domain, (domain,))
        if isinstance(found, str):
            raise ResolutionError(found)
        return found

    async def pointer(self, address):
        raise AssertionError("nobody wants a pointer here")


def found(text, names, families=(4, 6), *, all_addresses=False):
    target = parse_target(text)
    resolution = asyncio.run(resolve(target, names, families, all_addresses=all_addresses))
    assert all(endpoint.target is target for endpoint in resolution.endpoints)
    return [(endpoint.host, endpoint.address) for endpoint in resolution.endpoints], resolution.notes


DUAL = {"d.example": ("9.0.0.1", "9.0.0.2", "2600::1")}


@pytest.mark.parametrize(
    ("families", "address"), [((4, 6), "9.0.0.1"), ((6, 4), "2600::1"), ((6,), "2600::1"), ((4,), "9.0.0.1")]
)
def test_the_first_address_of_the_preferred_family(families, address):
    assert found("d.example", Book(DUAL), families)[0] == [("d.example", address)]


def test_all_addresses_in_the_order_of_families():
    endpoints, notes = found("d.example", Book(DUAL), (6, 4), all_addresses=True)
    assert [address for _, address in endpoints] == ["2600::1", "9.0.0.1", "9.0.0.2"]
    assert notes == ()


def test_what_is_left_out_is_noted():
    assert found("d.example", Book(DUAL))[1] == (
        "d.example has 1 more address than 9.0.0.1: --all-addresses traces them all",
    )


def test_the_other_family_is_not_waited_for():
    names = Book({("s.example", 4): ("9.0.0.1",), ("s.example", 6): None})
    assert found("s.example", names)[0] == [("s.example", "9.0.0.1")]
    assert set(names.asked) == {("s.example", 4), ("s.example", 6)}


def test_a_family_that_fails_leaves_the_other():
    names = Book({("s.example", 4): "s.example: broken", ("s.example", 6): ("2600::1",)})
    assert found("s.example", names)[0] == [("s.example", "2600::1")]
    assert found("s.example", names, all_addresses=True)[0] == [("s.example", "2600::1")]


@pytest.mark.parametrize(
    ("hosts", "families", "words"),
    [
        ({"x.example": "x.example: no such name (NXDOMAIN)"}, (4, 6), "x.example: no such name (NXDOMAIN)"),
        ({"x.example": ("9.0.0.1",)}, (6,), "x.example: has no IPv6 address"),
        ({}, (4, 6), "x.example: has no IPv4 or IPv6 address"),
        (
            {"x.example": ("0.0.0.0",)},
            (4, 6),
            "x.example: its address 0.0.0.0 is not the address of one host",
        ),
        ({"x.example": ("ff02::1",)}, (4, 6), "its address ff02::1 is not"),
    ],
)
def test_nothing_to_trace_is_one_line(hosts, families, words):
    with pytest.raises(ResolutionError) as caught:
        found("x.example", Book(hosts), families)
    assert words in str(caught.value)


@pytest.mark.parametrize("text", ["9.0.0.1", "[2600::1]:25", "tcp://9.0.0.1:25", "fe80::1%eth0"])
def test_an_address_stands_for_itself_and_nobody_is_asked(text):
    names = Book({})
    for families in ((4,), (6,)):
        ((host, address),), notes = found(text, names, families)
        assert host == address == parse_target(text).address
    assert (names.asked, notes) == ([], ())


MAIL = {"mx1.example": ("9.0.0.1", "2600::1"), "mx2.example": ("9.0.0.2",), "mx3.example": ("9.0.0.1",)}


def test_every_exchanger_in_order_an_address_once():
    names = Book(MAIL, {"example.org": ("mx2.example", "mx1.example", "mx3.example")})
    endpoints, notes = found("mx:example.org", names)
    assert endpoints == [("mx2.example", "9.0.0.2"), ("mx1.example", "9.0.0.1")]
    assert notes == ("mx3.example has the address of mx1.example, 9.0.0.1",)


def test_an_exchanger_that_does_not_resolve_is_a_note():
    hosts = {**MAIL, "gone.example": "gone.example: no such name (NXDOMAIN)"}
    endpoints, notes = found("mx:example.org", Book(hosts, {"example.org": ("gone.example", "mx2.example")}))
    assert endpoints == [("mx2.example", "9.0.0.2")]
    assert notes == ("gone.example: no such name (NXDOMAIN)",)


@pytest.mark.parametrize(
    ("exchangers", "words"),
    [
        (("gone.example",), "mx:example.org: no exchanger has an address: gone.example: has no IPv4 or IPv6"),
        (("example.org",), "example.org: has no IPv4 or IPv6 address"),
        ("example.org: takes no mail", "example.org: takes no mail"),
    ],
)
def test_mail_that_goes_nowhere_is_one_line(exchangers, words):
    with pytest.raises(ResolutionError) as caught:
        found("mx:example.org", Book({}, {"example.org": exchangers}))
    assert str(caught.value).startswith(words)
