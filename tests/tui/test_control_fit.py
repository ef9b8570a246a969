"""Whether what is marked as a control can serve as one: in its title, in a notice, in the evidence view."""

from dataclasses import replace

import pytest

from tracetui.model import Address, Asn, ControlFit, Role
from tracetui.model.evidence import ControlStops, ReachedElsewhere, Silence
from tracetui.model.remote_vantage import RemoteVantage
from tracetui.tui.board.panel_view import panel_title
from tracetui.tui.evidence.evidence_view import EvidenceView
from tracetui.tui.evidence.findings_and_controls import contradicts
from tracetui.tui.lines.control_fit import (
    ControlNotices,
    best_check,
    checks_to_show,
    unfit_words,
    validity_words,
)
from tracetui.words import control_words, evidence_words, explanation_words
from tui.scenes import (
    CHECKS,
    CONTROL_ICMP,
    CONTROL_TCP,
    ICMP,
    TCP,
    FakeBoard,
    check,
    lane,
    protonmail,
    snapshot,
)
from tui.screens import hush, shown, text
from tui.typed_findings import FINDING, case
from tui.view_app import scene_of, viewed
from tui.view_text import text_of

LANES = (CONTROL_TCP, CONTROL_ICMP)
FAILS = (
    check(TCP, CONTROL_TCP, ControlFit.FAILS_ITSELF, ttl=None),
    check(ICMP, CONTROL_ICMP, ControlFit.STOPS_TOO),
)


async def settle(pilot):
    for _ in range(5):
        await pilot.pause()


def test_a_control_that_fits_one_silent_lane_is_fit():
    assert unfit_words(CHECKS, LANES) == ""
    assert best_check((*FAILS, CHECKS[0]), LANES) is CHECKS[0]
    assert unfit_words((*FAILS, CHECKS[1]), LANES) == ""


def test_of_one_that_fits_none_the_gravest_reason_is_told():
    assert unfit_words(FAILS, LANES) == "fails itself"
    assert unfit_words(FAILS[1:], LANES) == "stops too"
    assert unfit_words(FAILS, ("another",)) == ""


@pytest.mark.parametrize("fit", [ControlFit.NO_ROUNDS, ControlFit.NOT_CLEAR])
def test_what_more_rounds_can_change_is_not_known_yet(fit):
    young = (*FAILS, check(TCP, CONTROL_ICMP, fit))
    assert best_check(young, LANES) is None
    assert unfit_words(young, LANES) == ""
    assert validity_words(fit) == "not known yet"


@pytest.mark.parametrize("fit", list(ControlFit))
def test_every_fit_has_words(fit):
    found = unfit_words([check(TCP, CONTROL_TCP, fit)], LANES)
    assert bool(found) is (validity_words(fit) == "not valid")


def test_the_title_says_why_and_the_host_is_cut_first():
    control = protonmail().lanes[2:]
    title = panel_title(control, vantage=False, width=80, unfit="fails itself")
    assert title == "control (fails itself) · control.example.com · 156.154.64.10"
    assert panel_title(control, vantage=False, width=44, unfit="fails itself").endswith(" · 156.154.64.10")
    suspect = protonmail().lanes[:2]
    assert "fails" not in panel_title(suspect, vantage=False, width=80, unfit="fails itself")


async def test_the_board_shows_it():
    async with shown(FakeBoard(replace(case(), controls=FAILS)), (120, 40)) as pilot:
        hush(pilot)
        await pilot.pause()
        assert "─ control (fails itself) · control" in text(pilot)


def test_news_are_told_once_and_again_when_it_is_marked_anew():
    now, news = replace(protonmail(), controls=FAILS), ControlNotices()
    suspects = replace(now, lanes=now.lanes[:2], controls=())
    assert news.update(suspects) == []
    ((said, fits),) = news.update(now)
    assert not fits
    assert said == f"control.example.com as a control: not valid, {control_words(FAILS[0], now)}"
    assert news.update(now) == []
    news.update(suspects)
    assert len(news.update(now)) == 1


