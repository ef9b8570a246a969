"""A survey in Markdown, text and JSON: figures, the schema, and that names from outside do nothing."""

import json
import re
from datetime import UTC, datetime
from pathlib import Path

import jsonschema
import pytest
from markdown_it import MarkdownIt

from analysis.survey.survey_world import CONTROL, World, dropped_in, no_drop
from tracetui.model import Attribution, Tool
from tracetui.report.survey_json import survey_json
from tracetui.report.survey_report import survey_markdown, survey_text

SCHEMA = json.loads((Path(__file__).parents[2] / "docs" / "survey.schema.json").read_text(encoding="utf-8"))
NOW = datetime(2026, 11, 30, tzinfo=UTC)
TOOL = Tool("1.0", "tracetui survey results.json")


@pytest.fixture(scope="module")
def survey():
    world, drop = World(1), dropped_in(8359)
    return world.survey(world.atlas(drop), world.atlas(drop, CONTROL), controls=[CONTROL])


def test_json_is_what_the_schema_says(survey):
    value = json.loads(survey_json(survey, NOW, TOOL))
    jsonschema.Draft202012Validator(SCHEMA).validate(value)
    suspect, control = value["endpoints"]
    assert (suspect["role"], control["role"]) == ("suspect", "control")
    assert suspect["finding"]["kind"] == "stops_in"
    assert suspect["finding"]["ases"] == [8359]
    (row,) = suspect["ases"]
    assert row["stopped"] == row["entered"] == suspect["vantages"]["stopped"] == 12
    assert control["finding"]["kind"] == "all_reached"


def test_text_has_a_bar_for_each_as_and_stays_within_100_columns(survey):
    lines = survey_text(survey, NOW, TOOL).splitlines()
    assert max(map(len, lines)) <= 100
    assert any(
        line.split()[:6] == ["AS8359", "Network", "8359", "12", "of", "12"] and "█" * 20 in line
        for line in lines
    )
    ascii_text = survey_text(survey, NOW, TOOL, ascii_only=True)
    assert "#" * 20 in ascii_text
    assert "█" not in ascii_text


def test_a_bar_is_full_or_empty_only_for_all_or_none(survey):
    text = survey_text(survey, NOW, TOOL)
    shares = [line for line in text.splitlines() if " of " in line and ("█" in line or "░" in line)]
    assert len(shares) > 5
    for line in shares:
        words = line.split()
        place = words.index("of")
        part, whole = int(words[place - 1]), int(words[place + 1])
        assert ("░" not in line) == (part == whole)
        assert ("█" not in line) == (part == 0)


def test_markdown_has_the_finding_what_is_left_and_the_tables(survey):
    page = survey_markdown(survey, NOW, TOOL)
    assert page.startswith("# Survey: 156.154.65.20, ICMP")
    assert "**12 of 60 vantages do not reach it." in page
    assert "* The network behind it drops them where they enter" in page
    assert "### Where paths stop, by AS" in page
    assert "no AS is shown to drop anything by this alone" in page


def test_names_from_outside_have_no_effect():
    world = World(1)
    for address, owner in world.owners.items():
        world.owners[address] = Attribution(owner.asns, "<img src=x> **b** [a](/x) | `c`", None, "table")
    page = survey_markdown(world.survey(world.atlas(dropped_in(8359))), NOW, TOOL)
    html = MarkdownIt("commonmark", {"html": True}).enable("table").render(page)
    assert "&lt;img src=x&gt; **b**" in html
    assert not re.search(r"<(?:img|a)\b", html)
    assert {row.count("<td") for row in re.findall("<tr>(.*?)</tr>", html, re.DOTALL)[1:]} <= {0, 4, 5}


def test_all_that_reach_need_no_next_step():
    world = World(2)
    page = survey_markdown(world.survey(world.atlas(no_drop)), NOW, TOOL)
    assert "All 60 vantages that can be judged reach it." in page
    assert "What would tell more" not in page
