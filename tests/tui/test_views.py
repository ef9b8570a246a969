"""Every view on the real screen, at all sizes: its text, rules for its colours, and a few pictures."""

import re
from collections import Counter
from collections.abc import Iterator

import pytest
import pytest_asyncio
from rich.cells import cell_len
from syrupy.extensions.image import SVGImageSnapshotExtension
from terminal_svg import svg
from textual.color import Color as TextualColor

from tracetui.investigation.demo_investigation import demo_investigation
from tracetui.investigation.investigation_settings import Settings
from tracetui.model import Tool
from tracetui.probing.pace import Pace
from tracetui.tui.paint.as_palette import _contrast
from tracetui.tui.paint.ink import ROLES
from tracetui.tui.timeline.axis import EVENT_LETTERS
from tracetui.tui.timeline.lane_strip import TIMELINE_SIGNS
from tui.pictures import SIZES, STEPS, SYSTEMS, PaintedLine, Picture, at_rest, pictures
from tui.scenes import FakeBoard
from tui.screens import shown, text
from tui.typed_findings import case

CASE = "case"
"""The board of a written case, beside those of the demo."""


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


WIDEST = "200x60"


QUICK = {"80x24", "120x40"}
"""Sizes whose pictures are taken in the quick tests too."""


@pytest_asyncio.fixture(
    scope="module",
    loop_scope="module",
    params=[pytest.param(size, marks=[] if size in QUICK else [pytest.mark.slow]) for size in SIZES],
)
async def seen(request, measured) -> dict[tuple[str, str], Picture]:
    """What all views show at one size, by view and colour system."""
    size = SIZES[request.param]
    return {
        **await pictures(measured, size),
        **{
            (CASE, system): taken
            for (_, system), taken in (await pictures(FakeBoard(case()), size, ["board"])).items()
        },
    }


def painted(seen) -> Iterator[tuple[Picture, PaintedLine]]:
    """Every line that a widget of ours painted."""
    for picture in seen.values():
        for line in picture.painted:
            yield picture, line


# Text


@pytest.mark.parametrize("view", [*STEPS, CASE])
def test_the_text(view, seen, snapshot):
    """For people to read; without colours and in few it says the same."""
    assert {seen[view, system].text for system in SYSTEMS} == {seen[view, "truecolor"].text}
    assert seen[view, "truecolor"].text == snapshot


# Room


def test_nothing_is_wider_than_its_place(seen):
    for picture in seen.values():
        assert {sum(map(cell_len, (cell.text for cell in row))) for row in picture.rows} == {picture.size[0]}
        for widget in picture.widgets:
            assert widget.fits, (picture, widget)
    for picture, line in painted(seen):
        assert cell_len(line.text) == line.width, (picture, line)


# ASes


def test_an_as_has_its_colour_wherever_it_is_named(seen):
    """On its own colour, in it, or dimmed; never in another's, nor in the text's."""
    named = Counter()
    for picture, line in painted(seen):
        for system in picture.systems:
            own = picture.ink.of_as(system.colour).color
            for match in re.finditer(rf"(?<![\w.])({system.tag})[ ▌█]+{system.asn}(?!\w)", line.text):
                cells = line.cells[match.start() : match.end()]
                assert all(own in {style.color, style.bgcolor} for sign, style in cells if sign != " "), (
                    picture,
                    line.text,
                )
                named[picture] += 1
    assert {picture for (view, _), picture in seen.items() if view in {"board", CASE}} <= set(named)


def test_the_colour_of_an_as_has_its_letter_or_number_beside_it(seen):
    for picture, line in painted(seen):
        words = re.findall(r"\w+", line.text)
        used = {colour for _, style in line.cells for colour in (style.color, style.bgcolor)}
        for system in picture.systems:
            if picture.ink.of_as(system.colour).color in used:
                assert system.tag in words or str(system.asn) in words, (picture, line.text)


def test_the_last_responsive_hop_of_a_silent_lane_stands_on_the_colour_of_its_as(seen):
    """And nothing else does: letter, number and name in bold, a full block between, and the sign or words."""
    ends = 0
    for picture, line in painted(seen):
        if line.ttl is None:
            continue
        blocks = {system.asn: picture.ink.block_of_as(system.colour) for system in picture.systems}
        found = {
            asn
            for asn, block in blocks.items()
            for _, style in line.cells
            if (style.color, style.bgcolor) == (block.color, block.bgcolor) and style.bold
        }
        assert len(found) == line.last, (picture, line.text)
        assert ("█" in line.text) == ("◀" in line.text) == line.last, (picture, line.text)
        if line.last:
            asn = found.pop()
            on_it = "".join(
                sign for sign, style in line.cells if style.bgcolor == blocks[asn].bgcolor and style.bold
            )
            assert re.match(rf"\s*\w+{asn}( |$)", on_it), (picture, on_it)
            ends += 1
    assert ends >= 4


# Signs


