"""Team Cymru's zones, spoken by a real DNS server that is slow, broken and false by turns."""

import asyncio
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ownership.dns_server import NXDOMAIN, SERVFAIL, SILENT, DnsServer, Reply, records
from tracetui.model import AsSource, Attribution, ResolutionError
from tracetui.ownership.background_lookup import BackgroundOwners
from tracetui.ownership.cymru import CymruSource, longest_origin, parse_holder, question
from tracetui.ownership.lookup_cache import FRESH_NEGATIVE_S, FRESH_S, LookupCache
from tracetui.ownership.system_names import SystemNames

GOOGLE = {
    ("8.8.8.8.origin.asn.cymru.com", "TXT"): records('TXT "15169 | 8.8.8.0/24 | US | arin | 2023-12-28"'),
    ("as15169.asn.cymru.com", "TXT"): records('TXT "15169 | US | arin | 2000-03-30 | GOOGLE, US"'),
}
START = 1_800_000_000.0


class Asked:
    """A source with a clock of its own, asked on one loop."""

    def __init__(self, zone):
        self.server = DnsServer(zone)
        self.now = START
        self.cache = LookupCache(None, unix_s=lambda: self.now)

    def __enter__(self):
        self.server.__enter__()
        self.source = CymruSource(SystemNames(self.server.spelled), self.cache, lambda: self.now)
        return self

    def __exit__(self, *error):
        self.server.__exit__(*error)

    def __call__(self, *addresses):
        async def ask():
            return await asyncio.gather(*map(self.source.attribute, addresses))

        # Locks belong to a loop: each run has its own, as each run of the program has.
        self.source._groups.clear()
        return asyncio.run(ask())


@pytest.fixture
def hasty(monkeypatch):
    monkeypatch.setattr("tracetui.ownership.dns_resolver.POINTER_LIFETIME_S", 0.2)


def test_an_origin_with_its_holder_prefix_and_day():
    with Asked(GOOGLE) as ask:
        assert ask("8.8.8.8") == [Attribution((15169,), "GOOGLE", "8.8.8.0/24", "Team Cymru", "2027-01-15")]


def test_ipv6_is_asked_by_nibbles():
    name = "8.8.8.8." + "0." * 16 + "0.6.8.4.0.6.8.4.1.0.0.2.origin6.asn.cymru.com"
    with Asked({(name, "TXT"): records('TXT "15169 | 2001:4860::/32 | US | arin | 2005-03-14"')}) as ask:
        (found,) = ask("2001:4860:4860::8888")
        assert (found.asns, found.name, found.prefix) == ((15169,), "", "2001:4860::/32")


def test_one_question_answers_for_the_whole_prefix():
    gate = threading.Event()

    def zone(name, kind):
        if name.startswith("as"):
            return records('TXT "64496 | ZZ | ripencc | 2000-01-01 | HOLDER-AS Some Holder, ZZ"')
        return records('TXT "64496 | 9.0.0.0/16 | ZZ | ripencc | 2000-01-01"', held=gate)

    with Asked(zone) as ask:
        threading.Timer(0.05, gate.set).start()
        found = ask(*[f"9.0.0.{number}" for number in range(1, 250)])  # all at once, before any answer
        assert {owner.name for owner in found} == {"HOLDER-AS Some Holder"}
        assert [name for name, _ in ask.server.asked] == [
            "1.0.0.9.origin.asn.cymru.com",
            "as64496.asn.cymru.com",
        ]
        ask("9.0.7.1", "9.0.8.1")
        assert len(ask.server.asked) == 2
        ask("9.1.0.1")
        assert len(ask.server.asked) == 3


def test_an_answer_is_good_for_a_day():
    with Asked(GOOGLE) as ask:
        ask("8.8.8.8")
        ask.now += FRESH_S - 1
        assert ask("8.8.8.9")[0].date == "2027-01-15"
        ask.server.asked.clear()
        ask.now += 2
        ask.source = CymruSource(SystemNames(ask.server.spelled), ask.cache, lambda: ask.now)
        assert ask("8.8.8.8")[0].date == "2027-01-16"
        assert len(ask.server.asked) == 2


def test_an_address_that_nobody_announces_is_asked_again_sooner():
    with Asked({("x", "TXT"): NXDOMAIN}) as ask:
        (found,) = ask("9.9.0.1")
        assert found.unannounced
        assert found.prefix == "9.9.0.1/32"
        ask("9.9.0.1")
        assert len(ask.server.asked) == 1
        ask.now += FRESH_NEGATIVE_S + 1
        ask.server.zone = {
            ("1.0.9.9.origin.asn.cymru.com", "TXT"): records('TXT "64496 | 9.9.0.0/24 | ZZ | ripencc | "')
        }
        ask.source = CymruSource(SystemNames(ask.server.spelled), ask.cache, lambda: ask.now)
        assert ask("9.9.0.1")[0].asns == (64496,)
        assert ask("9.9.0.1")[0].prefix == "9.9.0.0/24"  # not the old answer, which is about a longer prefix


