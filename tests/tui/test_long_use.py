"""What is done again and again leaves nothing behind: living objects are counted, not bytes."""

import gc

import pytest
from scenes import FakeBoard, protonmail
from screens import shown, text
from textual._styles_cache import StylesCache
from textual.message_pump import MessagePump


async def settle(pilot, times=4):
    for _ in range(times):
        await pilot.pause()


async def test_a_notice_replaced_by_the_next_is_taken_down_whole():
    async with shown(FakeBoard(protonmail()), (120, 40)) as pilot:
        for _ in range(5):
            await pilot.press("t")
            await settle(pilot)
        assert "over all time" in text(pilot) or "over the last" in text(pilot)
        assert len(pilot.app.screen.query("ToastHolder")) == 1


async def test_a_notice_said_over_a_dialog_leaves_none_of_those_before():
    async with shown(FakeBoard(protonmail()), (120, 40)) as pilot:
        board = pilot.app.board_screen
        await pilot.press("t")
        await settle(pilot)
        await pilot.press("question_mark")
        await settle(pilot)
        board.say("said while help is open")
        await settle(pilot)
        assert "said while help is open" in text(pilot)
        await pilot.press("escape")
        await settle(pilot)
        assert "said while help is open" in text(pilot)
        assert len(board.query("ToastHolder")) == 1


def living(kind: type) -> set[int]:
    gc.collect()
    return {id(each) for each in gc.get_objects() if isinstance(each, kind)}


@pytest.mark.parametrize("key", ["enter", "f", "o", "question_mark", "N", "a", "p", "y", "slash", "ctrl+p"])
async def test_what_is_closed_leaves_neither_widgets_nor_painted_lines(key):
    async with shown(FakeBoard(protonmail()), (120, 40)) as pilot:
        for times in (2, 3):
            for _ in range(times):
                await pilot.press(key)
                await settle(pilot)
                await pilot.press("escape")
                await settle(pilot)
            await pilot.press("j", "k")
            await settle(pilot)
            if times == 2:
                before = len(living(MessagePump)), len(living(StylesCache))
        assert (len(living(MessagePump)), len(living(StylesCache))) == before
