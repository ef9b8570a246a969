"""The AS colours are those that the script chooses, and its measure of colours is the published one."""

import importlib.util
from pathlib import Path

import pytest
from textual.color import Color

from tracetui.model.attribution import AS_COLOURS
from tracetui.tui.paint.as_palette import SIXTEEN_ON_DARK, SIXTEEN_ON_LIGHT, as_colour_on

SCRIPT = Path(__file__).parents[2] / "benchmarks" / "palette.py"
FIRST_SIX_APART = 6.0
"""CIEDE2000, over both themes and all eyes; 2 is about the least that is seen side by side."""


@pytest.fixture(scope="module")
def palette():
    spec = importlib.util.spec_from_file_location("palette", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    ("one", "other", "apart"),
    [
        ((50, 2.6772, -79.7751), (50, 0, -82.7485), 2.0425),
        ((50, 3.1571, -77.2803), (50, 0, -82.7485), 2.8615),
        ((50, -1.3802, -84.2814), (50, 0, -82.7485), 1.0000),
        ((50, 0, 0), (50, -1, 2), 2.3669),
        ((50, 2.49, -0.001), (50, -2.49, 0.0009), 7.1792),
        ((50, 2.5, 0), (73, 25, -18), 27.1492),
        ((50, 2.5, 0), (58, 24, 15), 19.4535),
        ((60.2574, -34.0099, 36.2677), (60.4626, -34.1751, 39.4387), 1.2644),
        ((6.7747, -0.2908, -2.4247), (5.8714, -0.0985, -2.2286), 0.6377),
        ((2.0776, 0.0795, -1.1350), (0.9033, -0.0636, -0.5514), 0.9082),
    ],
)
def test_distances_are_those_of_the_published_test_data(palette, one, other, apart):
    """From the data that accompany Sharma, Wu and Dalal (2005)."""
    assert palette.ciede2000(one, other) == pytest.approx(apart, abs=5e-5)
    assert palette.ciede2000(other, one) == pytest.approx(apart, abs=5e-5)


def test_grey_is_grey_to_all_eyes(palette):
    for vision in palette.VISIONS:
        lightness, a, b = palette.seen(Color(128, 128, 128), vision)
        assert lightness == pytest.approx(53.585, abs=0.05)
        assert (a, b) == pytest.approx((0, 0), abs=0.1)


def test_red_and_green_come_together_without_one_of_their_cones(palette):
    red, green = Color(200, 80, 60), Color(110, 130, 40)
    full = palette.ciede2000(palette.seen(red, "full"), palette.seen(green, "full"))
    for vision in ("protanopia", "deuteranopia"):
        apart = palette.ciede2000(palette.seen(red, vision), palette.seen(green, vision))
        assert apart < full / 2


def test_the_order_is_the_one_that_the_script_chooses(palette):
    assert palette.chosen() == AS_COLOURS
    assert palette.chosen_hues(SIXTEEN_ON_DARK) == SIXTEEN_ON_DARK
    assert palette.chosen_hues(SIXTEEN_ON_LIGHT) == SIXTEEN_ON_LIGHT
    assert set(palette.GIVEN) < set(AS_COLOURS)
    assert len(set(AS_COLOURS)) == 12


def test_the_first_six_are_told_apart_by_all_eyes(palette):
    assert palette.worst_of_all(AS_COLOURS[:6], palette.least_distance) > FIRST_SIX_APART
    assert palette.worst_of_all(palette.BEFORE[:6], palette.least_distance) < 1


def test_every_colour_can_be_read_on_both_themes(palette):
    def luminance(colour):
        return sum(
            weight * (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4)
            for weight, part in zip((0.2126, 0.7152, 0.0722), colour.normalized, strict=True)
        )

    for background in palette.THEMES.values():
        for entry in (*AS_COLOURS, 231, 226, 16 + 215):
            pair = [
                luminance(colour) for colour in (as_colour_on(entry, background, sixteen=False), background)
            ]
            assert (max(pair) + 0.05) / (min(pair) + 0.05) >= 3


def test_the_page_has_the_scripts_tables(palette):
    page = (Path(__file__).parents[2] / "docs" / "colours.md").read_text()
    for first in (6, 12):
        assert palette.table(first) in page
