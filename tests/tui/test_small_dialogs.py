"""Dialogs on the smallest terminal: what is asked for and what is wrong can be seen."""

import re

import pytest
from scenes import FakeBoard, protonmail
from screens import shown, text


async def settle(pilot):
    for _ in range(4):
        await pilot.pause()


async def test_every_line_of_the_probes_is_seen_once_it_is_reached_and_so_is_what_is_wrong():
    async with shown(FakeBoard(protonmail()), (60, 15)) as pilot:
        await pilot.press("p")
        await settle(pilot)
        assert "tcp/25" in text(pilot)
        assert "▐ ▌ of every endpoint" in text(pilot)
        await pilot.press("tab", "tab", "tab")
        await settle(pilot)
        assert "Highest TTL" in text(pilot)
        await pilot.press("ctrl+a", "ctrl+k", *"99", "enter")
        await settle(pilot)
        assert "'99' is not a number from 1 to 64" in text(pilot)


@pytest.mark.parametrize("key", ["a", "c", "y", "p", "f", "o", "slash", "N", "question_mark"])
async def test_the_foot_of_a_dialog_is_whole_at_the_smallest_size(key):
    async with shown(FakeBoard(protonmail()), (60, 15)) as pilot:
        await pilot.press(key)
        await settle(pilot)
        assert re.search(r"esc \w+( it)? ─+╯", text(pilot))


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
