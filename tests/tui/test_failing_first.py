"""Endpoints that fail come first where not all fit, slowly, and never against the user's own order."""

from dataclasses import replace
from itertools import pairwise

import pytest

from tracetui.investigation.demo_investigation import demo_investigation
from tracetui.investigation.investigation_settings import Settings
from tracetui.model import LaneSnapshot, PathState, PathVerdict, Tool
from tracetui.model.imported_trace import Provenance
from tracetui.probing.pace import Pace
from tracetui.tui.overview.failing_first import MAX_BESIDE, FailingFirst
from tracetui.tui.overview.lane_filter import LaneFilter
from tracetui.tui.view import ViewName
from tracetui.tui.view_options import ViewOptions
from tui.scenes import FakeBoard, eight, lane, snapshot
from tui.screens import hush, lines, shown, text

FAILING = ["mx2.example.org", "mx3.example.org", "imap.example.org", "archive.example.org"]
"""Of the scenario `fifteen-servers`."""


async def settle(pilot, times=3):
    for _ in range(times):
        await pilot.pause()


def hosts(pilot):
    return list(dict.fromkeys(each.lane.host for each in pilot.app.board_screen.scene.lanes))


@pytest.fixture(scope="module")
def fifteen():
    """The fifteen servers after 20 rounds, measured by the engine."""
    investigation, run_rounds = demo_investigation(
        "fifteen-servers", Settings(pace=Pace(rounds=20)), Tool("0", "tracetui demo fifteen-servers"),
        controls=(), pointers=True, virtual=True, seed=3,
    )  # fmt: skip
    run_rounds(lambda: False)
    yield investigation
    investigation.close()


async def test_four_of_fifteen_are_found_within_five_keys_on_a_small_terminal(fifteen):
    async with shown(fifteen, (80, 24)) as pilot:
        board, keys = pilot.app.board_screen, 0
        assert board.view_name is ViewName.OVERVIEW
        hush(pilot)
        await settle(pilot)
        found = [host for host in FAILING if any(f"✖ {host}" in line for line in lines(pilot))]
        assert found == FAILING  # without a key
        assert "4 failing first" in lines(pilot)[0]
        assert "round 20" in lines(pilot)[0]

        await pilot.press("v")  # and each with its hops, one after the other
        keys += 1
        seen = []
        while len(seen) < len(FAILING):
            await settle(pilot)
            title = next(line for line in lines(pilot) if line.startswith("╭─ "))
            seen.append(title.removeprefix("╭─ ").partition(" · ")[0])
            if len(seen) < len(FAILING):
                await pilot.press("l")
                keys += 1
        assert sorted(seen) == sorted(FAILING)
        assert keys <= 5


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        ("failing", FAILING),
        ("FAILING tcp/25", FAILING[:2]),
        ("state:failing imap", FAILING[2:3]),
        ("host:failing", []),
        ("!failing mx", ["mx1.example.org"]),
    ],
)
def test_the_filter_knows_failing(words, wanted, fifteen):
    measured = fifteen.snapshot()
    left = LaneFilter(words).lanes(measured.lanes, measured)
    assert {each.lane.host for each in left} == set(wanted)


async def test_an_endpoint_of_which_one_lane_fails_is_failing():
    board = FakeBoard(
        snapshot([one("half", 1, works=True), one("half", 1, "ICMP"), one("whole", 2, works=True)])
    )
    async with shown(board, (80, 24)) as pilot:
        for words, wanted in (("failing", ["half"]), ("!failing", ["whole"])):
            await pilot.press("slash", *words, "enter")
            await settle(pilot)
            assert hosts(pilot) == wanted
            await pilot.press("escape")


async def test_where_all_fit_the_order_is_the_one_asked_for():
    async with shown(FakeBoard(eight()), (200, 60)) as pilot:
        assert hosts(pilot) == [f"mx{number}.example.org" for number in range(8)]
        assert "failing first" not in text(pilot)
        await pilot.resize_terminal(100, 30)
        await settle(pilot)
        pilot.app.board_screen.draw()
        await settle(pilot)
        assert hosts(pilot)[:3] == ["mx0.example.org", "mx3.example.org", "mx6.example.org"]
        assert "3 failing first" in lines(pilot)[0]


async def test_the_chosen_endpoint_stays_in_sight_whatever_fails():
    board = FakeBoard(eight())
    async with shown(board, (80, 24)) as pilot:
        await pilot.press("l", "l", "l", "l", "l")
        await settle(pilot)
        screen = pilot.app.board_screen
        chosen = screen.grid.chosen
        before = hosts(pilot)
        for rounds in range(43, 52, 2):
            board.current = now_failing(board.current, "mx7.example.org", rounds)
            screen.pull()
            await settle(pilot)
            assert screen.grid.chosen == chosen
            assert screen.grid.chosen_view is not None
        assert hosts(pilot) != before
        assert hosts(pilot)[3] == "mx7.example.org"


