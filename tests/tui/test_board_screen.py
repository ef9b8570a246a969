"""What the board shows, at all sizes and in all colours, and what its keys do."""

import asyncio
import re
from dataclasses import replace
from pathlib import Path
from unittest.mock import patch

import pytest

from tracetui.model import (
    CannotRunError,
    Event,
    EventKind,
    ForeignText,
    Registration,
    Role,
    Unresolved,
)
from tracetui.model.event import FindingChange, TargetChange
from tracetui.tui.board.panel_view import PanelView
from tracetui.tui.commands.table import COMMANDS
from tracetui.tui.idle_time import IdleTime
from tracetui.words import headline_of
from tui.scenes import DROPPED, SHARED, FakeBoard, eight, lane, protonmail, snapshot
from tui.screens import hush, lines, shown, text
from tui.typed_findings import FINDING, case

SIZES = [(60, 15), (80, 24), (120, 40), (200, 60)]
SUSPECT = ("185.70.40.101", None)
CONTROL = ("156.154.64.10", None)


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
async def test_the_board(size, snapshot):
    async with shown(FakeBoard(case()), size) as pilot:
        assert text(pilot) == snapshot


async def test_without_colour_every_fact_is_still_there(monkeypatch):
    async with shown(FakeBoard(case()), (120, 40)) as pilot:
        plain = text(pilot)
    monkeypatch.setenv("NO_COLOR", "1")
    async with shown(FakeBoard(case()), (120, 40)) as pilot:
        assert text(pilot) == plain


async def test_eight_endpoints_fit_or_are_named_in_the_strip():
    async with shown(FakeBoard(eight()), (200, 60)) as pilot:
        assert all(f"mx{number}.example.org" in text(pilot) for number in range(8))
    async with shown(FakeBoard(eight()), (80, 24)) as pilot:
        assert all(f"mx{number}.ex" in lines(pilot)[1] for number in (0, 3, 6, 1, 2, 4))
        for _ in range(5):
            await pilot.press("tab")
        await pilot.pause()
        assert "mx4.example.org · " in text(pilot)


async def test_a_terminal_too_small_says_how_large_it_must_be_and_comes_back():
    async with shown(FakeBoard(case()), (59, 15)) as pilot:
        assert "60 × 15" in text(pilot)
        for size in [(60, 14), (200, 60), (10, 3), (60, 15), (100, 30), (99, 16), (80, 24)]:
            await pilot.resize_terminal(*size)
            await pilot.pause()
        assert "185.70.40.101" in text(pilot)
        assert "tracetui needs" not in text(pilot)


# Keys


async def test_a_target_is_added_and_mistakes_stay_in_the_dialog():
    board = FakeBoard(case())
    async with shown(board, (120, 40)) as pilot:
        await pilot.press("a", *"example.org:99999", "enter")
        await pilot.pause()
        assert "is not a number from 1 to" in text(pilot)
        await pilot.press(*["backspace"] * 5, *"25", "enter")
        await pilot.pause()
        assert board.asked == [("add", "example.org:25", Role.SUSPECT)]
        assert "example.org:25" in text(pilot)


async def test_a_control_is_added_marked_and_unmarked():
    board = FakeBoard(case())
    async with shown(board, (120, 40)) as pilot:
        await pilot.press("c", *"192.0.2.7", "enter", "m", "tab", "m")
        await pilot.pause()
        assert board.asked == [
            ("add", "192.0.2.7", Role.CONTROL),
            ("set_role", SUSPECT, Role.CONTROL),
            ("set_role", CONTROL, Role.SUSPECT),
        ]


async def test_what_is_removed_can_be_brought_back():
    board = FakeBoard(case())
    async with shown(board, (120, 40)) as pilot:
        await pilot.press("d")
        await pilot.pause()
        assert board.asked == [("remove", SUSPECT)]
        assert "mail.protonmail.ch removed: u restores it" in text(pilot)
        assert "mail.protonmail.ch · 185.70.40.101" not in text(pilot)
        await pilot.press("delete")
        await pilot.pause()
        assert "No target yet" in text(pilot)
        await pilot.press("u", "u")
        await pilot.pause()
        assert "mail.protonmail.ch restored" in text(pilot)
        assert "mail.protonmail.ch · 185.70.40.101" in text(pilot)
        await pilot.press("u")
        await pilot.pause()
        assert "nothing to restore" in text(pilot)


async def test_an_empty_board_asks_for_a_target():
    async with shown(FakeBoard(snapshot_without_lanes()), (80, 24)) as pilot:
        assert "Add a target" in text(pilot)


