"""The overview: which columns it has room for."""

import pytest
from scenes import FakeBoard
from screens import lines, shown
from view_app import simulated


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
