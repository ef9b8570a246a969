"""Files of routes: MRT dumps, bgpdump lines and text, plain and packed, whole and broken."""

import bz2
import contextlib
import gzip
import io
import struct
import time
import tracemalloc
from datetime import UTC, datetime
from itertools import islice

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evidence.bgp import outputs
from evidence.bgp.mrt_bytes import attribute, attributes, nlri, old_rib, path, peer_index, record, rib, update
from evidence.cpu_time import scaled_seconds
from tracetui.evidence.bgp.mrt import MrtReader, is_mrt
from tracetui.evidence.bgp.route_file import read_bgp_file
from tracetui.evidence.bgp.route_format import Context
from tracetui.evidence.bgp.wanted_addresses import EVERYTHING, Wanted
from tracetui.model import Asn, EvidenceError
from tracetui.model.bgp_route import OriginCode, SegmentKind

ADDRESS = "185.70.40.101"
PEERS = peer_index(("195.208.208.1", 57681), ("2001:db8::9", 4_200_000_001), ("195.34.53.253", 8359))
COMMUNITIES = attribute(8, struct.pack("!HHHH", 8359, 5500, 8359, 55277)) + attribute(
    32, struct.pack("!III", 8359, 1, 2)
)
TABLE = PEERS + rib(
    "185.70.40.0/24",
    (0, 1552300000, attributes((2, [57681, 8359, 22822, 19905]), more=COMMUNITIES)),
    (2, 1552300001, attributes((2, [8359, 8359, 22822]), (1, [19905, 64500]))),
)
OTHER = rib("8.8.8.0/24", (0, 1552300000, attributes((2, [57681, 15169]))))
SIX = rib(
    "2001:db8:40::/48", (1, 1552300002, attributes((2, [4_200_000_001, 19905]), next_hop="2001:db8::1"))
)


def read(tmp_path, data, *, name="rib.mrt", wanted=None, **options):
    file = tmp_path / name
    file.write_bytes(data)
    return read_bgp_file(file, wanted or Wanted([ADDRESS, "2001:db8:40::1"]), **options)


@pytest.mark.parametrize(
    ("name", "pack"), [("rib", bytes), ("rib.gz", gzip.compress), ("rib.bz2", bz2.compress)]
)
def test_a_table_of_routes(tmp_path, name, pack):
    found = read(tmp_path, pack(TABLE + OTHER + SIX), name=name)
    assert found.remarks == ()
    first, second, third = found.routes
    assert (first.prefix, str(first.path), first.viewer) == (
        "185.70.40.0/24",
        "57681 8359 22822 19905",
        57681,
    )
    assert first.communities == ("8359:5500", "8359:55277", "8359:1:2")
    assert (first.next_hop, first.origin) == ("195.34.53.2", OriginCode.IGP)
    assert (first.source.name, first.source.peer) == (name, "195.208.208.1")
    assert first.source.taken_at == datetime(2019, 3, 12, 12, tzinfo=UTC)
    assert first.last_updated == datetime(2019, 3, 11, 10, 26, 40, tzinfo=UTC)
    assert (str(second.path), second.beyond) == ("8359 8359 22822 {19905 64500}", (22822,))
    assert (third.viewer, third.next_hop, third.source.peer) == (4_200_000_001, "2001:db8::1", "2001:db8::9")


def test_a_viewer_that_the_user_names(tmp_path):
    found = read(tmp_path, TABLE, viewer=Asn(64500))
    assert {route.viewer for route in found.routes} == {64500}


def test_an_old_table_with_short_as_numbers(tmp_path):
    long_path = attribute(17, path((2, [4_200_000_001, 19905])))
    attrs = attributes((2, [8359, 23456, 19905]), size=2, more=long_path)
    (route,) = read(tmp_path, old_rib("185.70.40.0/24", "195.34.53.253", 8359, attrs)).routes
    assert str(route.path) == "8359 4200000001 19905"
    assert route.last_updated == datetime(2019, 3, 11, 10, 26, 40, tzinfo=UTC)


def test_updates_and_what_stands_after_them(tmp_path):
    found = read(
        tmp_path,
        update("195.34.53.253", 8359, withdrawn="185.70.40.0/24")
        + update("195.34.53.253", 8359, attributes((2, [8359, 22822, 19905])), announced="185.70.40.0/24"),
        name="updates",
    )
    assert [(route.path is None, route.is_update) for route in found.updates] == [(True, True), (False, True)]
    assert [str(route.path) for route in found.routes] == ["8359 22822 19905"]


def test_updates_of_ipv6_within_attributes(tmp_path):
    hop = b"\x20" + b"\x20\x01\x0d\xb8" + b"\x00" * 11 + b"\x01" + b"\xfe\x80" + b"\x00" * 14
    reach = struct.pack("!HB", 2, 1) + hop + b"\x00" + nlri("2001:db8:40::/48")
    gone = struct.pack("!HB", 2, 1) + nlri("2001:db8:40::/48")
    attrs = attribute(1, b"\x02") + attribute(2, path((2, [8359, 19905]))) + attribute(14, reach)
    found = read(
        tmp_path, update("2001:db8::9", 8359, attrs) + update("2001:db8::9", 8359, attribute(15, gone))
    )
    first, second = found.updates
    assert (first.prefix, first.next_hop, first.origin) == (
        "2001:db8:40::/48",
        "2001:db8::1",
        OriginCode.INCOMPLETE,
    )
    assert second.path is None


