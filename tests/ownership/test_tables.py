"""AS tables that users bring: recognised by content, bad lines counted, bad files named in one line."""

import gzip
import json
import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ownership.mmdb import mmdb
from tracetui.model import TableError
from tracetui.ownership.open_tables import open_tables
from tracetui.ownership.text_table_formats import IPTOASN, LINE_FORMATS, parse_table

IPTOASN_TEXT = (
    "1.0.0.0\t1.0.0.255\t13335\tUS\tCLOUDFLARENET\n"
    "1.0.1.0\t1.0.3.255\t0\tNone\tNot routed\n"
    "9.0.0.0\t9.0.1.255\t64496\tZZ\tFirst Holder\n"
    "2600::\t2600:1:ffff:ffff:ffff:ffff:ffff:ffff\t64497\tZZ\tSixth\n"
)
PFX2AS_TEXT = (
    "1.0.0.0\t24\t13335\n9.0.0.0\t23\t64496_64498\n9.0.1.0\t24\t64499,64500_64501\n2600::\t31\t64497\n"
)
PYASN_TEXT = (
    "; IP-ASN32-DAT file\n; Original file : rib.bz2\n1.0.0.0/24\t13335\n9.0.0.0/23\t64496\n2600::/31\t64497\n"
)


@pytest.fixture
def opened(tmp_path):
    """Write files and open them; what was said is in `opened.said`."""

    def open_all(*contents):
        paths = []
        for number, content in enumerate(contents):
            path = tmp_path / f"file{number}.anything"
            path.write_bytes(content.encode() if isinstance(content, str) else content)
            paths.append(path)
        return open_tables(paths, said.append)

    said: list[str] = []
    open_all.said = said  # type: ignore[attr-defined]
    return open_all


def ask(tables, address):
    (table,) = tables.origins
    return table.attribute(address)


@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "gzip"])
@pytest.mark.parametrize("text", [IPTOASN_TEXT, PFX2AS_TEXT, PYASN_TEXT], ids=["iptoasn", "pfx2as", "pyasn"])
def test_text_tables_are_known_by_their_content(opened, text, pack):
    tables = opened(pack(text.encode()))
    assert ask(tables, "1.0.0.7").asns == (13335,)
    assert ask(tables, "1.0.0.7").prefix == "1.0.0.0/24"
    assert ask(tables, "9.0.0.1").asns[0] == 64496
    assert ask(tables, "2600:1::9").asns == (64497,)
    assert ask(tables, "2600:1::9").prefix == "2600::/31"
    assert ask(tables, "8.8.8.8") is None
    assert opened.said == []


def test_an_iptoasn_table_names_holders_and_knows_unannounced_space(opened):
    tables = opened(IPTOASN_TEXT)
    assert ask(tables, "9.0.0.1").name == "First Holder"
    free = ask(tables, "1.0.2.1")
    assert (free.asns, free.name, free.unannounced) == ((), "", True)
    assert free.prefix == "1.0.2.0/23"  # the widest prefix within 1.0.1.0 - 1.0.3.255


def test_several_origins_stay_a_set(opened):
    tables = opened(PFX2AS_TEXT)
    assert ask(tables, "9.0.0.1").asns == (64496, 64498)
    assert ask(tables, "9.0.1.1").asns == (64499, 64500, 64501)


def test_the_date_is_the_archives_else_the_files(opened, tmp_path):
    packed = opened(gzip.compress(IPTOASN_TEXT.encode(), mtime=1_500_000_000)).origins[0]
    assert packed.info.date == "2017-07-14"
    os.utime(tmp_path / "file0.anything", (1_400_000_000, 1_400_000_000))
    assert open_tables([tmp_path / "file0.anything"]).origins[0].info.date == "2017-07-14"
    (tmp_path / "plain").write_text(IPTOASN_TEXT)
    os.utime(tmp_path / "plain", (1_400_000_000, 1_400_000_000))
    assert open_tables([tmp_path / "plain"]).origins[0].info.date == "2014-05-13"


def test_bad_lines_are_counted_with_the_first_ones_number(opened):
    tables = opened(
        "# made by hand\n\n" + IPTOASN_TEXT + "nonsense\n\n9.9.9.0\t9.9.8.0\t1\tX\tbackwards\n"
        "9.9.9.0\t9.9.9.9\t-1\tX\tnegative\n9.9.9.0\t9.9.9.9\t99999999999\tX\tlarge\n5.0.0.0\t5.0.0.9\t64511\n"
    )
    assert ask(tables, "5.0.0.9").asns == (64511,)  # without country and name
    (said,) = opened.said
    assert said.endswith("file0.anything: 4 lines are not an address range, skipped; the first is line 7")


