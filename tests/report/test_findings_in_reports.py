"""How findings, controls, changes and flows stand in the written reports; made by hand, of every kind."""

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from report.facts import facts
from tracetui.model import ControlCheck, ControlFit, Finding, LaneId, Relation, Snapshot
from tracetui.model.evidence import LatelySilent, ReachedElsewhere
from tracetui.model.reference import replace_references
from tracetui.report import json_text, markdown, text
from tracetui.report.excerpt import finding_markdown, finding_text, lanes_markdown, lanes_text
from tracetui.words import evidence_words, statement, step_words
from words.samples import (
    AT_L,
    BESIDE,
    GUIDE,
    MTS,
    T25,
    T443,
    L,
    board,
    evidence,
    findings,
    in_mts,
    silent,
)

SCHEMA = json.loads((Path(__file__).parents[2] / "docs" / "snapshot.schema.json").read_text())
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)
CHECKS = (
    ControlCheck(T25, GUIDE, ControlFit.VALID, Relation.NEIGHBOUR, True, 3, L),
    ControlCheck(T25, LaneId(BESIDE.id), ControlFit.VALID, Relation.NEIGHBOUR, False, 3, L),
    ControlCheck(T443, GUIDE, ControlFit.FAILS_ITSELF, Relation.OTHER, True),
)


def reported(*found: Finding, **fields: Any) -> Snapshot:
    return replace(board(), findings=found, **fields)


def flat(report: str) -> str:
    return " ".join(report.replace("`", "").split())


def flat_lines(part: str) -> list[str]:
    return [flat(line) for line in part.splitlines() if line.strip()]


def contradicted() -> Finding:
    """A finding with evidence that speaks against it, and an explanation of every state."""
    against = ReachedElsewhere(AT_L, (T25,), (MTS,), True, False)
    finding = in_mts()
    return replace(finding, evidence=(*finding.evidence, against))


def test_explanations_are_listed_what_is_left_first():
    report = finding_markdown(contradicted(), board())
    listed = report.partition("**Explanations**")[2].partition("**Evidence**")[0]
    lines = [line.removeprefix("- ") for line in flat_lines(listed)]
    states = [re.split(r" \(|:", line)[0] for line in lines]
    assert states == ["left"] * 2 + ["strained"] + ["ruled out"] * 6
    assert lines[0] == (
        "left: dropped at 198.51.100.2 (hop 2), after its TTL check (AS8359 MTS); would tell: second vantage"
    )
    assert lines[2].startswith("strained (evidence 2): ")
    assert lines[2].endswith("; would tell: second vantage")
    assert lines[3].startswith("ruled out (evidence 2): the endpoint, its firewall or CPE is silent")


def test_evidence_is_numbered_and_what_speaks_against_it_simply_stands_there():
    finding = contradicted()
    report = finding_markdown(finding, board())
    lines = re.findall(r"^(\d+)\. (.*)$", report, re.MULTILINE)
    assert [int(number) for number, _ in lines] == [1, 2, 3]
    assert [flat(line) for _, line in lines] == [evidence_words(one, board()) for one in finding.evidence]
    assert "that path crosses the router after which it is silent from here" in report
    for gone in ("Against it", "Would make it surer", "missing"):
        assert gone not in report


def test_the_parts_of_a_finding_stand_in_one_order():
    report = markdown(reported(contradicted()))
    parts = ("### 1. TCP/25 and ICMP", "Silent since", "●●○ medium.", "**Explanations**", "**Evidence**")
    order = [report.index(part) for part in (*parts, "**Next steps**", "## Results")]
    assert order == sorted(order)
    assert "- trace from inside AS8359 MTS" in report


def test_the_text_has_the_same_as_lines():
    report = flat(finding_text(contradicted(), board()))
    for words in (
        "●●○ medium: TCP/25 and ICMP to mail.example go silent after",
        "left: dropped at 198.51.100.2 (hop 2), after its TTL check (AS8359 MTS); would tell: second vantage",
        "strained (evidence 2): the path after",
        "ruled out (evidence 2): answers are lost on the way back (unknown)",
        "evidence 3: From 198.51.100.2",
        "next step: trace from inside AS8359 MTS",
    ):
        assert words in report, words


@pytest.mark.parametrize("write", [markdown, text])
@pytest.mark.parametrize("finding", list(findings()))
def test_every_finding_is_reported_whole(write, finding):
    report = flat(write(reported(finding)))
    for words in (
        *statement(finding, board(), listed=True),
        *(evidence_words(one, board()) for one in finding.evidence),
        *(step_words(step, board()) for step in finding.next_steps),
    ):
        assert words in report, words


def test_where_the_endpoint_answers_nothing_is_explained():
    well = next(one for one in findings() if one.kind.value == "reachable")
    assert "**Explanations**" not in finding_markdown(well, board())
    assert "explanation" not in markdown(reported(well)).lower()
    assert "An explanation is ruled out where" in markdown(reported(silent()))