def test_a_control_from_the_start_is_spoken_of_only_where_it_does_not_fit():
    assert ControlNotices().update(protonmail()) == []
    assert len(ControlNotices().update(replace(protonmail(), controls=FAILS))) == 1


async def test_the_screen_says_so_once_it_is_known():
    open_yet = tuple(replace(one, fit=ControlFit.NO_ROUNDS) for one in FAILS)
    before = protonmail()
    lanes = tuple(
        replace(one, trace=replace(one.trace, lane=replace(one.lane, role=Role.SUSPECT)))
        for one in before.lanes
    )
    board = FakeBoard(replace(before, lanes=lanes, controls=()))
    async with shown(board, (120, 40)) as pilot:
        await pilot.press("tab", "m")
        board.current = replace(board.current, controls=open_yet)
        pilot.app.board_screen.pull()
        await settle(pilot)
        assert "as a control" not in text(pilot)
        board.current = replace(board.current, controls=FAILS)
        pilot.app.board_screen.pull()
        await settle(pilot)
        assert "control.example.com as a control: not valid" in text(pilot)
        hush(pilot)
        board.current = replace(board.current)
        pilot.app.board_screen.pull()
        await settle(pilot)
        assert "as a control" not in text(pilot)


# The evidence view


async def evidence(value):
    async with viewed(EvidenceView, scene_of(value), (160, 60)) as pilot:
        return " ".join(text_of(pilot.app.view).split())


async def test_the_evidence_view_says_for_which_lanes_a_control_is_good():
    value = case()
    said = await evidence(value)
    assert f"valid for mail.protonmail.ch TCP/25+ICMP: {control_words(CHECKS[0], value)}" in said
    failing = replace(value, controls=FAILS)
    said = await evidence(failing)
    assert f"not valid for mail.protonmail.ch TCP/25: {control_words(FAILS[0], failing)}" in said
    assert f"not valid for mail.protonmail.ch ICMP: {control_words(FAILS[1], failing)}" in said
    young = replace(value, controls=(replace(CHECKS[0], fit=ControlFit.NO_ROUNDS),))
    assert "not known yet for mail.protonmail.ch TCP/25" in await evidence(young)


async def test_evidence_says_what_it_does_and_contradictions_come_first():
    value = case()
    said = await evidence(value)
    out = [explanation_words(one.kind, FINDING, value) for one in FINDING.explanations if one.by == (1,)]
    words = [evidence_words(one, value) for one in FINDING.evidence]
    assert f"{words[1]} → rules out: {'; '.join(out)}" in said
    assert f"{words[2]} → strains: " in said
    assert f"4 against it: {words[3]}" in said
    assert said.index(words[3]) < said.index(words[0])


def test_what_contradicts_a_finding():
    named = replace(FINDING, ases=(Asn(8359),))
    reached = ReachedElsewhere(Address("192.0.2.1"), (TCP,), (Asn(64500), Asn(8359)), False, False)
    assert contradicts(reached, named)
    assert not contradicts(reached, FINDING)
    assert contradicts(replace(reached, through_last=True), FINDING)
    assert contradicts(ControlStops(CONTROL_TCP, answered_before=True), FINDING)
    assert not contradicts(Silence((TCP,), 4, 42, 42.0, 0.1), FINDING)


def test_a_control_of_another_place_is_no_misfit_where_that_place_has_suspects():
    there = [
        lane("mail", "192.0.2.1", "TCP/25", ["10.0.0.1"]),
        lane("control", "192.0.2.2", "TCP/25", ["10.0.0.1"], role=Role.CONTROL),
    ]
    there = [
        replace(one, trace=replace(one.trace, lane=replace(one.trace.lane, via="office"))) for one in there
    ]
    own = check(there[0].id, there[1].id, ControlFit.OTHER_VANTAGE)
    office = RemoteVantage("office", "ssh mx1")
    both = replace(snapshot(there), controls=(own,), vantages=(office,))
    assert checks_to_show(both) == []
    alone = replace(both, lanes=both.lanes[1:])
    assert checks_to_show(alone) == [own]
