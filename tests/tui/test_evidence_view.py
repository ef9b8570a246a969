"""The evidence view: what an investigation has gathered, and which key adds to it."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from tracetui.analysis.findings import Findings
from tracetui.model import FindingKind, Note, ReceiveCounters, Registration, Role
from tracetui.model.finding import TooFewRounds
from tracetui.model.outside_evidence import OutsideEvidence
from tracetui.privacy.mask import masked
from tracetui.simulation.catalogue import available
from tracetui.tui.commands.table import COMMANDS
from tracetui.tui.evidence.evidence_view import EvidenceView
from tracetui.tui.evidence.page import Section
from tui.scenes import protonmail, snapshot
from tui.screens import text
from tui.view_app import scene_of, simulated, viewed
from tui.view_text import text_of
from words.samples import register_answers

SIZES = [(60, 15), (80, 24), (120, 40), (200, 60)]
AT = datetime(2019, 3, 12, 9, 30, tzinfo=UTC)
REGISTRATION = Registration(
    "156.154.64.10",
    "Example Holder",
    "EXAMPLE",
    "156.154.0.0 - 156.154.255.255",
    ("156.154.0.0/16",),
    "US",
    ("abuse@example.com",),
    "1992-01-01",
    "2019-01-01",
    "rdap.example",
)


def gathered():
    """An hour's work."""
    found = simulated("protonmail-2019", 70)
    return replace(
        found,
        notes=(
            Note(AT, "called the provider"),
            Note(AT, "they say that nothing is wrong on their side " * 3),
        ),
        registrations={"156.154.64.10": REGISTRATION, "185.70.40.101": None, "192.0.2.1": "no answer"},
        addresses={**found.addresses, "control.neustar.example": ("156.154.64.10", "156.154.65.10")},
        counters=ReceiveCounters(3510, 2, 7, 1, 0, 3),
    )


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
async def test_the_evidence(size, snapshot):
    async with viewed(EvidenceView, scene_of(gathered()), size) as pilot:
        assert text(pilot) == snapshot


async def test_an_empty_section_says_which_key_fills_it(snapshot):
    async with viewed(EvidenceView, scene_of(EMPTY), (80, 40)) as pilot:
        assert text_of(pilot.app.view) == snapshot


EMPTY = snapshot([])


async def test_hints_name_the_keys_that_the_user_has():
    async with viewed(EvidenceView, scene_of(EMPTY), (120, 40)) as pilot:
        pilot.app.commands = tuple(
            replace(command, keys=("f7",), shown_key="") if command.id == "add_note" else command
            for command in COMMANDS
        )
        pilot.app.view.repaint()
        await pilot.pause()
        assert "f7 adds one" in text_of(pilot.app.view)


async def test_the_cursor_stands_on_evidence_and_points_at_its_endpoint():
    value = gathered()
    async with viewed(EvidenceView, scene_of(value), (120, 40)) as pilot:
        view = pilot.app.view
        assert (view.chosen.kind, view.chosen.what) == ("finding", 0)
        assert view.chosen_panel == value.lanes[0].lane.panel
        seen = []
        for _ in range(40):
            seen.append((view.chosen.kind, view.chosen.what))
            view.move_by(1)
        assert list(dict.fromkeys(kind for kind, _ in seen)) == [
            "finding",
            "control",
            "note",
            "address",
            "registry",
        ]
        view.move_first()
        assert view.chosen.kind == "finding"


async def test_block_registers_with_what_they_say_of_each_endpoint():
    answers = tuple(register_answers())
    value = replace(
        snapshot([]),
        outside=OutsideEvidence(
            register_files=tuple(dict.fromkeys(one.register for one in answers)), registers=answers
        ),
    )
    async with viewed(EvidenceView, scene_of(value), (160, 60)) as pilot:
        said = lines_about(text_of(pilot.app.view), "Block registers")
    assert said.startswith("Block registers 4 dump.csv, as of 2019-03-13 06:00:00 +0000: dump.csv of zapret")
    assert "lists 203.0.113.80 and mail.example line 5 has exactly 203.0.113.80; authority “A court”" in said
    assert "does not list 203.0.113.80 lists neither 203.0.113.80 nor mail.example lists none of" in said
    assert "other.txt: being read …" in said
    assert "other.txt: cannot be read (no such file or directory)" in said
    assert (
        "A register says what is ordered, not what was done. “Not listed” holds for this file alone" in said
    )


