"""The survey in the reports of an investigation that many places traced."""

import json
from dataclasses import replace
from pathlib import Path

import jsonschema
import pytest

from tracetui.investigation.demo_investigation import demo_investigation
from tracetui.investigation.investigation_settings import Settings
from tracetui.model import Snapshot, Tool
from tracetui.probing.pace import Pace
from tracetui.report.json_report import as_dict
from tracetui.report.markdown_report import markdown
from tracetui.report.one_page import one_page

DOCS = Path(__file__).parents[2] / "docs"
SCHEMA = json.loads((DOCS / "snapshot.schema.json").read_text(encoding="utf-8"))
SURVEY = json.loads((DOCS / "survey.schema.json").read_text(encoding="utf-8"))
TITLE = "## From many places"


@pytest.fixture(scope="module")
def sixty() -> Snapshot:
    _, run = demo_investigation(
        "survey", Settings(pace=Pace(rounds=8)), Tool("0", "tracetui demo survey"), controls=(),
        pointers=True, virtual=True, seed=1,
    )  # fmt: skip
    return run(lambda: False)


def some(snapshot: Snapshot, count: int) -> Snapshot:
    origins = list(dict.fromkeys(lane.lane.origin for lane in snapshot.lanes))[:count]
    return replace(snapshot, lanes=tuple(one for one in snapshot.lanes if one.lane.origin in origins))


def test_both_reports_say_how_many_stop_where(sixty):
    for report in (markdown(sixty), one_page(sixty)):
        section = report[report.index(TITLE) :]
        assert "20 of 61 vantages do not reach it. By country: 20 of 50 in RU." in section
        assert "| AS64498 Volga Carrier |  20 of 20 |" in section
        assert "no AS is shown to drop anything by this alone" in section


def test_the_full_report_has_the_tree_the_control_and_what_is_left(sixty):
    report = markdown(sixty)
    assert "✖ 20 stop in AS64498 Volga Carrier (RU 20)\n├ 4 AS65537 Moscow Cable (RU 4)" in report
    assert "### Control: `www.hosting.example`" in report
    assert "What could be behind it, and is not ruled out:" in report
    assert "Control: `www" not in one_page(sixty)


def test_few_places_are_no_survey(sixty):
    assert TITLE not in markdown(some(sixty, 4))
    assert TITLE not in one_page(some(sixty, 4))
    assert as_dict(some(sixty, 4))["survey"] == []


def test_one_page_stays_short_however_many_places(sixty):
    page = one_page(sixty)
    assert len(page.splitlines()) < 100
    assert "mos1, mos2, mos3, mos4 and 16 more" in page
    assert "more pairs of paths part" in page
    assert "; 52 more" in page  # of the places, in words


def test_json_is_what_the_schemas_say(sixty):
    value = json.loads(json.dumps(as_dict(some(sixty, 30))))
    jsonschema.validate(value, SCHEMA)
    assert [one["role"] for one in value["survey"]] == ["suspect", "control"]
    for one in value["survey"]:
        jsonschema.validate(one, {"$ref": "#/$defs/endpoint", "$defs": SURVEY["$defs"]})
    assert {one["country"] for one in value["vantages"]} == {"RU", "KZ", "FI", "DE", "NL", "US"}
