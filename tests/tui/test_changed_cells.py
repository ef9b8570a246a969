"""Only cells that change are sent, and the terminal shows what full repaints would show."""

import random
from dataclasses import replace
from pathlib import Path

import pytest
import textual.constants
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.color import ColorSystem
from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from textual._compositor import LayoutUpdate
from textual.geometry import Region
from textual.strip import Strip

from tracetui.config import ScreenSettings
from tracetui.tui.terminal.cells import Piece, TerminalCells, split_cells
from tracetui.tui.terminal.graphic_rendition import change
from tui.emulated_terminal import EmulatedApp, Emulator, emulated, resize, text_of
from tui.scenes import FakeBoard, eight, protonmail

WIDTH, HEIGHT = 14, 3
CONSOLE = Console(color_system="truecolor", force_terminal=True)
CODES = [
    "",
    "1",
    "2",
    "4",
    "7",
    "9",
    "1;2",
    "1;31",
    "2;38;5;208",
    "4;38;2;1;2;3;48;5;17",
    "48;2;9;9;9",
    "92;103",
]

# Styles


def shown(codes: str, state: frozenset[str] = frozenset()) -> frozenset[str]:
    """What holds after a sequence, told by a reader of its own."""
    held = set(state)
    left = iter(codes.split(";"))
    for code in left:
        if code in ("", "0"):
            held.clear()
        elif code in ("38", "48"):
            kind = next(left)
            held = {each for each in held if each[0] != code[0]}
            held.add(f"{code[0]}:{kind}:" + ":".join(next(left) for _ in range({"5": 1, "2": 3}[kind])))
        elif code in ("22", "24", "27"):
            held -= {"22": {"1", "2"}, "24": {"4"}, "27": {"7"}}[code]
        elif code in ("39", "49"):
            held = {each for each in held if not each.startswith(f"{code[0]}:")}
        elif len(code) > 1:
            ground = "3" if code[:-1] in ("3", "9") else "4"
            held = {each for each in held if each[0] != ground or len(each) == 1}
            held.add(f"{ground}:{code}")
        else:
            held.add(code)
    return frozenset(held)


@pytest.mark.parametrize("old", CODES)
@pytest.mark.parametrize("new", CODES)
def test_a_change_of_style_ends_in_the_new_one_and_is_no_longer_than_a_reset(old, new):
    sent = change(old, new)
    if old == new:
        assert sent == ""
        return
    assert sent.startswith("\x1b[")
    assert sent.endswith("m")
    assert shown(sent[2:-1], shown(old)) == shown(new)
    assert len(sent) <= len(f"\x1b[0;{new}m")


def test_only_what_differs_between_styles_is_sent():
    assert change("1;38;5;208;48;5;17", "1;38;5;45;48;5;17") == "\x1b[38;5;45m"
    assert change("1;38;5;208", "38;5;208") == "\x1b[22m"
    assert change("2;38;5;208", "1;38;5;208") == "\x1b[22;1m"


# Cells


STYLES = [
    None,
    *map(Style.parse, ["bold", "red on blue", "reverse #123456", "underline", "on #445566", "italic"]),
]
TEXTS = ["a", "bc", "  ", "日本", "…", "▂▃", "中", "한글 x", "12.3", "12.4"]
WITH_MARKS = [*TEXTS, "e\u0301x", "u\u0308", "ne\u0301e\u0301"]


def canvases(texts):
    """Lines that fill the screen."""
    pieces = st.tuples(st.sampled_from(texts), st.sampled_from(STYLES))
    line = st.lists(pieces, min_size=1, max_size=9).map(
        lambda found: Strip(Segment(*piece) for piece in found).adjust_cell_length(WIDTH)
    )
    return st.lists(line, min_size=HEIGHT, max_size=HEIGHT)


def repainted(canvas):
    terminal = Emulator((WIDTH, HEIGHT))
    region = Region(0, 0, WIDTH, HEIGHT)
    terminal.write(LayoutUpdate([[line] for line in canvas], region).render_segments(CONSOLE))
    return terminal.cells()


