"""A path that is silent to its end: one row for all of it, beside the same TTLs of other panels as before."""

import re

from tracetui.model import PathState, PathVerdict, Role
from tracetui.tui.board.control_continuation import Continuations
from tracetui.tui.board.fold_silent_rows import row_count
from tracetui.tui.board.hop_line import Mark
from tracetui.tui.board.panel_rows import PanelRows
from tui.scenes import CONTROL_PATH, SHARED, FakeBoard, check, lane, snapshot
from tui.screens import lines, shown, text

SILENT = [*SHARED, *[None] * 26]
TWO = ("mail.example", "185.70.40.101")


async def settle(pilot):
    for _ in range(5):
        await pilot.pause()


def rows(*lanes, beside=()):
    checks = tuple(check(one.id, other.id) for one in lanes for other in beside)
    made = snapshot([*lanes, *beside], controls=checks)
    return PanelRows().lines(lanes, made, Continuations(made))


def control():
    return lane("control.example", "156.154.64.10", "ICMP", CONTROL_PATH, role=Role.CONTROL)


def test_one_row_stands_for_all_that_is_silent():
    found = rows(lane(*TWO, "ICMP", SILENT))
    assert [(line.ttl, line.mark, line.until) for line in found[3:]] == [
        (4, Mark.LAST, 0),
        (5, Mark.SILENT, 30),
    ]
    assert row_count(lane(*TWO, "ICMP", SILENT)) == len(found)


def test_what_a_control_sees_has_rows_of_its_own():
    found = rows(lane(*TWO, "ICMP", SILENT), beside=[control()])
    assert [(line.ttl, line.control is not None, line.until) for line in found[4:]] == [
        *((ttl, True, 0) for ttl in range(5, 10)),
        (10, False, 30),
    ]


def test_another_lane_that_goes_on_has_rows_of_its_own():
    found = rows(lane(*TWO, "TCP/25", SILENT), lane(*TWO, "ICMP", [*SHARED, None, None, TWO[1]]))
    assert (found[-1].ttl, found[-1].until) == (8, 30)
    assert [cell.mark for cell in found[-1].cells] == [Mark.SILENT, Mark.NONE]


def test_two_silent_rows_or_a_path_not_known_yet_stay_as_they_are():
    assert [line.until for line in rows(lane(*TWO, "ICMP", [*SHARED, None, None]))] == [0] * 6
    open_end = PathVerdict(PathState.INSUFFICIENT, 4, SHARED[-1], rounds=2)
    young = lane(*TWO, "ICMP", SILENT, rounds=2, verdict=open_end)
    assert len(rows(young)) == row_count(young) == 30


def test_nothing_ever_answered():
    found = rows(lane(*TWO, "ICMP", [None] * 30))
    assert [(line.ttl, line.until) for line in found] == [(1, 30)]


def board(rounds=42):
    suspect = [lane(*TWO, service, SILENT, rounds=rounds) for service in ("TCP/25", "ICMP")]
    return beside_control(suspect, rounds)


def beside_control(suspect, rounds=42):
    checks = tuple(check(one.id, control().id) for one in suspect)
    return snapshot([*suspect, control()], rounds=rounds, controls=checks)


async def test_the_row_is_in_line_with_the_other_panel_and_keeps_the_cursor():
    fake = FakeBoard(board())
    async with shown(fake, (120, 40)) as pilot:
        screen = pilot.app.board_screen
        row = next(line for line in lines(pilot) if "silent to hop 30" in line)
        assert re.match(r"│ 10 ╱╱ silent to hop 30 ", row)
        assert any(re.match(r"│  9 ╱╱ silent .*││  9 ", line) for line in lines(pilot))
        await pilot.press("G")
        await settle(pilot)
        assert screen.grid.row == 9
        for rounds in (43, 44):
            fake.current = board(rounds)
            screen.pull()
            await settle(pilot)
        assert screen.grid.row == 9
        assert "▸10 ╱╱ silent to hop 30" in text(pilot)
        await pilot.press("enter")
        await settle(pilot)
        assert "hop 10 · mail.example" in text(pilot)


async def test_the_cursor_comes_along_when_its_row_goes():
    open_end = PathVerdict(PathState.INSUFFICIENT, 4, SHARED[-1], rounds=2)
    fake = FakeBoard(snapshot([lane(*TWO, "ICMP", SILENT, rounds=2, verdict=open_end)]))
    async with shown(fake, (120, 40)) as pilot:
        screen = pilot.app.board_screen
        await pilot.press("G")
        await settle(pilot)
        assert screen.grid.row == 29
        fake.current = snapshot([lane(*TWO, "ICMP", SILENT)])
        screen.pull()
        await settle(pilot)
        assert screen.grid.row == 4
        assert "▸ 5 ╱╱ silent to hop 30" in text(pilot)


async def test_the_place_in_the_path_counts_hops():
    async with shown(FakeBoard(beside_control([lane(*TWO, "ICMP", SILENT)])), (80, 15)) as pilot:
        await settle(pilot)
        assert re.search(r"1–\d of 30 hops", text(pilot))
        await pilot.press("G")
        await settle(pilot)
        assert re.search(r"\d–30 of 30 hops", text(pilot))