SIGN_INK = {
    "✖": {"lost"},
    "●": {"good", "end"},
    "○": {"faint", "end"},
    "◀": {"end"},
    "◆": {"end"},
    "≠": {"end", "plain"},
    "╱": {"silent"},
    "▲": {"end"},
    "▸": {"heading"},
}
"""What each sign is painted in; on the chosen one of many, in the ink of that."""


def test_signs_have_their_ink(seen):
    found = set()
    for picture, line in painted(seen):
        inks = {role: getattr(picture.ink, role) for role in ROLES}
        marked = inks["chosen"]
        if "✖ stops" in line.text:
            continue  # says what the signs mean
        for sign, style in line.cells:
            if sign not in SIGN_INK:
                continue
            found.add(sign)
            if style.bgcolor == marked.bgcolor and style.color == marked.color:
                continue
            assert style.color in {inks[role].color for role in SIGN_INK[sign]}, (picture, line.text, sign)
    assert found >= {"✖", "●", "○", "◀", "╱", "▲", "▸"}


def test_red_is_for_loss_alone(seen):
    """What is painted in the colour of loss says so by a sign, a figure or a word."""
    for picture, line in painted(seen):
        for segment in line.segments:
            if segment.style and segment.style.color == picture.ink.lost.color:
                assert re.search(r"[✖!◇△R×\w]", segment.text), (picture, segment)


# The chosen


CURSOR_IN = {"board", "overview", "paths", "timeline", "looking back", "evidence", CASE}


def test_one_row_is_chosen_and_all_of_it_stands_out(seen):
    """On a paper of its own; in bold on sixteen colours, which have no such paper."""
    for picture in seen.values():
        rows = [line for line in picture.painted if line.cursor]
        beside = picture.size[0] == 200  # details leave the board its focus
        assert len(rows) == (picture.view in CURSOR_IN or beside), picture
        systems = {picture.ink.of_as(system.colour).color for system in picture.systems}
        for line in rows:
            for _, style in line.cells:
                if picture.cursor_paper is None:
                    assert style.bold, (picture, line.text)
                elif style.bgcolor not in systems | {picture.ink.chosen.bgcolor}:
                    assert style.bgcolor == picture.cursor_paper, (picture, line.text)
        for line in picture.painted:
            if not line.cursor:
                assert picture.cursor_paper not in {style.bgcolor for _, style in line.cells} - {None}, line
            if line.ttl is not None:
                assert line.text.startswith("▸") == line.cursor, (picture, line.text)


def test_the_moment_that_is_looked_at_is_one_column(seen):
    """In the ink of what is chosen, below the sign on the axis, in every strip."""
    for system in SYSTEMS:
        picture = seen["looking back", system]
        chosen = picture.ink.chosen.bgcolor
        strips = [line for line in picture.painted if line.widget == "StripRows"]
        places = [
            {place for place, (_, style) in enumerate(line.cells) if style.bgcolor == chosen}
            for line in strips
        ]
        marked = [columns for columns in places if columns]
        assert len(marked) >= 4, picture
        assert all(columns == marked[0] for columns in marked), picture
        axis = next(line.text for line in picture.painted if "▼" in line.text)
        assert axis.index("▼") in marked[0]


def test_the_panel_with_the_focus_has_a_frame_of_its_own(seen):
    for system in SYSTEMS:
        picture = seen["board", system]
        frames = Counter(picture.rows[panel.region.y][panel.region.x].ink for panel in picture.panels)
        focused = next(panel for panel in picture.panels if panel.focused)
        assert frames[picture.rows[focused.region.y][focused.region.x].ink] == 1 or len(picture.panels) == 1
        assert len(frames) == min(2, len(picture.panels)), picture


# Palette


def test_every_colour_is_one_of_the_palette(seen):
    """Ink is of a role or an AS; paper is the widget's, the cursor's, an AS's, or that of what is chosen."""
    for picture, line in painted(seen):
        inks = {getattr(picture.ink, role).color for role in ROLES} | {line.base.color, None}
        systems = {picture.ink.of_as(system.colour).color for system in picture.systems}
        blocks = {picture.ink.block_of_as(system.colour).color for system in picture.systems}
        papers = {line.base.bgcolor, picture.cursor_paper, picture.ink.chosen.bgcolor}
        for sign, style in line.cells:
            assert style.bgcolor in papers | systems, (picture, line.text)
            if style.bgcolor in systems:
                assert style.color in blocks, (picture, line.text)
            elif sign != " ":
                assert style.color in inks | systems, (picture, line.text)
            odd = (style.italic, style.underline, style.blink, style.reverse, style.strike)
            assert not any(odd), (picture, line.text)


def test_dim_is_only_what_a_control_sees(seen):
    """And nothing on sixteen colours, where many terminals draw it as they like."""
    found = 0
    for picture, line in painted(seen):
        systems = {picture.ink.of_as(system.colour).color for system in picture.systems}
        for sign, style in line.cells:
            if style.dim:
                assert picture.system != "standard", (picture, line.text)
                assert style.color in systems, (picture, line.text)
                assert "┄" in line.text, (picture, line.text)
                found += sign != " "
    assert found