@settings(max_examples=80, deadline=None)
@given(st.lists(canvases(WITH_MARKS), min_size=1, max_size=4))
def test_one_screen_after_another_shows_what_a_repaint_shows(screens):
    terminal, cells = Emulator((WIDTH, HEIGHT)), TerminalCells(WIDTH, HEIGHT)
    for canvas in screens:
        terminal.write(cells.draw(Piece(y, 0, line) for y, line in enumerate(canvas)))
        assert terminal.cells() == repainted(canvas)


COLUMNS = st.tuples(st.integers(0, WIDTH - 1), st.integers(1, WIDTH)).map(
    lambda found: (found[0], min(sum(found), WIDTH))
)
ROWS = st.tuples(st.integers(0, HEIGHT - 1), st.integers(1, HEIGHT)).map(
    lambda found: range(found[0], min(sum(found), HEIGHT))
)


@settings(max_examples=80, deadline=None)
@given(canvases(TEXTS), st.lists(st.tuples(canvases(TEXTS), COLUMNS, ROWS), max_size=5))
def test_parts_that_are_drawn_over_each_other_show_what_a_repaint_shows(canvas, changes):
    terminal, cells = Emulator((WIDTH, HEIGHT)), TerminalCells(WIDTH, HEIGHT)
    terminal.write(cells.draw(Piece(y, 0, line) for y, line in enumerate(canvas)))
    for other, (left, right), rows in changes:
        pieces = [Piece(y, left, other[y].crop(left, right)) for y in rows]
        terminal.write(cells.draw(pieces))
        for y, _, strip in pieces:
            canvas[y] = Strip.join([canvas[y].crop(0, left), strip, canvas[y].crop(right)])
        assert terminal.cells() == repainted(canvas)


def draw(cells, *texts, style=None):
    return cells.draw(Piece(y, 0, Strip([Segment(text, style)])) for y, text in enumerate(texts))


def test_what_is_there_is_not_sent_again():
    cells = TerminalCells(10, 2)
    draw(cells, "12.3 ms   ", "12.9 ms   ")
    assert draw(cells, "12.3 ms   ", "12.9 ms   ") == ""
    assert draw(cells, "12.4 ms   ", "12.9 ms   ") == "\x1b[1;4H4"
    assert draw(cells, "15.3 ms   ", "12.9 ms   ") == "\x1b[1;2H5.3"
    assert draw(cells, "55.3 ms  y", "12.9 ms   ") == "\x1b[1H5\x1b[8Cy"


def test_the_second_half_of_a_wide_character_is_never_left():
    cells = TerminalCells(6, 1)
    draw(cells, "日本語")
    assert cells.draw([Piece(0, 1, Strip([Segment("x")]))]) == "\x1b[1H x"
    assert cells.draw([Piece(0, 2, Strip([Segment("y")]))]) == "\x1b[1;3Hy "
    assert draw(cells, " xy 語") == ""


def test_control_characters_are_not_sent():
    cells = TerminalCells(8, 1)
    assert draw(cells, "a\x1b[31m\x9bb\x07\x7f") == "\x1b[1Ha[31mb"
    assert split_cells("\x1b") == []


def test_a_line_longer_than_the_terminal_is_cut():
    cells = TerminalCells(3, 1)
    assert draw(cells, "abcdef") == "\x1b[1Habc"
    assert draw(cells, "ab日") == "\x1b[1;3H "
    assert cells.draw([Piece(5, 0, Strip([Segment("x")])), Piece(0, 7, Strip([Segment("x")]))]) == ""


def test_as_few_colours_are_sent_as_the_terminal_has():
    cells = TerminalCells(3, 1, ColorSystem.STANDARD)
    assert draw(cells, "abc", style=Style.parse("#ff0000")) == "\x1b[1H\x1b[31mabc\x1b[m"


# Sessions


CJK = "路由器甲乙丙"


