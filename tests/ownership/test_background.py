"""Look-ups behind the caller's back: what is asked, what is never asked, and who waits for whom."""

import asyncio
import gc
import threading

import pytest

from ownership.dns_server import SILENT, DnsServer, Reply, records
from tracetui.model import AsSource, Attribution, CannotRunError, ResolutionError
from tracetui.ownership import background_lookup
from tracetui.ownership.as_lookup import UNKNOWN_OWNER, AsLookup
from tracetui.ownership.background_lookup import NOT_LOOKED_UP, BackgroundOwners
from tracetui.ownership.hosts_file import LocalNames
from tracetui.ownership.immediate_lookup import ImmediateOwners
from tracetui.ownership.query_pool import MAX_CONCURRENT, MAX_FAILURES_IN_A_ROW, QueryPool
from tracetui.ownership.system_names import SystemNames

PATIENCE_S = 20


class Table:
    """A source out of a dictionary that remembers what it was asked."""

    def __init__(self, answers, name="table", error=None):
        self.info = AsSource(name, "2026-01-02")
        self.answers, self.error = answers, error
        self.asked = []
        self.gate = threading.Event()
        self.gate.set()

    def attribute(self, address):
        self.asked.append(address)
        assert self.gate.wait(PATIENCE_S)
        if self.error is not None:
            raise self.error
        asn = self.answers.get(address)
        return None if asn is None else Attribution((asn,), f"AS{asn}", f"{address}/32", self.info.name)


@pytest.fixture
def looking_up(tmp_path):
    """Make `BackgroundOwners` that are closed at the end."""
    made = []

    def make(sources, server=None, **options):
        names = None if server is None else SystemNames(server.spelled, local=LocalNames(tmp_path / "none"))
        owners = BackgroundOwners(sources, names, **options)
        made.append(owners)
        return owners

    yield make
    for owners in made:
        owners.close()
    assert not [thread.name for thread in threading.enumerate() if thread.name.startswith("tracetui-")]


def test_the_first_source_that_knows_answers(looking_up):
    first, second = Table({"9.0.0.1": 64496}), Table({"9.0.0.1": 64497, "9.0.0.2": 64498}, "second")
    owners = looking_up([first, second])
    owners.want(["9.0.0.1", "9.0.0.2", "9.0.0.3"])
    assert owners.settle(PATIENCE_S)
    assert {address: owner.asn for address, owner in owners.owners().items()} == {
        "9.0.0.1": 64496,
        "9.0.0.2": 64498,
        "9.0.0.3": None,
    }
    assert not owners.owners()["9.0.0.3"].known
    assert second.asked == ["9.0.0.1", "9.0.0.2", "9.0.0.3"]
    assert [other.asn for other in owners.owners()["9.0.0.1"].others] == [64497]
    assert owners.owners()["9.0.0.2"].others == ()
    assert [source.name for source in owners.sources] == ["table", "second"]


def test_sources_rest_when_nothing_is_asked_and_answer_after_it(looking_up, monkeypatch):
    monkeypatch.setattr(background_lookup, "_REST_AFTER_S", 0.01)
    rested = threading.Semaphore(0)
    owners = looking_up([Table({"9.0.0.1": 64496, "9.0.0.2": 64497})], resting=rested.release)
    for address, asn in (("9.0.0.1", 64496), ("9.0.0.2", 64497)):
        owners.want([address])
        assert owners.settle(PATIENCE_S)
        assert owners.owners()[address].asns == (asn,)
        assert rested.acquire(timeout=PATIENCE_S)


