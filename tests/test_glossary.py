"""Every name that reaches a screen, a report or JSON is explained in the glossary or on a page of its own."""

import re
from enum import StrEnum
from pathlib import Path

import pytest

from tracetui.model import (
    Confidence,
    ControlFit,
    Evidence,
    ExplanationKind,
    ExplanationState,
    FindingKind,
    FlowKind,
    Grade,
    PathState,
    ReplyKind,
    Role,
    Silence,
    StepKind,
)
from tracetui.model import evidence as kinds
from tracetui.words.explanations import _SAID

DOCS = Path(__file__).parents[1] / "docs"
GLOSSARY = (DOCS / "glossary.md").read_text(encoding="utf-8")
PAGES = GLOSSARY + "".join(
    (DOCS / name).read_text(encoding="utf-8") for name in ("findings.md", "path-states.md")
)
NAMED = {
    *re.findall(r"`(\w+)`", PAGES),
    *(word.strip() for row in re.findall(r"^\| ([^|]+) \|", PAGES, re.MULTILINE) for word in row.split(",")),
}
"""Everything in code style, and the words that rows explain."""

ENUMS = [
    Confidence, ControlFit, ExplanationKind, ExplanationState, FindingKind, FlowKind, Grade, PathState,
    ReplyKind, Role, Silence, StepKind,
]  # fmt: skip


@pytest.mark.parametrize("enum", ENUMS, ids=lambda enum: enum.__name__)
def test_every_value_is_explained(enum: type[StrEnum]):
    values = {one.value.replace("ruled_out", "ruled out") for one in enum}
    assert values - NAMED - {*re.findall(r"`([^`]+)`", PAGES)} == set()


def evidence_names() -> set[str]:
    found = {
        value.name
        for value in vars(kinds).values()
        if isinstance(value, type) and issubclass(value, Evidence) and value is not Evidence
    }
    return found - {kinds.WayShown.name}  # a base


def test_the_glossary_has_every_kind_of_evidence_and_no_other():
    table = GLOSSARY.partition("### Evidence")[2].partition("###")[0]
    assert set(re.findall(r"^\| `(\w+)`", table, re.MULTILINE)) == evidence_names()


def test_explanations_are_said_in_the_glossary_as_on_the_screen():
    table = dict(re.findall(r"^\| `(\w+)` \| (.*?) \|$", GLOSSARY, re.MULTILINE))
    assert {kind: table.get(kind) for kind in _SAID} == dict(_SAID)
