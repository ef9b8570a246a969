"""What is done again and again leaves nothing behind: living objects are counted, not bytes."""

import asyncio
import gc
from collections import Counter
from dataclasses import replace

import pytest
from rich.segment import Segment
from textual._styles_cache import StylesCache
from textual.message_pump import MessagePump
from textual.strip import Strip

from tracetui.model import LaneTrace
from tracetui.tui.textual_patches.line_caches import patch_line_caches
from tui.scenes import FakeBoard, protonmail
from tui.screens import shown, text

pytestmark = pytest.mark.slow


async def settle(pilot, times=4):
    for _ in range(times):
        await pilot.pause()


async def test_a_notice_takes_the_place_of_the_one_before_and_goes_with_a_click():
    async with shown(FakeBoard(protonmail()), (120, 40)) as pilot:
        before = len(pilot.app.screen.query("*"))
        for _ in range(5):
            await pilot.press("t")
            await settle(pilot)
        assert text(pilot).count("loss and RTT over") == 1
        assert len(pilot.app.screen.query("*")) == before
        await pilot.click("Notice")
        await settle(pilot)
        assert "loss and RTT over" not in text(pilot)


async def test_what_is_said_over_a_dialog_is_read_there_and_leaves_nothing():
    async with shown(FakeBoard(protonmail()), (120, 40)) as pilot:
        board = pilot.app.board_screen
        await pilot.press("question_mark")
        await settle(pilot)
        for words in ("said first", "said while help is open"):
            board.say(words)
            await settle(pilot)
        assert "said while help is open" in text(pilot)
        assert len(pilot.app.screen.query("ToastHolder")) == 1
        await pilot.press("escape")
        await settle(pilot)
        assert len(board.query("ToastHolder")) <= 1


@pytest.fixture(autouse=True)
def only_what_a_test_makes():
    """Leave out what was there before: to search all that other tests left behind takes seconds."""
    gc.collect()
    gc.freeze()


def living(*kinds):
    gc.collect()
    return [each for each in gc.get_objects() if isinstance(each, kinds)]


BLINK_S = 0.6
"""More than half a second: a closed input lives until the next blink of its cursor."""


async def at_rest(pilot):
    """How many widgets and painted ones are alive, once closing what was closed has come to its end."""
    counts = None
    while counts != (counts := Counter(map(type, living(MessagePump, StylesCache)))):
        await settle(pilot)
        await asyncio.sleep(BLINK_S)
    return counts


MORE_KEYS = ["o", "question_mark", "N", "a", "p", "y", "ctrl+p"]


@pytest.mark.parametrize(
    "key", ["enter", "f", "slash", *(pytest.param(key, marks=pytest.mark.slow) for key in MORE_KEYS)]
)
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
                before = await at_rest(pilot)
        for _ in range(10):
            if (after := await at_rest(pilot)) == before:
                break
        assert after == before


OLD = -1
"""Version of traces that nothing on the screen is about any more."""

VISITS = {
    "the overview": ["v"],
    "AS paths": ["2"],
    "the timeline": ["3"],
    "the evidence": ["4"],
    "the board": ["1"],
    "an earlier moment": ["3", "left", "left", "1", "bracketright", "full_stop"],
    "a window": ["t", "t", "t", "t"],
    "the mask": ["P", "P"],
    "details": ["enter", "escape"],
    "details of an endpoint": ["i", "i"],
    "findings": ["f", "escape"],
    "a filter": ["slash", *"silent", "enter", "escape"],
    "a larger panel": ["z", "z"],
    "freezing": ["space", "space"],
    "copying": ["y", "escape"],
    "exporting": ["e"],
}


def with_traces(**fields):
    first = protonmail()
    lanes = tuple(replace(lane, trace=replace(lane.trace, **fields)) for lane in first.lanes)
    return replace(first, lanes=lanes)


THEN = ["1", "2", "3", "4", "v"]
WIDTHS = {"narrow": (120, 40), "wide": (170, 45)}
WAYS = [
    pytest.param(
        visited,
        size,
        then,
        id=f"{visited}-{width}-{then}",
        marks=[] if THEN[place % len(THEN)] == then and width == "wide" else pytest.mark.slow,
    )
    for place, visited in enumerate(VISITS)
    for width, size in WIDTHS.items()
    for then in THEN
]
"""One way on from each visit is taken every time, all ways in the slow tests."""


@pytest.mark.parametrize(("visited", "size", "then"), WAYS)
async def test_no_view_but_the_one_seen_holds_what_was_measured(visited, size, then):
    board = FakeBoard(with_traces(version=OLD))
    async with shown(board, size) as pilot:
        for key in VISITS[visited]:
            await pilot.press(key)
            await settle(pilot)
        await pilot.app.workers.wait_for_complete()
        assert any(trace.version == OLD for trace in living(LaneTrace))
        board.current = with_traces(rounds=1000)
        pilot.app.board_screen.pull()
        await pilot.press(then)
        pilot.app.board_screen.pull()
        await settle(pilot)
        assert not any(trace.version == OLD for trace in living(LaneTrace))


def lines_alive():
    return [each for each in gc.get_objects() if isinstance(each, Strip)]


async def test_a_line_that_is_painted_over_is_free_without_a_search_for_garbage():
    async with shown(FakeBoard(protonmail()), (120, 40)) as pilot:
        board = pilot.app.board_screen
        board.repaint()
        await settle(pilot)
        gc.collect()
        gc.disable()
        try:
            before = len(lines_alive())
            for _ in range(5):
                board.repaint()
                await settle(pilot)
            assert len(lines_alive()) < before + 10
        finally:
            gc.enable()


def test_a_line_is_divided_as_by_textual():
    patch_line_caches()
    line = Strip([Segment("abc"), Segment("defg")])
    assert [piece.text for piece in line.divide([2, 5, 7])] == ["ab", "cde", "fg"]
    assert [piece.text for piece in line.divide([3])] == ["abc"]
    assert list(line.divide([7])) == [line]
    assert list(line.divide([7, 9])) == [line]
    assert list(line.divide([])) == []