def test_confederation_segments_and_path_identifiers(tmp_path):
    data = PEERS + rib("185.70.40.0/24", (2, 0, attributes((3, [65001]), (2, [8359, 19905]))), add_path=True)
    (route,) = read(tmp_path, data).routes
    assert route.path is not None
    assert [segment.kind for segment in route.path.segments] == [
        SegmentKind.CONFED_SEQUENCE,
        SegmentKind.SEQUENCE,
    ]
    assert (route.viewer, route.last_updated) == (None, None)


def test_bgpdump_lines_as_a_file(tmp_path):
    found = read(tmp_path, gzip.compress(outputs.BGPDUMP.encode()), name="dump.gz")
    assert len(found.updates) == 2
    assert found.remarks == ()


def test_text_as_a_file_counts_ages_from_the_files_own_time(tmp_path):
    found = read(tmp_path, outputs.JUNOS.encode(), viewer=Asn(8359))
    assert [route.viewer for route in found.routes] == [8359, 8359]
    assert found.routes[0].last_updated is not None
    assert found.routes[0].source.taken_at is not None


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"hello\n", "x: no BGP route found: looked for"),
        (gzip.compress(TABLE)[:40], "cannot read x: the compressed data is broken"),
        (TABLE[:30], "x: no whole MRT record"),
        (b"TABLE_DUMP2|1|B|\n" * 3, "x: no line of it is one of bgpdump's"),
    ],
    ids=["text", "packed", "cut", "lines"],
)
def test_files_that_are_no_routes(tmp_path, data, message):
    with pytest.raises(EvidenceError) as error:
        read(tmp_path, data, name="x")
    assert str(error.value).startswith(message)


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(EvidenceError, match="cannot read gone: No such file"):
        read_bgp_file(tmp_path / "gone", EVERYTHING)
    with pytest.raises(EvidenceError, match=r"cannot read .*: Is a directory"):
        read_bgp_file(tmp_path, EVERYTHING)


def test_what_is_cut_off_or_broken_is_told(tmp_path):
    assert read(tmp_path, TABLE + SIX[:-3]).remarks == ("record 3 is cut off; what follows is not read",)
    broken = record(13, 2, b"\x00\x00\x00\x01\xff")
    assert read(tmp_path, TABLE + broken).remarks == ("1 of 3 records are broken and were left out",)
    cut = gzip.compress(TABLE + OTHER * 3000 + SIX)[:-40]
    found = read(tmp_path, cut, name="cut.gz")
    assert len(found.routes) == 2
    assert found.remarks[0].startswith("the file is cut off or broken after 2 routes")


def test_a_large_table_is_read_as_a_stream(tmp_path):
    data = TABLE + OTHER * 60_000
    file = tmp_path / "rib.gz"
    file.write_bytes(gzip.compress(data, 1))
    tracemalloc.start()
    started = time.process_time()
    found = read_bgp_file(file, Wanted([ADDRESS]))
    spent = time.process_time() - started
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(found.routes) == 2
    assert peak < 8 << 20
    assert spent < 10


def test_reading_stops_when_nobody_wants_it(tmp_path):
    file = tmp_path / "rib"
    file.write_bytes(TABLE + OTHER * 5)
    asked = []
    with pytest.raises(EvidenceError):
        read_bgp_file(file, Wanted([ADDRESS]), stopped=lambda: asked.append(1) or True)
    assert asked


WHOLE = TABLE + OTHER + SIX + update("195.34.53.253", 8359, withdrawn="185.70.40.0/24")


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_mutated_dumps_raise_nothing_else(data):
    changed = bytearray(WHOLE)
    for _ in range(data.draw(st.integers(1, 6))):
        changed[data.draw(st.integers(0, len(changed) - 1))] = data.draw(st.integers(0, 255))
    reader = MrtReader(Context(wanted=Wanted([ADDRESS, "2001:db8:40::1"])))
    try:
        routes = list(reader.read(io.BytesIO(changed)))
    except EvidenceError:
        return
    assert all(str(route.path).isprintable() for route in routes)


@settings(max_examples=200, deadline=None)
@given(st.binary())
def test_any_bytes(data):
    is_mrt(data)
    try:
        list(MrtReader(Context()).read(io.BytesIO(data)))
    except EvidenceError as error:
        assert "\n" not in str(error)


UPDATE = bytes(10) + b"\x00\x01" + bytes(8) + b"\xff" * 16 + bytes(2) + b"\x02" + bytes(4)
HUGE = {
    "peers": record(13, 1, bytes(6) + struct.pack("!H", 65535) + (bytes(9) + b"\x00\x07") * 65535),
    "prefixes of nothing": record(16, 4, UPDATE + bytes(60_000)) * 17,
    "one message of prefixes": record(
        16, 4, bytes(20) + b"\xff" * 16 + bytes(2) + b"\x02" + bytes(1_000_000)
    ),
    "entries that are not there": TABLE + record(13, 2, bytes(5) + b"\xff\xff") * 40_000,
    "empty records": record(13, 2, b"") * 87_000,
    "empty segments": TABLE + rib("0.0.0.0/0", (0, 0, attribute(2, b"\x02\x00" * 30_000))) * 17,
}


@pytest.mark.slow
@pytest.mark.parametrize("name", HUGE)
def test_a_megabyte_of_hostile_records_takes_a_second_and_little_memory(name):
    data = HUGE[name]

    def read_all() -> None:
        with contextlib.suppress(EvidenceError):
            list(islice(MrtReader(Context(wanted=Wanted([ADDRESS]))).read(io.BytesIO(data)), 20_000))

    assert scaled_seconds(read_all, enough=1) < 1
    tracemalloc.start()
    read_all()
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 40 << 20
