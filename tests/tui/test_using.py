"""Using the board: mouse, dialogs, themes, terminals that change under it."""

import random
from dataclasses import replace

import pytest
import textual.constants

from tracetui.model import Event, EventKind, ForeignText, PathState, PathVerdict, Role, Unresolved
from tracetui.model.event import TargetChange
from tracetui.tui.commands.table import COMMANDS
from tracetui.tui.dialogs.event_log import LogDialog
from tracetui.tui.dialogs.help import HelpDialog
from tracetui.tui.view import ViewName
from tui.scenes import DROPPED, SHARED, START, FakeBoard, eight, lane, protonmail, snapshot
from tui.screens import colours, hush, lines, shown, text

SUSPECT = ("185.70.40.101", None)
CONTROL = ("156.154.64.10", None)


async def settle(pilot, times: int = 3) -> None:
    for _ in range(times):
        await pilot.pause()


# Mouse


async def test_the_wheel_scrolls_all_panels_together():
    async with shown(FakeBoard(eight()), (120, 30)) as pilot:
        views = [view.hops for view in pilot.app.board_screen.grid.shown]
        assert len(views) == 2
        views[1]._on_mouse_scroll_down(scroll(views[1]))
        await settle(pilot)
        offsets = {view.scroll_offset.y for view in views}
        assert len(offsets) == 1
        assert offsets != {0}
        first = offsets.pop() + 1
        assert f" {first}–" in text(pilot)


def scroll(view):
    from textual.events import MouseScrollDown

    return MouseScrollDown(view, 3, 3, 0, 0, 0, False, False, False)


async def test_a_double_click_opens_the_details():
    async with shown(FakeBoard(protonmail()), (120, 40)) as pilot:
        view = pilot.app.board_screen.grid.shown[0].hops
        await pilot.click(view, offset=(12, 2), times=2)
        await settle(pilot)
        assert "hop 3 · mail.protonmail.ch" in text(pilot)


async def test_keys_that_share_a_label_in_the_footer_are_clicked_one_by_one():
    async with shown(FakeBoard(protonmail()), (80, 24)) as pilot:
        bar = pilot.app.screen.query_one("KeyBar")
        at = bar.plain.index("2345 Views")
        await pilot.hover(bar, offset=(at + 1, 0))
        assert bar.tooltip.startswith("State, loss and RTT")
        await pilot.hover(bar, offset=(at + 6, 0))
        assert bar.tooltip is None
        await pilot.click(bar, offset=(at + 2, 0))
        await pilot.pause()
        assert pilot.app.board_screen.view_name is ViewName.EVIDENCE


async def test_a_click_in_the_strip_goes_to_the_panel_and_one_in_the_footer_does_what_it_says():
    async with shown(FakeBoard(eight()), (80, 24)) as pilot:
        at = lines(pilot)[1].index("mx2")
        await pilot.click("#strip", offset=(at, 0))
        await settle(pilot)
        assert pilot.app.board_screen.grid.chosen == ("185.70.40.103", None)
        at = lines(pilot)[-1].index("Help")
        await pilot.click("KeyBar", offset=(at, 0))
        await settle(pilot)
        assert isinstance(pilot.app.screen, HelpDialog)


async def test_a_key_in_the_footer_explains_itself():
    async with shown(FakeBoard(protonmail()), (120, 40)) as pilot:
        bar = pilot.app.board_screen.query_one("KeyBar")
        at = lines(pilot)[-1].index("Export")
        await pilot.hover(bar, offset=(at, 0))
        assert bar.tooltip == "Write what the screen shows as a Markdown report."


# Dialogs


@pytest.mark.parametrize(("key", "found"), [("question_mark", "keys and signs"), ("o", "events")])
async def test_text_dialogs_open_scroll_wrap_and_close(key, found):
    events = tuple(
        Event(START, EventKind.TARGET_ADDED, TargetChange(ForeignText(f"host number {number} " * 8)))
        for number in range(40)
    )
    async with shown(FakeBoard(replace(protonmail(), events=events)), (120, 40)) as pilot:
        await pilot.press(key)
        await settle(pilot)
        assert found in text(pilot)
        await pilot.resize_terminal(60, 15)
        await settle(pilot)
        before = text(pilot)
        await pilot.press("k" if key == "o" else "j")
        await settle(pilot)
        assert text(pilot) != before
        assert all(line.endswith(("│", "╮", "╯", "┐", "▌", "Quit", "")) for line in lines(pilot))
        await pilot.press("escape")
        await settle(pilot)
        assert pilot.app.screen is pilot.app.board_screen


async def test_the_log_shows_the_newest_with_its_time():
    events = tuple(
        Event(START, EventKind.TARGET_ADDED, TargetChange(ForeignText(f"host{number}.example")))
        for number in range(99)
    )
    async with shown(FakeBoard(replace(protonmail(), events=events)), (80, 24)) as pilot:
        await pilot.press("o")
        await settle(pilot, 5)
        assert "09:30:00  target host98.example added" in text(pilot)
        assert isinstance(pilot.app.screen, LogDialog)


