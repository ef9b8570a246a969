"""AS paths in columns: nothing lost, nothing out of order, what is alike under what is alike."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.findings.simulated import run
from tracetui.analysis.as_alignment import align, as_blocks
from tracetui.simulation.catalogue import available

ASES = st.one_of(st.none(), st.integers(1, 5))
PATHS = st.lists(st.lists(ASES, max_size=7).map(tuple), max_size=7)


def grid(*paths: str) -> list[str]:
    """Paths of one-letter ASes as rows of text."""
    found = align([tuple(map(ord, path)) for path in paths])
    rows = []
    for path, columns in zip(paths, found.rows, strict=True):
        cells = ["."] * found.columns
        for letter, column in zip(path, columns, strict=True):
            cells[column] = letter
        rows.append("".join(cells))
    return rows


@pytest.mark.parametrize(
    ("paths", "rows"),
    [
        (["ABCD", "ABCD"], ["ABCD", "ABCD"]),
        (["AB", "ABCD"], ["AB..", "ABCD"]),
        (["ABCD", "ABXD"], ["ABCD", "ABXD"]),
        (["ABCD", "ABD"], ["ABCD", "AB.D"]),
        (["ABD", "ABXYD"], ["AB..D", "ABXYD"]),
        (["ABCD", "XBCD"], ["ABCD", "XBCD"]),
        (["ABCD", "BCD"], ["ABCD", ".BCD"]),
        (["ABCBD", "ABD"], ["ABCBD", "AB..D"]),
        (["ABA", "A"], ["ABA", "A.."]),
        (["ABXCD", "ABYZCD", "ABCD"], ["ABX.CD", "ABYZCD", "AB..CD"]),
        (["", "AB"], ["..", "AB"]),
        (["", ""], ["", ""]),
        ([], []),
    ],
)
def test_what_is_alike_stands_under_each_other(paths, rows):
    assert grid(*paths) == rows


@given(PATHS)
def test_every_path_can_be_read_back(paths):
    found = align(paths)
    assert len(found.rows) == len(paths)
    for path, columns in zip(paths, found.rows, strict=True):
        assert len(columns) == len(path)
        assert list(columns) == sorted(set(columns))
        assert all(0 <= column < found.columns for column in columns)
    assert {column for row in found.rows for column in row} == set(range(found.columns))
    assert found.columns >= max(map(len, paths), default=0)


@given(PATHS)
def test_a_shared_start_stands_in_the_same_columns(paths):
    rows = align(paths).rows
    for path, columns in zip(paths, rows, strict=True):
        for other, other_columns in zip(paths, rows, strict=True):
            for asn, other_asn, column, other_column in zip(
                path, other, columns, other_columns, strict=False
            ):
                if asn != other_asn:
                    break
                assert column == other_column


@given(st.lists(st.integers(1, 9), min_size=1, max_size=9, unique=True), st.data())
def test_a_path_that_leaves_some_out_stays_in_the_columns_of_the_rest(path, data):
    kept = data.draw(st.lists(st.sampled_from(path), unique=True).map(set))
    shorter = [asn for asn in path if asn in kept]
    found = align([path, shorter])
    assert found.columns == len(path)
    assert found.rows[1] == tuple(path.index(asn) for asn in shorter)


@pytest.mark.parametrize("scenario", available(), ids=lambda scenario: scenario.name)
def test_blocks_are_the_as_path_with_hops_counted(scenario):
    snapshot = run(scenario, rounds=6)
    for lane in snapshot.lanes:
        blocks = as_blocks(lane.trace, snapshot.owners, lane.verdict)
        assert tuple(block.asn for block in blocks) == lane.as_path
        for block in blocks:
            assert 1 <= block.hops <= block.last_ttl - block.first_ttl + 1