def test_a_table_of_numbers_alone_takes_the_name_from_one_that_agrees(monkeypatch):
    numbers = Attribution((64496,), "", "9.0.0.0/24", "numbers")
    for other, name in (
        (Attribution((64496,), "Holder", "9.0.0.0/16", "names"), "Holder"),
        (Attribution((64497,), "Somebody", "9.0.0.0/16", "names"), ""),
        (Attribution((64496, 64497), "Two", "9.0.0.0/16", "names"), ""),
    ):
        sources = [Table({}), Table({}, "names")]
        sources[0].attribute = lambda address: numbers
        monkeypatch.setattr(sources[1], "attribute", lambda address, other=other: other)
        found = AsLookup(sources).attribute("9.0.0.1")
        assert (found.asns, found.name, found.source) == ((64496,), name, "numbers")


def test_an_address_is_asked_for_once(looking_up):
    table = Table({})
    owners = looking_up([table])
    for _ in range(3):
        owners.want(["9.0.0.1", "9.0.0.1", "9.0.0.2"])
    assert owners.settle(PATIENCE_S)
    assert table.asked == ["9.0.0.1", "9.0.0.2"]


def test_beyond_the_limit_nothing_is_asked_and_what_is_left_out_is_counted(looking_up, monkeypatch):
    monkeypatch.setattr(background_lookup, "_MAX_LEFT_OUT", 50)
    table = Table({"9.0.0.1": 64496})
    with DnsServer({}) as server:
        owners = looking_up([table], server, most=10)
        for part in range(100):
            owners.want([f"9.0.{part}.{number}" for number in range(10)])
        assert owners.settle(PATIENCE_S)
        assert len(table.asked) == 10
        assert len(server.asked) == 10
    assert owners.left_out == 990
    assert owners.owners()["9.0.0.1"].asn == 64496
    assert owners.owners()["9.0.99.9"] is NOT_LOOKED_UP
    assert len(owners.owners()) == 10 + 50, "what is remembered of them is limited too"
    owners.want(["9.0.99.9", "9.0.0.1"])
    assert owners.left_out == 990, "known already"


SPECIAL = [
    "10.0.0.1",
    "100.64.0.1",
    "127.0.0.1",
    "169.254.1.1",
    "192.0.2.1",
    "224.0.0.1",
    "fd00::1",
    "fe80::1",
    "::1",
]


def test_special_ranges_are_named_at_once_and_nobody_is_asked(looking_up):
    table = Table({})
    table.gate.clear()  # no source would answer
    with DnsServer(lambda name, kind: records("PTR leaked.example.")) as server:
        owners = looking_up([table], server)
        owners.want(SPECIAL)
        assert [owners.owners()[address].special is not None for address in SPECIAL] == [True] * len(SPECIAL)
        assert owners.settle(PATIENCE_S)
        assert (table.asked, server.asked, dict(owners.names())) == ([], [], {})
    table.gate.set()


def test_an_address_that_wraps_another_is_both():
    table = Table({"8.8.8.8": 15169, "192.175.48.1": 112})
    asked = AsLookup([table]).attribute
    assert asked("64:ff9b::808:808").asns == (15169,)
    assert asked("64:ff9b::808:808").special == "NAT64 of 8.8.8.8"
    assert asked("192.175.48.1").asns == (112,)
    assert asked("64:ff9b::a00:1").name == "NAT64 of 10.0.0.1 (RFC 6052), private-use (RFC 1918)"
    assert table.asked == ["8.8.8.8", "8.8.8.8", "192.175.48.1"]


@pytest.mark.parametrize(
    ("error", "line"),
    [
        (CannotRunError("no database: install one"), "no database: install one"),
        (KeyError("x"), "broken: no longer asked"),
    ],
)
def test_a_source_that_fails_is_said_once_and_left_out(looking_up, error, line):
    said = []
    broken, good = Table({}, "broken", error), Table({"9.0.0.1": 64496, "9.0.0.2": 64496})
    owners = looking_up([broken, good], narrate=said.append)
    owners.want(["9.0.0.1", "9.0.0.2"])
    assert owners.settle(PATIENCE_S)
    assert [owner.asn for owner in owners.owners().values()] == [64496, 64496]
    assert len(said) == 1
    assert said[0].startswith(line)
    assert broken.asked == ["9.0.0.1"]
    assert [source.name for source in owners.sources] == ["table"]


