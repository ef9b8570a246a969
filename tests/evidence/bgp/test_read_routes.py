"""Every format of routes is read as a person reads it, and hostile text does nothing but an EvidenceError."""

import contextlib
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evidence.bgp import outputs
from evidence.cpu_time import scaled_seconds
from tracetui.evidence.bgp.read_routes import known_formats, read_bgp_text
from tracetui.evidence.bgp.wanted_addresses import Wanted
from tracetui.model import Asn, EvidenceError
from tracetui.model.bgp_route import OriginCode, RpkiState, SegmentKind

AT = datetime(2019, 3, 12, 12, 10, tzinfo=UTC)
NAMES = [name for name in vars(outputs) if name.isupper()]


def rows(text: str, **options):
    """Return prefix, path, next hop and whether it is best, of each route."""
    found = read_bgp_text(text, taken_at=AT, **options)
    assert found.remarks == ()
    return [(route.prefix, str(route.path), route.next_hop, route.best) for route in found.routes]


P = "185.70.40.0/24"
BEST = (P, "22822 19905", "195.34.53.2", True)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (outputs.IOS, [(P, "3356 22822 19905 19905", "4.69.1.1", False), BEST]),
        (outputs.XR, [(P, "(65010) 22822 {19905 64500}", "10.0.0.1", True)]),
        (outputs.NXOS, [(P, "22822 19905", "192.0.2.1", True)]),
        (outputs.FRR, [("2001:db8:40::/48", "22822 19905", "2001:db8:1::1", True)]),
        (
            outputs.IOS_TABLE,
            [
                ("156.154.64.0/24", "22822 19905", "195.34.53.2", True),
                (P, "3356 22822 19905", "10.255.0.7", False),
                BEST,
                ("10.0.0.0/8", "", "0.0.0.0", True),
                ("2001:db8:1234:5678:9abc::/80", "22822 19905", "2001:db8::1", True),
            ],
        ),
        (outputs.FRR_TABLE, [BEST, (P, "3356 22822 19905", "10.0.0.3", False)]),
        (outputs.NXOS_TABLE, [BEST, (P, "3356 19905", "10.0.0.3", False)]),
        (outputs.JUNOS, [BEST, (P, "3356 22822 19905", "10.1.1.1", False)]),
        (outputs.JUNOS_DETAIL, [BEST, (P, "3356 22822 19905", "10.1.1.1", False)]),
        (outputs.BIRD1, [BEST, (P, "3356 22822 19905", "10.1.1.1", False)]),
        (
            outputs.BIRD2,
            [
                (P, "22822 {19905 64500}", "195.34.53.2", True),
                (P, "3356 22822 19905", "10.1.1.1", False),
            ],
        ),
        (
            outputs.OPENBGPD,
            [BEST, (P, "3356 22822 19905", "10.1.1.1", False), ("192.0.2.0/24", "", "0.0.0.0", True)],
        ),
        (outputs.OPENBGPD_DETAIL, [BEST, (P, "3356 22822 19905", "10.1.1.1", False)]),
        (outputs.LOOKING_GLASS, [BEST]),
        (outputs.FRR_JSON, [BEST]),
        (outputs.FRR_JSON_DETAIL, [BEST]),
        (outputs.OPENBGPD_JSON, [BEST]),
        (outputs.NOT_IN_TABLE, [("185.70.40.101/32", "None", None, False)]),
    ],
    ids=lambda value: None,
)
def test_each_format(text, expected):
    assert rows(text) == expected


def test_attributes_of_a_router():
    first, second = read_bgp_text(outputs.IOS, viewer=Asn(8359), name="glass.txt").routes
    assert first.communities == ("3356:3", "3356:22", "no-export")
    assert second.communities[-1] == "8359:16005"
    assert (second.rpki, second.origin) == (RpkiState.VALID, OriginCode.IGP)
    assert (second.source.peer, second.source.name) == ("195.34.53.2", "glass.txt")
    assert first.source.peer == "10.255.0.7"
    assert (second.viewer, second.beyond) == (8359, (22822, 19905))
    assert first.beyond == (3356, 22822, 19905)


def test_parts_of_paths_keep_their_kind():
    (route,) = read_bgp_text(outputs.XR).routes
    assert route.path is not None
    assert [segment.kind for segment in route.path.segments] == [
        SegmentKind.CONFED_SEQUENCE,
        SegmentKind.SEQUENCE,
        SegmentKind.SET,
    ]
    assert route.path.origins == (19905, 64500)
    assert route.beyond == (22822,)
    assert (route.origin, route.rpki) == (OriginCode.INCOMPLETE, RpkiState.NOT_FOUND)


