"""Answers kept from run to run: ages, two programs at once, broken files."""

import os
import sqlite3
import subprocess
import sys
import threading
import time

import pytest

from tracetui.model import ResolutionError
from tracetui.ownership.cached_rows import Origin
from tracetui.ownership.hosts_file import LocalNames
from tracetui.ownership.lookup_cache import FRESH_NEGATIVE_S, FRESH_S, KEPT_S, LookupCache
from tracetui.ownership.system_names import OfflineNames, SystemNames

DAY = Origin((64496, 64497), "Holder")


@pytest.fixture
def store(tmp_path):
    """Open caches over one file, on one clock."""

    class Store:
        path = tmp_path / "deep" / "cache.sqlite3"
        now = 1_800_000_000.0

        def __init__(self):
            self.said = []

        def open(self):
            return LookupCache(self.path, narrate=self.said.append, unix_s=lambda: self.now)

    return Store()


def test_answers_live_from_run_to_run_with_their_age(store):
    first = store.open()
    first.put_origin("9.0.0.0/16", DAY)
    first.put_origin("9.0.7.1/32", Origin((), ""))
    first.put_pointer("9.0.0.1", "r1.example")
    first.put_pointer("9.0.0.2", None)
    first.close()
    store.now += FRESH_NEGATIVE_S + 1
    second = store.open()
    prefix, known = second.origin("9.0.3.4")
    assert (prefix, known.value, known.learned, known.fresh) == ("9.0.0.0/16", DAY, 1_800_000_000.0, True)
    assert second.origin("9.1.0.1") is None
    assert (second.pointer("9.0.0.1").value, second.pointer("9.0.0.1").fresh) == ("r1.example", True)
    assert (second.pointer("9.0.0.2").value, second.pointer("9.0.0.2").fresh) == (None, False)
    assert second.pointer("9.0.0.3") is None
    assert second.origin("9.0.7.1")[0] == "9.0.0.0/16"  # the longer one is old
    store.now += FRESH_S
    assert not second.pointer("9.0.0.1").fresh
    assert not second.origin("9.0.3.4")[1].fresh
    second.close()
    store.now += KEPT_S
    third = store.open()
    assert third.pointer("9.0.0.1") is third.origin("9.0.3.4") is None
    third.close()
    assert store.said == []


def test_a_clock_that_was_wrong_makes_nothing_fresh(store):
    cache = store.open()
    store.now += 10 * FRESH_S
    cache.put_pointer("9.0.0.1", "r1.example")
    store.now -= 10 * FRESH_S
    assert not cache.pointer("9.0.0.1").fresh
    cache.close()


WRITER = """
import sys
from pathlib import Path
from tracetui.ownership.cached_rows import Origin
from tracetui.ownership.lookup_cache import LookupCache
path, mark = Path(sys.argv[1]), int(sys.argv[2])
said = []
cache = LookupCache(path, narrate=said.append)
sys.stdin.readline()
for number in range(500):
    cache.put_pointer(f"9.{mark}.{number // 250}.{number % 250}", f"r{number}.example")
    cache.put_origin(f"9.{mark}.{number % 250}.0/24", Origin((64496 + number,), "x"))
cache.close()
print(said)
"""