def test_want_does_not_wait_for_a_source(looking_up):
    table = Table({"9.0.0.1": 64496})
    table.gate.clear()
    owners = looking_up([table])
    owners.want(["9.0.0.1", "9.0.0.2"])
    before = owners.version
    assert not owners.settle(0)
    assert dict(owners.owners()) == {}
    table.gate.set()
    assert owners.settle(PATIENCE_S)
    assert owners.version > before


def test_a_view_never_changes_and_is_the_same_while_nothing_does(looking_up):
    owners = looking_up([Table({"9.0.0.1": 64496})])
    empty = owners.owners()
    owners.want(["9.0.0.1"])
    assert owners.settle(PATIENCE_S)
    assert dict(empty) == {}
    assert owners.owners() is owners.owners()
    with pytest.raises(TypeError):
        owners.owners()["9.0.0.2"] = UNKNOWN_OWNER


def test_names_arrive_beside_owners(looking_up):
    zone = {
        ("1.0.0.9.in-addr.arpa", "PTR"): records("PTR r1.example."),
        ("2.0.0.9.in-addr.arpa", "PTR"): records("PTR ."),
    }
    addresses = ["9.0.0.1", "9.0.0.2", "9.0.0.3"]
    with DnsServer(zone) as server:
        owners = looking_up([Table({})], server)
        for _ in range(2):
            owners.want(addresses)
            assert owners.settle(PATIENCE_S)
            assert dict(owners.names()) == {"9.0.0.1": "r1.example"}
        assert [kind for _, kind in server.asked].count("PTR") == 3


def test_a_name_is_confirmed_when_it_has_the_address_that_has_it(looking_up, monkeypatch):
    monkeypatch.setattr("tracetui.ownership.dns_resolver.LIFETIME_S", 0.2)
    zone = {
        (f"{number}.0.0.9.in-addr.arpa", "PTR"): records(f"PTR r{number}.example.") for number in range(1, 6)
    }
    zone |= {
        ("r1.example", "A"): records("A 9.9.9.9", "A 9.0.0.1"),
        ("r2.example", "A"): records("A 9.0.0.1"),
        ("r3.example", "AAAA"): records("AAAA 2600::1"),
        ("r5.example", "A"): SILENT,
    }
    with DnsServer(zone) as server:
        owners = looking_up([Table({})], server)
        owners.want([f"9.0.0.{number}" for number in range(1, 6)])
        assert owners.settle(PATIENCE_S)
        assert len(owners.names()) == 5
        assert dict(owners.confirmations()) == {
            "9.0.0.1": True,
            "9.0.0.2": False,
            "9.0.0.3": False,
            "9.0.0.4": False,
        }


def test_questions_on_the_way_are_bounded_and_answers_find_their_own_address(looking_up):
    held = threading.Event()

    def zone(name, kind):
        return records(f"PTR host-{name.split('.')[0]}.example.", held=held)

    addresses = [f"9.0.0.{number}" for number in range(100)]
    with DnsServer(zone) as server:
        owners = looking_up([Table({})], server)
        owners.want(addresses)
        assert not owners.settle(0.2)
        held.set()
        assert owners.settle(PATIENCE_S)
        assert owners.names() == {address: f"host-{address.split('.')[-1]}.example" for address in addresses}
        assert 1 < server.most_at_once <= MAX_CONCURRENT