async def test_moving_an_endpoint_keeps_what_is_seen_and_ends_the_automatic_order(fifteen):
    async with shown(fifteen, (80, 24)) as pilot:
        first = hosts(pilot)
        assert first[:4] == FAILING
        await pilot.press("greater_than_sign")
        await settle(pilot)
        moved = [first[1], first[0], *first[2:]]
        assert hosts(pilot) == moved
        assert "in your own order now: s puts failing endpoints first" in text(pilot)
        hush(pilot)
        await settle(pilot)
        assert "failing first" not in lines(pilot)[0]
        await pilot.press("less_than_sign")  # as it was, but by hand
        await settle(pilot)
        assert hosts(pilot) == first
        await pilot.press("s")
        await settle(pilot)
        assert "endpoints failing first" in text(pilot)


async def test_an_order_by_hand_is_not_touched_when_something_fails():
    board = FakeBoard(eight())
    async with shown(board, (80, 24)) as pilot:
        await pilot.press("less_than_sign")
        await settle(pilot)
        asked = hosts(pilot)
        for rounds in (43, 60, 80):
            board.current = now_failing(board.current, "mx7.example.org", rounds)
            pilot.app.board_screen.pull()
            await settle(pilot)
        assert hosts(pilot) == asked


def test_only_lasting_changes_count():
    order = FailingFirst()

    def see(rounds, *, works):
        order.update([one("a", 1, works=works, rounds=rounds)])
        return bool(order.panels)

    assert not see(1, works=True)
    assert [see(rounds, works=False) for rounds in range(2, 9)] == [False] * 5 + [True] * 2
    flapping = [see(rounds, works=rounds % 15 < 10) for rounds in range(9, 150)]
    assert all(flapping)
    back = [see(rounds, works=True) for rounds in range(150, 180)]
    assert back == [True] * 20 + [False] * 10
    assert sum(before != after for before, after in pairwise(back)) == 1


def test_the_first_known_state_counts_at_once_and_an_unknown_one_changes_nothing():
    unknown = PathVerdict(PathState.INSUFFICIENT)
    order = FailingFirst()
    order.update([replace(one("a", 1), verdict=unknown)])
    assert not order.panels
    order.update([one("a", 1)])
    assert order.panels == {("185.70.40.1", None)}
    for rounds in range(1, 50):  # statistics restarted
        order.update([replace(one("a", 1, rounds=rounds), verdict=unknown)])
    assert order.panels == {("185.70.40.1", None)}


def one(name, number, service="TCP/25", *, works=False, rounds=42):
    address = f"185.70.40.{number}"
    path = ["95.220.0.1", "212.188.1.5", address if works else None]
    return lane(name, address, service, path, rounds=rounds)


def now_failing(value, host, rounds):
    """The snapshot `rounds` rounds after its beginning, with one endpoint silent."""
    silent = next(each.verdict for each in value.lanes if each.verdict.state is PathState.SILENT_AFTER)
    return replace(
        value,
        lanes=tuple(
            replace(
                each,
                trace=replace(each.trace, rounds=rounds),
                verdict=silent if each.lane.host == host else each.verdict,
            )
            for each in value.lanes
        ),
    )


def test_many_imported_traces_come_last_those_that_stop_before_others(fifteen):
    found = fifteen.snapshot()
    stop, go = (next(one for one in found.lanes if one.verdict.state is state)
                for state in (PathState.SILENT_AFTER, PathState.REACHED))  # fmt: skip

    def imported(number: int, lane: LaneSnapshot) -> LaneSnapshot:
        provenance = Provenance("mtr", "a.txt", f"place {number}", every_s=5.0)
        made = replace(lane.lane, imported=f"place {number}", address=found.lanes[0].lane.address)
        return replace(lane, trace=replace(lane.trace, lane=made, provenance=provenance))

    def order(count: int) -> list[LaneSnapshot]:
        beside = [imported(number, stop if number % 3 == 0 else go) for number in range(count)]
        mixed = replace(found, lanes=(found.lanes[0], *beside, *found.lanes[1:]))
        options = ViewOptions(masked_hops=0, private=False)
        return [*options.scene(mixed, None, lambda _: False).lanes]

    for count in (MAX_BESIDE, MAX_BESIDE + 1):
        lanes = order(count)
        own = [one for one in lanes if one.lane.imported is None]
        fails = [one.verdict.state.fails for one in own]
        assert fails == sorted(fails, reverse=True)
        others = [one for one in lanes if one.lane.imported is not None]
        if count > MAX_BESIDE:
            assert lanes == own + others
            stops = [one.verdict.state is PathState.SILENT_AFTER for one in others]
            assert stops == sorted(stops, reverse=True)
            assert any(stops)
        else:
            assert lanes != own + others
