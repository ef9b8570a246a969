"""Which endpoint is chosen without moving to it, and what notices say of whom."""

from dataclasses import replace
from pathlib import Path

import pytest
from textual.widgets import OptionList

from tracetui.model import Lane, ProbeProtocol, Role, Snapshot
from tracetui.tui.automatic_choice import AutomaticChoice
from tracetui.tui.commands.export import place_words
from tracetui.tui.dialogs.findings import FindingsDialog
from tracetui.tui.dialogs.help import HelpDialog
from tracetui.tui.paint.lane_name import endpoint_name
from tui.scenes import CONTROL_PATH, DROPPED, FakeBoard, eight, lane, protonmail, snapshot
from tui.screens import lines, shown, text

SUSPECT, CONTROL = ("185.70.40.101", None), ("156.154.64.10", None)
NEW = ("192.0.2.7", None)


async def settle(pilot, times=3):
    for _ in range(times):
        await pilot.pause()


def chosen(pilot):
    return pilot.app.board_screen.grid.chosen


def resolved(board: FakeBoard, host: str, address: str) -> None:
    """A target that was added has its first lane now, in front of the others."""
    fresh = lane(host, address, "TCP/443", [*DROPPED[:4]])
    board.current = replace(board.current, lanes=(*board.current.lanes, fresh), unresolved=())


# Added and brought back


@pytest.mark.parametrize("keys", ["", "v"], ids=["board", "overview"])
@pytest.mark.parametrize("private", [False, True])
async def test_an_endpoint_just_added_is_chosen_once_it_resolves(keys, private):
    board = FakeBoard(protonmail())
    async with shown(board, (120, 40)) as pilot:
        await pilot.press(*keys, *("P" if private else ""), "a", *"new.example", "enter")
        await settle(pilot)
        assert chosen(pilot) == SUSPECT
        resolved(board, "new.example", NEW[0])
        pilot.app.board_screen.pull()
        await settle(pilot)
        assert pilot.app.board_screen.view_options.real(chosen(pilot)) == NEW
        assert pilot.app.board_screen.view.chosen_panel == chosen(pilot)
        await pilot.press("tab")  # and is left again
        pilot.app.board_screen.thaw()
        await settle(pilot)
        assert chosen(pilot) == SUSPECT


async def test_who_has_moved_meanwhile_is_left_there():
    board = FakeBoard(protonmail())
    async with shown(board, (120, 40)) as pilot:
        await pilot.press("a", *"new.example", "enter", "tab")
        resolved(board, "new.example", NEW[0])
        pilot.app.board_screen.pull()
        await settle(pilot)
        assert chosen(pilot) == CONTROL


@pytest.mark.parametrize("keys", ["", "v"], ids=["board", "overview"])
async def test_undo_restores_the_choice(keys):
    async with shown(FakeBoard(eight()), (80, 24)) as pilot:
        await pilot.press(*keys, "l", "l", "l", "l")
        await settle(pilot)
        removed = chosen(pilot)
        await pilot.press("d", "l", "l")
        await settle(pilot)
        assert chosen(pilot) != removed
        await pilot.press("u")
        await settle(pilot)
        assert chosen(pilot) == removed
        assert pilot.app.board_screen.view.chosen_panel == removed


async def test_at_the_start_the_first_endpoint_is_chosen_until_a_key_is_pressed():
    start = eight(rounds=3)
    late = replace(start, lanes=start.lanes[6:])
    board = FakeBoard(late)
    async with shown(board, (80, 24)) as pilot:
        assert chosen(pilot) == ("185.70.40.104", None)
        board.current = start  # the others resolved later
        pilot.app.board_screen.pull()
        await settle(pilot)
        assert chosen(pilot) == ("185.70.40.101", None)
        await pilot.press("j")
        board.current = replace(start, lanes=(*start.lanes[2:], *start.lanes[:2]))
        pilot.app.board_screen.pull()
        await settle(pilot)
        assert chosen(pilot) == ("185.70.40.101", None)


def test_of_a_target_in_two_networks_the_new_endpoint_is_meant():
    choice, there = AutomaticChoice(), eight()
    first = there.lanes[0].lane.panel
    choice.await_targets(["mx1.example.org"], {each.lane.panel for each in there.lanes}, first)
    assert choice.awaited(there, first) == ("185.70.40.102", None)  # none is new: another port of it
    second = lane("mx1.example.org", "192.0.2.9", "TCP/25", DROPPED)
    assert choice.awaited(replace(there, lanes=(*there.lanes, second)), first) == ("192.0.2.9", None)


# Whom notices are about


def two_of_a_name() -> Snapshot:
    return snapshot(
        [
            lane("mail.example", "185.70.40.101", "TCP/25", DROPPED, vantage="95.220.0.10"),
            lane("mail.example", "185.70.40.101", "TCP/25", CONTROL_PATH[:4], vantage="198.51.100.7"),
        ]
    )


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ("m", "mail.example from 95.220.0.10 is a control now"),
        ("mm", "mail.example from 95.220.0.10 is a suspect again"),
        ("d", "mail.example from 95.220.0.10 removed: u restores it"),
        ("du", "mail.example from 95.220.0.10 restored"),
        ("-", "mail.example from 95.220.0.10 hidden: + shows it again"),
    ],
)
async def test_marking_and_removing_say_whom(keys, said):
    async with shown(FakeBoard(two_of_a_name()), (120, 40)) as pilot:
        for key in keys:
            await pilot.press({"-": "minus"}.get(key, key))
            await settle(pilot)
        assert said in text(pilot)


