"""The AS paths view: ribbons aligned by AS, where they part, what a control lets expect."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.style import Style
from textual.color import Color

from tracetui.model import PathState, PathVerdict, Role, Snapshot
from tracetui.privacy.mask import masked
from tracetui.simulation.catalogue import available
from tracetui.tui.paint.ink import Ink
from tracetui.tui.paint.state_glyph import ARRIVED, STOPPED
from tracetui.tui.paths.path_ribbons import RibbonMaker, part
from tracetui.tui.paths.path_rows import PARTS, PathPlan
from tracetui.tui.paths.paths_view import PathsView
from tui.scenes import CONTROL_PATH, DROPPED, SHARED, eight, lane, protonmail, snapshot
from tui.screens import text
from tui.view_app import scene_of, simulated, viewed

SIZES = [(60, 15), (80, 24), (120, 40), (200, 60)]
INK = Ink(lambda _: Style.null(), Color(0, 0, 0), sixteen=False)


def as_path_lines(value: Snapshot):
    return RibbonMaker().as_path_lines(value.lanes, value)


def drawn(value: Snapshot, width: int) -> list[str]:
    rows = PathPlan(as_path_lines(value), value, width).rows(INK)
    return ["".join(words for words, _ in row.pieces).rstrip() for row in rows]


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
async def test_the_paths(size, snapshot):
    async with viewed(PathsView, scene_of(simulated("protonmail-2019")), size) as pilot:
        assert text(pilot) == snapshot


async def test_lanes_that_disagree_are_rows_of_their_own(snapshot):
    async with viewed(PathsView, scene_of(simulated("injected-reset")), (120, 40)) as pilot:
        assert text(pilot) == snapshot


async def test_a_row_stands_for_lanes_of_an_endpoint():
    value = protonmail()
    panels = list(dict.fromkeys(one.lane.panel for one in value.lanes))
    async with viewed(PathsView, scene_of(value, chosen=panels[1]), (120, 20)) as pilot:
        view = pilot.app.view
        assert view.chosen_panel == panels[1]
        assert view.chosen_lanes == tuple(one.id for one in value.lanes[2:])
        view.move_aside(1)
        assert view.chosen_panel == panels[0]
        view.move_by(1)
        assert view.chosen_panel == panels[1]
        view.show(scene_of(replace(value), chosen=panels[1]))
        view.move_first()
        assert view.chosen_panel == panels[0]


async def test_the_same_scene_draws_nothing(rows_painted):
    value = protonmail()
    async with viewed(PathsView, scene_of(value), (120, 20)) as pilot:
        view = pilot.app.view
        painted = rows_painted[view.rows]
        view.show(scene_of(replace(value)))
        await pilot.pause()
        assert rows_painted[view.rows] == painted
        changed = replace(value.lanes[0], verdict=replace(value.lanes[0].verdict, rounds=43))
        view.show(scene_of(replace(value, lanes=(changed, *value.lanes[1:]))))
        await pilot.pause()
        assert rows_painted[view.rows] == painted


async def test_nothing_traced_says_so():
    async with viewed(PathsView, scene_of(snapshot([])), (60, 15)) as pilot:
        assert "No lane yet" in text(pilot)


async def test_sixty_four_lanes_scroll_to_the_last():
    lanes = [
        lane(f"mx{number}.example.org", f"185.70.41.{number}", service, [*SHARED, f"185.70.41.{number}"])
        for number in range(32)
        for service in ("TCP/25", "ICMP")
    ]
    async with viewed(PathsView, scene_of(snapshot(lanes)), (80, 24)) as pilot:
        pilot.app.view.move_last()
        await pilot.pause()
        assert "mx31.example.org" in text(pilot)
        assert pilot.app.view.chosen_panel == ("185.70.41.31", None)


def test_a_control_says_what_is_expected_after_the_stop():
    first, control = as_path_lines(protonmail())
    assert first.end == STOPPED
    assert first.expected == control.path[len(first.path) :] != ()
    assert control.end == ARRIVED
    assert control.expected == ()
    stopped, going_on = drawn(protonmail(), 200)[0], drawn(protonmail(), 200)[-1]
    assert stopped.index("C 22822") == going_on.index("C 22822")
    assert stopped.index("✖") < stopped.index("┄") < stopped.index("C 22822")


def test_where_a_path_stops_that_another_goes_on_they_part():
    first, control = as_path_lines(protonmail())
    found = part(first, control)
    assert found is not None
    assert found.shared == 2
    assert found.words == "after AS8359, router 195.34.53.4"
    marked = [line for line in drawn(protonmail(), 200) if PARTS in line]
    assert len(marked) == 1


def test_another_as_parts_paths_and_an_earlier_end_does_not():
    through = lane("a.example", "68.142.1.1", "ICMP", [*SHARED, "68.142.1.1"])
    other = lane("b.example", "156.154.1.1", "ICMP", [*SHARED, "156.154.1.1"])
    shorter = lane("c.example", "195.34.1.1", "ICMP", [*SHARED, "195.34.1.1"])
    one, two, three = as_path_lines(snapshot([through, other, shorter]))
    assert part(one, two).words == "after AS8359, router 195.34.53.4"
    assert part(two, three) is None
    assert part(one, one) is None


def test_what_is_open_or_begins_elsewhere_is_not_compared():
    opened = lane(
        "a.example",
        "68.142.1.1",
        "ICMP",
        SHARED,
        verdict=PathVerdict(PathState.INSUFFICIENT, 4, SHARED[3]),
    )
    away = lane("b.example", "156.154.1.1", "ICMP", ["68.142.9.9", "156.154.1.1"], vantage="192.0.2.1")
    here = lane("b.example", "156.154.1.1", "ICMP", CONTROL_PATH)
    one, two, three = as_path_lines(snapshot([opened, away, here]))
    assert part(one, three) is None
    assert part(two, three) is None


def test_what_is_compared_stands_together_and_another_origin_apart():
    found = as_path_lines(simulated("protonmail-2019"))
    assert [one.lanes[0].lane.host.partition(".")[0] for one in found] == [
        "mail",
        "mailsec",
        "control",
        "mail",
    ]
    assert [one.lanes[0].lane.vantage for one in found[:3]] == [found[0].lanes[0].lane.vantage] * 3
    marked = [line for line in drawn(simulated("protonmail-2019"), 200) if PARTS in line]
    assert len(marked) == 1
    assert "paths diverge: after AS8359, router 195.34.53.162" in marked[0]


@pytest.mark.parametrize("width", [60, 72, 80, 100, 120, 160, 200])
def test_the_words_of_a_parting_are_whole_at_any_width(width):
    rows = PathPlan(as_path_lines(simulated("protonmail-2019")), simulated("protonmail-2019"), width).rows(
        INK
    )
    lines = ["".join(words for words, _ in row.pieces).rstrip() for row in rows]
    start = next(place for place, line in enumerate(lines) if PARTS in line)
    end = next(place for place in range(start, len(lines)) if rows[place].key or "control" in lines[place])
    said = " ".join(" ".join(lines[start:end]).replace(PARTS, "").replace("router", "").split())
    assert said in {"paths diverge: after AS8359, 195.34.53.162", "after AS8359, 195.34.53.162"}
    assert all(len(line) <= width for line in lines)


def test_several_controls_and_no_reply_at_all():
    lanes = [
        lane("x.example", "185.70.40.101", "ICMP", [None] * 5, verdict=PathVerdict(PathState.SILENT_AFTER)),
        lane("x.example", "185.70.40.101", "TCP/25", DROPPED),
        lane("c.example", "156.154.64.10", "TCP/25", CONTROL_PATH, role=Role.CONTROL),
        lane("d.example", "68.142.3.1", "TCP/25", [*SHARED, "68.142.3.1"], role=Role.CONTROL),
    ]
    found = as_path_lines(snapshot(lanes))
    assert found[0].path == ()
    lines = drawn(snapshot(lanes), 120)
    assert any(line.endswith("✖   nothing answers") for line in lines)


@pytest.mark.parametrize("width", [60, 80, 100, 120, 200])
@pytest.mark.parametrize("name", [scenario.name for scenario in available()])
def test_a_tag_is_always_there_and_ases_stand_under_each_other(name, width):
    value = simulated(name)
    lines = drawn(value, width)
    tags = {system.asn: system.tag for system in value.ases}
    found = as_path_lines(value)
    rows = [line for line in lines if any(sign in line for sign in "━●✖") and PARTS not in line]
    assert len(rows) == len(found)
    for ribbon, line in zip(found, rows, strict=True):
        assert len(line) <= width
        for asn in (*ribbon.path, *ribbon.expected):
            assert f" {tags[asn]} " in line


@settings(max_examples=40, deadline=None)
@given(st.integers(60, 200), st.integers(0, 3))
def test_nothing_is_wider_than_the_screen_and_masks_leave_it_whole(width, hops):
    value = masked(eight(hops=10), hops)
    assert all(len(line) <= width or PARTS in line for line in drawn(value, width))
