"""A widget of text that is wrapped to the width it gets, once the width is known."""

from collections.abc import Callable, Sequence
from typing import ClassVar

from textual.content import Content
from textual.geometry import Size
from textual.selection import Selection
from textual.strip import Strip
from textual.visual import Visual
from textual.widget import Widget

from tracetui.analysis.cache import Remembered


class WrappedText(Widget):
    """As high as it has lines; draws those in sight.

    The lines are made during layout, when the width is known: text set later would be laid out twice.
    """

    DEFAULT_CSS: ClassVar[str] = "WrappedText { width: 1fr; height: auto; }"

    def __init__(self, lines: Callable[[int], Sequence[Content]], *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        """`lines` takes a number of cells, and returns the text in lines of at most that width."""
        super().__init__(id=id)
        self._make = lines
        self._made = Remembered[Sequence[Content]]()

    def tell(self) -> None:
        """Make the lines again: the text has changed."""
        self._made = Remembered()
        self.refresh(layout=True)

    def _lines(self, width: int) -> Sequence[Content]:
        return self._made.get((), lambda: self._make(width), equal=(width,))

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:  # noqa: ARG002  (Textual's)
        return len(self._lines(width))

    def render_line(self, y: int) -> Strip:
        width, lines = self.size.width, self._lines(self.size.width)
        if not 0 <= y < len(lines):
            return Strip.blank(width, self.rich_style)
        line = lines[y]
        span = self.text_selection.get_span(y) if self.text_selection is not None else None
        if span is not None:
            start, end = span
            style = self.screen.get_visual_style("screen--selection")
            line = line.stylize(style, start, len(line) if end == -1 else end)
        strips = Visual.to_strips(self, line, width, 1, self.visual_style, apply_selection=False)
        strip = strips[0] if strips else Strip.blank(width)
        return strip.adjust_cell_length(width, self.rich_style).apply_offsets(0, y)

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        lines = self._lines(self.size.width)
        return selection.extract("\n".join(line.plain for line in lines)), "\n"
