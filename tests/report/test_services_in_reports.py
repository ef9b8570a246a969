"""Reports have a section about services and one a mail domain, with sources and times; JSON too."""

import json
from pathlib import Path

import jsonschema
import pytest

from analysis.findings.simulated import run
from report.checked_services import with_services
from tracetui.model.service_check import CheckStep, FailureReason, ServiceKind
from tracetui.privacy.mask import masked
from tracetui.report import json_text, markdown, text
from tracetui.simulation.catalogue import load
from tracetui.words.service_checks import failure_words, since_words, time_words
from words.rules import check_text
from words.samples import board, failures

SCHEMA = json.loads((Path(__file__).parents[2] / "docs" / "snapshot.schema.json").read_text())


@pytest.fixture(scope="module")
def found():
    return with_services(run(load("protonmail-2019"), rounds=12))


def test_the_sections_in_markdown(found, snapshot):
    written = markdown(found)
    start = written.index("## Services\n")
    assert written[start : written.index("## AS paths\n")] == snapshot


def test_the_sections_in_plain_text(found, snapshot):
    written = text(found)
    start = written.index("service: ")
    assert written[start : written.index("receiving side at", start)] == snapshot
    assert all(len(line) <= 100 for line in written.splitlines())


def test_json_fits_the_schema(found):
    for shown in (found, masked(found, 2)):
        value = json.loads(json_text(shown))
        jsonschema.Draft202012Validator(SCHEMA).validate(value)
        assert len(value["services"]) == len(found.outside.services)
        assert value["services"][0]["checks"][-1]["failure"]["reason"] == "timed_out"
        assert value["mail_domains"][0]["exchangers"][0]["dane"]["records"][0]["usage"] == 3


def test_the_schema_has_every_value():
    kinds = SCHEMA["$defs"]["service"]["properties"]["kind"]["enum"]
    assert kinds == [one.value for one in ServiceKind]
    failure = SCHEMA["$defs"]["check"]["properties"]["failure"]["anyOf"][0]["properties"]
    assert failure["step"]["enum"] == [one.value for one in CheckStep]
    assert failure["reason"]["enum"] == [one.value for one in FailureReason]


@pytest.mark.parametrize("write", [markdown, text, json_text])
def test_a_mask_hides_what_servers_say_of_their_clients(found, write):
    plain, hidden = write(found), write(masked(found, 1))
    assert "198.51.100.77" in plain
    for secret in ("198.51.100.77", "192.0.2.10"):
        assert secret not in hidden
    assert "198-51-100-77" not in hidden
    assert "554 hidden" in hidden
    assert "portal.example" in hidden
    assert "client=" not in hidden


def test_every_failure_has_words():
    for one in failures():
        check_text(failure_words(one))


def test_numbers_are_said_as_people_say_them():
    at = board().created_at
    assert [time_words(one) for one in (83_000_000, 400_000, 9_960_000)] == ["83 ms", "0.4 ms", "10.0 ms"]
    assert since_words(at, 1, 1, board()).endswith("(once)")
    assert since_words(at, 17, 17, board()).endswith("(17 of 17)")
    assert since_words(at, 3, 17, board()).endswith("(the last 3 of 17)")