@pytest.mark.parametrize(
    ("text", "updated"),
    [
        (outputs.XR, [AT - timedelta(days=2, hours=2)]),
        (outputs.FRR, [datetime(2024, 10, 4, 12, 0, 1, tzinfo=UTC)]),
        (
            outputs.JUNOS,
            [
                AT - timedelta(days=17, hours=4, minutes=5, seconds=6),
                AT - timedelta(hours=5, minutes=6, seconds=7),
            ],
        ),
        (
            outputs.JUNOS_DETAIL,
            [
                AT - timedelta(days=1, hours=2, minutes=3, seconds=4),
                AT - timedelta(hours=5, minutes=6, seconds=7),
            ],
        ),
        (outputs.BIRD1, [datetime(2019, 3, 12, 12, 4, 5, tzinfo=UTC), datetime(2019, 3, 1, tzinfo=UTC)]),
        (outputs.BIRD2, [datetime(2019, 3, 12, 9, 4, 5, tzinfo=UTC), datetime(2019, 3, 1, tzinfo=UTC)]),
        (
            outputs.OPENBGPD_DETAIL,
            [
                AT - timedelta(days=2, hours=3, minutes=4),
                AT - timedelta(hours=5, minutes=6, seconds=7),
            ],
        ),
        (outputs.FRR_JSON_DETAIL, [datetime(2019, 3, 12, 12, 4, 5, tzinfo=UTC)]),
    ],
    ids=lambda value: None,
)
def test_when_a_route_was_learned(text, updated):
    assert [route.last_updated for route in read_bgp_text(text, taken_at=AT).routes] == updated


def test_ages_say_nothing_where_nobody_knows_when_the_text_was_printed():
    assert [route.last_updated for route in read_bgp_text(outputs.JUNOS).routes] == [None, None]


@pytest.mark.parametrize(
    ("text", "states"),
    [
        (
            outputs.IOS_TABLE,
            [RpkiState.VALID, RpkiState.NOT_FOUND, RpkiState.NOT_FOUND, None, None],
        ),
        (outputs.JUNOS, [RpkiState.VALID, None]),
        (outputs.JUNOS_DETAIL, [RpkiState.INVALID, None]),
        (outputs.FRR, [RpkiState.VALID]),
        (outputs.OPENBGPD, [RpkiState.VALID, RpkiState.NOT_FOUND, RpkiState.NOT_FOUND]),
        (outputs.OPENBGPD_DETAIL, [RpkiState.VALID, None]),
    ],
    ids=lambda value: None,
)
def test_rpki_states(text, states):
    assert [route.rpki for route in read_bgp_text(text).routes] == states


@pytest.mark.parametrize("text", [outputs.FRR_TABLE, outputs.JUNOS_DETAIL, outputs.FRR_JSON])
def test_outputs_that_name_the_routers_own_as(text):
    assert {route.viewer for route in read_bgp_text(text).routes} == {8359}
    assert {route.viewer for route in read_bgp_text(text, viewer=Asn(64500)).routes} == {64500}


def test_lines_of_bgpdump():
    found = read_bgp_text(outputs.BGPDUMP)
    table = found.routes[:3]
    assert [(route.viewer, route.beyond) for route in table] == [
        (57681, (8359, 22822, 19905)),
        (8359, (22822, 19905)),
        (None, (3356, 22822)),
    ]
    assert str(table[1].path) == "8359 8359 22822 19905"  # prepending is kept
    assert table[0].source.taken_at == datetime(2019, 3, 12, 12, tzinfo=UTC)
    assert table[0].communities == ("57681:1", "8359:55")
    assert [(route.is_update, route.path is None) for route in found.updates] == [(True, True), (True, False)]
    assert found.updates[0].last_updated == datetime(2019, 3, 12, 12, 4, 5, tzinfo=UTC)
    (after,) = found.routes[3:]
    assert (str(after.path), after.viewer, after.is_update) == ("8359 3356 19905", 8359, False)


def test_only_wanted_routes_are_kept():
    assert rows(outputs.IOS_TABLE, wanted=Wanted(["156.154.64.10"])) == [
        ("156.154.64.0/24", "22822 19905", "195.34.53.2", True)
    ]
    assert rows(outputs.IOS_TABLE, wanted=Wanted(["198.51.100.1"])) == []


def test_several_outputs_in_one_paste_with_words_between():
    text = (
        f"hi, this is what we see:\n\n{outputs.IOS}\nand from the other box\n> \n{outputs.JUNOS}\nregards\n"
    )
    found = read_bgp_text(text)
    assert [route.source.tool for route in found.routes] == ["Cisco or FRR", "Cisco or FRR", "Junos", "Junos"]


def test_quoted_and_indented_differently():
    quoted = "".join(f"> {line}\n" for line in outputs.BIRD1.splitlines())
    assert rows(quoted)[0] == BEST


def test_columns_that_lost_their_place():
    text = (
        "Network Next Hop Metric LocPrf Weight Path\n*> 185.70.40.0/24 195.34.53.2 10 200 0 22822 19905 i\n"
    )
    assert rows(text) == [BEST]


