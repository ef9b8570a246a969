"""Before and after on the screen: the keys, the marks, the sentence, old and new AS paths, the mask."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tracetui.investigation.compare_moments import MomentComparer
from tracetui.model import Snapshot
from tracetui.tui.lines.comparison_lines import CHANGED
from tracetui.tui.lines.notice import Notice
from tracetui.tui.view import ViewName
from tracetui.tui.view_options import ViewOptions
from tui.scenes import FakeBoard
from tui.screens import hush, lines, shown, text
from tui.view_app import simulated

SIZES = [(80, 24), (120, 36), (200, 50)]


def scene(newest: Snapshot, second: float, **options):
    view_options = ViewOptions(masked_hops=3, private=options.pop("private", False))
    view_options.compared_with = newest.started_at + timedelta(seconds=second)
    for name, value in options.items():
        setattr(view_options, name, value)
    return view_options.scene(newest, None)


async def marked_at(pilot, board: FakeBoard, second: float) -> None:
    """Mark an earlier moment as a user does: look back, mark, return to now."""
    screen = pilot.app.board_screen
    screen.view_options.moment = board.current.started_at + timedelta(seconds=second)
    screen.draw()
    await pilot.press("M", "full_stop")
    hush(pilot)
    await pilot.pause()


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
async def test_the_board_after_a_detour_and_an_outage(size, snapshot):
    board = FakeBoard(simulated("changes", 140))
    async with shown(board, size) as pilot:
        await marked_at(pilot, board, 30)
        assert text(pilot) == snapshot


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
async def test_the_board_after_a_detour(size, snapshot):
    board = FakeBoard(simulated("changes", 100))
    async with shown(board, size) as pilot:
        await marked_at(pilot, board, 30)
        assert text(pilot) == snapshot


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
async def test_as_paths_of_then_and_now(size, snapshot):
    board = FakeBoard(simulated("changes", 140))
    async with shown(board, size) as pilot:
        await marked_at(pilot, board, 30)
        await pilot.press("2")
        await pilot.pause()
        assert text(pilot) == snapshot


async def test_a_key_compares_with_just_before_the_last_change_and_stops_it():
    board = FakeBoard(simulated("changes", 140))
    async with shown(board, (120, 36)) as pilot:
        screen = pilot.app.board_screen
        hush(pilot)
        await pilot.pause()
        before = text(pilot)
        await pilot.press("equals_sign")
        await pilot.pause()
        assert "compared with 23:08:39 UTC, just before the last change" in text(pilot)
        hush(pilot)
        await pilot.pause()
        assert f"{CHANGED} 23:08:39" in lines(pilot)[0]
        assert f"{CHANGED} since 23:08:39: shop.example.net TCP/443 and ICMP: silent after 5" in text(pilot)
        await pilot.press("equals_sign")
        hush(pilot)
        await pilot.pause()
        assert screen.view_options.compared_with is None
        assert text(pilot) == before


async def test_where_nothing_has_changed_the_key_says_so():
    async with shown(FakeBoard(simulated("changes", 60)), (120, 36)) as pilot:
        await pilot.press("equals_sign")
        await pilot.pause()
        assert "M marks a moment" in pilot.app.board_screen.query_one(Notice).plain
        assert pilot.app.board_screen.view_options.compared_with is None


async def test_a_mark_is_the_moment_shown_and_the_same_key_forgets_it():
    board = FakeBoard(simulated("changes", 60))
    async with shown(board, (120, 36)) as pilot:
        options = pilot.app.board_screen.view_options
        await pilot.press("M")
        assert options.compared_with == board.current.created_at
        hush(pilot)
        await pilot.pause()
        assert f"{CHANGED} 23:07:39 (later)" in lines(pilot)[0]  # nothing is later than now
        board.current = simulated("changes", 100)
        pilot.app.board_screen.pull()
        await pilot.pause()
        assert f"{CHANGED} since 23:07:39: shop.example.net" in text(pilot)
        await pilot.press("M")
        assert options.compared_with is None


async def test_restarting_statistics_forgets_the_mark():
    board = FakeBoard(simulated("changes", 60))
    async with shown(board, (120, 36)) as pilot:
        await pilot.press("M", "r")
        assert pilot.app.board_screen.view_options.compared_with is None


async def test_the_timeline_shows_the_moment_compared_with():
    board = FakeBoard(simulated("changes", 140))
    async with shown(board, (120, 36)) as pilot:
        await marked_at(pilot, board, 30)
        await pilot.press("3")
        await pilot.pause()
        letters, times = lines(pilot)[1:3]
        assert letters.count("M") == 1
        assert times[letters.index("M")] in " ╷0123456789:"
        assert letters.index("M") < letters.index("P")


async def test_the_chosen_hop_tells_what_it_was_where_its_row_has_no_room():
    board = FakeBoard(simulated("changes", 140))
    async with shown(board, (80, 24)) as pilot:
        await marked_at(pilot, board, 110)
        await pilot.press(*"jjjjj")
        await pilot.pause()
        assert f"{CHANGED} was 198.18.5.1 AS64504" in text(pilot)
        assert "▸ 6Δ" in text(pilot)


async def test_other_endpoints_that_differ_are_named():
    board = FakeBoard(simulated("changes", 140))
    async with shown(board, (120, 36)) as pilot:
        await marked_at(pilot, board, 110)
        await pilot.press("tab")
        await pilot.pause()
        assert (
            "blog.example.net TCP/443 and ICMP: no difference beyond chance  but: shop.example.net"
            in text(pilot)
        )


async def test_an_endpoint_that_differs_from_another_place_too_is_named_with_the_place():
    board = FakeBoard(simulated("both-ways", 120))
    async with shown(board, (200, 50)) as pilot:
        await marked_at(pilot, board, 10)
        assert "also: mail.hosting.example from cable" in text(pilot)


def test_under_the_mask_nothing_tells_who_answered_in_the_first_hops():
    newest = simulated("changes", 140)
    made = scene(newest, 30, private=True).snapshot
    hidden = {"198.18.1.3", "198.18.1.1", "198.18.2.1", "192.168.1.200"}
    assert made.comparison is not None
    assert not any(f"'{address}'" in repr(made.comparison) for address in hidden)
    assert not any(asn in repr(made.comparison) for asn in ("64500", "64501"))
    shop = made.comparison.lanes[0]
    assert [hop.ttl for hop in shop.hops] == [2, 3, 4, 5, 6, 7]
    assert shop.hops[0].before.address.startswith("hidden-")
    assert shop.paths.before == (64502, 64504)


def test_the_past_under_the_mask_differs_as_it_does_without():
    newest = simulated("changes", 140)
    moment = newest.started_at + timedelta(seconds=100)
    plain, private = (scene(newest, 30, moment=moment, private=masked).snapshot for masked in (False, True))
    for one, other in zip(plain.comparison.lanes, private.comparison.lanes, strict=True):
        assert [hop.answer for hop in one.hops] == [hop.answer for hop in other.hops]


def test_nothing_is_compared_where_nobody_asks(monkeypatch):
    def compare(*_args, **_options):
        raise AssertionError("compared")

    monkeypatch.setattr(MomentComparer, "compare", compare)
    newest = simulated("changes", 140)
    view_options = ViewOptions(masked_hops=1, private=False)
    assert view_options.scene(newest, None).snapshot is newest


def test_a_scene_is_made_again_only_where_something_changed():
    newest = simulated("changes", 140)
    view_options = ViewOptions(masked_hops=1, private=False)
    view_options.compared_with = newest.started_at + timedelta(seconds=30)
    first = view_options.scene(newest, None).snapshot
    assert view_options.scene(newest, None).snapshot is first
    later = replace(newest, notes=())
    assert view_options.scene(later, None).snapshot.comparison is first.comparison


async def test_views_without_a_comparison_of_their_own_still_have_the_sentence():
    board = FakeBoard(simulated("changes", 140))
    async with shown(board, (120, 36)) as pilot:
        await marked_at(pilot, board, 110)
        for key, name in (("v", ViewName.OVERVIEW), ("4", ViewName.EVIDENCE)):
            await pilot.press(key)
            await pilot.pause()
            assert pilot.app.board_screen.view_name is name
            assert f"{CHANGED} since 23:08:30" in text(pilot)
