"""Dialogs on the smallest terminal: what is asked for and what is wrong can be seen."""

import re

import pytest
from textual.command import CommandPalette

from tracetui.config import Keys
from tracetui.tui.details.details_view import DetailsScreen
from tracetui.tui.dialogs.copy import CopyDialog
from tracetui.tui.dialogs.help import HelpDialog
from tracetui.tui.keymap import effective_commands
from tui.scenes import FakeBoard, protonmail
from tui.screens import shown, text


async def settle(pilot):
    for _ in range(4):
        await pilot.pause()


async def test_every_line_of_the_probes_is_seen_once_it_is_reached_and_so_is_what_is_wrong():
    async with shown(FakeBoard(protonmail()), (60, 15)) as pilot:
        await pilot.press("p")
        await settle(pilot)
        assert "tcp/25" in text(pilot)
        assert "▐ ▌ for every endpoint" in text(pilot)
        await pilot.press("tab", "tab", "tab")
        await settle(pilot)
        assert "Highest TTL" in text(pilot)
        await pilot.press("ctrl+a", "ctrl+k", *"99", "enter")
        await settle(pilot)
        assert "'99' is not a number from 1 to 64" in text(pilot)


async def test_the_foot_of_a_dialog_is_whole_at_the_smallest_size():
    foot = re.compile(r"esc \w+( it)? ─+╯")
    async with shown(FakeBoard(protonmail()), (60, 15)) as pilot:
        for key in ("a", "c", "y", "p", "f", "o", "slash", "N", "question_mark"):
            assert not foot.search(text(pilot)), key
            await pilot.press(key)
            await settle(pilot)
            assert foot.search(text(pilot)), key
            await pilot.press("escape")
            await settle(pilot)


async def test_what_can_be_copied_is_seen_where_there_is_room():
    async with shown(FakeBoard(protonmail()), (60, 15)) as pilot:
        await pilot.press("y")
        await settle(pilot)
        assert "1  text      hop 1" in text(pilot)
        assert "4  Markdown  mail.protonmail.ch" in text(pilot)


async def test_a_box_shows_a_tick_only_when_it_is_ticked():
    async with shown(FakeBoard(protonmail()), (80, 24)) as pilot:
        await pilot.press("p", "tab")
        await settle(pilot)
        assert "▐ ▌" in text(pilot)
        await pilot.press("space")
        await settle(pilot)
        assert "▐✓▌" in text(pilot)


READ = ["enter", "i", "f", "o", "y", "question_mark"]
"""Open what is read, on a narrow terminal."""

TYPED = ["a", "c", "N", "slash", "p"]
"""Open what is typed into."""


@pytest.mark.parametrize("key", READ)
async def test_q_leaves_the_program_from_whatever_is_read_and_escape_only_what_is_read(key):
    async with shown(FakeBoard(protonmail()), (80, 24)) as pilot:
        board = pilot.app.screen
        await pilot.press(key)
        await settle(pilot)
        assert pilot.app.screen is not board
        await pilot.press("escape")
        await settle(pilot)
        assert pilot.app.screen is board
        await pilot.press(key, "q")
        await settle(pilot)
        assert not pilot.app.is_running


async def test_the_help_opens_over_whatever_is_read_and_closes_again():
    async with shown(FakeBoard(protonmail()), (80, 24)) as pilot:
        board = pilot.app.screen
        for key in READ:
            if key == "question_mark":
                continue
            await pilot.press(key)
            await settle(pilot)
            read = pilot.app.screen
            assert read is not board, key
            await pilot.press("question_mark")
            await settle(pilot)
            assert isinstance(pilot.app.screen, HelpDialog), key
            await pilot.press("question_mark")
            await settle(pilot)
            assert pilot.app.screen is read, key
            await pilot.press("escape")
            await settle(pilot)
            assert pilot.app.screen is board, key


async def test_the_key_that_opened_what_is_read_closes_it():
    async with shown(FakeBoard(protonmail()), (80, 24)) as pilot:
        board = pilot.app.screen
        for key in READ:
            await pilot.press(key)
            await settle(pilot)
            assert pilot.app.screen is not board, key
            await pilot.press("j", key)
            await settle(pilot)
            assert pilot.app.screen is board, key


async def test_letters_are_typed_where_one_types():
    async with shown(FakeBoard(protonmail()), (80, 24)) as pilot:
        board = pilot.app.screen
        for key in TYPED:
            await pilot.press(key)
            await settle(pilot)
            field = pilot.app.focused
            before = field.value
            await pilot.press("q", "question_mark")
            await settle(pilot)
            assert field.value == f"{before}q?", key
            assert pilot.app.is_running, key
            await pilot.press("ctrl+c")
            await settle(pilot)
            assert pilot.app.screen is board, key


async def test_the_palette_opens_over_everything_and_leads_out():
    async with shown(FakeBoard(protonmail()), (80, 24)) as pilot:
        board = pilot.app.screen
        for key in READ + TYPED:
            await pilot.press(key, "ctrl+p")
            await settle(pilot)
            assert isinstance(pilot.app.screen, CommandPalette), key
            await pilot.press("escape")
            await settle(pilot)
            assert not isinstance(pilot.app.screen, CommandPalette), key
            if pilot.app.screen is not board:
                await pilot.press("escape")
                await settle(pilot)
            assert pilot.app.screen is board, key


async def test_keys_of_the_users_own_for_quit_and_help_are_those_of_dialogs_too():
    keys = Keys({"quit_board": ("Q",), "help": ("H",)}, "a file")
    async with shown(FakeBoard(protonmail()), (80, 24), commands=effective_commands(keys)) as pilot:
        await pilot.press("o", "q", "H")
        await settle(pilot)
        assert isinstance(pilot.app.screen, HelpDialog)
        await pilot.press("Q")
        await settle(pilot)
        assert not pilot.app.is_running


async def test_a_key_of_the_dialogs_own_comes_before_that_of_the_board():
    keys = Keys({"quit_board": ("k",), "cursor_up": ("K",), "details_up": ("ctrl+k",)}, "a file")
    async with shown(FakeBoard(protonmail()), (80, 24), commands=effective_commands(keys)) as pilot:
        await pilot.press("o", "k")
        await settle(pilot)
        assert pilot.app.is_running


async def test_the_details_over_the_board_change_between_hop_and_endpoint():
    async with shown(FakeBoard(protonmail()), (80, 24)) as pilot:
        await pilot.press("enter", "i")
        await settle(pilot)
        assert isinstance(pilot.app.screen, DetailsScreen)
        assert "─ mail.protonmail.ch" in text(pilot)
        await pilot.press("y")
        await settle(pilot)
        assert isinstance(pilot.app.screen, CopyDialog)


async def test_what_lies_over_the_board_is_closed_once_though_enter_and_escape_come_together():
    async with shown(FakeBoard(protonmail()), (80, 24)) as pilot:
        for key in ("N", "slash", "a", "p", "f", "enter"):
            await pilot.press(key)
            await settle(pilot)
            over = pilot.app.screen
            assert over is not pilot.app.board_screen, key
            over.dismiss(None)
            over.dismiss(None)  # as a message does that an escape has overtaken
            await settle(pilot)
            assert pilot.app.screen is pilot.app.board_screen, key
            assert pilot.app.exit_message is None, key