def test_a_dead_resolver_is_left_alone_after_the_first_failures(looking_up, monkeypatch):
    monkeypatch.setattr("tracetui.ownership.dns_resolver.POINTER_LIFETIME_S", 0.2)
    with DnsServer(lambda name, kind: SILENT) as server:
        owners = looking_up([Table({})], server)
        owners.want([f"9.0.{third}.{fourth}" for third in range(8) for fourth in range(250)])
        assert owners.settle(PATIENCE_S)  # 2,000 addresses in one time limit, not in 63
        assert len(server.asked) <= MAX_CONCURRENT + MAX_FAILURES_IN_A_ROW
        owners.want(["9.1.0.1"])
        assert owners.settle(0) or owners.settle(PATIENCE_S)
        assert ("1.0.1.9.in-addr.arpa", "PTR") not in server.asked


class MovingNames:
    """A `NameSource` that is dead until it is told to live."""

    alive = False

    async def pointer(self, address):
        if not self.alive:
            raise ResolutionError("dead")
        return f"{address}.example"


async def test_after_a_rest_the_names_come_late():
    names = MovingNames()
    addresses = [f"9.0.0.{number}" for number in range(50)]
    answers = {address: [] for address in addresses}
    given_up, named = asyncio.Event(), asyncio.Event()

    def answered(address, name):
        answers[address].append(name)
        if all(answers.values()):
            given_up.set()
        if all(given and given[-1] for given in answers.values()):
            named.set()

    async def ask(address):
        answered(address, await names.pointer(address))

    lookups = QueryPool(ask, lambda address: answered(address, None), rest_s=0.01)
    for address in addresses:
        lookups.submit((address,))
    running = asyncio.create_task(lookups.run())
    await asyncio.wait_for(given_up.wait(), PATIENCE_S)
    assert set(map(tuple, answers.values())) == {(None,)}
    names.alive = True
    await asyncio.wait_for(named.wait(), PATIENCE_S)
    assert answers == {address: [None, f"{address}.example"] for address in addresses}
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


@pytest.mark.parametrize("reply", [Reply(rcode="SERVFAIL"), Reply(garbage=b"?"), records("PTR a.example.")])
def test_closing_in_the_middle_ends_the_threads_and_keeps_the_answers(looking_up, reply):
    with DnsServer(lambda name, kind: reply) as server:
        owners = looking_up([Table({"9.0.0.1": 64496})], server)
        owners.want(["9.0.0.1"])
        owners.want(["10.0.0.1"])
        owners.close()
        owners.close()
        owners.want(["9.0.0.2"])
        assert owners.settle(0)
        assert "10.0.0.1" in owners.owners()
        assert "9.0.0.2" not in owners.owners()


def test_what_tables_have_read_is_not_gone_through_again_by_the_garbage_collector(looking_up):
    """A collection holds every thread up, the one that sends probes too."""
    table = Table({})
    read = []
    table.attribute = lambda address: read.append([address])
    owners = looking_up([table])
    owners.want([f"9.0.0.{number}" for number in range(1, 18)])
    assert owners.settle(PATIENCE_S)
    searched = {id(each) for each in gc.get_objects()}
    assert [id(each) in searched for each in read] == [False] * 16 + [True]


def test_without_a_question_no_thread_starts(looking_up):
    before = threading.active_count()
    owners = looking_up([Table({})])
    owners.want([])
    assert owners.settle(0)
    assert threading.active_count() == before


def test_a_simulated_internet_is_asked_first_and_at_once():
    table = Table({"192.0.2.1": 64496})
    owners = ImmediateOwners([table], {"192.0.2.1": "r1.example", "192.0.2.9": "other.example"})
    owners.want(["192.0.2.1", "192.0.2.2", "9.0.0.1", "192.0.2.1"])
    assert owners.settle(0)
    assert owners.owners()["192.0.2.1"].asn == 64496
    assert owners.owners()["192.0.2.2"].special == "documentation"
    assert owners.owners()["9.0.0.1"] == UNKNOWN_OWNER
    assert dict(owners.names()) == {"192.0.2.1": "r1.example"}
    assert table.asked == ["192.0.2.1", "192.0.2.2", "9.0.0.1"]
    assert owners.version == 3
    owners.close()
