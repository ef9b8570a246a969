"""Before and after in reports: Markdown, text, JSON, and all of them under the mask."""

import json
from datetime import timedelta
from functools import cache
from pathlib import Path

import jsonschema
import pytest

from tracetui.investigation.compare_moments import compared
from tracetui.model import Snapshot
from tracetui.privacy.mask import masked
from tracetui.report import render
from tui.view_app import simulated

SCHEMA = json.loads((Path(__file__).parents[2] / "docs" / "snapshot.schema.json").read_text())
FORMATS = ("markdown", "full", "text", "json")
SENTENCE = "silent after 5 instead of reached, hops 6–7 no longer answer, last AS 64503 instead of 64504"


@cache
def report(second: int, output_format: str, *, private: bool = False) -> str:
    snapshot = after(second)
    full = output_format == "full"
    return render(
        masked(snapshot, 3) if private else snapshot, "markdown" if full else output_format, full=full
    )


@cache
def after(second: int) -> Snapshot:
    whole = simulated("changes", 140)
    return compared(whole, whole.started_at + timedelta(seconds=second))


def section(text: str) -> str:
    """The part of a Markdown report about what differs."""
    return text.partition("\n## Since ")[2].partition("\n## ")[0]


@pytest.mark.parametrize("output_format", ["markdown", "full"])
def test_the_section(output_format, snapshot):
    assert section(report(30, output_format)) == snapshot


def test_a_table_has_no_column_in_which_nothing_differs():
    said = section(report(110, "full"))
    assert SENTENCE in said
    assert "RTT then" not in said
    assert "| then " in said


def test_the_text_has_the_sentences():
    assert "since 2019-03-07T23:08:30Z:" in report(110, "text")
    assert " ".join(SENTENCE.split()) in " ".join(report(110, "text").split())


@pytest.mark.parametrize("private", [False, True])
def test_json_fits_the_schema(private):
    value = json.loads(report(30, "json", private=private))
    jsonschema.Draft202012Validator(SCHEMA).validate(value)
    shop = value["comparison"]["lanes"][0]
    assert [hop["answer"] for hop in shop["hops"]] == [*["same"] * 2, *["replaced"] * 2, *["stopped"] * 2]
    assert shop["hops"][2]["now"] == {"address": "198.18.4.1", "asn": 64503}
    assert shop["hops"][0]["rtt_ms"]["now"] - shop["hops"][0]["rtt_ms"]["before"] == pytest.approx(12, abs=1)
    assert [state["state"] for state in shop["states"]] == ["reached", "silent_after"]
    assert shop["as_paths"]["before"][-2:] == [64502, 64504]


@pytest.mark.parametrize("output_format", FORMATS)
def test_under_the_mask_no_report_tells_who_answered_in_the_first_hops(output_format):
    text = report(30, output_format, private=True)
    for secret in ("198.18.1.3", "198.18.1.1", "198.18.2.1", "64500", "64501"):
        assert output_format == "markdown" or secret in report(30, output_format)
        assert secret not in text


@pytest.mark.parametrize("output_format", FORMATS)
def test_without_a_comparison_nothing_is_said_of_one(output_format):
    text = render(simulated("changes", 140), output_format.replace("full", "markdown"), full=True)
    assert "instead of reached" not in text
    assert output_format != "json" or json.loads(text)["comparison"] is None
