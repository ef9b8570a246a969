"""Explanations on the screen: the table, where it stands open, and how many are left at the foot."""

from dataclasses import replace

import pytest
from rich.cells import cell_len
from rich.style import Style
from textual.color import Color

from tracetui.model import ExplanationState, LaneId
from tracetui.model.evidence import Silence
from tracetui.tui.lines.explanation_table import Tone, explanation_table, in_order, left_words
from tracetui.tui.lines.explanations_view import MIN_ROOM, ExplanationsView
from tracetui.tui.lines.finding_lines import finding_lines
from tracetui.tui.lines.shown_findings import finding_about
from tracetui.tui.paint.ink import Ink
from tracetui.tui.view import ViewName
from tracetui.words import explanation_words, headline_of, in_short, places_words, step_words, tells_words
from tui.scenes import DROPPED, FakeBoard, eight, lane, protonmail
from tui.screens import lines, shown, text
from tui.typed_findings import ADD_CONTROL, BGP_PATH, EXPLANATIONS, FINDING, case

INK = Ink(lambda _role: Style.null(), Color(0, 0, 0), sixteen=False)
SUSPECT = ("185.70.40.101", None)


async def settle(pilot):
    for _ in range(5):
        await pilot.pause()


def table(width, finding=FINDING):
    return explanation_table(finding, protonmail(), width)


def plain(groups):
    return ["".join(words for words, _ in line.pieces).rstrip() for group in groups for line in group]


def flat(groups):
    return " ".join(" ".join(plain(groups)).split())


# The table


def test_what_is_left_comes_first_and_what_is_ruled_out_last():
    states = [one.state for one in in_order(FINDING)]
    left, strained, out = ExplanationState
    assert states == [left, left, left, strained, out, out]
    assert [group[0].state for group in table(160)[1:]] == states


@pytest.mark.parametrize("width", [58, 70, 92, 93, 110, 160, 240])
def test_all_is_said_at_any_width_and_no_line_is_wider(width):
    groups = table(width)
    assert max(map(cell_len, plain(groups))) <= width
    for one in EXPLANATIONS if width >= 160 else ():
        assert explanation_words(one.kind, FINDING, protonmail()) in flat(groups)
        assert places_words(one.places, protonmail()) in flat(groups)
        assert tells_words(one, FINDING) in flat(groups)


def test_evidence_is_numbered_from_one_on():
    row = next(line for line in plain(table(160)) if "strained" in line)
    assert " 3" in row  # `by` counts from 0


def test_a_narrow_table_has_no_columns_but_all_facts():
    groups = table(60)
    assert groups[0][0].pieces[0][1] is Tone.STATE
    assert "would tell: " in flat(groups)
    assert "evidence 2" in flat(groups)


def test_how_many_are_left():
    assert left_words(FINDING) == "3 explanations left"
    assert left_words(FINDING, short=True) == "3 left"
    one = replace(FINDING, explanations=FINDING.left[:1])
    assert left_words(one) == "1 explanation left"
    strained = replace(FINDING, explanations=tuple(one for one in EXPLANATIONS if one not in FINDING.left))
    assert left_words(strained) == "1 explanation left"  # the strained one, where nothing else is
    assert left_words(replace(FINDING, explanations=())) == ""


# The foot


def foot(width, most=2, **changes):
    shown_now = replace(protonmail(), findings=(replace(FINDING, **changes),))
    found = finding_lines(shown_now, INK, width, most)
    return ["".join(words for words, _ in line).rstrip() for line in found], shown_now


def test_the_sentence_comes_first_then_what_is_left_and_what_to_measure_next():
    said, now = foot(240)
    assert len(said) == 1
    step = step_words(BGP_PATH, now)
    assert said[0].startswith(f" ●○○ {headline_of(FINDING, now)}")
    assert f"  3 explanations left · next: {step} " in said[0]
    assert said[0].endswith("  f details")
    narrow, _ = foot(80)
    joined = " ".join(" ".join(narrow).split())
    assert in_short(FINDING, now)[:60] in joined
    assert "3 explanations left" in joined
    assert max(map(cell_len, narrow)) <= 80


def test_with_one_line_the_sentence_has_it():
    said, now = foot(80, most=1)
    assert len(said) == 1
    assert "next" not in said[0]
    assert said[0].startswith(f" ●○○ {in_short(FINDING, now)[:44]}")
    assert "control passes: mail" in said[0]


def test_a_finding_without_explanations_says_what_to_do():
    said, now = foot(240, explanations=(), next_steps=(ADD_CONTROL,))
    assert f"next: {step_words(ADD_CONTROL, now)}" in said[0]
    assert "left" not in said[0]
    bare, _ = foot(240, explanations=(), next_steps=())
    assert bare[0].rstrip().endswith("f details")


# Open below the panels


def opened(pilot):
    return pilot.app.board_screen.query_one(ExplanationsView)


async def test_they_stand_open_where_the_panels_leave_room():
    async with shown(FakeBoard(case()), (200, 50)) as pilot:
        await settle(pilot)
        assert opened(pilot).count == 2 + len(EXPLANATIONS)
        title = " Explanations  3 left, 1 strained, 2 ruled out · TCP/25+ICMP to mail.protonmail.ch"
        assert title in text(pilot)
        view = pilot.app.board_screen.grid.chosen_view
        assert view.hops.size.height >= len(view.hops.rows)


