"""Facts come first: without sentences nothing is found, compared, masked or recorded otherwise."""

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

import tracetui
from words import facts_alone

PACKAGE = Path(tracetui.__file__).parent
ROOM = "tracetui.words"
SPEAKERS = ("words", "report", "tui", "cli")
"""Who may ask for sentences: whoever shows them."""


def facts(words: str, share: str) -> list[str]:
    paths = [str(PACKAGE.parent), str(Path(__file__).parents[1])]
    run = subprocess.run(
        [sys.executable, facts_alone.__file__, words, share],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(paths), "PYTHONHASHSEED": "0"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    return run.stdout.splitlines()


@pytest.mark.slow
@pytest.mark.parametrize("share", ["0/4", "1/4", "2/4", "3/4"])
def test_nothing_but_words_changes_without_words(share):
    said, named = facts("words", share), facts("names", share)
    assert len(said) > 100
    assert said.pop() == "module"
    assert named.pop() == "Names"
    assert [line for line in named if line not in said] == []
    assert len(said) == len(named)


def modules():
    for path in sorted(PACKAGE.rglob("*.py")):
        yield path.relative_to(PACKAGE).as_posix(), ast.parse(path.read_text(encoding="utf-8"))


def words_asked_for(tree: ast.Module) -> set[str]:
    return {
        name.asname or name.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module and f"{node.module}.".startswith(f"{ROOM}.")
        for name in node.names
    }


def test_only_those_who_show_sentences_ask_for_them():
    asking = {name for name, tree in modules() if words_asked_for(tree)}
    assert len(asking) > 20
    assert [name for name in sorted(asking) if not name.startswith(SPEAKERS)] == []


def test_nobody_outside_knows_how_the_room_is_divided():
    for name, tree in modules():
        if name.startswith("words/"):
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom):
                assert not (node.module or "").startswith(f"{ROOM}."), name
            elif isinstance(node, ast.Import):
                assert not any(one.name.startswith(ROOM) for one in node.names), name


LOOKS_INTO = {"startswith", "endswith", "partition", "rpartition", "split", "find", "index", "count", "match"}
LOOKS_INTO |= {"search", "fullmatch", "findall"}
FILTERS = ("tui/overview/lane_filter.py",)
"""What the user types is looked for in what the user reads."""


def decisions_on(tree: ast.Module, words: set[str]):
    """Yield where a sentence is compared, or looked into, in the very expression that asks for it."""

    def asks(node: ast.AST) -> bool:
        return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in words

    for node in ast.walk(tree):
        if not isinstance(node, ast.expr | ast.stmt):
            continue
        if isinstance(node, ast.Compare):
            found = any(map(asks, (node.left, *node.comparators)))
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            looks = node.func.attr in LOOKS_INTO
            found = looks and (asks(node.func.value) or any(map(asks, node.args)))
        elif isinstance(node, ast.If | ast.IfExp | ast.While):
            found = asks(node.test)
        else:
            found = False
        if found:
            yield node.lineno


def test_no_sentence_is_looked_into():
    found = {
        name: lines
        for name, tree in modules()
        if not name.startswith(("words/", *FILTERS))
        and (lines := list(decisions_on(tree, words_asked_for(tree))))
    }
    assert found == {}


def test_a_look_into_a_sentence_is_noticed():
    for line in (
        "x = headline(a).startswith('silent')",
        "x = 'no' in headline(a)",
        "x = 1 if headline(a) else 2",
        "x = re.search('no', headline(a))",
    ):
        assert list(decisions_on(ast.parse(line), {"headline"})) == [1]