async def test_an_empty_log_and_no_findings_say_so():
    async with shown(FakeBoard(protonmail()), (80, 24)) as pilot:
        await pilot.press("o")
        await settle(pilot)
        assert "No events yet." in text(pilot)
        await pilot.press("escape", "f")
        await settle(pilot)
        assert "No findings yet." in text(pilot)


async def test_the_palette_offers_every_command():
    async with shown(FakeBoard(protonmail()), (120, 40)) as pilot:
        app = pilot.app
        names = [command.title for command in app.get_system_commands(app.board_screen)]
        assert len(names) == len(set(names))
        assert {command.palette_name for command in COMMANDS} <= set(names)
        await pilot.press("ctrl+p", *"mark", "enter")
        await settle(pilot, 5)


async def test_the_palette_runs_them():
    board = FakeBoard(protonmail())
    async with shown(board, (120, 40)) as pilot:
        await pilot.press("ctrl+p", *"restart")
        await settle(pilot, 8)
        await pilot.press("enter", "enter")
        await settle(pilot, 8)
    assert ("restart_statistics",) in board.asked


async def test_a_dialog_takes_the_keys_of_the_board():
    board = FakeBoard(protonmail())
    async with shown(board, (120, 40)) as pilot:
        await pilot.press("a", "x", "r", "q")
        await settle(pilot)
        assert pilot.app.screen.query_one("Input").value == "xrq"
        await pilot.press("escape")
        await settle(pilot)
    assert ("restart_statistics",) not in board.asked


# View


async def test_hops_appear_as_replies_arrive():
    early = PathVerdict(PathState.INSUFFICIENT, 1, SHARED[0])
    begun = lane("x.example", "185.70.40.1", "TCP/25", [SHARED[0], None, None], rounds=1, verdict=early)
    hops = (begun.trace.hops[0], *(replace(each, lost=0, recent=()) for each in begun.trace.hops[1:]))
    board = FakeBoard(
        snapshot([replace(begun, trace=replace(begun.trace, hops=hops, rounds=0), hops=hops)], rounds=0)
    )
    async with shown(board, (80, 24)) as pilot:
        assert sum("…" in line[:8] for line in lines(pilot)) >= 2
        path = [SHARED[0], SHARED[1], None]
        after = lane("x.example", "185.70.40.1", "TCP/25", path, rounds=1, verdict=early)
        hops = (*after.trace.hops[:2], hops[2])
        board.current = snapshot(
            [replace(after, trace=replace(after.trace, hops=hops, rounds=0), hops=hops)], rounds=0
        )
        pilot.app.board_screen.pull()
        await settle(pilot)
        assert SHARED[1] in text(pilot)
        assert "measuring, 0 of 5 rounds" in text(pilot)


async def test_names_take_the_place_of_addresses_and_back():
    async with shown(FakeBoard(protonmail()), (120, 40)) as pilot:
        await pilot.press("n")
        await settle(pilot)
        assert "name " in lines(pilot)[5]
        assert "gw.example.net" in lines(pilot)[6]
        assert "95.220.0.1 " not in lines(pilot)[6]
        await pilot.press("n", "n")
        await settle(pilot)
        assert "95.220.0.1 " in lines(pilot)[6]


async def test_what_is_added_while_frozen_is_seen():
    board = FakeBoard(protonmail())
    async with shown(board, (120, 40)) as pilot:
        await pilot.press("space", "a", *"192.0.2.9", "enter")
        await settle(pilot)
        assert "192.0.2.9" in text(pilot)
        assert "FROZEN" not in text(pilot)


async def test_every_lane_of_a_panel_has_a_line_that_names_it():
    found = [
        lane(
            "x.example", "185.70.40.1", service, DROPPED if service == "TCP/25" else [*SHARED, "185.70.40.1"]
        )
        for service in ("TCP/25", "TCP/443", "ICMP")
    ]
    async with shown(FakeBoard(snapshot(found)), (80, 24)) as pilot:
        heads = lines(pilot)[3:6]
        assert [label in head for label, head in zip(("TCP/25", "TCP/443", "ICMP"), heads, strict=True)] == [
            True
        ] * 3
        assert "silent after hop 4" in heads[0]
        assert "reached at hop 5 (SYN/ACK)" in heads[1]
        assert "reached at hop 5 (echo reply)" in heads[2]


async def test_the_chosen_panel_stays_chosen_when_others_come_and_go():
    board = FakeBoard(eight())
    async with shown(board, (120, 40)) as pilot:
        grid = pilot.app.board_screen.grid
        await pilot.press("tab", "tab", "j", "j")
        chosen, row = grid.chosen, grid.row
        board.current = replace(board.current, lanes=board.current.lanes[2:])
        pilot.app.board_screen.pull()
        await settle(pilot)
        assert (grid.chosen, grid.row) == (chosen, row)
        board.current = replace(board.current, lanes=())
        pilot.app.board_screen.pull()
        await settle(pilot)
        assert "No target yet" in text(pilot)
        board.current = eight()
        pilot.app.board_screen.pull()
        await settle(pilot)
        assert grid.chosen is not None