def test_what_is_doubted_is_not_told_together():
    well = next(one for one in findings() if one.kind.value == "reachable")
    doubted = replace(well, evidence=(*well.evidence, LatelySilent(T443, 9)))
    report = markdown(reported(doubted, *[well] * 4))
    assert "### 2–5. 4 endpoints are reached" in report
    assert report.count("no answer in the last 9 rounds") == 1


@pytest.mark.parametrize("write", [markdown, text])
def test_marked_controls_are_told_with_why(write):
    report = flat(write(reported(controls=CHECKS)))
    assert (
        "TCP/25 to web.example (192.0.2.80), for TCP/25 to mail.example (203.0.113.80): fits; it passes "
        "198.51.100.2 (hop 2) at its hop 3 and is answered from beyond; it is in the same /24"
    ) in report
    assert "for TCP/443 to mail.example (203.0.113.80): does not fit; its own endpoint does not" in report
    assert "TCP/25 to 203.0.113.81, for" not in report
    assert "fits; " not in flat(write(reported()))


def test_of_a_controls_lanes_that_one_counts_which_serves_best():
    other = replace(CHECKS[2], suspect=T25)
    assert markdown(reported(controls=(CHECKS[0], other))).count("does not fit") == 0


def changed() -> Snapshot:
    moment = board()
    first = moment.lanes[0]
    lane = replace(
        first,
        trace=replace(first.trace, flow_id="source port 33434"),
        hops=tuple(replace(hop, sent=7) for hop in first.trace.hops),
        since_ns=first.trace.started_ns + 5 * 10**9,
    )
    return replace(moment, lanes=(lane, *moment.lanes[1:]))


def test_a_change_and_a_flow_stand_with_their_lane():
    moment = changed()
    report = markdown(moment)
    assert "| since" in report
    assert (
        "In this state since 03:55:05 UTC; hops are counted from then on. Flow: source port 33434." in report
    )
    assert "Flow:" not in lanes_markdown(moment.lanes[1:], moment)
    plain = lanes_text(moment.lanes[:1], moment)
    assert "· since 03:55:05 UTC" in flat(plain)
    assert "flow: source port 33434" in plain
    assert "| since" not in markdown(board())
    for written in (report, plain):
        assert re.search(r"\b7\b", written), "hops of the lane as it is now"


def test_json_has_facts_and_fits_the_schema():
    moment = reported(*findings(), controls=CHECKS)
    value = json.loads(json_text(moment))
    VALIDATOR.validate(value)
    assert value["schema"] == "tracetui.snapshot/2"
    found = value["findings"][0]
    assert found["since"] == "2026-11-24T03:55:20.000Z"
    assert found["evidence"][1]["id"] == 2
    assert found["evidence"][1]["kind"] == "routers_answer_control"
    assert found["evidence"][1]["facts"] == {
        "control": GUIDE,
        "fit": "valid",
        "relation": "neighbour",
        "ttl": 2,
        "hits": 42,
        "rounds": 42,
        "p_value": 1e-9,
        "following": {"ttl": 3, "address": "198.51.100.3", "asn": 8359},
        "gap": 0,
    }
    states = {one["kind"]: (one["places"], one["state"]) for one in found["explanations"]}
    assert states["dropped_at_last"] == ([8359], "left")
    assert states["endpoint_silent"] == (["endpoint"], "left")
    assert found["next_steps"][1]["facts"]["asn"] == 8359
    assert found["next_steps"][1]["text"] == "trace from inside AS8359 MTS"
    assert value["controls"][0]["fit"] == "valid"
    assert value["controls"][0]["last"] == {"ttl": 2, "address": "198.51.100.2", "asn": 8359}


def test_json_says_by_what_an_explanation_is_strained():
    (found,) = facts(reported(contradicted()))["findings"]
    ids = {one["id"] for one in found["evidence"]}
    by = [number for one in found["explanations"] for number in one["by"]]
    assert by
    assert set(by) <= ids


def test_evidence_of_every_kind_fits_the_schema_and_a_mask_leaves_it_so():
    finding = replace(silent(), evidence=tuple(evidence()))
    hidden = replace_references(finding, lambda one: None if isinstance(one, int) else one)
    for one in (finding, hidden):
        VALIDATOR.validate(json.loads(json_text(reported(one))))
    places = facts(reported(hidden))["findings"][0]["explanations"][0]["places"]
    assert places == [None]


def test_json_has_the_change_and_the_flow_of_a_lane():
    value = facts(changed())
    VALIDATOR.validate(value)
    first, second = value["lanes"][:2]
    assert (first["since"], first["flow_id"]) == ("2026-11-24T03:55:05.000Z", "source port 33434")
    assert (second["since"], second["flow_id"]) == (None, None)
    assert {hop["sent"] for hop in first["hops"]} == {7}
