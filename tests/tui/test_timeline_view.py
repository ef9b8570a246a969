"""The timeline on a screen: what it draws, at all sizes, where its cursor goes, and what a repaint costs."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tracetui.investigation.past_snapshot import at_moment
from tracetui.model import Snapshot
from tracetui.model.moment import moment_of, unix_ns
from tracetui.tui.timeline.time_columns import NS
from tui.screens import text
from tui.timeline_scenes import TimelineApp, scene, traced
from tui.view_text import text_of

SIZES = [(60, 15), (80, 24), (120, 40), (200, 60)]
CASE = "drop-begins"


async def start(pilot, first=None, **fields):
    """Show a scene as the board would: once the view is laid out."""
    await pilot.pause()
    view = pilot.app.view
    view.take_focus()
    view.show(scene(first or traced(CASE), **fields))
    await pilot.pause()
    return view


def one_round_more(snapshot: Snapshot, *places: int) -> Snapshot:
    """The snapshot after another round, in the newest one's column, of the lanes at `places`."""
    lanes = list(snapshot.lanes)
    for place in places:
        trace = lanes[place].trace
        last = trace.outcomes[-1]
        more = replace(
            last,
            number=last.number + 1,
            started_ns=last.started_ns + 1,
            replies=last.replies._replace(path=(), endpoint=None, endpoint_ttl=None),
        )
        lanes[place] = replace(
            lanes[place], trace=replace(trace, outcomes=(*trace.outcomes, more), rounds=trace.rounds + 1)
        )
    return replace(snapshot, lanes=tuple(lanes))