def test_a_download_that_broke_off_gives_what_is_there(opened):
    lines = "".join(
        f"9.{high}.{low}.0\t9.{high}.{low}.255\t{high * 256 + low + 1}\tZZ\tHolder {low}\n"
        for high in range(40)
        for low in range(256)
    )
    packed = gzip.compress(lines.encode())
    tables = opened(packed[: len(packed) // 2])
    assert ask(tables, "9.0.0.1").asns == (1,)
    assert ask(tables, "9.39.255.1") is None
    assert any("ends early after" in said and "fetch it again" in said for said in opened.said)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", "not an AS table: it is empty: give"),
        ("hello\nworld\n", "not an AS table: no line of its beginning"),
        ("1.0.0.0,1.0.0.255,13335\n", "not an AS table"),
        (b"\x1f\x8b garbage", "cannot be read as an AS table"),
        (bytes(range(256)), "not an AS table"),
        ("[1, 2", "damaged JSON"),
        ("[" * 100_000, "damaged JSON"),
        ('{"data": []}', "not PeeringDB's"),
        ('{"colour": "red"}', "not PeeringDB's"),
        ('[{"prefix": "not one", "ixlan_id": 1}, 5]', "not PeeringDB's"),
        ('[{"prefix": true, "ixlan_id": 1}, {"prefix": 7, "ixlan_id": 1}]', "not PeeringDB's"),
        (b"\xab\xcd\xefMaxMind.com", "a damaged mmdb database"),
        (b"\xab\xcd\xefMaxMind.com\xff\xff\xff", "a damaged mmdb database"),
        (mmdb({"9.0.0.0/24": {"country": "ZZ"}}, kind="Test-Country"), "without AS numbers (Test-Country)"),
    ],
)  # fmt: skip
def test_a_file_that_is_none_of_these_is_one_line(opened, content, words):
    with pytest.raises(TableError) as caught:
        opened(content)
    assert words in str(caught.value)
    assert "file0.anything" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_no_file_at_all_is_one_line_too(tmp_path):
    for path, words in [(tmp_path / "gone", "no such file"), (tmp_path, "is a directory")]:
        with pytest.raises(TableError, match=words):
            open_tables([path])


def test_a_table_out_of_a_pipe(tmp_path):
    there, here = os.pipe()
    pipe = Path(f"/dev/fd/{there}")
    os.write(here, gzip.compress(IPTOASN_TEXT.encode()))
    os.close(here)
    tables = open_tables([pipe])
    os.close(there)
    assert ask(tables, "9.0.0.1").asns == (64496,)


@pytest.mark.parametrize(
    "fields",
    [
        {"autonomous_system_number": 64496, "autonomous_system_organization": "Holder"},
        {"asn": "AS64496", "as_name": "Holder", "as_domain": "holder.example"},
        {"asn": "AS64496", "name": "Holder", "route": "9.0.0.0/23"},
        {"traits": {"autonomous_system_number": 64496, "autonomous_system_organization": "Holder"}},
    ],
    ids=["GeoLite2", "IPinfo lite", "IPinfo", "nested"],
)
def test_mmdb_of_several_makers(opened, fields):
    tables = opened(mmdb({"9.0.0.0/23": fields, "2600::/31": fields}))
    found = ask(tables, "9.0.1.7")
    assert (found.asns, found.name, found.prefix) == ((64496,), "Holder", "9.0.0.0/23")
    assert (found.source, found.date) == ("file0.anything", "2023-11-14")
    assert ask(tables, "2600:1::1").prefix == "2600::/31"
    assert ask(tables, "8.8.8.8") is None
    assert ask(tables, "no address") is None


def test_mmdb_records_that_are_no_as(opened):
    record = {"asn": "AS64496", "name": "good"}
    tables = opened(mmdb({"9.0.0.0/24": record, "9.0.1.0/24": {"asn": "ASX"}, "9.0.2.0/24": {"asn": "AS0"}}))
    assert ask(tables, "9.0.1.1") is None
    assert ask(tables, "9.0.2.1").unannounced


IXPFX = {"meta": {}, "data": [
    {"id": 1, "ixlan_id": 7, "protocol": "IPv4", "prefix": "9.1.0.0/22", "in_dfz": False, "status": "ok"},
    {"id": 2, "ixlan_id": 7, "protocol": "IPv6", "prefix": "2600:7::/64"},
    {"id": 3, "ixlan_id": 8, "protocol": "IPv4", "prefix": "9.2.0.0/24"},
]}  # fmt: skip
NETIXLAN = {"data": [
    {"id": 1, "ix_id": 7, "ixlan_id": 7, "name": "TEST-IX: \x1b[31mMain", "asn": 64500, "ipaddr4": "9.1.0.5",
     "ipaddr6": "2600:7:0::5", "speed": 10000},
    {"id": 2, "ix_id": 9, "ixlan_id": 9, "name": "OTHER-IX", "asn": 64501, "ipaddr4": "9.9.0.1",
     "ipaddr6": None},
]}  # fmt: skip
IX = {"data": [{"id": 8, "name": "EIGHT-IX", "name_long": "Eighth Exchange"}]}


