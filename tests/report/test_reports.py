"""Reports of simulated investigations: JSON that fits its schema, text that says what was measured."""

import json
import re
from dataclasses import replace
from functools import cache
from pathlib import Path

import jsonschema
import pytest

from report.facts import facts
from tracetui.investigation.demo_investigation import demo_investigation
from tracetui.investigation.investigation_settings import Settings
from tracetui.model import Attribution, FindingKind, LaneId, Note, Registration, Snapshot, Tool, Unresolved
from tracetui.model.evidence import LatelySilent
from tracetui.privacy.mask import masked
from tracetui.probing.pace import Pace
from tracetui.report import json_text, markdown, one_page, render, text
from tracetui.simulation.catalogue import available

SCHEMA = json.loads((Path(__file__).parents[2] / "docs" / "snapshot.schema.json").read_text())
SCENARIOS = [scenario.name for scenario in available()]


@cache
def investigated(scenario: str = "protonmail-2019", rounds: int = 12) -> Snapshot:
    investigation, run = demo_investigation(
        scenario,
        Settings(pace=Pace(rounds=rounds)),
        Tool("0", f"tracetui demo {scenario}"),
        controls=(),
        pointers=True,
        virtual=True,
        seed=7,
    )
    try:
        return run(lambda: False)
    finally:
        investigation.close()


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_json_fits_the_schema(scenario):
    value = json.loads(json_text(investigated(scenario)))
    jsonschema.Draft202012Validator(SCHEMA).validate(value)
    assert value["lanes"]


def test_the_schema_is_one_and_refuses_what_it_should():
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    validator = jsonschema.Draft202012Validator(SCHEMA)
    good = facts(investigated())
    for change in (
        {"schema": "tracetui.snapshot/1"},
        {"extra": 1},
        {"lanes": [{**good["lanes"][0], "state": "blocked"}]},
        {"created_at": "2019-03-12 09:30:42"},
    ):
        assert not validator.is_valid({**good, **change})


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_counts_of_every_hop_add_up(scenario):
    for lane in facts(investigated(scenario))["lanes"]:
        for hop in lane["hops"]:
            assert hop["sent"] >= hop["received"] + hop["lost"]
            assert (hop["rtt_ms"] is None) == (hop["received"] == 0)
            rtt = hop["rtt_ms"]
            if rtt:
                assert rtt["best"] <= rtt["mean"] <= rtt["worst"]
            assert sum(responder["count"] for responder in hop["responders"]) >= hop["received"]


def test_the_case_of_2019_in_json():
    lanes = {lane["id"]: lane for lane in facts(investigated())["lanes"]}
    suspects = [lane for lane in lanes.values() if lane["state"] == "silent_after"]
    assert len(suspects) == 4
    for lane in suspects:
        assert lane["last_responsive"]["asn"] == 8359
        assert lane["as_path"] == [57681, 8359]
    controls = [lane for lane in lanes.values() if lane["role"] == "control"]
    assert {lane["state"] for lane in controls} == {"reached"}
    assert all(lane["as_path"] == [57681, 8359, 22822, 19905] for lane in controls)


@pytest.mark.parametrize("write", [markdown, text])
def test_a_stranger_finds_what_when_where_how_and_the_verdict(write):
    report = write(investigated())
    for fact in (
        "2019-03-",
        "TCP/25, ICMP",
        "12 complete rounds",
        "simulated",
        "silent after hop 4",
        "AS8359 MTS",
        "reached at hop 9",
        "SYN/ACK",
        "8359",
        "22822",
        "share",
    ):
        assert fact in report, fact


def test_findings_come_first():
    report = markdown(investigated())
    order = [report.index(f"## {name}\n") for name in ("Findings", "Results", "AS paths", "Hops", "ASes")]
    assert order == sorted(order)
    assert "Confidence: ●○○ low." in report
    assert "**Evidence**" in report