def board():
    """Two endpoints with names in wide characters, and marks without any width."""
    scene = protonmail()
    lanes = tuple(
        replace(lane, trace=replace(lane.trace, lane=replace(lane.lane, host=f"{CJK}-e\u0301.example")))
        if number % 2
        else lane
        for number, lane in enumerate(scene.lanes)
    )
    return FakeBoard(replace(scene, lanes=lanes))


def app(tmp_path: Path, shown_board, **settings) -> EmulatedApp:
    return EmulatedApp(shown_board, export_directory=tmp_path, settings=ScreenSettings(**settings))


async def same(pilot):
    """Wait until all is drawn; then compare."""
    for _ in range(200):
        await pilot.pause(0.005)
        if pilot.app.terminal.cells() == pilot.app.repainted():
            break
    there, wanted = pilot.app.terminal.cells(), pilot.app.repainted()
    assert text_of(there) == text_of(wanted)
    assert there == wanted


KEYS = [
    *("1234jkgGhlnstvzif?oNca/-+mP[].{}" * 2),
    *("enter", "escape", "escape", "tab", "space", "ctrl+p", "ctrl+d", "down", "right", "ctrl+l"),
]
SIZES = [(80, 24), (120, 40), (200, 50), (100, 30), (61, 16), (40, 10)]


@pytest.mark.parametrize("theme", ["tracetui-dark", "tracetui-light", "ansi-dark"])
async def test_a_session_shows_what_repaints_show(tmp_path, theme):
    await session(app(tmp_path, board(), theme=theme), seed=1, steps=14)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("seed", "colours", "theme", "ascii_only"),
    [
        (1, "truecolor", "tracetui-light", False),
        (2, "256", "ansi-light", False),
        (3, "standard", "tracetui-dark", True),
        (4, "256", "nord", True),
        (5, "truecolor", "ansi-dark", False),
        (6, "none", "tracetui-dark", False),
    ],
)
async def test_any_session_shows_what_repaints_show(tmp_path, monkeypatch, seed, colours, theme, ascii_only):
    if colours == "none":
        monkeypatch.setenv("NO_COLOR", "1")
    else:
        monkeypatch.setattr(textual.constants, "COLOR_SYSTEM", colours)
    shown_board = board() if seed % 2 else FakeBoard(eight())
    await session(app(tmp_path, shown_board, theme=theme, ascii=ascii_only), seed=seed, steps=50)


async def session(running, seed, steps):
    chance = random.Random(seed)
    async with emulated(running, (120, 40)) as pilot:
        await same(pilot)
        for _ in range(steps):
            if chance.random() < 0.12:
                await resize(pilot, chance.choice(SIZES))
            elif chance.random() < 0.05:
                running.theme = chance.choice(["tracetui-dark", "tracetui-light", "ansi-dark", "gruvbox"])
            else:
                await pilot.press(chance.choice(KEYS))
            await same(pilot)


async def test_ctrl_l_draws_all_again_over_what_another_program_wrote(tmp_path):
    async with emulated(app(tmp_path, board()), (80, 24)) as pilot:
        await same(pilot)
        for open_dialog in (None, "question_mark", "slash"):
            if open_dialog:
                await pilot.press(open_dialog)
                await same(pilot)
            pilot.app.terminal.write("\x1b[3;3H\x1b[31mbroadcast message\x1b[m")
            assert pilot.app.terminal.cells() != pilot.app.repainted()
            await pilot.press("ctrl+l")
            await same(pilot)


async def test_a_terminal_that_was_left_and_entered_again_is_drawn_again(tmp_path):
    async with emulated(app(tmp_path, board()), (80, 24)) as pilot:
        await same(pilot)
        pilot.app._driver.start_application_mode()  # as after SIGCONT
        await same(pilot)


async def test_an_unchanged_screen_sends_nothing(tmp_path):
    async with emulated(app(tmp_path, board()), (120, 40)) as pilot:
        drawn = []
        for _ in range(9):  # whatever comes late has come by then
            before = len(pilot.app.terminal.sent)
            pilot.app.screen.refresh()
            pilot.app.board_screen.view.repaint()
            await same(pilot)
            drawn.append(pilot.app.terminal.sent[before:])
        assert drawn[-1] == []
