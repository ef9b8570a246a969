"""Texts are plain English: no source, page, help or report has a phrase that reads as translated.

Each phrase was found by reading aloud; beside it is what an engineer says.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from tracetui import cli
from tracetui.cli.parser import COMMANDS
from tracetui.investigation.demo_investigation import demo_investigation
from tracetui.investigation.investigation_settings import Settings
from tracetui.model import Tool
from tracetui.probing.pace import Pace
from tracetui.report import render
from tracetui.simulation.catalogue import available

ROOT = Path(__file__).parents[1]
PAGES = sorted(
    [
        *(page for page in ROOT.glob("docs/*.md") if page.name != "case-2019-report.md"),  # as rendered below
        *ROOT.glob("docs/*.1"),
        *(ROOT / f"{name}.md" for name in ("README", "CONTRIBUTING", "SECURITY")),
    ]
)
SOURCES = sorted((ROOT / "tracetui").rglob("*.py"))
SCENARIOS = sorted((ROOT / "tracetui" / "simulation" / "scenarios").glob("*.toml"))

_COUNTED: Final = (
    "lane|row|line|panel|endpoint|round|tick|column|probe|hop|view|format|module|target|flow|prefix|finding"
)
INSTEAD: Final = {
    r"are not enough: it takes": "a firmer finding needs ... more",
    r"\bmakes? it surer|\bsurer\b": "next steps; firmer",
    r"blackhole unlocalised": "silent, location unknown",
    rf"\b(?:a|an|one) [a-z-]+ (?:a|an) (?:{_COUNTED})\b": "one panel per endpoint",
    rf", (?:a|an) (?:{_COUNTED}|trace|file) each\b": "one line each",
    r"from sight|is traced on\b": "hide; tracing continues",
    r"[Hh]old the view|(?:probing|tracing) goes on": "freeze the display; probing continues",
    r"the moment (?:a|\d+) rounds? (?:before|later)": "step back one round",
    r"\bparts? here\b": "paths diverge",
    r"[Ss]econds from (?:round|check) to": "interval (s); seconds between rounds",
    r"\bis minded\b": "is honoured",
    r"dropped and not used|not for a probe of ours|a probe of ours": "unrelated packets ignored",
    r"at the door\b": "at the edge of",
    r"\bin no time\b": "immediately",
    r"otherwise than": "differently from",
    r"\btold of (?:in|beside|as|it)\b|\bnot told\b": "cited; not stated",
    r"[Ii]t has been so\b": "observed since; in this state since",
    r"\bThat (?:is so|holds) for\b": "this holds for",
    r"on their way back|on its way out": "on the way back",
    r"knows no way\b|no way to that": "has no route",
    r"by its wish": "by arrangement",
    r"put back\b|brings? it back": "restored",
    r"answers? makes? no sense|that makes no sense": "malformed answer",
    r"round in a loop": "loops",
    r"\bas [A-Z][\w ]* has it\b": "as seen by",
    r"behind the back of": "in the background",
    r"to and fro": "back and forth",
    r"does not show itself|do not show \(": "unseen; does not answer",
    r"\bgoes? with '|do(?:es)? not go (?:with|together)": "is only for; cannot be combined with",
    r"nothing (?:was|is) (?:removed|pasted), or": "nothing to restore",
    r"\bmend(?:ed)? it\b": "fix it",
}  # fmt: skip
ANY: Final = re.compile("|".join(INSTEAD))


def translated(text: str) -> list[str]:
    """The phrases in a text that read as translated, with some words around them."""
    joined = " ".join(text.split())
    return [joined[max(0, one.start() - 30) : one.end() + 30] for one in ANY.finditer(joined)]


def strings(source: Path) -> Iterator[str]:
    """The strings of a module, docstrings among them; of one with values in it, its words."""
    for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
        if isinstance(node, ast.JoinedStr):
            yield "".join(
                part.value if isinstance(part, ast.Constant) and isinstance(part.value, str) else "…"
                for part in node.values
            )
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


@pytest.mark.parametrize(
    "text",
    [
        "27 rounds over 27 s are not enough: it takes 10 rounds and 60 s",
        "Would make it surer",
        "before: blackhole unlocalised",
        "Hops side by side, a panel an endpoint.",
        "Take the chosen endpoint from sight; it is traced on.",
        "Hold the view still while probing goes on.",
        "Show the moment a round before.",
        "part here: after AS8359",
        "Seconds from round to\nround",
        "`NO_COLOR` is minded.",
        "dropped and not used: 5164 not for a probe of ours",
        "at the door of the endpoint's own network",
        "no screen: print a report, in no time",
    ],
)
def test_phrases_that_were_mended_are_found(text):
    assert translated(text)


@pytest.mark.parametrize(
    "text",
    [
        "One panel per endpoint.",
        "Freeze the display; probing continues.",
        "at most five times a second",
        "for a target that answers",
        "the paths diverge here",
    ],
)
def test_plain_english_is_not_taken_for_translated(text):
    assert translated(text) == []


def test_sources_are_plain_english():
    found = {
        f"{source.relative_to(ROOT)}: {phrase}"
        for source in SOURCES
        for text in strings(source)
        for phrase in translated(text)
    }
    assert found == set()


@pytest.mark.parametrize("page", [*PAGES, *SCENARIOS], ids=lambda page: page.name)
def test_pages_are_plain_english(page):
    assert translated(page.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("command", ["", *(command.name for command in COMMANDS)])
def test_the_help_is_plain_english(capsys, command):
    with pytest.raises(SystemExit):
        cli.main([*command.split(), "--help"])
    assert translated(capsys.readouterr().out) == []


@pytest.mark.parametrize("scenario", [scenario.name for scenario in available()])
def test_reports_are_plain_english(scenario):
    investigation, run = demo_investigation(
        scenario,
        Settings(pace=Pace(rounds=12)),
        Tool("0", "tracetui"),
        controls=(),
        pointers=True,
        virtual=True,
        seed=7,
    )
    try:
        snapshot = run(lambda: False)
    finally:
        investigation.close()
    texts = [render(snapshot, "markdown"), render(snapshot, "markdown", full=True), render(snapshot, "text")]
    assert [phrase for text in texts for phrase in translated(text)] == []