def with_many_reached(count: int) -> Snapshot:
    snapshot = investigated()
    well = next(one for one in snapshot.findings if one.kind is FindingKind.REACHABLE)
    trouble = [one for one in snapshot.findings if one.kind is not FindingKind.REACHABLE]
    doubted = replace(well, evidence=(*well.evidence, LatelySilent(well.lanes[0], 9)))
    first = next(lane for lane in snapshot.lanes if lane.id == well.lanes[0])
    lanes = [
        replace(first, trace=replace(first.trace, lane=replace(first.lane, address=name, host=name)))
        for name in (f"192.0.2.{number}" for number in range(count))
    ]
    reached = [replace(well, lanes=(LaneId(lane.id),)) for lane in lanes]
    return replace(
        snapshot, lanes=(*snapshot.lanes, *lanes), findings=(*trouble, doubted, *reached), controls=()
    )


def flat(report: str) -> str:
    return " ".join(report.replace("`", "").split())


@pytest.mark.parametrize("written", [markdown, text])
def test_many_targets_that_are_well_do_not_drown_what_is_not(written):
    snapshot = with_many_reached(40)
    report = flat(written(snapshot))
    assert all(f"to 192.0.2.{number} from 95.47.236.74 is reached." in report for number in range(40))
    assert report.count("40 endpoints are reached, each over what is named here.") == 1
    assert report.count("in 12 of the last 12 rounds") < 5, "but for one, without the evidence of each"
    assert "no answer in the last 9 rounds." in report
    few = flat(written(with_many_reached(3)))
    assert "endpoints are reached" not in few
    assert all(f"to 192.0.2.{number} from 95.47.236.74 is reached." in few for number in range(3))


def test_findings_that_are_told_together_keep_their_numbers():
    snapshot = with_many_reached(40)
    before = len(snapshot.findings) - 40
    headings = re.findall(r"^### (\S+)\. ", markdown(snapshot), re.MULTILINE)
    assert headings == [*map(str, range(1, before + 1)), f"{before + 1}–{before + 40}"]


def test_a_measured_path_has_no_word_of_a_state_it_is_not_in():
    report = markdown(investigated("silent-endpoint"))
    assert "loop" not in report.lower().replace("loopback", "")
    assert "RST" not in report


def test_every_table_row_has_as_many_cells_as_its_header():
    for scenario in SCENARIOS:
        width = None
        for line in markdown(investigated(scenario)).splitlines():
            if line.startswith("|"):
                cells = len(re.findall(r"(?<!\\)\|", line))
                assert width in (None, cells), line
                width = cells
            else:
                width = None


def test_text_fits_a_hundred_columns():
    for scenario in SCENARIOS:
        assert max(map(len, text(investigated(scenario)).splitlines())) <= 100


HOSTILE = (
    "](http://evil.example) <script>alert(1)</script> | **b** `x` &lt; :bomb: @all www.evil.example "
    "\x1b[31m \u202e"
)


def test_names_of_strangers_stay_text():
    base = investigated()
    names = dict.fromkeys(base.owners, HOSTILE)
    systems = tuple(replace(system, name=HOSTILE) for system in base.ases)
    hostile = replace(
        base,
        names=names,
        ases=systems,
        title=HOSTILE,
        unresolved=(Unresolved(HOSTILE, HOSTILE),),
        owners={
            address: replace(owner, source="s", others=(replace(owner, name=HOSTILE, asns=(1,)),))
            for address, owner in base.owners.items()
        },
        registrations={
            "192.0.2.1": HOSTILE,
            "192.0.2.2": replace(REGISTERED, holder=HOSTILE, abuse=(HOSTILE,), source=HOSTILE),
        },
        notes=(Note(base.created_at, HOSTILE),),
    )
    for report in (markdown(hostile), one_page(hostile)):
        outside = re.sub(r"(`+).*?\1", "", report)
        for danger in ("<script", "](http", "**b**", "&lt;", ":bomb:", "@all", "www.evil"):
            assert danger not in outside, danger
    for written in (markdown(hostile), one_page(hostile), text(hostile), json_text(hostile)):
        assert "\x1b" not in written
        assert "\u202e" not in written
    jsonschema.Draft202012Validator(SCHEMA).validate(json.loads(json_text(hostile)))


