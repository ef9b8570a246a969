"""A privacy mask over imported traces: nothing tells where they were made, and words lead back."""

from dataclasses import replace

import pytest

from analysis.hidden import holds, looked_at
from analysis.imports import CONTROL, SUSPECT, imported, of, run
from tracetui.model import Snapshot
from tracetui.model.imported_trace import ImportedResponder
from tracetui.privacy.mask import Mask, masked
from tracetui.report import json_text, markdown, text

HIDDEN = (
    "GW-Core-R3",
    "9.9.0.7",
    "gw.hidden.example",
    "AS64511",
    "9.9.0.1",
    "port 40001 of 9.9.0.7",
    "a quoted line",
)


@pytest.fixture(scope="module")
def snapshot() -> Snapshot:
    stops = imported("1 9.9.0.1 9.9.0.1; 2 AS8359; 3 AS22822; 4-9 *", address=SUSPECT, source="9.9.0.7")
    reply = stops.hops[0].probes[0]
    assert reply is not None
    gateway = replace(reply, responder=ImportedResponder("9.9.0.1", "gw.hidden.example", (64511,)))
    stops = replace(
        stops,
        hops=(replace(stops.hops[0], probes=(gateway,)), *stops.hops[1:]),
        flow_id="port 40001 of 9.9.0.7",
        source_asn=64511,
        remarks=("a quoted line",),
    )
    goes_on = imported("1 9.9.0.1; 2 AS8359; 3 AS22822; 4 AS19905", address=CONTROL, source="9.9.0.7")
    return run("protonmail-2019", stops, goes_on)


def test_nothing_tells_where_a_trace_was_made(snapshot):
    before = repr(looked_at(snapshot)) + markdown(snapshot)
    assert all(holds(before, secret) for secret in HIDDEN)
    shown = masked(snapshot, 1)
    for rendering in (repr(looked_at(shown)), json_text(shown), markdown(shown), text(shown)):
        assert [secret for secret in HIDDEN if holds(rendering, secret)] == []
    assert "64511" not in markdown(shown)
    lane = next(lane for lane in shown.lanes if lane.lane.imported)
    assert lane.trace.provenance is not None
    assert lane.trace.provenance.tool == "Cisco IOS"
    assert lane.as_path == (8359, 22822)


def test_what_is_shown_leads_back_to_the_real_panel(snapshot):
    mask = Mask(1)
    shown = mask.apply(snapshot)
    panels = [mask.reveal_panel(lane.lane.panel) for lane in shown.lanes]
    assert panels == [lane.lane.panel for lane in snapshot.lanes]
    assert of(snapshot, "GW-Core-R3").lane.panel in panels
    assert len({lane.id for lane in shown.lanes}) == len(shown.lanes)