@pytest.mark.parametrize("reply", [SERVFAIL, SILENT, Reply(garbage=b"\xff" * 80), Reply(rcode="REFUSED")])
def test_without_an_answer_an_old_one_stands_in(hasty, reply):
    with Asked(GOOGLE) as ask:
        ask("8.8.8.8")
        ask.now += 5 * FRESH_S
        ask.server.zone = lambda name, kind: reply
        ask.source = CymruSource(SystemNames(ask.server.spelled), ask.cache, lambda: ask.now)
        assert ask("8.8.8.8")[0].date == "2027-01-15"
        with pytest.raises(ResolutionError):
            ask("9.9.9.9")


def test_the_number_is_worth_having_without_the_name(hasty):
    with Asked({**GOOGLE, ("as15169.asn.cymru.com", "TXT"): SERVFAIL}) as ask:
        assert (ask("8.8.8.8")[0].asns, ask("8.8.8.8")[0].name) == ((15169,), "")


def test_a_truncated_answer_comes_over_tcp():
    with Asked({**GOOGLE, ("8.8.8.8.origin.asn.cymru.com", "TXT"): records(
        'TXT "15169 | 8.8.8.0/24 | US | arin | 2023-12-28"', truncated=True)}) as ask:  # fmt: skip
        assert ask("8.8.8.8")[0].asns == (15169,)
        assert len(ask.server.over_tcp) == 1


@pytest.mark.parametrize(
    ("texts", "origin"),
    [
        (["23028 1299 | 9.9.0.0/16 | US | arin | 1998-09-25"], ("9.9.0.0/16", (23028, 1299))),
        (["1 | 9.9.0.0/16 | | | ", "2 | 9.9.0.0/16 | | |", "1 | 9.0.0.0/8 |"], ("9.9.0.0/16", (1, 2))),
        (["1 | 9.0.0.0/8 | ", "2 | 9.9.0.0/20 | ", "3 | 9.9.0.0/16 |"], ("9.9.0.0/20", (2,))),
        (["1 | 0.0.0.0/0 | | |"], None),
        (["1 | 9.10.0.0/16 | | |"], None),
        (["1 | 9.9.0.1/16 | | |"], None),
        (["1 | 2600::/16 | | |"], None),
        (["NA | 9.9.0.0/16 | | |"], None),
        (["0 | 9.9.0.0/16 | | |", "99999999999 | 9.9.0.0/16 |"], None),
        (["", "|||", "hello", "\x1b[31m | 9.9.0.0/16"], None),
        (["-1 | 9.9.0.0/16", "١ | 9.9.0.0/16"], None),
        ([], None),
    ],
)
def test_what_an_answer_says(texts, origin):
    assert longest_origin(texts, "9.9.0.1") == origin


@given(st.lists(st.text(max_size=80), max_size=4))
def test_no_answer_ends_anything(texts):
    longest_origin(texts, "9.9.0.1")
    for text in texts:
        parse_holder(text, 1)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("15169 | US | arin | 2000-03-30 | GOOGLE, US", "GOOGLE"),
        ("15169 | US | arin | 2000-03-30 | Example, Inc., US", "Example, Inc."),
        ("15169 | US | arin | 2000-03-30 | Odd | Name, US", "Odd | Name"),
        ("15169 | | arin | | GOOGLE, US", "GOOGLE, US"),
        ("15169 | US | arin | 2000-03-30 | \x1b[2JRed, US", "�[2JRed"),
        ("1 | US | arin | 2000-03-30 | OTHER, US", None),
        ("15169 | US", None),
    ],
)
def test_what_a_holder_is_called(text, name):
    assert parse_holder(text, 15169) == name


def test_the_name_that_is_asked():
    assert question("216.90.108.31") == "31.108.90.216.origin.asn.cymru.com"
    assert question("2001:db8::1").endswith(".8.b.d.0.1.0.0.2.origin6.asn.cymru.com")


class Table:
    info = AsSource("table", None)

    def attribute(self, address):
        return Attribution((64500,), "Known", "9.0.0.0/24", "table") if address == "9.0.0.1" else None


def test_the_network_is_asked_last_and_never_about_special_addresses():
    special = ["10.0.0.1", "192.88.99.1", "64:ff9b::909:909", "192.0.2.1", "2002:909:909::1"]
    with DnsServer(GOOGLE) as server:
        names = SystemNames(server.spelled)
        owners = BackgroundOwners([Table()], None, network=CymruSource(names, LookupCache(None)))
        owners.want([*special, "9.0.0.1", "8.8.8.8"])
        assert owners.settle(20)
        assert [source.name for source in owners.sources] == ["table", "Team Cymru"]
        assert owners.owners()["9.0.0.1"].source == "table"
        assert owners.owners()["8.8.8.8"].source == "Team Cymru"
        assert all(owners.owners()[address].special for address in special)
        assert {name for name, _ in server.asked} == {"8.8.8.8.origin.asn.cymru.com", "as15169.asn.cymru.com"}
        owners.close()


def test_a_dead_network_leaves_the_address_unknown_and_nobody_waiting(hasty):
    with DnsServer(lambda name, kind: SILENT) as server:
        names = SystemNames(server.spelled)
        owners = BackgroundOwners([Table()], None, network=CymruSource(names, LookupCache(None)))
        owners.want(["9.0.0.1", *(f"9.{number % 250}.7.1" for number in range(2000))])
        assert owners.settle(20)
        assert owners.owners()["9.0.0.1"].asn == 64500
        assert not owners.owners()["9.3.7.1"].known
        assert len(server.asked) < 100
        owners.close()
