"""The page on faults and attacks names tests and parts of the fuzzer that exist."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

TESTS = Path(__file__).parent
PAGE = (TESTS.parent / "docs" / "reliability.md").read_text(encoding="utf-8")
NAMED = sorted(set(re.findall(r"\b(test_\w+)::(\w+)", PAGE.partition("\n## ")[2])))


@cache
def names_in(module):
    return {
        node.name
        for path in TESTS.rglob(f"{module}.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }


def test_the_page_names_many_tests():
    assert len(NAMED) > 80


@pytest.mark.parametrize(("module", "name"), NAMED, ids="::".join)
def test_a_named_test_is_there(module, name):
    assert f"test_{name}" in names_in(module)


def test_every_part_of_the_fuzzer_is_on_the_page_and_no_other(monkeypatch):
    monkeypatch.syspath_prepend(str(TESTS.parent / "fuzz"))
    import run

    assert set(re.findall(r"`fuzz: ([\w-]+)`", PAGE.partition("\n## ")[2])) == {
        part.name for part in run.PARTS
    }


def test_every_row_says_what_happens():
    rows = [line for line in PAGE.splitlines() if line.startswith("| ") and "tried by" not in line]
    for row in rows:
        _, fault, tried, happens, _ = row.split("|")
        assert fault.strip(), row
        assert happens.strip(), row
        assert "::" in tried or "`fuzz:" in tried, row
