"""Tables and registers that unpack to more than any real one has: one line, and nothing of them is used."""

import gzip

import pytest

from tracetui.evidence.registers.read_register import parse_request, read_register
from tracetui.model import EvidenceError, TableError
from tracetui.ownership.exchange_table import ExchangeTable
from tracetui.ownership.fetch_table import update_table
from tracetui.ownership.open_sources import FETCHED_TABLE
from tracetui.ownership.open_tables import open_tables
from tracetui.ownership.table_file import TableFile

FORMATS = "tracetui.ownership.text_table_formats"
GOOD = "9.0.0.0\t9.0.0.255\t64496\tZZ\tGood\n"
BOMBS = {
    "lines": (GOOD + "x\n" * 5000, "MAX_LINES", 1000, "more than 1,000 lines"),
    "holders": (
        GOOD + "".join(f"9.1.0.0\t9.1.0.255\t{n}\tZZ\tX\n" for n in range(1, 2000)),
        *("MAX_HOLDERS", 1000, "more than 1,000 holders"),
    ),
    "names": (
        GOOD + "".join(f"9.1.0.0\t9.1.0.255\t1\tZZ\t{n}{'X' * 1000}\n" for n in range(100)),
        *("MAX_HOLDER_TEXT", 50_000, "more than 50,000 characters of holders"),
    ),
    "IPv6": (
        GOOD + "".join(f"2001::{n:x}\t2001::{n:x}\t1\tZZ\tX\n" for n in range(2000)),
        *("MAX_RANGES_V6", 1000, "more than 1,000 ranges of IPv6"),
    ),
}


@pytest.fixture(params=BOMBS)
def bomb(request, tmp_path, monkeypatch):
    text, limit, value, said = BOMBS[request.param]
    monkeypatch.setattr(f"{FORMATS}.{limit}", value)
    (tmp_path / "bomb.gz").write_bytes(gzip.compress(text.encode()))
    return tmp_path / "bomb.gz", said


def test_a_table_that_is_too_large_is_one_line_and_not_used(bomb):
    path, said = bomb
    told = []
    (table,) = open_tables([path], told.append).origins
    assert table.attribute("9.0.0.1") is None
    (line,) = told
    assert line.startswith(f"{path}: not an AS table ({said}")
    assert line.endswith("not used: give another file")


def test_what_unpacks_to_too_much_is_not_used_either(tmp_path, monkeypatch):
    monkeypatch.setattr("tracetui.ownership.text_table.MAX_BYTES", 1 << 20)
    (tmp_path / "bomb.gz").write_bytes(gzip.compress(GOOD.encode() + b"\n" * (2 << 20)))
    told = []
    (table,) = open_tables([tmp_path / "bomb.gz"], told.append).origins
    assert table.attribute("9.0.0.1") is None
    assert [line.partition(": ")[2] for line in told] == [
        "not an AS table (more than 1 MiB), not used: give another file"
    ]


def test_an_update_that_is_too_large_keeps_the_old_table(bomb, tmp_path):
    path, said = bomb
    old = gzip.compress(GOOD.encode())
    (tmp_path / "cache").mkdir()
    (tmp_path / "cache" / FETCHED_TABLE).write_bytes(old)
    with pytest.raises(TableError, match=rf"not a table of iptoasn.com \({said}.*the old table is kept"):
        update_table(tmp_path / "cache", path)
    assert [each.read_bytes() for each in (tmp_path / "cache").iterdir()] == [old]


def test_a_register_of_too_many_lines_is_one_line(tmp_path, monkeypatch):
    monkeypatch.setattr("tracetui.evidence.registers.read_register.MAX_LINES", 3000)
    (tmp_path / "bomb.gz").write_bytes(gzip.compress(b"a.example\n" * 2000 + b"1\n" * 5000))
    with pytest.raises(EvidenceError, match=r"bomb.gz: it has more than 3,000 lines: give a smaller file"):
        read_register(parse_request(str(tmp_path / "bomb.gz")))


@pytest.mark.parametrize(
    "text",
    [
        "[" + "[]," * 1_000_001 + "[]]",
        '{"data": [' + "{}," * 1_000_001 + "{}]}",
        "[" + "1," * 8_000_001 + "1]",
    ],
    ids=["lists", "objects", "numbers"],
)
def test_json_of_more_than_peeringdb_has_is_not_unpacked(text, tmp_path, monkeypatch):
    file = tmp_path / "netixlan.json.gz"
    file.write_bytes(gzip.compress(text.encode(), 1))
    monkeypatch.setattr(
        "tracetui.ownership.exchange_table.msgspec.json.decode", lambda _: pytest.fail("unpacked")
    )
    with pytest.raises(TableError, match="more records than PeeringDB has"):
        ExchangeTable([TableFile(file)])