def test_an_endpoint_is_called_by_what_tells_it_from_its_namesakes():
    value = two_of_a_name()
    other = lane("mail.example", "192.0.2.80", "TCP/25", DROPPED)
    first, second = value.lanes
    imported = replace(
        first,
        trace=replace(
            first.trace,
            lane=Lane(
                "mail.example", "mail.example", "185.70.40.101", ProbeProtocol.ICMP, None, imported="R3"
            ),
        ),
    )
    assert endpoint_name(first, [first]) == "mail.example"
    assert endpoint_name(second, value.lanes) == "mail.example from 198.51.100.7"
    assert endpoint_name(
        other,
        [
            other,
            replace(other, trace=replace(other.trace, lane=replace(other.trace.lane, address="192.0.2.81"))),
        ],
    ) == ("mail.example (192.0.2.80)")
    assert endpoint_name(imported, [first, imported]) == "mail.example imported from R3"


# What is written where


async def test_what_is_written_says_the_directory(tmp_path):
    async with shown(FakeBoard(protonmail()), (200, 40), tmp_path) as pilot:
        await pilot.press("e")
        await pilot.app.workers.wait_for_complete()
        await settle(pilot)
        (written,) = tmp_path.glob("*.md")
        assert f"wrote {written.name} in {tmp_path}" in lines(pilot)[0]


def test_directories_below_the_home_are_short_and_strangers_letters_harmless(monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    assert place_words(tmp_path / "tickets" / "a.md") == "a.md in ~/tickets"
    assert place_words(tmp_path / "a.md") == "a.md in ~"
    assert place_words(Path("a.md")) == "a.md in ~"
    assert place_words(Path("/srv/a.md")) == "a.md in /srv"
    assert "\x1b" not in place_words(Path("/srv/\x1b[2J/a.md"))


# The same keys everywhere


async def test_the_palette_stands_in_the_first_line_of_the_help():
    async with shown(FakeBoard(protonmail()), (80, 24)) as pilot:
        await pilot.press("question_mark")
        await settle(pilot)
        assert isinstance(pilot.app.screen, HelpDialog)
        first = next(line for line in lines(pilot)[3:] if line.strip(" │"))
        assert "^p" in first
        assert "palette" in first


@pytest.mark.parametrize("keys", [("j", "k"), ("down", "up")])
async def test_j_and_k_do_in_dialogs_what_the_arrows_do(keys):
    down, up = keys
    async with shown(FakeBoard(protonmail()), (80, 24)) as pilot:
        screen = pilot.app.board_screen
        await pilot.press(down, down, up)
        assert screen.grid.row == 1

        await pilot.press("enter")  # the details over the board
        await settle(pilot)
        assert "hop 2 ·" in text(pilot)
        await pilot.press(down, down, up)
        await settle(pilot)
        assert screen.grid.row == 2
        assert "hop 3 ·" in text(pilot)
        await pilot.press("escape", "question_mark")
        await settle(pilot)
        scroll = pilot.app.screen.query_one("VerticalScroll")
        await pilot.press(down, down, up)
        await settle(pilot, 8)
        assert scroll.scroll_target_y == 1

        await pilot.press("escape", "y")
        await settle(pilot)
        options = pilot.app.screen.query_one(OptionList)
        await pilot.press(down, down, up)
        assert options.highlighted == 1
        await pilot.press(*[down] * options.option_count)
        assert options.highlighted == options.option_count - 1  # it stops at its ends, as the board does
        await pilot.press(*[up] * options.option_count)
        assert options.highlighted == 0


# The findings dialog


async def test_reached_lanes_take_one_line_of_the_findings(fifteen_findings):
    async with shown(FakeBoard(fifteen_findings), (120, 40)) as pilot:
        await pilot.press("f")
        await settle(pilot)
        dialog = pilot.app.screen
        assert isinstance(dialog, FindingsDialog)
        options = dialog.query_one(OptionList)
        assert options.option_count < 6
        assert len(fifteen_findings.findings) > 10
        await pilot.press(*["j"] * options.option_count)
        await settle(pilot)
        found = text(pilot)
        assert "11 endpoints reached, over 22 lanes." in found
        assert "TCP/443 and ICMP to www.example.org" in found
        await pilot.press("enter")
        await settle(pilot)
        assert pilot.app.board_screen.chosen_lanes[0].lane.host == "www.example.org"


async def test_a_finding_that_is_asked_for_is_chosen_in_the_list(fifteen_findings):
    async with shown(FakeBoard(fifteen_findings), (120, 40)) as pilot:
        for place in range(len(fifteen_findings.findings)):
            dialog = FindingsDialog(fifteen_findings, place)
            assert fifteen_findings.findings[place] in dialog._chosen
        await pilot.press("f")
        await settle(pilot)
        assert pilot.app.screen._chosen == (fifteen_findings.findings[0],)


@pytest.fixture(scope="module")
def fifteen_findings() -> Snapshot:
    from tracetui.investigation.demo_investigation import demo_investigation
    from tracetui.investigation.investigation_settings import Settings
    from tracetui.model import Tool
    from tracetui.probing.pace import Pace

    investigation, run_rounds = demo_investigation(
        "fifteen-servers", Settings(pace=Pace(rounds=20)), Tool("0", "tracetui demo fifteen-servers"),
        controls=(), pointers=True, virtual=True, seed=3,
    )  # fmt: skip
    run_rounds(lambda: False)
    measured = investigation.snapshot()
    investigation.close()
    assert all(each.lane.role is Role.SUSPECT for each in measured.lanes)
    return measured
