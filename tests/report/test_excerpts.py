"""What is copied makes sense where it is pasted: no report stands around it."""

from dataclasses import replace

import pytest

from report.test_reports import investigated
from tracetui.privacy.mask import masked
from tracetui.report.excerpt import (
    finding_markdown,
    finding_text,
    hop_markdown,
    hop_text,
    lanes_markdown,
    lanes_text,
)


def copies(snapshot):
    lanes = [lane for lane in snapshot.lanes if lane.lane.panel == snapshot.lanes[0].lane.panel]
    for ttl in (1, 4, 12, 60):
        yield hop_text(lanes, ttl, snapshot)
        yield hop_markdown(lanes, ttl, snapshot)
    yield lanes_text(lanes, snapshot)
    yield lanes_markdown(lanes, snapshot)
    for finding in snapshot.findings:
        yield finding_text(finding, snapshot)
        yield finding_markdown(finding, snapshot)


def words(text):
    return " ".join(text.split())


def test_every_copy_says_when_where_and_by_what():
    for text in copies(investigated()):
        assert "Measured by tracetui 0 from 2019-03-" in words(text)
        assert "at demo host" in words(text)
        assert "Simulated" in text
        assert text.endswith("\n")
        assert not text.endswith("\n\n")


def test_figures_have_their_names_above_them():
    for text in copies(investigated()):
        if "  2.2" in text or "| 2.2" in text:
            assert "mean" in text
            assert "loss" in text


def test_a_hop_that_is_not_there_is_said_so():
    lanes = investigated().lanes[:1]
    assert "No hop 60." in hop_text(lanes, 60, investigated())
    assert "No hop 60." in hop_markdown(lanes, 60, investigated())


@pytest.mark.parametrize("hops", [0, 2])
def test_copies_keep_what_is_hidden_and_say_so(hops):
    snapshot = investigated()
    assert snapshot.vantage.source
    live = replace(snapshot, vantage=replace(snapshot.vantage, prober="raw"))
    for text in copies(masked(live, hops)):
        assert snapshot.vantage.source not in text
        assert snapshot.vantage.hostname not in text
        assert "Own addresses are hidden." in words(text)
        assert "Simulated" not in text