async def test_many_endpoints_that_are_reached_are_one_line():
    value = gathered()
    shown_findings = [one for one in value.findings if one.kind is not FindingKind.REACHABLE]
    well = next(one for one in value.findings if one.kind is FindingKind.REACHABLE)
    last = replace(well, kind=FindingKind.INSUFFICIENT, fact=TooFewRounds(3))
    reached = [replace(well, lanes=(lane.id,)) for lane in value.lanes]
    assert len(reached) > 4
    value = replace(value, findings=(*shown_findings, *reached, last))
    async with viewed(EvidenceView, scene_of(value), (120, 200)) as pilot:
        view = pilot.app.view
        said = lines_about(text_of(view), "Findings")
        assert f"{len(reached)} endpoints are reached: {value.lanes[0].lane.host}, " in said
        assert said.count("reached") == 1
        seen = []
        for _ in range(len(shown_findings) + 2):
            seen.append(view.chosen_finding)
            view.move_by(1)
        assert seen == [*range(len(shown_findings) + 1), len(shown_findings) + len(reached)]


def lines_about(plain: str, title: str) -> str:
    found = next(part for part in plain.split("\n\n") if part.startswith(f" {title}"))
    return " ".join(found.split())


async def shown(value) -> str:
    async with viewed(EvidenceView, scene_of(value), (160, 40)) as pilot:
        return text_of(pilot.app.view)


async def test_a_control_that_shares_the_last_hop_is_valid_and_says_what_it_shows():
    said = lines_about(await shown(simulated("protonmail-2019", 70)), "Controls")
    assert (
        "valid for mail.protonmail.ch TCP/25+ICMP, mailsec.protonmail.ch TCP/25+ICMP: it passes "
        "195.34.53.162 (hop 4) and is answered from beyond" in said
    )
    assert "not valid" not in said


async def controls_with(address: str, source: str | None) -> str:
    """What is said of the controls when a lane from another source is made one, and moved to `source`."""
    value = simulated("protonmail-2019", 70)
    away = next(lane for lane in value.lanes if lane.lane.vantage == "95.47.236.74")
    vantage = away.lane.vantage if source is None else None
    own = replace(away.lane, role=Role.CONTROL, host="far.example", address=address, vantage=vantage)
    far = replace(away, trace=replace(away.trace, lane=own, source=source or away.trace.source))
    lanes = tuple(far if lane is away else lane for lane in value.lanes)
    value, findings = replace(value, lanes=lanes), Findings()
    return lines_about(
        await shown(replace(value, findings=findings.update(value), controls=findings.controls)),
        "Controls",
    )


async def test_a_control_from_elsewhere_is_not_valid():
    said = await controls_with("185.70.40.199", None)
    assert "not valid for mail.protonmail.ch TCP/25+ICMP, mailsec" in said
    assert "it is probed from another vantage" in said


async def test_a_control_that_goes_another_way_is_not_valid_and_says_from_where_on():
    here = simulated("protonmail-2019", 70).lanes[0].trace.source
    said = await controls_with("185.70.40.199", here)
    assert "not valid for mail.protonmail.ch TCP/25+ICMP, mailsec" in said
    assert "its path differs from hop 1 on, before 195.34.53.162 (hop 4)" in said


async def test_a_control_that_stops_there_too_says_so():
    said = lines_about(await shown(simulated("home-outage")), "Controls")
    assert "it goes silent after the same router, 192.168.1.1 (hop 1)" in said


async def test_without_a_silent_lane_there_is_nothing_to_compare_with():
    value = replace(protonmail(), controls=())
    said = lines_about(await shown(value), "Controls")
    assert "no suspect is silent" in said


@pytest.mark.parametrize("name", [scenario.name for scenario in available()])
async def test_a_mask_goes_through(name):
    value = masked(simulated(name), 3)
    plain = await shown(value)
    assert str(value.lanes[0].trace.source) in plain
    assert "hidden" in plain


async def test_another_section_is_one_more_builder():
    def later(evidence):
        return Section("Later", 1, evidence.lines((), "more", evidence.ink.plain))

    async with viewed(lambda: EvidenceView((later,)), scene_of(EMPTY), (80, 24)) as pilot:
        assert text_of(pilot.app.view) == " Later  1\n  more"


async def test_the_same_scene_paints_nothing(rows_painted):
    value = gathered()
    async with viewed(EvidenceView, scene_of(value), (120, 40)) as pilot:
        view = pilot.app.view
        painted = rows_painted[view.rows]
        view.show(scene_of(replace(value, created_at=AT)))
        await pilot.pause()
        assert rows_painted[view.rows] == painted