BORDER, LAST = "94.29.124.1", "195.34.53.162"
"""The hop before another AS, and the last to answer, in the case of 2019."""

REGISTERED = Registration(
    LAST,
    holder="MTS PJSC",
    network="MTS-NET",
    range="195.34.32.0 - 195.34.63.255",
    prefixes=("195.34.32.0/19",),
    country="RU",
    abuse=("abuse@example.net",),
    registered="2001-02-03",
    changed="",
    source="rdap.example",
)


def doubtful() -> Snapshot:
    """The case of 2019 with doubts about two addresses that four lanes cross."""
    base = investigated()
    old = Attribution((31213,), "Old|Holder", "195.34.0.0/16", "table", "2019-01-01")
    shared = replace(base.owners[LAST], asns=(8359, 64500), prefix="195.34.32.0/19", others=(old,))
    lan = Attribution((), "TEST-IX", "94.29.124.0/24", "lans", "2026-01-01", exchange=True, member=57681)
    return replace(
        base,
        owners={**base.owners, LAST: shared, BORDER: lan},
        confirmations={LAST: False, "195.34.59.105": True},
        registrations={LAST: REGISTERED, "156.154.64.10": "no answer from RDAP", "94.29.124.1": None},
    )


@pytest.mark.parametrize("write", [markdown, text])
def test_doubts_about_ases_and_names_are_told(write):
    report = " ".join(write(doubtful()).split())
    for words in (
        "2 origin ASes; AS sources disagree; name does not have this address",
        "port of AS57681",
        f"{LAST}: AS8359 AS64500 MTS (195.34.32.0/19, ",
        "announced by 2 ASes (MOAS); disagrees: table of 2019-01-01 says AS31213",
        "registered to MTS PJSC",
        "156.154.64.10: registry: no answer from RDAP",
        "94.29.124.1: asking the registry",
        "Names here: 1 confirmed, 1 without the address, as notes say, ",
    ):
        assert words in report.replace("`", ""), words
    assert report.count("says AS31213") == 1


@pytest.mark.parametrize("write", [markdown, one_page, text])
def test_addresses_that_were_not_looked_up_are_counted(write):
    base = investigated()
    owners = {**base.owners, LAST: Attribution((), "", None, "", asked=False)}
    report = " ".join(write(replace(base, owners=owners, not_looked_up=12_345)).split())
    assert "12345 addresses not looked up: too many answered" in report
    assert "not looked up" not in write(base)
    value = json.loads(json_text(replace(base, not_looked_up=12_345)))
    assert value["not_looked_up"] == 12_345
    jsonschema.validate(value, SCHEMA)


@pytest.mark.parametrize("write", [markdown, text])
def test_grades_stand_where_an_as_is_less_than_sure(write):
    report = " ".join(write(investigated()).split())
    assert "“or the next AS's”: the next hop is in another AS, so the router may belong to that one" in report
    assert "grade" not in report
    assert "SYN/ACK ×12; or" not in report  # the endpoint's own address is what was asked for
    for silence in ("Doubts about", "in doubt", "registry", "registries", "disagree"):
        assert silence not in report
    assert "None of the names here was checked" in report


def test_the_last_answer_is_graded_and_the_same_router_is_sure_where_the_path_goes_on():
    rows = [line for line in markdown(investigated()).splitlines() if f"| {LAST} " in line]
    graded = {"AS not confirmed" in row for row in rows}
    assert graded == {
        True,
        False,
    }  # of the lanes that end there, and of the control: it goes on in the same AS