def snapshot_without_lanes():
    return snapshot([], title="")


async def test_frozen_means_still_and_says_how_far_behind():
    board = FakeBoard(case())
    async with shown(board, (120, 40)) as pilot:
        screen = pilot.app.board_screen
        await pilot.press("space")
        before = lines(pilot)[1:]
        board.current = protonmail(rounds=45, losses={2: (44,)})
        screen.pull()
        await pilot.pause()
        assert lines(pilot)[1:] == before
        assert "FROZEN · 3 rounds behind" in lines(pilot)[0]
        await pilot.press("space")
        await pilot.pause()
        assert "round 45" in lines(pilot)[0]


@pytest.mark.parametrize(("key", "suffix", "first"), [("e", "md", "# Path report"), ("E", "json", "{")])
async def test_exports_are_files_of_their_own(tmp_path: Path, key, suffix, first):
    async with shown(FakeBoard(case()), (120, 40), tmp_path) as pilot:
        for _ in range(2):
            await pilot.press(key)
            await pilot.app.workers.wait_for_complete()
        await pilot.pause()
        written = sorted(tmp_path.iterdir())  # noqa: ASYNC240  (a test's own directory)
        assert [path.suffix for path in written] == [f".{suffix}"] * 2
        assert all(path.read_text().startswith(first) for path in written)
        assert "wrote tracetui-mail.protonmail.ch" in text(pilot)


async def test_an_export_that_fails_says_so(tmp_path: Path):
    async with shown(FakeBoard(case()), (120, 40), tmp_path / "not there") as pilot:
        await pilot.press("e")
        await pilot.app.workers.wait_for_complete()
        await pilot.pause()
        assert "cannot write" in text(pilot)


async def test_restart_and_quit():
    board = FakeBoard(case())
    async with shown(board, (120, 40)) as pilot:
        await pilot.press("r", "q")
    assert ("restart_statistics",) in board.asked
    assert pilot.app.return_code == 0


async def test_vim_keys_and_arrows_move_the_same_way():
    async with shown(FakeBoard(case()), (120, 40)) as pilot:
        grid = pilot.app.board_screen.grid
        for keys, row in ((["j", "down", "j"], 3), (["k", "up"], 1), (["G"], 9), (["g"], 0)):
            await pilot.press(*keys)
            assert grid.row == row
        for keys, panel in ((["tab"], CONTROL), (["shift+tab"], SUSPECT), (["l"], CONTROL), (["h"], SUSPECT)):
            await pilot.press(*keys)
            assert grid.chosen == panel


async def test_details_name_what_is_known_of_a_hop():
    async with shown(FakeBoard(case()), (120, 40)) as pilot:
        await pilot.press("j", "j", "enter")
        await pilot.pause()
        found = text(pilot)
        assert "195.34.50.1" in found
        assert "MPLS" in found
        assert "24005" in found


async def test_a_registry_is_asked_about_the_chosen_hop_and_its_answer_stands_in_the_details():
    board = FakeBoard(case())
    async with shown(board, (120, 40)) as pilot:
        await pilot.press("j", "j", "w")
        await pilot.pause()
        assert board.asked == [("ask_registry", "195.34.50.1")]
        assert "asking the registry" in text(pilot)
        found = Registration(
            "195.34.50.1", "MTS PJSC", "MTS-NET", "195.34.32.0 - 195.34.63.255", ("195.34.32.0/19",), "RU",
            ("abuse@mts.example",), "1997-11-03", "2023-05-06", "rdap.example",
        )  # fmt: skip
        board.current = replace(board.current, registrations={"195.34.50.1": found})
        pilot.app.board_screen.pull()
        await pilot.pause()
        assert "registered to MTS PJSC (MTS-NET), RU, says rdap.example" in text(pilot)
        assert "abuse contact: abuse@mts.example" in text(pilot)


async def test_a_board_that_asks_no_registry_says_so():
    class Offline(FakeBoard):
        def ask_registry(self, address: str) -> None:
            raise CannotRunError("no registry is asked here")

    async with shown(Offline(case()), (120, 40)) as pilot:
        await pilot.press("j", "j", "w")
        await pilot.pause()
        assert "no registry is asked here" in text(pilot)


async def test_the_mouse_chooses_a_row():
    async with shown(FakeBoard(case()), (120, 40)) as pilot:
        grid = pilot.app.board_screen.grid
        view = grid.shown[1].hops
        await pilot.click(view, offset=(10, 4))
        await pilot.pause()
        assert (grid.chosen, grid.row) == (CONTROL, 4)


