from dataclasses import replace

import pytest

from analysis.trace_text import ENDPOINT, ICMP, address, owner, times, trace
from tracetui.analysis.as_path import as_path, grade, hop_systems, parting
from tracetui.analysis.lanes.decide_path_state import path_verdict
from tracetui.model import Attribution, Grade, RecordedAs

OWNERS = {
    address("p"): owner(None, "private-use", special="private-use"),
    address("a"): owner(64501, "First"),
    address("b"): owner(64502, "Second"),
    address("c"): owner(64502, "Second"),
    address("d"): owner(64503, "Third"),
    address("m"): owner(64502, "Several", also=(64503,)),
    address("u"): Attribution((), "", None, "table.tsv"),
    ENDPOINT: owner(64510, "Endpoint's"),
}


@pytest.mark.parametrize(
    ("text", "path"),
    [
        pytest.param("1 a, 2 b, 3 c, 4 d, 5 SA", (64501, 64502, 64503, 64510), id="repeats folded"),
        pytest.param(
            "1 p, 2 a, 3 *, 4 u, 5 b, 6 SA", (64501, 64502, 64510), id="private, silent, unannounced skipped"
        ),
        pytest.param("1 a, 2 b, 3-8 *", (64501, 64502), id="silent after"),
        pytest.param("1 a, 2 b, 3 a, 4 d, 5-9 *", (64501, 64502), id="closes on itself"),
        pytest.param("1 a, 2 b, 3 d, 4 b, 5 d, 6 b, 7 d", (64501, 64502, 64503), id="loop over two ASes"),
        pytest.param("1 a, 2 a, 3 b, 4 b, 5 b, 6 d", (64501, 64502, 64503), id="one router twice running"),
        pytest.param("1 a, 2 m, 3 d, 4 SA", (64501, 64503, 64510), id="MOAS takes the AS after it"),
        pytest.param("1 a, 2 b, 3 m, 4 SA", (64501, 64502, 64510), id="MOAS takes the AS before it"),
        pytest.param(
            "1 a, 2 m, 3 *, 4 SA", (64501, 64502, 64510), id="MOAS between strangers takes its first"
        ),
        pytest.param("1 a, 2 z, 3 d", (64501, 64503), id="still being looked up"),
        pytest.param("1-5 *", (), id="nothing answers"),
    ],
)
def test_as_path(text, path):
    assert as_path(trace(*times(5, text)), OWNERS) == path


def test_an_early_reset_does_not_put_the_endpoints_as_on_the_path():
    own = trace(*times(5, "1 a, 2 b, 3 RST"))
    verdict = path_verdict(own, [trace(*times(5, "1 a, 2 b, 3 d, 4 ECHO"), lane=ICMP)])
    assert as_path(own, OWNERS) == (64501, 64502, 64510)
    assert as_path(own, OWNERS, verdict) == (64501, 64502)


def test_hop_systems_has_a_place_for_every_hop():
    own = trace("1 p, 2 m, 3 *, 4 d")
    assert hop_systems(own, OWNERS) == (None, 64503, None, 64503)


@pytest.mark.parametrize(
    ("text", "ttl", "expected"),
    [
        pytest.param("1 a, 2 b, 3 c, 4 d", 2, Grade.STRONG, id="next is in the same AS"),
        pytest.param("1 a, 2 b, 3 *, 4 c", 2, Grade.STRONG, id="next that answers is in the same AS"),
        pytest.param("1 a, 2 b, 3 c, 4 d", 3, Grade.BORDER, id="next is in another, whatever was before"),
        pytest.param("1 a, 2 b, 3 c, 4-9 *", 3, Grade.NORMAL, id="last that answers"),
        pytest.param("1 a, 2 p, 3-9 *", 2, Grade.NONE, id="private"),
        pytest.param("1 a, 2 *, 3 b", 2, Grade.NONE, id="silent"),
        pytest.param("1 a, 2 b", 9, Grade.NONE, id="not probed"),
        pytest.param("1 a, 2 SA", 2, Grade.NORMAL, id="endpoint alone in its AS"),
    ],
)
def test_grade(text, ttl, expected):
    assert grade(trace(text), OWNERS, ttl) is expected


def test_a_recorded_as_has_a_grade_of_its_own_and_confirms_no_other():
    owners = {**OWNERS, address("c"): RecordedAs((64502,), "Second", "2019", "trace").stand_in()}
    path = trace("1 a, 2 b, 3 c, 4 SA")
    assert [grade(path, owners, ttl) for ttl in (1, 2, 3)] == [Grade.BORDER, Grade.BORDER, Grade.RECORDED]
    assert grade(path, OWNERS, 2) is Grade.STRONG
    assert as_path(path, owners) == (64501, 64502, 64510)


def test_the_endpoint_behind_its_own_as_is_sure():
    owners = {**OWNERS, address("e"): owner(64510)}
    assert grade(trace("1 a, 2 e, 3 SA"), owners, 3) is Grade.STRONG


def test_the_most_frequent_responder_speaks_for_its_hop():
    own = trace("1 a, 2 d", "1 a, 2 b", "1 a, 2 b")
    assert as_path(own, OWNERS) == (64501, 64502)
    assert as_path(replace(own, hops=own.hops[:1]), OWNERS) == (64501,)


@pytest.mark.parametrize(
    ("paths", "shared"),
    [
        ([(1, 2, 3), (1, 2, 4)], 2),
        ([(1, 2), (1, 2, 3)], 2),
        ([(1, 2), (1, 2)], None),
        ([(1, 2)], None),
        ([], None),
        ([(5, 2), (1, 2)], 0),
        ([(), (1,)], 0),
    ],
)
def test_parting(paths, shared):
    assert parting(paths) == shared