def test_an_exchange_is_the_exchange_and_not_a_member(opened):
    tables = opened(json.dumps(IXPFX), json.dumps(NETIXLAN), json.dumps(IX))
    assert tables.origins == ()
    (table,) = tables.exchanges
    port = table.attribute("9.1.0.5")
    assert (port.asns, port.exchange, port.name, port.prefix) == (
        (),
        True,
        "TEST-IX: �[31mMain",
        "9.1.0.0/22",
    )
    assert port.member == 64500
    assert table.attribute("2600:7::5").member == 64500
    assert table.attribute("9.1.0.6").member is None
    assert table.attribute("9.1.0.6").exchange
    assert table.attribute("9.2.0.1").name == "EIGHT-IX"
    assert (table.attribute("9.9.0.1").name, table.attribute("9.9.0.1").prefix) == ("OTHER-IX", None)
    assert table.attribute("9.5.0.1") is None
    assert not port.unannounced
    assert table.info.name == "file0.anything + file1.anything + file2.anything"


def test_one_dump_of_all_kinds_does_as_well(opened):
    tables = opened(json.dumps({"ixpfx": IXPFX, "netixlan": NETIXLAN, "ix": IX, "org": {"data": [1]}}))
    assert tables.exchanges[0].attribute("9.1.0.5").name == "TEST-IX: �[31mMain"


def test_a_database_whose_tree_has_a_loop_is_one_line(opened):
    """Of which the library's extension in C writes beyond its memory."""
    changed = bytearray(mmdb({"9.0.0.0/24": {"asn": 64496}}))
    assert changed[219] == 28
    changed[219] = 20  # the node below number 27
    with pytest.raises(TableError, match="a damaged mmdb database"):
        opened(bytes(changed))


def test_peeringdb_records_of_no_use_are_counted(opened):
    data = [
        *IXPFX["data"],
        {"id": 3, "ixlan_id": 7, "name": 5.5, "asn": 64500, "ipaddr4": "9.1.0.5"},
        {"prefix": "9.3.0.0/99", "ixlan_id": 7},
        {"prefix": "9.3.0.1/24", "ixlan_id": 7},
        None,
    ]
    tables = opened(json.dumps(data))
    assert tables.exchanges[0].attribute("9.1.0.5").name == "internet exchange"
    assert opened.said[0].endswith("4 records left out, the first is number 4")


def test_files_of_all_kinds_in_their_order(opened):
    tables = opened(PYASN_TEXT, json.dumps(IXPFX), mmdb({"9.0.0.0/24": {"asn": "AS1"}}), IPTOASN_TEXT)
    assert [source.info.name for source in tables.origins] == [
        "file0.anything",
        "file2.anything",
        "file3.anything",
    ]
    assert [source.info.name for source in tables.exchanges] == ["file1.anything"]


words = st.text(alphabet="0123456789.:/abcdef\t\n_,;# xAS", max_size=60)


@given(st.lists(st.one_of(st.binary(max_size=40), words.map(str.encode)), max_size=20))
@settings(deadline=None)
def test_no_line_ends_the_reading(lines):
    for form in LINE_FORMATS:
        parsed = parse_table(lines, form)
        assert parsed.bad_lines <= len(lines)
        assert (parsed.first_bad_line is None) == (parsed.bad_lines == 0)
        parsed.table.prefix("9.0.0.1")


@pytest.mark.parametrize(
    "line",
    [
        "1.0.0.0\t1.0.0.255\t13335\tUS\tX\n",
        "1.0.0.0\t24\t13335\n",
        "1.0.0.0/24\t13335\n",
        "::\t::1\t1\n",
        "::/0\t1",
    ],
)
def test_a_line_is_of_one_format_alone(line):
    assert sum(form.takes(line) for form in LINE_FORMATS) == 1


def test_names_of_holders_are_safe_text():
    lines = [
        b"9.0.0.0\t9.0.0.255\t1\tZZ\t\x1b[31mRed\r\n",
        "9.0.1.0\t9.0.1.255\t2\tZZ\tN\u202eame\n".encode(),
    ]
    table = parse_table(lines, IPTOASN).table
    assert table.lookup("9.0.0.1").name == "�[31mRed"
    assert table.lookup("9.0.1.1").name == "N�ame"
