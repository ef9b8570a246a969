"""What the user has settled: theme, keys, ASCII alone; and that the screen keeps to it."""

import itertools
import re
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from textual.color import Color

from tracetui.config import Keys, SavedState, ScreenSettings
from tracetui.model import ConfigError
from tracetui.tui.app import TracetuiApp
from tracetui.tui.commands.table import COMMANDS
from tracetui.tui.keymap import effective_commands
from tracetui.tui.lines.key_bar import items_that_fit
from tracetui.tui.paint.ascii_filter import ascii_of
from tracetui.tui.paint.themes import THEMES
from tui.scenes import FakeBoard, eight, protonmail
from tui.screens import text

USUAL, OWN_KEYS = ScreenSettings(), Keys()


@asynccontextmanager
async def started(
    settings=USUAL,
    *,
    saved_state=None,
    keys=OWN_KEYS,
    board=None,
    size=(120, 40),
    directory=Path("/nowhere"),
):
    app = TracetuiApp(
        board or FakeBoard(protonmail()),
        export_directory=directory,
        settings=settings,
        commands=effective_commands(keys),
        saved_state=saved_state,
    )
    async with app.run_test(size=size, notifications=True) as pilot:
        await pilot.pause()
        await pilot.pause()
        yield pilot


# Themes


async def test_the_theme_is_the_command_lines_then_the_remembered_one_then_ours(tmp_path):
    saved_state = SavedState(tmp_path / "m.json")
    async with started(saved_state=saved_state) as pilot:
        assert pilot.app.theme == "tracetui-dark"
    assert saved_state.theme is None
    saved_state.remember_theme("nord")
    async with started(saved_state=saved_state) as pilot:
        assert pilot.app.theme == "nord"
    async with started(ScreenSettings(theme="tracetui-light"), saved_state=saved_state) as pilot:
        assert pilot.app.theme == "tracetui-light"
    assert saved_state.theme == "nord"


async def test_a_theme_that_is_chosen_is_remembered(tmp_path):
    path = tmp_path / "m.json"
    async with started(saved_state=SavedState(path)) as pilot:
        pilot.app.theme = "tracetui-high-contrast"
        await pilot.pause()
    assert SavedState(path).theme == "tracetui-high-contrast"


async def test_a_theme_that_there_is_not_is_a_notice():
    async with started(ScreenSettings(theme="tracetui-drak")) as pilot:
        assert pilot.app.theme == "tracetui-dark"
        assert "there is no theme 'tracetui-drak': did you mean 'tracetui-dark'?" in " ".join(
            text(pilot).split()
        )


@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.name)
async def test_every_theme_of_ours_shows_the_board(theme):
    async with started(ScreenSettings(theme=theme.name)) as pilot:
        assert pilot.app.theme == theme.name
        assert "8359" in text(pilot)


async def test_on_the_loud_theme_everything_stands_out():
    """WCAG 2.2 success criterion 1.4.6: text has a contrast of 7 to 1."""
    async with started(ScreenSettings(theme="tracetui-high-contrast")) as pilot:
        await pilot.press("r")  # a notice
        await pilot.pause()
        faintest = min(inked(pilot), key=contrast)
        assert contrast(faintest) >= 7, faintest


def inked(pilot) -> list:
    """What is written in greys or in a colour of the theme; those of ASes are told by letters too."""
    screen, theme = pilot.app.screen, pilot.app.current_theme
    own = {Color.parse(colour).rgb for colour in (theme.accent, theme.warning, theme.error)}
    return [
        segment
        for strip in screen._compositor.render_strips(screen.size)
        for segment in strip
        if segment.text.strip() and segment.style and segment.style.color
        if len(set(segment.style.bgcolor.get_truecolor())) == 1
        if len(set(colour := segment.style.color.get_truecolor())) == 1 or tuple(colour) in own
    ]


def contrast(segment) -> float:
    colours = (segment.style.color, segment.style.bgcolor)
    low, high = sorted(luminance(colour.get_truecolor()) for colour in colours)
    return (high + 0.05) / (low + 0.05)


def luminance(colour) -> float:
    parts = (part / 255 for part in colour)
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


# Keys


def test_own_keys_take_the_place_of_the_commands():
    commands = effective_commands(Keys({"add_target": ("ctrl+a", "?"), "help": ("f1",)}, "c.toml"))
    by_action = {command.id: command for command in commands}
    assert by_action["add_target"].keys == ("ctrl+a", "question_mark")
    assert by_action["add_target"].keys_in_words == "ctrl+a"
    assert by_action["help"].keys == ("f1",)
    untouched = [command for command in commands if command.id not in {"add_target", "help"}]
    assert untouched == [command for command in COMMANDS if command.id not in {"add_target", "help"}]
    assert effective_commands(Keys()) == COMMANDS