def many(count: int) -> Snapshot:
    """`count` lanes, two an endpoint, every other endpoint a control that is reached."""
    snapshot = traced(CASE)
    lanes = []
    for number in range(count // 2):
        for lane in snapshot.lanes[2:] if number % 2 else snapshot.lanes[:2]:
            value = replace(lane.lane, host=f"mx{number}.example.org", address=f"192.0.2.{number}")
            lanes.append(replace(lane, trace=replace(lane.trace, lane=value)))
    return replace(snapshot, lanes=tuple(lanes))


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
async def test_the_timeline(size, snapshot):
    async with TimelineApp().run_test(size=size) as pilot:
        await start(pilot)
        assert text(pilot) == snapshot


async def test_a_line_a_lane_where_there_are_many(snapshot):
    async with TimelineApp().run_test(size=(80, 24)) as pilot:
        view = await start(pilot, many(64))
        view.move_last()
        await pilot.pause()
        assert text(pilot) == snapshot
        assert view.chosen_panel == ("192.0.2.31", None)


@pytest.mark.parametrize(("window_s", "begins"), [(60.0, "23:07"), (300.0, "23:0"), (900.0, "22:5")])
async def test_the_window_is_the_zoom(window_s, begins):
    async with TimelineApp().run_test(size=(120, 20)) as pilot:
        await start(pilot, window_s=window_s)
        axis = text(pilot).splitlines()[1]
        first_time = axis.partition("╷")[2][:8]
        assert first_time.startswith(begins)


async def test_the_cursor_goes_back_and_says_which_moment_it_stands_on():
    async with TimelineApp().run_test(size=(120, 20)) as pilot:
        view = await start(pilot, window_s=60.0)
        newest = max(lane.trace.outcomes[-1].started_ns for lane in traced(CASE).lanes)
        view.move_aside(-1)
        await pilot.pause()
        [moment] = pilot.app.moments
        assert moment == moment_of(newest // NS * NS - 1000)
        view.move_aside(-1)
        await pilot.pause()
        assert pilot.app.moments[-1] == moment - timedelta(seconds=1)
        view.move_aside(1)
        view.move_aside(1)
        await pilot.pause()
        assert pilot.app.moments[-1] is None
        count = len(pilot.app.moments)
        view.move_aside(1)
        await pilot.pause()
        assert len(pilot.app.moments) == count


async def test_what_the_column_says_is_what_the_board_shows_of_that_moment():
    async with TimelineApp().run_test(size=(120, 20)) as pilot:
        view = await start(pilot, window_s=60.0)
        for steps in (3, 30, 25):
            view.move_aside(-steps)
            await pilot.pause()
            then = at_moment(traced(CASE), pilot.app.moments[-1])
            reached = then.lanes[0].trace.outcomes[-1].endpoint is not None
            assert ("reached in 1 of 1" in text_of(view).splitlines()[-2]) is reached


async def test_it_goes_back_as_far_as_rounds_are_kept():
    async with TimelineApp().run_test(size=(120, 20)) as pilot:
        view = await start(pilot)
        view.move_aside(-1000)
        await pilot.pause()
        oldest = traced(CASE).lanes[0].trace.outcomes[0]
        assert pilot.app.moments[-1] >= moment_of(oldest.started_ns)
        assert "no data" not in text_of(view).splitlines()[-2]


async def test_the_cursor_stays_at_its_time_as_time_goes_on():
    async with TimelineApp().run_test(size=(120, 20)) as pilot:
        short = traced(CASE, 90)
        view = await start(pilot, short, window_s=60.0)
        view.move_aside(-10)
        await pilot.pause()
        words = text_of(view).splitlines()[-2].partition(" UTC")[0]
        view.show(scene(traced(CASE, 100), window_s=60.0, moment=pilot.app.moments[-1]))
        await pilot.pause()
        assert text_of(view).splitlines()[-2].partition(" UTC")[0] == words
        assert len(pilot.app.moments) == 1


async def test_somebody_else_may_move_it_too():
    async with TimelineApp().run_test(size=(120, 20)) as pilot:
        whole = traced(CASE)
        view = await start(pilot, window_s=60.0)
        moment = whole.started_at + timedelta(seconds=70)
        view.show(scene(whole, window_s=60.0, moment=moment))
        assert f"{moment:%H:%M:%S}" in text_of(view).splitlines()[-2]
        view.show(scene(whole, window_s=900.0, moment=whole.created_at - timedelta(seconds=2)))
        assert "ago" in text_of(view).splitlines()[-2]  # in the newest column, and yet not now
        view.show(scene(whole, window_s=60.0))
        assert text_of(view).splitlines()[-2].startswith(" now")
        assert pilot.app.moments == []
        view.move_aside(-1)
        await pilot.pause()
        view.show(scene(whole, window_s=60.0))  # drawn before the board has heard of it
        assert not text_of(view).splitlines()[-2].startswith(" now")


async def test_a_click_puts_the_cursor_there():
    async with TimelineApp().run_test(size=(120, 20)) as pilot:
        view = await start(pilot, window_s=60.0)
        await pilot.click(view.rows, offset=(109, 4))
        await pilot.pause()
        newest = max(lane.trace.outcomes[-1].started_ns for lane in traced(CASE).lanes) // NS
        assert unix_ns(pilot.app.moments[-1]) // NS == newest - 10
        assert view.chosen_panel == ("156.154.64.10", None)
        await pilot.click(view.rows, offset=(3, 4))
        await pilot.pause()
        assert len(pilot.app.moments) == 1


async def test_moving_goes_from_lane_to_lane_and_the_foot_follows():
    async with TimelineApp().run_test(size=(120, 20)) as pilot:
        view = await start(pilot)
        assert view.chosen_panel == ("185.70.40.101", None)
        view.move_by(2)
        await pilot.pause()
        assert view.chosen_panel == ("156.154.64.10", None)
        assert "156.154.64.10 TCP/443: reached" in text_of(view).splitlines()[-2]
        view.show(scene(traced(CASE), chosen=("185.70.40.101", None)))
        assert view.chosen_panel == ("185.70.40.101", None)


async def test_a_new_round_paints_its_own_lane_alone(rows_painted):
    async with TimelineApp().run_test(size=(120, 40)) as pilot:
        view = await start(pilot, many(20))
        painted = rows_painted[view.rows]
        assert painted == 20
        view.show(scene(one_round_more(many(20), 3)))
        await pilot.pause()
        assert 0 < rows_painted[view.rows] - painted <= 2
        painted = rows_painted[view.rows]
        view.show(scene(one_round_more(many(20), 3)))
        await pilot.pause()
        assert rows_painted[view.rows] == painted


async def test_unseen_it_draws_nothing(rows_painted):
    async with TimelineApp().run_test(size=(120, 40)) as pilot:
        view = await start(pilot)
        painted = rows_painted[view.rows]
        view.display = False
        await pilot.pause()
        await pilot.resize_terminal(100, 30)
        await pilot.pause()
        assert rows_painted[view.rows] == painted


async def test_an_empty_board_is_said_to_be_empty():
    async with TimelineApp().run_test(size=(80, 24)) as pilot:
        view = await start(pilot, replace(traced(CASE), lanes=(), events=(), notes=()))
        view.move_aside(-1)
        await pilot.pause()
        assert "nothing is traced yet" in text(pilot)
        assert pilot.app.moments == []


async def test_a_theme_paints_it_again(rows_painted):
    async with TimelineApp().run_test(size=(80, 24)) as pilot:
        view = await start(pilot)
        painted = rows_painted[view.rows]
        view.repaint()
        await pilot.pause()
        assert rows_painted[view.rows] == painted + 8
