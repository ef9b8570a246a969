"""Text that flows: made once for its width, drawn where it is in sight, selected line by line."""

from textual.app import App, ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.geometry import Offset
from textual.selection import Selection

from tracetui.tui.dialogs.wrapped_text import WrappedText


class FlowingApp(App):
    """Ninety lines in a place for ten."""

    CSS = "VerticalScroll { width: 40; height: 10; scrollbar-gutter: stable; }"

    def __init__(self):
        super().__init__()
        self.widths = []
        self.words = "line"

    def compose(self) -> ComposeResult:
        with VerticalScroll():
            yield WrappedText(self.lines)

    def lines(self, width):
        self.widths.append(width)
        return [Content(f"{self.words} {number}") for number in range(90)]


async def test_lines_are_made_once_for_a_width_and_again_when_there_is_other_text():
    app = FlowingApp()
    async with app.run_test(size=(80, 24)) as pilot:
        flowing = app.query_one(WrappedText)
        assert app.widths == [flowing.size.width]
        assert flowing.size.height == 90
        app.query_one(VerticalScroll).scroll_to(y=40, animate=False)
        await pilot.pause()
        assert flowing.render_line(41).text == "line 41".ljust(flowing.size.width)
        assert len(app.widths) == 1
        app.words = "word"
        flowing.tell()
        await pilot.pause()
        assert len(app.widths) == 2
        assert flowing.render_line(41).text.startswith("word 41")


async def test_a_selection_is_drawn_and_copied():
    app = FlowingApp()
    async with app.run_test(size=(80, 24)) as pilot:
        flowing = app.query_one(WrappedText)
        plain = flowing.render_line(1)
        chosen = Selection(Offset(2, 0), Offset(4, 2))
        app.screen.selections = {flowing: chosen}
        await pilot.pause()
        assert flowing.get_selection(chosen) == ("ne 0\nline 1\nline", "\n")
        assert flowing.render_line(1).text == plain.text
        assert flowing.render_line(1) != plain
