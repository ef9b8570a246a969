"""Faults of Textual that are patched here: a test that fails says that its patch is needed no more."""

import inspect
import threading
from typing import Any

import pytest
from rich.segment import Segment
from textual._compositor import Compositor
from textual.app import App, ComposeResult, ScreenStackError
from textual.drivers import linux_driver
from textual.drivers._writer_thread import WriterThread
from textual.geometry import Region
from textual.renderables.background_screen import BackgroundScreen
from textual.screen import ModalScreen
from textual.strip import Strip
from textual.visual import Visual
from textual.widget import Widget
from textual.widgets import Checkbox, OptionList, Static

from tracetui.tui.textual_patches.dirty_widgets import (
    RENDERS_BY_TEXTUAL,
    UPDATE_BY_TEXTUAL,
    patch_partial_updates,
)
from tracetui.tui.textual_patches.line_caches import COLOURS_BY_TEXTUAL, DIVIDE_BY_TEXTUAL
from tui.emulated_terminal import EmulatorDriver


class Plain(App):
    """Textual's own widgets."""

    def compose(self) -> ComposeResult:
        yield OptionList(*"abc")
        yield Checkbox("ticked", value=True)
        yield Checkbox("not ticked")


def test_the_input_thread_looks_for_the_end_of_an_escape_ten_times_a_second():
    assert "selector.select(0.1)" in inspect.getsource(linux_driver.LinuxDriver.run_input_thread)
    assert hasattr(linux_driver, "selectors")


def test_the_writing_thread_ends_with_the_terminal(monkeypatch):
    class Lost:
        def write(self, text):
            raise OSError

        flush = write

    monkeypatch.setattr(threading, "excepthook", lambda _: None)
    file: Any = Lost()
    thread = WriterThread(file)
    thread.start()
    thread.write("x")
    thread.join(10)
    assert not thread.is_alive()


def test_colours_of_borders_are_remembered_by_painter():
    assert hasattr(COLOURS_BY_TEXTUAL, "cache_info")
    assert next(iter(inspect.signature(COLOURS_BY_TEXTUAL.__wrapped__).parameters)) == "cls"


def test_a_line_that_is_not_cut_refers_to_itself():
    line = Strip([Segment("abc")])
    assert list(DIVIDE_BY_TEXTUAL(line, [3])) == [line]
    assert any(piece is line for piece in line._divide_cache[(3,)])


def test_the_screen_behind_a_dialog_has_no_lines_of_its_own():
    assert not issubclass(BackgroundScreen, Visual)
    assert not hasattr(BackgroundScreen, "render_strips")


async def test_a_screen_that_is_dismissed_twice_fails():
    app = Plain()
    async with app.run_test() as pilot:
        screen = ModalScreen()
        await app.push_screen(screen)
        screen.dismiss()
        await pilot.pause()
        with pytest.raises(ScreenStackError):
            screen.dismiss()


async def test_a_list_without_room_fails_at_page_down():
    app = Plain()
    async with app.run_test() as pilot:
        options = app.query_one(OptionList)
        options.styles.height = 0
        options.highlighted = 0
        for _ in range(20):
            await pilot.pause()
        with pytest.raises(KeyError):
            options.action_page_down()


async def test_a_checkbox_shows_its_state_by_colour_alone():
    app = Plain()
    async with app.run_test():
        ticked, other = app.query(Checkbox)
        assert ticked._button.plain == other._button.plain


async def test_cleared_toasts_leave_their_holders():
    app = Plain()
    async with app.run_test(notifications=True) as pilot:
        app.notify("words")
        await pilot.pause()
        app.clear_notifications()
        await pilot.pause()
        assert len(app.screen.query("ToastHolder")) == 1
        assert not app.screen.query("Toast")


def test_a_crash_prints_local_values():
    assert "show_locals=True" in inspect.getsource(App._fatal_error)


async def test_an_unchanged_screen_is_sent_again():
    app = Plain(driver_class=EmulatorDriver)
    async with app.run_test(headless=False) as pilot:
        await pilot.pause()
        sent = app._driver.terminal.sent
        before = len(sent)
        app.screen.refresh()
        await pilot.pause()
        assert "not ticked" in "".join(sent[before:])


class Lines(App):
    """Three widgets under each other; the first and the last change."""

    def compose(self) -> ComposeResult:
        for place in range(3):
            yield Static("\n".join("abc"), id=f"lines{place}")


async def rendered_lines(monkeypatch) -> dict[str | None, int]:
    """How many lines of which widget are rendered, when the first and the last line have changed."""
    app, found = Lines(), {}
    render_lines = Widget.render_lines

    def counted(widget, crop):
        found[widget.id] = found.get(widget.id, 0) + crop.height
        return render_lines(widget, crop)

    async with app.run_test() as pilot:
        await pilot.pause()
        monkeypatch.setattr(Widget, "render_lines", counted)
        app.query_one("#lines0").refresh(Region(0, 0, 1, 1))
        app.query_one("#lines2").refresh(Region(0, 2, 1, 1))
        found.clear()
        await pilot.pause()
    return found


async def test_textual_renders_what_lies_between_changes(monkeypatch):
    monkeypatch.setattr(Compositor, "render_partial_update", UPDATE_BY_TEXTUAL)
    monkeypatch.setattr(Compositor, "_get_renders", RENDERS_BY_TEXTUAL)
    found = await rendered_lines(monkeypatch)
    assert [found[f"lines{place}"] for place in range(3)] == [3, 3, 3]


async def test_only_what_has_changed_is_rendered(monkeypatch):
    monkeypatch.setattr(Compositor, "render_partial_update", UPDATE_BY_TEXTUAL)
    monkeypatch.setattr(Compositor, "_get_renders", RENDERS_BY_TEXTUAL)
    patch_partial_updates()
    found = await rendered_lines(monkeypatch)
    assert [found.get(f"lines{place}", 0) for place in range(3)] == [1, 0, 1]