def test_doubts_in_json():
    value = json.loads(json_text(doubtful()))
    jsonschema.Draft202012Validator(SCHEMA).validate(value)
    found = {
        responder["address"]: responder
        for hop in value["lanes"][0]["hops"]
        for responder in hop["responders"]
    }
    last, lan, other = found[LAST], found[BORDER], found["195.34.59.105"]
    assert (last["asns"], last["name_confirmed"], last["as_grade"]) == ([8359, 64500], False, "normal")
    assert last["disagree"] == [
        {
            "asns": [31213],
            "holder": "Old|Holder",
            "prefix": "195.34.0.0/16",
            "source": "table",
            "date": "2019-01-01",
        }
    ]
    assert (lan["exchange"], lan["member"], lan["asn"], lan["as_date"]) == (True, 57681, None, "2026-01-01")
    assert (other["name_confirmed"], other["disagree"], other["unannounced"]) == (True, [], False)
    assert value["lanes"][0]["last_responsive"]["as_grade"] == "normal"
    asked = {one["address"]: one for one in value["registrations"]}
    assert asked[LAST]["registration"]["abuse"] == ["abuse@example.net"]
    assert asked[LAST]["registration"]["changed"] is None
    assert asked["156.154.64.10"]["problem"] == "no answer from RDAP"
    assert asked["94.29.124.1"] == {"address": "94.29.124.1", "registration": None, "problem": None}


def test_a_snapshot_of_before_fits_the_schema():
    """What was added is optional: the files of older versions stay valid."""
    value = json.loads(json_text(doubtful()))
    del value["registrations"]
    for lane in value["lanes"]:
        for place in (lane["last_responsive"] or {}, *(r for hop in lane["hops"] for r in hop["responders"])):
            for added in (
                "name_confirmed",
                "as_date",
                "asns",
                "special",
                "exchange",
                "member",
                "unannounced",
            ):
                place.pop(added, None)
            for added in ("known", "disagree"):
                place.pop(added, None)
        if lane["last_responsive"]:
            del lane["last_responsive"]["as_grade"]
    jsonschema.Draft202012Validator(SCHEMA).validate(value)


def test_an_empty_investigation_has_a_report_too():
    empty = replace(investigated(), lanes=(), findings=(), events=(), ases=(), unresolved=())
    assert "Nothing was traced." in markdown(empty)
    assert "Nothing was traced." in one_page(empty)
    jsonschema.Draft202012Validator(SCHEMA).validate(json.loads(json_text(empty)))
    assert text(empty)


@pytest.mark.parametrize("output_format", ["markdown", "json", "text"])
def test_the_same_investigation_is_the_same_report(output_format):
    assert render(investigated(), output_format) == render(investigated(), output_format)
    assert render(investigated(), output_format).endswith("\n")


def without_figures(report: str) -> str:
    """The report with times and counts blank: they follow the engine's pace, and the words must not."""
    blank = re.sub(r"(?<![\d.])\d+(\.\d+)?(?![\d.])", "#", re.sub(r"\d+:\d+:\d+Z", "#", report))
    return re.sub(r"-{4,}", "---", re.sub(r" {2,}", " ", blank))


def test_the_report_of_2019(snapshot):
    told = replace(investigated(rounds=70), events=())  # their order is the engine's pace too
    assert without_figures(markdown(told)) == snapshot


def test_the_text_of_a_loop(snapshot):
    assert without_figures(text(investigated("routing-loop"))) == snapshot


@pytest.mark.parametrize(
    ("hops", "said"), [(0, "names; measurements"), (1, "the first hop;"), (3, "the first 3 hops;")]
)
def test_a_stranger_learns_that_a_mask_was_on(hops, said):
    shown = masked(investigated(), hops)
    value = json.loads(json_text(shown))
    jsonschema.Draft202012Validator(SCHEMA).validate(value)
    assert value["privacy"] == {"first_hops": hops}
    for report in (markdown(shown), " ".join(text(shown).split())):
        assert said in report
    assert json.loads(json_text(investigated()))["privacy"] is None
    assert "Hidden:" not in markdown(investigated())