async def test_findings_open_jump_and_offer_steps():
    board = FakeBoard(case())
    async with shown(board, (120, 40)) as pilot:
        await pilot.press("tab", "f")
        await pilot.pause()
        found = " ".join(text(pilot).split())
        assert "3 explanations left" in found
        headings = re.findall(r"│ (Next steps|Explanations|Evidence)(?: [▁-█])? │", found)
        assert headings == ["Next steps", "Evidence", "Explanations"]
        await pilot.press("enter")
        await pilot.pause()
        grid = pilot.app.board_screen.grid
        assert (grid.chosen, grid.row) == (SUSPECT, 3)
        await pilot.press("f", "2", *"9", "enter")
        await pilot.pause()
        assert board.asked == [("add", "185.70.40.9", Role.CONTROL)]


@pytest.mark.parametrize(
    ("key", "asked"),
    [
        ("1", ("ask_bgp", "185.70.40.101", "156.154.64.10")),
        ("3", ("add", "tcp://156.154.64.10:443", Role.CONTROL)),
        ("4", ("add", "tcp://185.70.40.101:443", Role.SUSPECT)),
        ("5", ("set_role", CONTROL, Role.CONTROL)),
    ],
)
async def test_a_step_is_taken_in_the_role_that_it_asks_for(key, asked):
    board = FakeBoard(case())
    async with shown(board, (120, 40)) as pilot:
        await pilot.press("f", key)
        await pilot.pause()
        if asked[0] == "add":
            await pilot.press("enter")
            await pilot.pause()
        assert board.asked == [asked]


async def test_both_candidates_are_marked_in_both_panels():
    async with shown(FakeBoard(case()), (120, 40)) as pilot:
        marked = [line for line in lines(pilot) if "◆" in line]
        assert len(marked) == 2
        assert all(line.count("◆") == 2 for line in marked)


async def test_news_of_findings_is_one_short_notice():
    quiet = protonmail()
    board = FakeBoard(quiet)
    async with shown(board, (120, 40)) as pilot:
        news = [
            Event(
                quiet.created_at, EventKind.FINDING_APPEARED, FindingChange(FINDING, None), FINDING.lanes[0]
            ),
            Event(quiet.created_at, EventKind.TARGET_ADDED, TargetChange(ForeignText("something.example"))),
        ]
        board.current = replace(quiet, findings=(FINDING,), events=tuple(news))
        pilot.app.board_screen.pull()
        await pilot.pause()
        assert f"new finding: {headline_of(FINDING, quiet)[:40]}" in text(pilot)
        hush(pilot)
        pilot.app.board_screen.pull()
        await pilot.pause()
        assert "new finding" not in text(pilot)


async def test_targets_that_did_not_resolve_are_shown_and_dismissed():
    board = FakeBoard(case(unresolved=(Unresolved("nosuch.example", "nosuch.example: no such name"),)))
    async with shown(board, (120, 40)) as pilot:
        assert "nosuch.example: no such name" in text(pilot)
        await pilot.press("x")
        await pilot.pause()
        assert "nosuch" not in text(pilot)


# Robustness and cost


async def test_names_of_strangers_do_nothing():
    hostile = case(names={"195.34.50.1": "[bold]not markup[/bold] [@click=app.quit]q[/]"})
    board = FakeBoard(replace(hostile, title="[reverse]title[/reverse]"))
    async with shown(board, (200, 60)) as pilot:
        await pilot.press("n")
        await pilot.pause()
        assert "[bold]not markup[/bold]" in text(pilot)
        assert "[reverse]title[/reverse]" in text(pilot)


async def test_a_dead_engine_ends_the_program_with_one_line():
    class Dead(FakeBoard):
        def snapshot(self):
            if self.pulls > 1:
                raise CannotRunError("probing stopped: no memory")
            return super().snapshot()

    board = Dead(case())
    async with shown(board, (80, 24)) as pilot:
        board.pulls = 2
        pilot.app.board_screen.pull()
        await pilot.pause()
    assert pilot.app.return_code == 3


