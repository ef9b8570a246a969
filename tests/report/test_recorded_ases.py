"""Recorded ASes beside those of today: the replay of 2019 with an AS table that was made here."""

import json
from dataclasses import replace
from pathlib import Path

import jsonschema
import pytest

from tracetui.investigation.demo_investigation import demo_investigation
from tracetui.investigation.investigation_settings import Settings
from tracetui.model import AsSource, Snapshot, TableError, Tool
from tracetui.privacy.mask import masked
from tracetui.probing.pace import Pace
from tracetui.report import json_text, markdown, text

SCHEMA = json.loads((Path(__file__).parents[2] / "docs" / "snapshot.schema.json").read_text())

TABLE = """\
94.29.124.0\t94.29.124.255\t57681\tRU\tMGTS
195.34.32.0\t195.34.63.255\t8359\tRU\tMTS
212.188.0.0\t212.188.127.255\t8359\tRU\tMTS
185.70.40.0\t185.70.40.255\t62371\tCH\tPROTON
156.154.0.0\t156.154.255.255\t0\tNone\tNot routed
"""
SAME, OTHER, FREE, LACKING = "195.34.53.162", "185.70.40.101", "156.154.64.10", "69.28.172.41"
EXCHANGE = "10.30.0.1"


def investigated(*tables: Path, scenario: str = "protonmail-2019", told=None) -> Snapshot:
    investigation, run = demo_investigation(
        scenario,
        Settings(pace=Pace(rounds=6)),
        Tool("0", f"tracetui demo {scenario}"),
        controls=(),
        pointers=True,
        virtual=True,
        seed=7,
        tables=tables,
        narrate=(told if told is not None else []).append,
    )
    try:
        return run(lambda: False)
    finally:
        investigation.close()


@pytest.fixture(scope="module")
def table(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("tables") / "today.tsv"
    path.write_text(TABLE)
    return path


@pytest.fixture(scope="module")
def today(table) -> Snapshot:
    return investigated(table)


def test_tables_are_asked_first_and_the_recording_stands_in_where_they_know_nothing(today):
    owners = today.owners
    assert [owners[address].asns for address in (SAME, OTHER, FREE)] == [(8359,), (62371,), ()]
    assert owners[FREE].unannounced
    assert owners[EXCHANGE].special == "private-use"
    assert (owners[LACKING].asns, owners[LACKING].recorded) == ((22822,), True)
    assert [owners[address].recorded for address in (SAME, OTHER, FREE)] == [False] * 3
    assert [today.recorded[address].asns for address in (SAME, OTHER, FREE)] == [(8359,), (19905,), (19905,)]
    control = next(lane for lane in today.lanes if lane.lane.address == FREE)
    assert control.as_path == (57681, 8359, 22822)


@pytest.mark.parametrize("write", [markdown, text])
def test_reports_tell_where_the_two_differ(write, today):
    report = " ".join(write(today).replace("`", "").split())
    assert "19905 as recorded in 2019, 62371 today" in report
    assert "19905 as recorded in 2019, not announced today" in report
    assert "22822 as recorded in 2019, unknown today" in report
    assert "8359 as recorded" not in report
    assert "AS data: today.tsv (" in report.replace("**", "")
    assert "ASes as recorded in 2019" in report
    assert "; AS19905 as recorded" in report
    assert "AS as recorded" in report
    assert "“AS as recorded”: the trace itself says so, and no source knows the address" in report


@pytest.mark.parametrize("write", [markdown, text])
def test_a_source_of_ases_and_of_exchange_lans_is_named_once(write, today):
    table = AsSource("plevin", "2026-10-04")
    report = write(replace(today, as_sources=(table, AsSource("own.tsv", None), table)))
    assert report.replace("`", "").count("plevin (2026-10-04)") == 1


def test_json_has_both(today):
    value = json.loads(json_text(today))
    jsonschema.Draft202012Validator(SCHEMA).validate(value)
    found = {
        responder["address"]: responder
        for lane in value["lanes"]
        for hop in lane["hops"]
        for responder in hop["responders"]
    }
    both = {
        address: (one["asns"], one["recorded_asns"], one["recorded_at"], one["known"])
        for address, one in found.items()
        if "recorded_at" in one
    }
    assert both[SAME] == ([8359], [8359], "2019", True)
    assert both[OTHER] == ([62371], [19905], "2019", True)
    assert both[FREE] == ([], [19905], "2019", True)
    assert both[LACKING] == ([22822], [22822], "2019", False)
    assert found[LACKING]["as_grade"] == "recorded"
    assert EXCHANGE not in both
    half = json.loads(json_text(today).replace('"recorded_at": "2019"', '"recorded_at": "then"'))
    assert not jsonschema.Draft202012Validator(SCHEMA).is_valid(half)


def test_a_mask_hides_what_was_recorded_of_the_first_hops(today):
    gateways = [lane.trace.hops[0].main.address for lane in today.lanes]
    shown = masked(today, 1)
    assert today.recorded.keys() >= {*gateways, SAME}
    assert shown.recorded.keys().isdisjoint(gateways)
    assert SAME in shown.recorded
    for report in (json_text(shown), markdown(shown), text(shown), repr(shown)):
        assert "57681" not in report
        assert "MGTS" not in report


@pytest.mark.parametrize("write", [markdown, text])
def test_without_a_table_the_recording_is_all_there_is(write):
    report = write(investigated())
    assert "scenario, ASes as recorded in 2019" in report
    assert "today" not in report.lower()
    assert "grade recorded" not in report


def test_made_up_ases_are_nobody_elses(tmp_path):
    everything = tmp_path / "all.tsv"
    everything.write_text("0.0.0.0\t255.255.255.255\t64999\tZZ\tWhole world\n")
    shown = investigated(everything, scenario="border-drop")
    assert shown.recorded == {}
    assert 64999 not in {asn for owner in shown.owners.values() for asn in owner.asns}
    assert "recorded" not in json_text(shown)


def test_tables_are_read_before_the_run_and_remarks_on_them_told(tmp_path):
    odd = tmp_path / "odd.tsv"
    odd.write_text(TABLE + "nonsense\n")
    told: list[str] = []
    investigated(odd, told=told)
    assert told == [f"{odd}: 1 line is not an address range, skipped; the first is line 6"]
    with pytest.raises(TableError, match="not an AS table"):
        investigated(Path(__file__))
