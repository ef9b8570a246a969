"""Every view of rows says which of them are in sight, and that costs no other row."""

import re
from dataclasses import replace

import pytest
from rich.style import Style
from textual.containers import VerticalScroll

from tracetui.model import Confidence, Finding, FindingKind, LaneId, ReplyKind
from tracetui.model.evidence import Answers
from tracetui.model.finding import AnsweredFrom
from tracetui.tui.paint.position import position_words, with_position
from tracetui.tui.view import ViewName
from tui.scenes import DROPPED, FakeBoard, lane, protonmail, snapshot
from tui.screens import lines, shown, text

LAST_EVIDENCE = r"│  40 +\S"


def many(count):
    return FakeBoard(
        snapshot(
            [
                lane(f"host{number}.example", f"192.0.2.{number}", "ICMP", DROPPED)
                for number in range(1, count + 1)
            ]
        )
    )


async def settle(pilot):
    for _ in range(5):
        await pilot.pause()


@pytest.mark.parametrize(
    ("place", "words"),
    [
        ((0, 11, 30), "1–11 of 30 hops"),
        ((19, 11, 30), "20–30 of 30 hops"),
        ((0, 30, 30), ""),
        ((0, 0, 30), ""),
        ((5, 11, 12), "6–12 of 12 hops"),
        ((0, 5, 0), ""),
    ],
)
def test_which_rows_are_in_sight(place, words):
    first, rows, count = place
    assert position_words(first, rows, count, "hops") == words


def test_words_that_have_no_room_go_before_the_line_is_cut():
    null = Style.null()

    def drawn(width):
        return "".join(text for text, _ in with_position([("a line", null)], "1–2 of 3 lines", width, null))

    assert drawn(30) == "a line          1–2 of 3 lines"
    assert drawn(22) == "a line  1–2 of 3 lines"
    assert drawn(21) == "a line       1–2 of 3"
    assert drawn(12) == "a … 1–2 of 3"
    assert "".join(text for text, _ in with_position([("a line", null)], "", 30, null)) == "a line"


HEADS = {"v": (1, "lanes"), "2": (1, "lines"), "3": (1, "lines"), "4": (1, "lines")}
"""Key of a view, and the line of the screen that says so."""


@pytest.mark.parametrize("size", [(60, 15), (80, 24), (120, 40)])
async def test_a_list_says_which_rows_are_in_sight_as_it_scrolls(size):
    async with shown(many(64), size) as pilot:
        for key, (place, what) in HEADS.items():
            await pilot.press("1", key)
            await settle(pilot)
            view = pilot.app.board_screen.view
            assert view is not pilot.app.board_screen.views.views[ViewName.BOARD], key
            rows = view.rows

            def told(rows=rows):
                top, height = rows.scroll_offset.y, rows.size.height
                return f"{top + 1}–{min(len(rows), top + height)} of {len(rows)}"

            if len(rows) <= rows.size.height:
                assert not re.search(r"\d–\d+ of", lines(pilot)[place]), key
                continue
            assert told().startswith("1–"), key
            assert told() in lines(pilot)[place], key
            if size[0] >= 120:
                assert f"{told()} {what}" in lines(pilot)[place], key
            await pilot.press("G")
            await settle(pilot)
            assert rows.scroll_offset.y, key
            assert told() in lines(pilot)[place], key
            await pilot.press("g")
            await settle(pilot)
            assert told().startswith("1–"), key
            assert told() in lines(pilot)[place], key


async def test_where_all_rows_are_in_sight_nothing_is_said():
    async with shown(many(2), (120, 60)) as pilot:
        for key in HEADS:
            await pilot.press("1", key)
            await settle(pilot)
            assert " of " not in lines(pilot)[1], key


@pytest.mark.parametrize("key", ["v", "4"])
async def test_scrolling_paints_only_rows_that_come_into_sight_and_the_cursors(key, rows_painted):
    async with shown(many(64), (80, 24)) as pilot:
        await pilot.press("1", key)
        await settle(pilot)
        rows = pilot.app.board_screen.view.rows
        rows.move_last()
        await settle(pilot)
        rows.move_first()
        await settle(pilot)
        painted = rows_painted[rows]
        rows.scroll_to(y=1, animate=False)
        await settle(pilot)
        assert rows_painted[rows] - painted <= 1


async def test_what_a_finding_says_below_its_foot_can_be_read_by_keys():
    told = Finding(
        FindingKind.REACHABLE,
        Confidence.HIGH,
        (LaneId("a"),),
        AnsweredFrom(ReplyKind.SYN_ACK, 9),
        evidence=tuple(
            Answers(LaneId("a"), ReplyKind.SYN_ACK, 9, 2000 + number, 3000) for number in range(40)
        ),
    )
    board = FakeBoard(replace(protonmail(), findings=(told,)))
    async with shown(board, (80, 24)) as pilot:
        await pilot.press("f")
        await settle(pilot)
        assert not re.search(LAST_EVIDENCE, text(pilot))
        await pilot.press("J")
        await settle(pilot)
        scroll = pilot.app.screen.query_one(VerticalScroll)
        assert scroll.scroll_y == 1
        await pilot.press("K", *["ctrl+d"] * 12)
        await settle(pilot)
        assert re.search(LAST_EVIDENCE, text(pilot))
        await pilot.press(*["ctrl+u"] * 12)
        await settle(pilot)
        assert scroll.scroll_y == 0
