"""The way out and the way back: in one table, in JSON, and under the mask."""

import json
import re
from functools import cache

import pytest

from tracetui.analysis.as_alignment import AsBlock
from tracetui.analysis.both_ways import both_ways, merged_columns
from tracetui.investigation.demo_investigation import demo_investigation
from tracetui.investigation.investigation_settings import Settings
from tracetui.model import Relation, Snapshot, StepKind, Tool
from tracetui.privacy.mask import masked
from tracetui.probing.pace import Pace
from tracetui.report import markdown, render

HOPS = {"out": (1, None), "back": (None, 1), "both": (1, 1)}


@cache
def demo(rounds: int = 40, name: str = "both-ways") -> Snapshot:
    investigation, run = demo_investigation(
        name,
        Settings(pace=Pace(1, 2, 30, rounds=rounds)),
        Tool("0", f"tracetui demo {name}"),
        controls=(),
        pointers=False,
        virtual=True,
        seed=1,
    )
    try:
        return run(lambda: False)
    finally:
        investigation.close()


def path(asns: str) -> list[AsBlock]:
    return [AsBlock(int(asn), 1, 1, 1) for asn in asns.split()]


@pytest.mark.parametrize(
    ("out", "back", "columns"),
    [
        ("1 2", "1 2 3", "1 both, 2 both, 3 back"),
        ("1 2", "3", "1 out, 2 out, 3 back"),
        ("1 2", "2 3", "1 out, 2 both, 3 back"),
        ("1 2 4", "1 3 4", "1 both, 2 out, 3 back, 4 both"),
        ("", "3", "3 back"),
        ("1", "", "1 out"),
    ],
)
def test_ases_stand_in_order_from_both_ends(out, back, columns):
    made = merged_columns(path(out), path(back))
    wanted = [part.split() for part in columns.split(", ")]
    assert [(one.asn, (one.out, one.back)) for one in made] == [(int(a), HOPS[way]) for a, way in wanted]


def test_each_endpoint_is_paired_with_the_vantage_next_to_it():
    pairs = both_ways(demo())
    assert [(pair.out[0].lane.host, pair.back[0].lane.via) for pair in pairs] == [
        ("mail.hosting.example", "shell"),
        ("www.hosting.example", "shell"),
    ]
    assert {pair.relation for pair in pairs} == {Relation.NEIGHBOUR}
    assert [(one.out is not None, one.back is not None) for one in pairs[0].columns] == [
        (True, True),
        (True, True),
        (False, True),
    ]


def test_reports_have_the_table_and_the_json_the_facts():
    for text in (markdown(demo()), render(demo(), "markdown", full=False)):
        (section,) = text.split("## Both directions")[1:]
        rows = [line.split("|")[1].strip() for line in section.splitlines() if line.startswith("| ")]
        assert rows[:4:1] == ["way", "------", "out →", "← back"]
    made = json.loads(render(demo(), "json"))
    assert made["public_addresses"] == ["192.0.2.10"]
    assert made["findings"][0]["other_direction"] == "passes"
    assert all(step.kind is not StepKind.REVERSE_TRACE for step in demo().findings[0].next_steps)


def test_a_mask_hides_our_address_and_our_routers_on_the_way_back():
    shown = render(masked(demo(), 2), "json") + markdown(masked(demo(), 2))
    assert "192.0.2." not in shown
    assert "the way back, from hidden-" in shown
    assert "Both directions" not in shown, "what is hidden cannot be paired"


def test_who_sees_probes_arrive_is_told_in_ticket_report_and_json():
    snapshot = demo(40, "way-back")
    text = markdown(snapshot)
    assert "The way back loses packets: probes arrive at the other end" in text
    assert re.search(
        r"At mail, which has the endpoint's address, TCP/25 probes arrived in \d+ of \d+ rounds", text
    )
    ticket = text.split("## Ticket")[1].split("## Findings")[0]
    assert "probes arrive at the other end, answers are lost on the way back" in ticket
    assert "the operator of 198.18.5.25: packets arrive there, answers do not come here" in ticket
    made = json.loads(render(snapshot, "json"))
    (out, *_) = made["findings"]
    assert (out["direction"], out["other_direction"]) == ("return", "stops")
    arrived = [one["facts"] for one in out["evidence"] if one["kind"] == "probes_arrive"]
    assert arrived
    assert all(one["answered"] == one["arrived"] == one["rounds"] for one in arrived)


def test_a_mask_leaves_what_probes_arrive_and_hides_where_from():
    shown = render(masked(demo(40, "way-back"), 2), "json")
    assert "probes_arrive" in shown
    assert "192.0.2." not in shown


def test_the_table_says_whether_probes_arrive():
    section = markdown(demo(40, "way-back")).split("## Both directions")[1]
    out, back = (line for line in section.splitlines() if line.startswith(("| out", "| ← back")))
    assert "silent after hop 4, but probes arrive" in out
    assert "silent after hop 3, no probe arrives" in back