def test_a_line_that_is_not_understood_is_told():
    text = outputs.IOS.replace("  22822 19905\n", "  22822 x19905\n")
    found = read_bgp_text(text)
    assert len(found.routes) == 1
    assert [remark.partition(":")[0] for remark in found.remarks] == ["line 14 was not understood"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("hello\nworld\n", "no BGP route found: looked for the output of bgpdump, BIRD"),
        ("", "no BGP route found: looked for"),
        (
            "BGP routing table entry for 185.70.40.0/24\n  22822 what\n    1.2.3.4 from 1.2.3.4 (1.1.1.1)\n",
            "nearest is Cisco or FRR, one prefix",
        ),
        ("% Network not in table\n", "nearest is a router without a route"),
        ('{"routes": {"nonsense": [{"path": "1 2"}]}}\n', "FRR JSON: no prefix: 'nonsense'"),
    ],
)
def test_unknown_text_is_one_line(text, message):
    with pytest.raises(EvidenceError) as error:
        read_bgp_text(text)
    assert message in str(error.value)
    assert "\n" not in str(error.value)


def test_the_line_that_did_not_fit_is_named():
    text = "BGP routing table entry for 185.70.40.0/24\n  22822 what\n    1.2.3.4 from 1.2.3.4 (1.1.1.1)\n"
    with pytest.raises(EvidenceError, match=r"line 3 does not fit: '1\.2\.3\.4 from"):
        read_bgp_text(text)


def test_formats_are_found_by_themselves_and_begin_differently():
    texts, documents = known_formats()
    assert {form.name for form in texts} >= {"Junos", "BIRD", "OpenBGPD", "bgpdump"}
    assert {form.name for form in documents} >= {"FRR JSON", "RIPEstat"}
    lines = [line for name in NAMES for line in getattr(outputs, name).splitlines()]
    for line in lines:
        assert sum(form.start.match(line) is not None for form in texts) <= 1, line


# Hostile text

LINES = sorted({line for name in NAMES for line in getattr(outputs, name).splitlines()})


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(LINES), max_size=40), st.data())
def test_mixed_and_mutated_lines_raise_nothing_else(lines, data):
    text = list("\n".join(lines))
    for _ in range(data.draw(st.integers(0, 8))):
        place = data.draw(st.integers(0, max(0, len(text) - 1)))
        text[place : place + data.draw(st.integers(0, 3))] = data.draw(st.text(max_size=3))
    try:
        found = read_bgp_text("".join(text))
    except EvidenceError as error:
        assert "\n" not in str(error)
    else:
        assert all(str(route.path).isprintable() for route in found.routes)


@settings(max_examples=200, deadline=None)
@given(st.one_of(st.text(), st.binary()))
def test_any_text_or_bytes(source):
    with pytest.raises(EvidenceError):
        read_bgp_text(source)


HOSTILE = {
    "entries": "BGP routing table entry for 1.2.3.0/24\n",
    "paths": "BGP routing table entry for 1.2.3.0/24\n" + "  " + "1 " * 2000 + "\n",
    "openings": "(" * 4000 + "\n",
    "headers": "     Network          Next Hop            Metric LocPrf Weight Path\n",
    "rows": " *>  10.0.0.0         0.0.0.0                  0         32768 i\n",
    "half rows": " *>  10.0.0.0\n",
    "spaces": " " * 4000 + "\n",
    "digits": "1" * 4000 + "\n",
    "json": '{"a":' * 500 + "\n",
    "braces": "{\n",
    "routes of FRR": '{"routes": {"1.0.0.0/8": [' + '{"path": "1"},' * 65_000 + "{}]}}",
    "routes of OpenBGPD": '{"rib": [{"prefix": "1.0.0.0/8", "aspath": "1"}]}\n',
    "events": '{"data": {"initial_state": [], "events": [' + "{}," * 300_000 + "{}]}}",
    "tags": "<" * 4000 + "\n<pre>",
    "bird": "10.0.0.0/8 via 10.0.0.1 on eth0 [" + "a" * 3000 + "\n",
    "junos": "inet.0: 1 destinations, 1 routes\n" + "AS path: " + "1 " * 1500 + "\n",
    "bgpdump": "TABLE_DUMP2|1552392000|B|1.1.1.1|1|10.0.0.0/8|1 2 3|IGP|1.1.1.1|0|0|||\n",
    "openbgpd": "flags  vs destination          gateway          lpref   med aspath origin\n",
    "openbgpd rows": "*>    V-? 185.70.40.0/24       195.34.53.2        200     0 22822 19905 i\n",
    "communities": "      Community: " + "1:1 " * 900 + "\n",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_megabyte_takes_a_second_at_most(name):
    unit = HOSTILE[name]
    text = unit * (1_000_000 // len(unit))
    first = {"rows": "headers", "half rows": "headers", "openbgpd rows": "openbgpd", "communities": "entries"}
    text = HOSTILE.get(first.get(name, ""), "") + text

    def read() -> None:
        with contextlib.suppress(EvidenceError):
            read_bgp_text(text)

    assert scaled_seconds(read, enough=1) < 1