def sixty_four_lanes():
    return [
        lane(f"host{number}.example", f"185.70.41.{number}", service, [*SHARED, f"185.70.41.{number}"])
        for number in range(32)
        for service in ("TCP/25", "ICMP")
    ]


async def test_sixty_four_lanes_open_as_a_line_each_and_are_usable():
    async with shown(FakeBoard(snapshot(sixty_four_lanes())), (200, 60)) as pilot:
        await settle(pilot)
        assert sum("reached at hop 5" in line for line in lines(pilot)) >= 50
        await pilot.press("G")
        await settle(pilot)
        assert "host31.example" in text(pilot)
        await pilot.press("enter")
        await settle(pilot)
        assert "host31" in lines(pilot)[1]
        assert any("host31.example · 185.70.41.31" in line for line in lines(pilot))
        await pilot.press("v", "tab")
        await settle(pilot)
        assert pilot.app.board_screen.grid.chosen == ("185.70.41.0", None)


# Colours


async def test_a_change_of_theme_paints_everything_anew():
    async with shown(FakeBoard(protonmail()), (80, 24)) as pilot:
        dark = colours(pilot)
        pilot.app.theme = "tracetui-light"
        await settle(pilot, 5)
        light = colours(pilot)
        assert light != dark
        pilot.app.theme = "tracetui-dark"
        await settle(pilot, 5)
        assert colours(pilot) == dark


@pytest.mark.parametrize("theme", ["ansi-dark", "ansi-light", "tracetui-dark"])
async def test_grey_never_stands_on_grey(theme, monkeypatch):
    monkeypatch.setattr(textual.constants, "COLOR_SYSTEM", "standard")
    async with shown(FakeBoard(protonmail()), (80, 24)) as pilot:
        pilot.app.theme = theme
        await settle(pilot, 5)
        for strip in pilot.app.screen._compositor.render_strips(pilot.app.screen.size):
            for segment in strip:
                style = segment.style
                if (
                    style is None
                    or style.color is None
                    or style.bgcolor is None
                    or not segment.text.strip("█ ")
                ):
                    continue
                system = pilot.app.console._color_system
                ink, paper = (part.downgrade(system) for part in (style.color, style.bgcolor))
                assert ink.is_default or ink != paper, segment


# A terminal that changes


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3))
async def test_a_storm_of_sizes_keys_and_changes_leaves_a_board_that_is_whole(seed):
    chance = random.Random(seed)
    keys = [key for command in COMMANDS for key in command.keys if command.id != "quit_board"]
    snapshots = [protonmail(), eight(), protonmail(rounds=60), eight(hops=12), replace(eight(), lanes=())]
    board = FakeBoard(snapshots[0])
    async with shown(board, (120, 40)) as pilot:
        for _ in range(60):
            match chance.randrange(3):
                case 0:
                    await pilot.resize_terminal(chance.randrange(1, 210), chance.randrange(1, 70))
                case 1:
                    key = chance.choice(keys)
                    await pilot.press("tab" if key in {"e", "E"} else key)  # no files here
                case _:
                    board.current = chance.choice(snapshots)
                    pilot.app.board_screen.pull()
            if chance.random() < 0.3:
                await pilot.press("escape")
        await pilot.press("escape", "escape", "escape")
        board.current = protonmail()
        await pilot.resize_terminal(120, 40)
        await settle(pilot, 5)
        screen = pilot.app.board_screen
        await pilot.press("1", "plus", "full_stop")
        for key, on in (
            ("space", screen.frozen),
            ("z", screen.grid.alone),
            ("P", screen.view_options.private),
        ):
            if on:
                await pilot.press(key)
        pilot.app.board_screen.pull()
        hush(pilot)
        await settle(pilot, 5)
        found = text(pilot)
        assert "mail.protonmail.ch · 185.70.40.101" in found
        assert "control.example.com" in found
        assert all(len(line) <= 120 for line in lines(pilot))


async def test_a_role_that_changes_shows_in_the_title():
    board = FakeBoard(protonmail())
    async with shown(board, (120, 40)) as pilot:
        await pilot.press("m")
        await settle(pilot)
        assert "control · mail.protonmail.ch" in text(pilot)
        assert board.asked == [("set_role", SUSPECT, Role.CONTROL)]
        await pilot.press("m", "tab", "m")
        await settle(pilot)
        assert "control · " not in text(pilot)
        assert board.asked[-1] == ("set_role", CONTROL, Role.SUSPECT)


async def test_a_board_whose_targets_are_on_their_way_does_not_ask_for_one():
    waiting = snapshot([], unresolved=(Unresolved("x.example", None),))
    async with shown(FakeBoard(waiting), (80, 24)) as pilot:
        assert pilot.app.screen is pilot.app.board_screen
        assert "x.example  resolving…" in text(pilot)
        assert "No target yet" not in text(pilot)