def test_two_programs_at_once(store):
    programs = [
        subprocess.Popen(
            [sys.executable, "-c", WRITER, store.path, str(mark)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for mark in (1, 2)
    ]
    store.path.parent.mkdir(parents=True, exist_ok=True)
    for program in programs:
        program.stdin.write("\n")
        program.stdin.flush()
    for program in programs:
        said, _ = program.communicate(timeout=60)
        assert (program.returncode, said) == (0, "[]\n")
    store.now = time.time()
    cache = store.open()
    # A write that met the other program's for too long is left out; most are there, from both.
    for mark in (1, 2):
        there = [number for number in range(500) if cache.pointer(f"9.{mark}.{number // 250}.{number % 250}")]
        assert len(there) > 400
    assert store.said == []
    cache.close()


@pytest.mark.parametrize(
    "content",
    [b"no database at all", b"SQLite format 3\0" + b"\xff" * 4000, b"\0" * 100],
    ids=["text", "head", "zeros"],
)
def test_a_broken_file_is_set_aside(store, content):
    store.path.parent.mkdir(parents=True)
    store.path.write_bytes(content)
    cache = store.open()
    cache.put_pointer("9.0.0.1", "r1.example")
    cache.close()
    assert store.path.with_suffix(".broken").read_bytes() == content
    assert len(store.said) == 1
    assert "cache was damaged" in store.said[0]
    assert store.open().pointer("9.0.0.1").value == "r1.example"


def test_a_table_whose_name_is_no_text_is_set_aside(store):
    cache = store.open()
    cache.put_pointer("9.0.0.1", "r1.example")
    cache._database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    cache.close()
    whole = store.path.read_bytes()
    store.path.write_bytes(whole.replace(b"WITHOUT ROWID", b"\x80ITHOUT ROWI\x9b"))
    store.open().close()
    assert "cache was damaged" in store.said[0]
    assert store.said[0].isprintable()


def test_a_file_that_breaks_while_it_is_open_is_set_aside_too(store):
    cache = store.open()
    for number in range(2000):
        cache.put_pointer(f"9.0.{number // 250}.{number % 250}", "r.example")
    cache._database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    cache._database.execute("PRAGMA cache_size = 0")
    size = store.path.stat().st_size
    with store.path.open("r+b") as file:
        file.write(b"\xaa" * size)
    other = store.open()  # another program finds it first, or we do
    cache.put_pointer("9.9.9.9", "late.example")
    assert cache.pointer("9.9.9.9").value == "late.example"
    assert any("cache was damaged" in line for line in store.said)
    other.close()
    cache.close()


def test_where_no_file_can_be_memory_does(tmp_path):
    (tmp_path / "file").write_text("")
    said = []
    cache = LookupCache(tmp_path / "file" / "cache.sqlite3", narrate=said.append)
    cache.put_pointer("9.0.0.1", "r1.example")
    assert cache.pointer("9.0.0.1").value == "r1.example"
    assert len(said) == 1
    assert "not kept for the next run" in said[0]


def test_rows_of_nonsense_are_not_believed(store):
    store.open().close()
    database = sqlite3.connect(store.path)
    rows = [("not a prefix", "1", "x"), ("9.0.0.0/8", "one", "x"), ("9.0.0.1/8", "1", "x"),
            ("8.0.0.0/8", None, "x"), ("7.0.0.0/8", "7", "\x1b[31mRed"),
            ("6.0.0.0/8", "6", b"\xff")]  # fmt: skip
    database.executemany("INSERT INTO origin VALUES (?, ?, ?, 1800000000)", rows)
    database.execute("INSERT INTO pointer VALUES ('9.0.0.1', '\x1b[31mred', 1800000000)")
    database.execute("INSERT INTO pointer VALUES ('9.0.0.2', 'x', 'yesterday')")
    database.commit()
    database.close()
    cache = store.open()
    assert [cache.origin(f"{number}.0.0.1") is not None for number in (9, 8, 7, 6)] == [
        False,
        False,
        True,
        False,
    ]
    assert cache.origin("7.0.0.1")[1].value.name == "�[31mRed"
    assert cache.pointer("9.0.0.1").value == "�[31mred"
    assert cache.pointer("9.0.0.2") is None
    cache.close()


NOW = 1_800_000_000.0


@pytest.mark.parametrize(
    "row",
    [
        ("9.0.0.0/16", "-7", "x", NOW),
        ("9.0.0.0/16", "0", "x", NOW),
        ("9.0.0.0/16", "4294967296", "x", NOW),
        ("9.0.0.0/16", "٧", "x", NOW),
        ("9.0.0.0/16", " ".join(map(str, range(1, 100))), "x", NOW),
        ("9.0.0.0/16", "7", "x" * 100_000, NOW),
        ("9.0.0.0/16", "", "", NOW),  # that nothing is announced is known of one address only
        ("0.0.0.0/0", "7", "x", NOW),
        ("9.0.0.0/16", "7", "x", NOW + 1),
        ("9.0.0.0/16", "7", "x", float("inf")),
        ("9.0.0.0/16", "7", "x", 1e300),
        (b"9.0.0.0/16", "7", "x", NOW),
    ],
    ids=repr,
)
def test_what_no_answer_says_is_not_believed(store, row):
    store.open().close()
    database = sqlite3.connect(store.path)
    database.execute("INSERT INTO origin VALUES (?, ?, ?, ?)", row)
    database.commit()
    database.close()
    cache = store.open()
    assert cache.origin("9.0.0.1") is None
    assert store.said == []
    cache.close()


@pytest.mark.parametrize(
    "planted",
    [
        "CREATE VIEW origin AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) "
        "SELECT '9.0.0.0/16' AS prefix, '7' AS asns, 'x' AS name, i AS learned FROM n",
        "CREATE TABLE pointer (address TEXT PRIMARY KEY, name TEXT, learned REAL, more TEXT) WITHOUT ROWID",
        "CREATE TABLE other (x)",
    ],
)
def test_a_file_that_others_made_is_set_aside(store, planted):
    store.path.parent.mkdir()
    database = sqlite3.connect(store.path)
    database.execute(planted)
    database.close()
    cache = store.open()
    cache.put_origin("9.0.0.0/16", DAY)
    assert cache.origin("9.0.0.1")[1].value == DAY
    assert len(store.said) == 1
    assert "it has other tables than ours" in store.said[0]
    cache.close()


def test_what_is_no_file_is_not_waited_for(store):
    store.path.parent.mkdir()
    os.mkfifo(store.path)
    cache = store.open()
    cache.put_pointer("9.0.0.1", "r1.example")
    assert cache.pointer("9.0.0.1").value == "r1.example"
    assert "it is no file" in store.said[0]


@pytest.mark.parametrize("ending", ["-journal", "-wal", "-shm"])
def test_nor_is_what_stands_beside_it(store, ending):
    cache = store.open()
    cache.put_pointer("9.0.0.1", "r1.example")
    cache.close()
    os.mkfifo(f"{store.path}{ending}")
    started = threading.Thread(target=lambda: store.open().close(), daemon=True)
    started.start()
    started.join(20)
    assert not started.is_alive()
    assert store.said == [
        f"{store.path}: look-ups are not kept for the next run "
        f"(what is called {store.path.name}{ending} is no file)"
    ]


async def test_names_of_an_earlier_run_stand_in_for_a_dead_resolver(store, tmp_path, monkeypatch):
    async def dead(self, address):
        raise ResolutionError("dead")

    local = LocalNames(tmp_path / "none")
    cache = store.open()
    cache.put_pointer("9.0.0.1", "r1.example")
    assert await OfflineNames(local=local, cache=cache).pointer("9.0.0.1") == "r1.example"
    assert await OfflineNames(local=local, cache=cache).pointer("9.0.0.2") is None
    store.now += 3 * FRESH_S
    monkeypatch.setattr("tracetui.ownership.dns_resolver.Resolver.pointer", dead)
    monkeypatch.setattr("tracetui.ownership.dns_resolver.Resolver.__init__", lambda self, *_: None)
    names = SystemNames(local=local, cache=cache)
    assert await names.pointer("9.0.0.1") == "r1.example"
    with pytest.raises(ResolutionError):
        await names.pointer("9.0.0.2")
    cache.close()
