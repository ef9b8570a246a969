"""A target with very many lanes: the screen asks, once, and does what the user says."""

from dataclasses import replace

import pytest

from tracetui.model import Unresolved
from tui.scenes import FakeBoard, protonmail
from tui.screens import shown, text

LINE = "mx:big.example: 500 lanes (250 addresses), and more than 32 of one target are not traced unasked"


async def settle(pilot) -> None:
    for _ in range(2):
        pilot.app.board_screen.pull()
        for _ in range(4):
            await pilot.pause()


def board() -> FakeBoard:
    return FakeBoard(replace(protonmail(), unresolved=(Unresolved("mx:big.example", LINE, lanes=500),)))


@pytest.mark.parametrize("size", [(60, 15), (80, 24), (200, 50)])
async def test_it_asks_and_traces_them_when_told_to(size):
    asked = board()
    async with shown(asked, size) as pilot:
        await settle(pilot)
        assert "mx:big.example has 500 lanes. Trace them all?" in text(pilot)
        await pilot.press("y")
        await settle(pilot)
        assert asked.asked == [("trace_all", "mx:big.example")]
        assert "Trace them all?" not in text(pilot)


@pytest.mark.parametrize("key", ["n", "escape"])
async def test_no_traces_none_and_is_not_asked_again(key):
    asked = board()
    async with shown(asked, (120, 40)) as pilot:
        await settle(pilot)
        await pilot.press(key)
        await settle(pilot)
        asked.current = replace(asked.current, title="changed")
        await settle(pilot)
        assert "Trace them all?" not in text(pilot)
        assert "500 lanes" in text(pilot), "the line of the target stays"
        assert asked.asked == []


async def test_it_waits_for_a_dialog_that_is_open():
    asked = FakeBoard(protonmail())
    async with shown(asked, (120, 40)) as pilot:
        await pilot.press("N")
        await settle(pilot)
        asked.current = board().current
        await settle(pilot)
        assert "Trace them all?" not in text(pilot)
        await pilot.press("escape")
        await settle(pilot)
        assert "Trace them all?" in text(pilot)