def test_without_colours_all_is_grey(seen):
    for (_, system), picture in seen.items():
        if system == "none":
            for row in picture.rows:
                for cell in row:
                    assert len({*cell.ink}) == len({*cell.paper}) == 1, (picture, cell)


def test_in_sixteen_colours_an_as_is_neither_grey_nor_red(seen):
    for (_, system), picture in seen.items():
        if system == "standard":
            colours = [picture.ink.of_as(each.colour) for each in picture.systems]
            assert len({(style.color, style.bold) for style in colours}) == len(colours)
            for style in colours:
                red, green, blue = style.color.get_truecolor()
                assert max(red, green, blue) - min(red, green, blue) >= 85
                assert (red, green, blue) not in {(170, 0, 0), (255, 85, 85)}


# Legibility: WCAG 2.2 contrast, 1 to 21


DRAWN = "─│╭╮╰╯━┄┈█▌▏▎▍▊▉▁▂▃▄▅▆▇┤└┘┌┐╷▔"
"""Frames, links and bars: what is drawn, not read."""

LEAST = {"truecolor": 2.4, "standard": 2.8, "none": 2.8, "light": 1.9}
"""What is read at all; the least are figures of no loss on the row with the cursor."""

LEAST_OF_ROLES = {
    "plain": 10,
    "heading": 7,
    "rtt": 10,
    "end": 7,
    "good": 5.5,
    "lost": 4.5,
    "chosen": 7,
    "muted": 3.3,
}


def test_all_that_is_read_can_be_read(seen):
    for (_, system), picture in seen.items():
        for row in picture.rows:
            for cell in row:
                if cell.text.strip() and cell.text not in DRAWN:
                    assert contrast(cell.ink, cell.paper) >= LEAST[system], (picture, cell)


def test_what_matters_is_read_easily(seen):
    for picture in seen.values():
        paper = picture.paper
        for role, least in LEAST_OF_ROLES.items():
            style = getattr(picture.ink, role)
            on = style.bgcolor.get_truecolor() if style.bgcolor else paper
            assert contrast(style.color.get_truecolor(), on) >= least, (picture, role)


def contrast(ink, paper) -> float:
    return _contrast(TextualColor(*ink), TextualColor(*paper))


# Pictures


PICTURES = [
    ("board", "truecolor", "120x40"),
    ("board", "standard", "80x24"),
    ("paths", "truecolor", "120x40"),
    ("looking back", "truecolor", "120x40"),
    ("evidence", "truecolor", "120x40"),
    ("overview", "light", "120x40"),
]
"""Six, to look at: whatever no rule speaks of is seen here."""


def test_the_pictures(seen, request, snapshot):
    size = request.node.callspec.params["seen"]
    for view, system, wanted in PICTURES:
        if size == wanted:
            picture = seen[view, system]
            drawn = svg(
                picture.segments(),
                title=repr(picture),
                foreground=TextualColor(*picture.foreground),
                background=TextualColor(*picture.paper),
            )
            assert drawn == snapshot(name=f"{view} {system}", extension_class=SVGImageSnapshotExtension)


# What is seen is told


@pytest.mark.parametrize("view", ["board", "overview", "paths", "timeline"])
def test_one_host_from_two_sources_is_told_apart(view, seen):
    assert "6.74" in seen[view, "truecolor"].text


def test_every_lane_has_the_sign_of_its_state(request, seen):
    if request.node.callspec.params["seen"] != WIDEST:
        return
    for view in ("board", "overview", "paths", "timeline"):
        for sign, lanes in (("✖", 4), ("●", 4)):
            marked = [
                line
                for line in seen[view, "truecolor"].text.splitlines()[:-6]
                if re.search(r"TCP/25|ICMP", line) and sign in line
            ]
            told = sum(len(re.findall(r"TCP/25|ICMP", line)) for line in marked)
            assert told >= lanes, (view, sign)


FRAMES = frozenset("╭╮╰╯─│┌┐└┘┤╷▊▎▁▔")
PUNCTUATION = frozenset("·–…→↑↓←⇧")


async def test_the_help_explains_every_sign_that_the_views_draw(measured):
    """From what the views draw, so that a new sign is not forgotten."""
    async with shown(measured, (120, 40)) as pilot:
        drawn = set()
        for keys in STEPS.values():
            await pilot.press(*keys)
            await at_rest(pilot)
            drawn |= {sign for sign in text(pilot) if ord(sign) > 127 and not 0x2800 <= ord(sign) < 0x2900}
        await pilot.press("1")
        await at_rest(pilot)
        await pilot.press("question_mark")
        await at_rest(pilot)
        told = "\n".join(line.plain for line in pilot.app.screen.lines(80))
    assert len(drawn) > 20
    assert not drawn - FRAMES - PUNCTUATION - set(told)
    for heading in (
        "Signs",
        "Signs of the AS paths",
        "Signs of the timeline",
        "Event letters of the timeline",
    ):
        assert f"\n{heading}" in told
    for sign, meaning in (*TIMELINE_SIGNS, *EVENT_LETTERS):
        assert re.search(rf"\n  {re.escape(sign)} +{re.escape(meaning[:20])}", told)