@pytest.mark.parametrize("size", [(80, 24), (120, 24), (200, 28)])
async def test_without_room_they_take_none_from_hops(size):
    async with shown(FakeBoard(case()), size) as pilot:
        await settle(pilot)
        grid = pilot.app.board_screen.grid
        assert opened(pilot).count == 0
        assert grid.size.height == grid.holder.size.height


async def test_they_come_and_go_with_the_size_of_the_terminal():
    async with shown(FakeBoard(case()), (200, 50)) as pilot:
        for height, some in ((24, False), (50, True), (27, False), (34, True), (60, True)):
            await pilot.resize_terminal(200, height)
            await settle(pilot)
            grid = pilot.app.board_screen.grid
            assert bool(opened(pilot).count) is some, height
            view = grid.chosen_view
            assert not some or view.hops.size.height >= len(view.hops.rows)


async def test_with_little_room_the_rest_is_counted():
    many = replace(FINDING, explanations=EXPLANATIONS * 4)
    async with shown(FakeBoard(case(findings=(many,))), (200, 40)) as pilot:
        await settle(pilot)
        assert "more: f shows all" in text(pilot)
        assert opened(pilot).count <= pilot.app.board_screen.grid.spare
        assert pilot.app.board_screen.grid.spare >= MIN_ROOM


async def test_hops_that_come_take_the_room_back():
    board = FakeBoard(case())
    async with shown(board, (200, 34)) as pilot:
        await settle(pilot)
        assert opened(pilot).count
        more = eight().lanes[4]
        board.current = replace(board.current, lanes=(*board.current.lanes, more))
        pilot.app.board_screen.pull()
        await settle(pilot)
        assert opened(pilot).count == 0


async def test_only_the_board_has_them():
    async with shown(FakeBoard(case()), (200, 50)) as pilot:
        for view in (ViewName.PATHS, ViewName.EVIDENCE, ViewName.BOARD):
            pilot.app.board_screen.show_view(view)
            await settle(pilot)
            assert bool(opened(pilot).count) is (view is ViewName.BOARD)


async def test_they_follow_the_endpoint_that_is_chosen():
    other = lane("other.example", "185.70.40.200", "TCP/25", DROPPED)
    own = replace(FINDING, lanes=(LaneId(other.id),), explanations=EXPLANATIONS[:2])
    shown_now = case()
    board = FakeBoard(
        replace(shown_now, lanes=(*shown_now.lanes, other), findings=(FINDING, own), controls=())
    )
    async with shown(board, (200, 50)) as pilot:
        await settle(pilot)
        assert "TCP/25+ICMP to mail.protonmail.ch" in text(pilot)
        await pilot.press("tab")  # the control has no finding of its own
        await settle(pilot)
        assert "TCP/25+ICMP to mail.protonmail.ch" in text(pilot)
        await pilot.press("tab")
        await settle(pilot)
        assert " Explanations  1 left, 1 ruled out · TCP/25 to other.example" in text(pilot)


def test_the_finding_of_an_endpoint_or_else_the_first():
    now = case()
    assert finding_about(SUSPECT, now) is now.findings[0]
    assert finding_about(("156.154.64.10", None), now) is now.findings[0]
    assert finding_about(None, now) is now.findings[0]
    assert finding_about(None, protonmail()) is None


async def test_rounds_that_change_nothing_of_them_paint_nothing():
    board = FakeBoard(case())
    async with shown(board, (200, 50)) as pilot:
        await settle(pilot)
        view = opened(pilot)
        made = 0
        make = view._make

        def counted(*args):
            nonlocal made
            made += 1
            return make(*args)

        view._make = counted
        silence = FINDING.evidence[0]
        assert isinstance(silence, Silence)
        evidence = (replace(silence, rounds=43), *FINDING.evidence[1:])
        board.current = replace(board.current, findings=(replace(FINDING, evidence=evidence),))
        pilot.app.board_screen.pull()
        await pilot.press("down", "down")
        await settle(pilot)
        assert made == 0
        board.current = replace(board.current, findings=(replace(FINDING, explanations=EXPLANATIONS[:3]),))
        pilot.app.board_screen.pull()
        await settle(pilot)
        assert made == 1


async def test_a_panel_keeps_its_rows_when_they_open(rows_painted):
    """Nothing of the panels is painted again but what their new height asks for."""
    quiet = replace(case(), findings=())
    board = FakeBoard(quiet)
    async with shown(board, (200, 50)) as pilot:
        await settle(pilot)
        views = [view.hops for view in pilot.app.board_screen.grid.shown]
        before = [line for line in lines(pilot) if "▌" in line]
        painted = sum(rows_painted[view] for view in views)
        board.current = replace(quiet, findings=(replace(FINDING, candidates=()),))
        pilot.app.board_screen.pull()
        await settle(pilot)
        assert opened(pilot).count
        assert [line for line in lines(pilot) if "▌" in line] == before
        assert sum(rows_painted[view] for view in views) == painted
