"""Every view on the real screen, at all sizes and in all colour systems, as text for people to look at."""

import re
from itertools import groupby

import pytest
import textual.constants
from rich.cells import cell_len
from textual.widget import Widget

from tracetui.investigation.demo import demo_investigation
from tracetui.investigation.settings import Settings
from tracetui.model import Tool
from tracetui.probing.pace import Pace
from tracetui.tui.board.hop_view import HopView
from tracetui.tui.paint.lines_view import LinesView
from tracetui.tui.paint.rows_view import RowsView
from tracetui.tui.timeline.axis import MARKS
from tracetui.tui.timeline.strip import SIGNS
from tui.screens import colours, hush, lines, shown, text

SIZES = {f"{columns}x{rows}": (columns, rows) for columns, rows in ((60, 15), (80, 24), (120, 40), (200, 60))}
SYSTEMS = ("truecolor", "standard", "none")
VIEWS = ("board", "overview", "paths", "timeline", "evidence", "hop", "endpoint")

KEYS = {
    "overview": ("v",),
    "paths": ("2",),
    "timeline": ("3",),
    "evidence": ("4",),
    "hop": ("j", "j", "j", "enter"),
    "endpoint": ("v",),
}
"""What leads to each from the board."""


@pytest.fixture(scope="module")
def measured():
    """A minute and a half of the demo on a virtual clock, the same every time, with a note."""
    investigation, run_rounds = demo_investigation(
        "protonmail-2019", Settings(pace=Pace(rounds=90)), Tool("0", "tracetui demo protonmail-2019"),
        controls=(), pointers=True, virtual=True, seed=2019,
    )  # fmt: skip
    run_rounds(lambda: False)
    investigation.add_note("called the NOC of AS8359")
    yield investigation
    investigation.close()


def use(system, monkeypatch):
    """Choose a colour system for screens that start from now on."""
    if system == "none":
        monkeypatch.setenv("NO_COLOR", "1")
    else:
        monkeypatch.delenv("NO_COLOR", raising=False)
        monkeypatch.setattr(textual.constants, "COLOR_SYSTEM", system)


@pytest.fixture(params=list(SIZES))
def size(request):
    return SIZES[request.param]


@pytest.fixture(params=VIEWS)
def view(request):
    return request.param


async def at_rest(pilot):
    """Wait until the screen no longer changes; without notices, which go when their time is up."""
    seen = ""
    for _ in range(20):
        for _ in range(3):
            await pilot.pause()
        hush(pilot)
        await pilot.pause()
        now = text(pilot)
        if now == seen:
            return
        seen = now


async def go_to(pilot, view):
    """Show a view, or the details of what is chosen."""
    await at_rest(pilot)
    await pilot.press(*KEYS.get(view, ()))
    await at_rest(pilot)
    if view == "endpoint":
        pilot.app.board_screen.open_details()
        await at_rest(pilot)


def runs(pilot):
    """The cells' styles, like rows together: `3-5  a58 b2` is 58 cells of style a, then two of style b."""
    grid, legend = colours(pilot).split("\n\n")
    told, row = [], 1
    for line, same in groupby(grid.split("\n")):
        count = len(list(same))
        place = f"{row}" if count == 1 else f"{row}-{row + count - 1}"
        told.append(
            f"{place:>5}  " + " ".join(f"{letter}{len(list(cells))}" for letter, cells in groupby(line))
        )
        row += count
    return "\n".join([*told, "", legend])


def painted(pilot):
    """Each line that a widget of the screen paints, before anything cuts it to the terminal."""
    for widget in pilot.app.screen.query(Widget):
        if isinstance(widget, LinesView | RowsView | HopView) and widget.is_on_screen:
            for y in range(widget.size.height):
                yield widget, [segment for segment in widget.render_line(y) if segment.text]


