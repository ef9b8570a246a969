"""What is left on the normal screen after quitting."""

from dataclasses import replace
from pathlib import Path

from tracetui.cli.closing_summary import closing_summary
from tracetui.words import headline, headline_of
from tui.scenes import eight, protonmail, snapshot
from tui.typed_findings import FINDING


def test_a_line_a_lane_the_findings_the_reports_and_the_way_back():
    moment = replace(protonmail(), findings=(FINDING,))
    lines = closing_summary(
        moment, [Path("/tmp/a.md"), Path("/tmp/b.json")], continue_with="tracetui --restore", width=60
    )
    assert len([line for line in lines[:4] if line]) == 4
    for line, lane in zip(lines, moment.lanes, strict=False):
        assert line.startswith(lane.lane.host)
        assert lane.lane.label in line
        assert line.endswith(headline(lane, moment))
    assert "control: reached" in lines[2]
    said = " ".join(" ".join(lines[5:]).split())
    assert said.startswith(
        f"low: {headline_of(FINDING, moment)} wrote /tmp/a.md wrote /tmp/b.json "
        "to continue: tracetui --restore"
    )
    assert max(map(len, lines[5:])) <= 60


def test_nothing_for_nothing():
    assert closing_summary(snapshot([]), [], continue_with="tracetui --restore") == []


def test_without_a_session_no_way_back():
    assert not any("to go on" in line for line in closing_summary(protonmail(), []))


def test_very_many_are_counted():
    moment = eight()
    many = replace(moment, lanes=moment.lanes * 4, findings=(FINDING,) * 13)
    lines = closing_summary(many, [])
    assert "and 24 more lanes" in lines
    assert "and 3 more findings" in lines
    assert len(lines) < 65


def test_endpoints_of_one_name_are_told_apart():
    moment = protonmail()
    first = moment.lanes[0]
    lane = replace(first.trace.lane, address="192.0.2.7", vantage="95.220.0.10")
    other = replace(first, trace=replace(first.trace, lane=lane))
    lines = closing_summary(replace(moment, lanes=(first, other)), [])
    assert lines[0].startswith("mail.protonmail.ch (185.70.40.101) ")
    assert lines[1].startswith("mail.protonmail.ch (192.0.2.7) from 95.220.0.10 ")