async def test_one_changed_hop_paints_one_row_and_a_cursor_move_two(rows_painted):
    before = eight()
    board = FakeBoard(before)
    async with shown(board, (200, 60)) as pilot:
        screen = pilot.app.board_screen
        await pilot.pause()
        views = [view.hops for view in screen.grid.shown]
        painted = [rows_painted[view] for view in views]
        hops = list(before.lanes[2].trace.hops)
        hops[2] = replace(hops[2], recent=(*hops[2].recent[:-1], None), lost=hops[2].lost + 1)
        trace = replace(before.lanes[2].trace, hops=tuple(hops), version=2)
        new_lane = replace(before.lanes[2], trace=trace, hops=trace.hops)
        board.current = replace(before, lanes=(*before.lanes[:2], new_lane, *before.lanes[3:]))
        screen.pull()
        await pilot.pause()
        costs = [rows_painted[view] - count for view, count in zip(views, painted, strict=True)]
        assert costs == [0, 1, 0, 0, 0, 0, 0, 0]
        painted = [rows_painted[view] for view in views]
        await pilot.press("j")
        await pilot.pause()
        assert sum(rows_painted[view] for view in views) - sum(painted) == 2


async def test_an_unchanged_snapshot_draws_nothing():
    board = FakeBoard(case())
    async with shown(board, (120, 40)) as pilot:
        screen = pilot.app.board_screen
        with patch.object(screen.view_options, "scene", wraps=screen.view_options.scene) as scenes:
            for _ in range(5):
                screen.pull()
            await asyncio.sleep(0)
            scenes.assert_not_called()
            screen.thaw()
            scenes.assert_called_once()


async def test_the_answer_to_a_key_comes_before_the_next_snapshot_but_not_for_long():
    board = FakeBoard(case())
    async with shown(board, (120, 40)) as pilot:
        screen = pilot.app.board_screen
        pulls, now_s = [], [0.0]
        screen._idle = IdleTime(lambda: now_s[0])
        screen.pull = lambda: pulls.append(now_s[0])
        for now_s[0] in (0.01, 0.01, 0.01, 0.01, 5):
            screen._tick()
        assert pulls == [0.01, 5]


def test_every_command_has_its_own_id_and_keys_and_says_what_it_does():
    keys = [key for command in COMMANDS for key in command.keys]
    assert len(keys) == len(set(keys))
    assert len({command.id for command in COMMANDS}) == len(COMMANDS)
    assert all(command.purpose.endswith(".") for command in COMMANDS)


IDS = """
add_control add_note add_register add_target add_vantage ask_bgp ask_registry change_probes check_services
clear compare copy cursor_down cursor_up details_down details_up dismiss_target export_json export_markdown
filter_lanes first_hop half_page_down half_page_up help hide_target import_traces last_hop look_back
look_far_back look_far_on look_now look_on mark_moment maximise move_back move_on next_panel previous_panel
quit_board redraw remove_target restart_statistics show_board show_evidence show_findings show_hidden
show_log show_paths show_survey show_timeline sort_lanes switch_names switch_overview switch_window
toggle_details toggle_endpoint toggle_freeze toggle_privacy toggle_role trace_from_elsewhere undo_removal
"""


def test_ids_that_users_keymaps_name_are_kept():
    assert sorted(command.id for command in COMMANDS) == IDS.split()


async def test_only_endpoints_on_the_screen_have_widgets_and_a_turned_page_takes_them_over():
    board = FakeBoard(eight())
    async with shown(board, (120, 40)) as pilot:
        grid = pilot.app.board_screen.grid
        await pilot.pause()
        before = list(grid.query(PanelView))
        assert len(before) == 4
        assert "mx3.example.org" in text(pilot)
        assert "mx4.example.org · " not in text(pilot)
        await pilot.press("shift+tab")
        await pilot.pause()
        assert list(grid.query(PanelView)) == before
        drawn = text(pilot)
        assert "mx7.example.org · " in drawn
        assert "mx3.example.org · " not in drawn
        assert "195.34.67.7" in drawn
        assert "195.34.61.7" not in drawn
        assert grid.chosen == ("185.70.40.108", None)
        assert grid.chosen_view is not None
        assert grid.chosen_view.hops.has_focus


async def test_a_path_that_goes_silent_looks_silent():
    suspect = lane("x.example", "185.70.40.9", "TCP/25", DROPPED)
    reached = lane("y.example", "185.70.40.8", "TCP/25", [*SHARED, "185.70.40.8"])
    async with shown(FakeBoard(snapshot([suspect, reached])), (120, 40)) as pilot:
        found = text(pilot)
        assert "◀" in found
        assert "╱╱ silent" in found
        assert "silent after hop 4 · last reply from AS8359 MTS" in found
        assert "reached at hop 5 (SYN/ACK)" in found