@pytest.mark.parametrize(
    ("chosen", "said"),
    [
        ({"add_targt": ("a",)}, "keys.add_targt is not known; did you mean 'add_target'?"),
        ({"add_target": ("crtl+d",)}, "'crtl+d' is not a key; did you mean 'ctrl+d'?"),
        ({"add_target": ("entr",)}, "'entr' is not a key; did you mean 'enter'?"),
        ({"add_target": ("q",)}, "keys.add_target: 'q' is also a key of 'quit_board'"),
        ({"quit_board": ("a",)}, "keys.quit_board: 'a' is also a key of 'add_target'"),
        ({"add_target": ("f5",), "help": ("f5",)}, "'f5' is also a key of"),
        ({"add_target": ("\x1b[31m",)}, "is not a key"),
    ],
)
def test_a_mistake_about_keys_is_one_line(chosen, said):
    with pytest.raises(ConfigError) as caught:
        effective_commands(Keys(chosen, "/c.toml"))
    assert str(caught.value).startswith("/c.toml: keys.")
    assert said in str(caught.value)
    assert str(caught.value).isprintable()


def test_every_key_that_is_declared_may_be_configured():
    """What `config init` writes is accepted as it stands."""
    chosen = {command.id: command.keys for command in COMMANDS}
    assert [command.keys for command in effective_commands(Keys(chosen, ""))] == [
        command.keys for command in COMMANDS
    ]


def test_keys_of_two_commands_may_change_places():
    swapped = effective_commands(Keys({"add_target": ("c",), "add_control": ("a",)}, ""))
    by_action = {command.id: command.keys for command in swapped}
    assert (by_action["add_target"], by_action["add_control"]) == (("c",), ("a",))


async def test_own_keys_work_and_are_printed():
    keys = Keys({"add_target": ("c",), "add_control": ("a",), "show_log": ("ctrl+o",), "help": ("f1",)}, "")
    async with started(keys=keys, size=(160, 40)) as pilot:
        footer = text(pilot).splitlines()[-1]
        assert " c Add" in footer
        assert " a Control" in footer
        assert "f1 Help" in footer
        await pilot.press("o")
        assert len(pilot.app.screen_stack) == 1
        await pilot.press("ctrl+o")
        assert type(pilot.app.screen).__name__ == "LogDialog"
        await pilot.press("escape")
        await pilot.press("question_mark")
        assert len(pilot.app.screen_stack) == 1
        await pilot.press("f1")
        await pilot.pause()
        assert re.search(r" c +Trace another target", text(pilot))
        await pilot.press("escape")
        await pilot.press("c")
        assert pilot.app.screen.query("Input")
        assert "control" not in str(pilot.app.screen.query_one(".dialog").border_title).lower()


def test_the_footer_prints_keys_that_fit():
    commands = effective_commands(Keys({"add_target": ("ctrl+shift+f12",)}, ""))
    assert items_that_fit(200, commands)[0].keys == ["ctrl+shift+f12"]


# ASCII alone


LEFT_OUT = {"quit_board", "export_markdown", "export_json"}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("make", "size"), [(protonmail, (80, 24)), (eight, (200, 60))], ids=["protonmail", "eight"]
)
async def test_nothing_but_ascii_is_drawn(make, size, tmp_path):
    """In every view and dialog that a key opens."""
    plain = ScreenSettings(ascii=True)
    async with started(plain, board=FakeBoard(make()), size=size, directory=tmp_path) as pilot:
        for command in COMMANDS:
            if command.id not in LEFT_OUT:
                await pilot.press(command.keys[0])
                await pilot.pause()
                assert_ascii(pilot, command.id)
                while len(pilot.app.screen_stack) > 1:
                    pilot.app.pop_screen()
                    await pilot.pause()
        await pilot.press("ctrl+p")
        await pilot.pause()
        assert_ascii(pilot, "palette")


def assert_ascii(pilot, where):
    shown = text(pilot)
    strange = sorted({character for character in shown if not character.isascii()})
    assert not strange, (where, strange)


async def test_the_screen_is_the_same_in_ascii():
    """Cell for cell: what is ASCII anyway stands where it stood."""
    async with started() as pilot:
        usual = text(pilot).splitlines()
    async with started(ScreenSettings(ascii=True)) as pilot:
        plain = text(pilot).splitlines()
    assert usual != plain
    for line, other in itertools.zip_longest(usual, plain):
        assert [c for c, d in zip(line, other, strict=True) if c.isascii() and c != d] == []


def test_likenesses():
    assert ascii_of("A▌8359 ▁▂▃▄▅▆▇█ ◀ │─┌ … “x” –") == 'A|8359 __.oo### < |-+ . "x" -'
    assert ascii_of("Zürich Ж 東京 👍") == "Zurich ? ???? ??"


@given(st.text(st.characters(exclude_categories=("Cc", "Cs")), max_size=40))
def test_whatever_it_is_takes_the_same_cells(word):
    shown = ascii_of(word)
    assert shown.isascii()
    assert cell_len(shown) == cell_len(word) or word.isascii()