async def test_text_and_colours(view, size, measured, snapshot, monkeypatch):
    texts = {}
    for system in SYSTEMS:
        use(system, monkeypatch)
        async with shown(measured, size) as pilot:
            await go_to(pilot, view)
            texts[system] = text(pilot)
            assert runs(pilot) == snapshot(name=system)
    assert texts["standard"] == texts["none"] == texts["truecolor"], "colours say what the text does not"
    assert texts["truecolor"] == snapshot(name="text")


async def test_what_is_painted(view, size, measured):
    """No wider than its place, and no colour without a letter, a figure or a sign beside it."""
    systems = measured.snapshot().ases
    async with shown(measured, size) as pilot:
        await go_to(pilot, view)
        screen = pilot.app.screen
        for widget in screen.query(Widget):
            if widget.is_on_screen and widget.region:
                assert screen.region.contains_region(widget.region), widget
                assert widget.virtual_size.width <= max(widget.size.width, 0), widget
        loud = {screen.ink.lost.color, screen.ink.good.color}
        found = set()
        for widget, line in painted(pilot):
            assert sum(cell_len(segment.text) for segment in line) == widget.size.width, widget
            words = re.findall(r"\w+", "".join(segment.text for segment in line))
            used = {colour for segment in line for colour in (segment.style.color, segment.style.bgcolor)}
            for system in systems:
                if screen.ink.of_as(system.colour).color in used:
                    found.add(system.asn)
                    assert system.tag in words or str(system.asn) in words, words
            for segment in line:
                assert segment.style.color not in loud or re.search(r"[✖●!◇△R\w]", segment.text), segment
        assert found or (view in {"overview", "timeline", "evidence"} and size[1] < 20)


@pytest.mark.parametrize("view", ["board", "overview", "paths", "timeline"])
async def test_every_lane_has_the_sign_of_its_state(view, measured):
    async with shown(measured, (200, 60)) as pilot:
        await go_to(pilot, view)
        for sign, lanes in (("✖", 4), ("●", 4)):
            marked = [line for line in lines(pilot)[:-6] if re.search(r"TCP/25|ICMP", line) and sign in line]
            told = sum(len(re.findall(r"TCP/25|ICMP", line)) for line in marked)
            assert told >= lanes, sign


@pytest.mark.parametrize("view", ["overview", "paths", "evidence"])
@pytest.mark.parametrize("system", SYSTEMS)
async def test_the_cursor_is_seen(view, system, measured, monkeypatch):
    use(system, monkeypatch)
    async with shown(measured, (120, 40)) as pilot:
        await go_to(pilot, view)
        before = runs(pilot)
        await pilot.press("j")
        await at_rest(pilot)
        assert runs(pilot) != before


@pytest.mark.parametrize("view", ["board", "overview", "paths", "timeline"])
async def test_one_host_from_two_sources_is_told_apart(view, size, measured):
    async with shown(measured, size) as pilot:
        await go_to(pilot, view)
        assert "6.74" in text(pilot)


FRAMES = frozenset("╭╮╰╯─│┌┐└┘┤╷▊▎▁▔")
PUNCTUATION = frozenset("·–…→↑↓←⇧")


async def test_the_help_explains_every_sign_that_the_views_draw(measured):
    """From what the views draw, so that a new sign is not forgotten."""
    async with shown(measured, (120, 40)) as pilot:
        drawn = set()
        for view in VIEWS:
            await go_to(pilot, view)
            drawn |= {sign for sign in text(pilot) if ord(sign) > 127 and not 0x2800 <= ord(sign) < 0x2900}
            await pilot.press("escape", "1")
        await at_rest(pilot)
        await pilot.press("question_mark")
        await at_rest(pilot)
        told = "\n".join(line.plain for line in pilot.app.screen.lines(80))
    assert len(drawn) > 20
    assert not drawn - FRAMES - PUNCTUATION - set(told)
    for heading in ("Signs", "Signs of the AS paths", "Signs of the timeline", "Letters of its events"):
        assert f"\n{heading}" in told
    for sign, meaning in (*SIGNS, *MARKS):
        assert re.search(rf"\n  {re.escape(sign)} +{re.escape(meaning[:20])}", told)
