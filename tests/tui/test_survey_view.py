"""The survey view: what it says of many places, at all widths, and where its cursor leads."""

from dataclasses import replace

import pytest

from tracetui.model import Role
from tracetui.tui.survey.survey_page import REACHED, STOPPED
from tracetui.tui.survey.survey_view import SurveyView
from tui.scenes import FakeBoard, protonmail
from tui.screens import shown, text
from tui.view_app import scene_of, simulated, viewed

SIZES = [(60, 15), (80, 60), (120, 50), (200, 60)]


def sixty():
    return simulated("survey", 8)


def few(count: int):
    found = sixty()
    places = list(dict.fromkeys(lane.lane.origin for lane in found.lanes))[:count]
    return replace(found, lanes=tuple(lane for lane in found.lanes if lane.lane.origin in places))


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
async def test_the_survey(size, snapshot):
    async with viewed(SurveyView, scene_of(sixty()), size) as pilot:
        assert text(pilot) == snapshot


@pytest.mark.parametrize("width", [60, 80, 120, 150, 200])
async def test_the_figures_and_the_as_are_in_sight(width):
    async with viewed(SurveyView, scene_of(sixty()), (width, 24)) as pilot:
        said = " ".join(text(pilot).split())
    assert "20 of 61 vantages do not reach it. By country: 20 of 50 in RU." in said
    assert "AS64498 Volga Carrier" in said
    assert "20 of 20" in said
    assert STOPPED * 4 in said


async def test_bars_are_as_long_as_the_counts_are():
    async with viewed(SurveyView, scene_of(sixty()), (120, 60)) as pilot:
        lines = text(pilot).splitlines()
    stops = next(line for line in lines if "✖ 20 stop in" in line).count(STOPPED)
    reached = next(line for line in lines if "● 41 reach it" in line).count(REACHED)
    assert abs(reached / stops - 41 / 20) < 0.15
    (country,) = (line for line in lines if line.lstrip().startswith("RU "))
    assert abs(country.count(REACHED) / country.count(STOPPED) - 30 / 20) < 0.2


@pytest.mark.parametrize("count", [1, 4])
async def test_few_places_are_told_what_would_make_more(count):
    async with viewed(SurveyView, scene_of(few(count)), (120, 40)) as pilot:
        said = text(pilot)
    assert "5 are the least. W has public probes trace, V adds a place of your own, I takes" in said
    assert "too few" in said


async def test_nothing_traced_yet_is_no_error():
    async with viewed(SurveyView, scene_of(replace(sixty(), lanes=())), (80, 24)) as pilot:
        assert "5 are the least" in text(pilot)


async def test_the_cursor_stands_on_vantages_that_stop():
    async with viewed(SurveyView, scene_of(sixty()), (120, 40)) as pilot:
        view = pilot.app.view
        assert view.chosen_panel == ("198.18.1.80", "via mos1")
        panels = []
        for _ in range(12):
            view.move_by(1)
            panels.append(view.chosen_panel)
        assert {("198.18.1.80", f"via {name}1") for name in ("mos", "neva", "kazan", "sib", "don")} <= set(
            panels
        )


async def test_every_line_can_be_reached():
    async with viewed(SurveyView, scene_of(sixty()), (80, 24)) as pilot:
        view = pilot.app.view
        for _ in range(300):
            view.move_by(1)
        await pilot.pause()
        assert "Northern Transit" in text(pilot)
        assert view.rows.chosen == [row.key for row in view.rows._rows if row.key][-1]


async def test_the_survey_follows_what_is_marked():
    found = sixty()
    marked = replace(
        found,
        lanes=tuple(
            replace(lane, trace=replace(lane.trace, lane=replace(lane.lane, role=Role.SUSPECT)))
            for lane in found.lanes
        ),
    )
    async with viewed(SurveyView, scene_of(found), (120, 100)) as pilot:
        assert "Control: www.hosting.example" in text(pilot)
        pilot.app.view.show(scene_of(marked))
        await pilot.pause()
        assert "Control:" not in text(pilot)
        assert "no control shows" not in text(pilot)


async def test_the_key_shows_it_and_enter_leads_to_the_board():
    async with shown(FakeBoard(sixty()), (120, 40)) as pilot:
        await pilot.press("5")
        await pilot.pause()
        assert pilot.app.board_screen.view_name.value == "survey"
        assert "Paths, from where they end back to the vantages" in text(pilot)
        assert " survey " in text(pilot).splitlines()[0]
        await pilot.press("j", "enter")
        await pilot.pause()
        assert pilot.app.board_screen.view_name.value == "board"
        assert pilot.app.board_screen.grid.chosen == ("198.18.1.80", "via mos1")


async def test_a_survey_of_a_usual_investigation_is_short():
    async with shown(FakeBoard(protonmail()), (80, 24)) as pilot:
        await pilot.press("5")
        await pilot.pause()
        assert "These are too few to show where." in " ".join(text(pilot).split())
