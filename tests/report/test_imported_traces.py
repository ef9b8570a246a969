"""Traces of other tools in reports: told apart, with what they leave open; hostile text stays text."""

import json
import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import jsonschema
import pytest

from analysis.imports import BLOCKED, CONTROL, REFERENCE, SUSPECT, imported, of, run
from tracetui.model import ProbeProtocol
from tracetui.model.imported_trace import ImportedResponder, Untold
from tracetui.report import json_text, markdown, one_page, text

SCHEMA = json.loads((Path(__file__).parents[2] / "docs" / "snapshot.schema.json").read_text())
HOSTILE = "</td>|**x**<script>[a](http://evil.example) \\ # ~~"


def flat(report: str) -> str:
    return re.sub(r"\s+", " ", report)


def article():
    """The article's two traces beside live lanes, and one with a port and what it leaves open."""
    blocked = replace(
        BLOCKED,
        lines=(3, 17),
        remarks=("line 9 was not understood: hello",),
        untold=frozenset({Untold.ADDRESSES, Untold.TARGET}),
    )
    other = imported(
        f"1 a a a; 2 {SUSPECT} * *", address=SUSPECT, vantage="", source="9.9.0.7", source_asn=64500
    )
    other = replace(other, protocol=ProbeProtocol.UDP, port=33434, started_at=None)
    return run("protonmail-2019", blocked, REFERENCE, other)


def test_markdown_has_a_section_of_them():
    report = flat(markdown(article()).replace("`", ""))
    (section,) = re.findall(r"## Traces from elsewhere (.*?) ## ", report)
    assert "rule nothing out" in section
    assert (
        "| GW-Core-R3 | mail.protonmail.ch (185.70.40.101) | probes | Cisco IOS | 2019-03-12 09:30 UTC "
        "| GW-Core-R3 | a.txt, lines 3 to 17 | some routers' addresses, the address that was traced |"
    ) in section
    assert "| 9.9.0.7 | mail.protonmail.ch (185.70.40.101) | UDP/33434 | Cisco IOS | not stated |" in section
    assert "GW-Core-R3: line 9 was not understood: hello" in section
    assert (
        "### mail.protonmail.ch (mx:protonmail.ch) · 185.70.40.101 · probes · imported · GW-Core-R3 "
        "· 2019-03-12 · Cisco IOS"
    ) in report
    assert "address not shown" in report
    assert "no-address" not in report


def test_the_page_tells_them_in_a_line_each_and_not_among_the_results():
    page = flat(one_page(article()).replace("`", ""))
    evidence = page.partition("## Other evidence")[2]
    assert evidence.count("- The trace to ") == 3
    assert "from GW-Core-R3 (imported" in evidence
    assert "imported" not in page.partition("## Results")[2].partition("## Hops")[0]


def test_of_imports_alone_nobody_says_that_nothing_fails():
    whole = article()
    ids = {lane.id for lane in whole.lanes if lane.lane.imported is not None}
    lanes = tuple(lane for lane in whole.lanes if lane.id in ids)
    findings = tuple(one for one in whole.findings if ids.issuperset(one.lanes))
    page = flat(one_page(replace(whole, lanes=lanes, findings=findings)).replace("`", ""))
    assert "Nothing fails" not in page
    told = page.partition("## Findings")[2].partition("## Results")[0]
    assert told.count("- The trace to ") == len(findings) == 3
    assert "Confidence: ●○○ low." in told
    assert "Other evidence" not in page


def test_the_paths_of_one_place_are_compared_with_each_other():
    assert (
        "From GW-Core-R3 (imported): the paths share A 57681 → B 8359; from there mail.protonmail.ch "
        "(probes) goes no farther; control.neustar.example (probes) goes on to F 22822."
    ) in markdown(article()).replace("`", "")


def test_the_text_report_has_them_in_a_hundred_columns():
    report = text(article())
    assert "Traces from elsewhere." in report
    assert (
        "GW-Core-R3: probes to mail.protonmail.ch (185.70.40.101); Cisco IOS, 2019-03-12 09:30 UTC, at"
        in flat(report)
    )
    assert max(map(len, report.splitlines())) <= 100
    assert "no-address" not in report


def test_json_fits_the_schema_and_has_no_address_where_none_is_shown():
    snapshot = article()
    value = json.loads(json_text(snapshot))
    jsonschema.Draft202012Validator(SCHEMA).validate(value)
    by_name = {lane["imported"]["name"]: lane for lane in value["lanes"] if lane["imported"]}
    lane = by_name["GW-Core-R3"]
    assert lane["imported"] == {
        "name": "GW-Core-R3",
        "tool": "Cisco IOS",
        "text": "a.txt",
        "lines": [3, 17],
        "vantage": "GW-Core-R3",
        "source_asn": None,
        "made_at": "2019-03-12T09:30:00.000Z",
        "left_open": ["addresses", "target"],
        "max_hops": None,
        "every_s": None,
        "remarks": ["line 9 was not understood: hello"],
    }
    assert lane["protocol"] == "untold"
    assert lane["hops"][3]["responders"][0]["address"] is None
    assert lane["hops"][3]["responders"][0]["asn"] == 8359
    assert lane["last_responsive"] == {
        "ttl": 4, "address": None, "asn": 8359, "as_name": "MTS", "as_grade": "recorded",
    }  # fmt: skip
    assert by_name["9.9.0.7"]["hops"][1]["responders"][0]["replies"] == {"port_unreachable": 1}
    assert "no-address" not in json_text(snapshot)


def test_a_report_of_imports_alone():
    snapshot = run("protonmail-2019", BLOCKED, REFERENCE)
    alone = replace(snapshot, lanes=(of(snapshot, "GW-Core-R3"), of(snapshot, "GW-Core-R3 2")))
    assert "How: nothing was probed; 2 traces of other tools" in markdown(alone)
    assert "Flows:" not in markdown(alone)


@pytest.mark.parametrize("write", [markdown, text])
def test_names_of_strangers_stay_text(write):
    trace = imported(
        "1 a", vantage=HOSTILE, tool=HOSTILE, target=CONTROL, address=CONTROL, remarks=(HOSTILE,)
    )
    reply = trace.hops[0].probes[0]
    assert reply is not None
    named = replace(reply, responder=ImportedResponder(None, HOSTILE, (64500,)))
    trace = replace(trace, hops=(replace(trace.hops[0], probes=(named,)),), flow_id=HOSTILE)
    report = write(run("protonmail-2019", trace))
    assert "\x1b" not in report
    if write is markdown:
        for part in ("<script>", "[a](http", "**x**"):
            assert part not in re.sub(r"`+[^`]*`+", "", report)
        for table in re.findall(r"(?:^\|.*\n)+", report, re.MULTILINE):
            cells = {len(re.split(r"(?<!\\)\|", line)) for line in table.splitlines()}
            assert len(cells) == 1


def test_times_of_day_are_utc():
    late = imported("1 a", started_at=datetime.fromisoformat("2019-03-13T01:30:00+03:00"))
    assert "2019-03-12 22:30 UTC" in markdown(run("protonmail-2019", late))
    assert datetime.now(UTC).tzinfo is UTC
