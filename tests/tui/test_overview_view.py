"""The overview: which columns it has room for; what a filter leaves to see."""

import pytest

from tui.scenes import FakeBoard, eight, protonmail
from tui.screens import lines, shown, text
from tui.view_app import simulated


@pytest.mark.parametrize("width", [60, 70, 80, 90, 100, 110, 120, 140, 160, 200])
async def test_the_overview_has_what_there_is_room_for_and_cuts_no_state(width):
    async with shown(FakeBoard(simulated("protonmail-2019")), (width, 24)) as pilot:
        await pilot.press("v")
        for _ in range(4):
            await pilot.pause()
        rows = lines(pilot)[1:10]
        assert ("AS path" in rows[0]) == any("A━B" in row for row in rows) == (width >= 100)
        assert ("address" in rows[0]) == any("185.70.40.101" in row for row in rows)
        assert "address" in rows[0] or width < 160
        stopped = [row for row in rows if row.startswith(" ✖")]
        ends = ("silent after 4", "last reply from AS8359 MTS")
        assert stopped
        assert all(row.endswith(ends) for row in stopped)


async def test_the_neighbour_of_a_removed_endpoint_is_chosen_on_the_board_too():
    async with shown(FakeBoard(eight()), (120, 40)) as pilot:
        await pilot.press("v", "j", "j", "j", "j")
        board = pilot.app.board_screen
        await pilot.pause()
        removed = board.grid.chosen
        panels = list(dict.fromkeys(lane.lane.panel for lane in board.scene.lanes))
        place = panels.index(removed)
        assert place
        await pilot.press("d")
        await pilot.pause()
        assert board.grid.chosen == panels[place + 1]
        await pilot.press("v")
        await pilot.pause()
        assert board.grid.chosen == panels[place + 1]


async def test_the_filter_says_what_it_leaves_while_it_is_typed():
    async with shown(FakeBoard(protonmail()), (80, 24)) as pilot:
        await pilot.press("v", "slash", *"as22822")
        await pilot.pause()
        assert "shows 1 of 2 endpoints" in text(pilot)
        await pilot.press("x")
        await pilot.pause()
        assert "no endpoint matches" in text(pilot)


async def test_a_click_in_the_legend_filters_by_that_as_and_a_second_one_drops_the_filter():
    async with shown(FakeBoard(protonmail()), (120, 40)) as pilot:
        legend = pilot.app.screen.query_one("#legend")
        at = legend.plain.index("22822")
        for hosts in (1, 2):
            await pilot.click(legend, offset=(at, 0))
            await pilot.pause()
            assert len({lane.lane.panel for lane in pilot.app.board_screen.scene.lanes}) == hosts
