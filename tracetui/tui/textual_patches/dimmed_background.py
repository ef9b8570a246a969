"""The screen behind a dialog, dimmed line by line.

Textual 8.2: `BackgroundScreen` renders the screen behind by way of a console and dims each piece again, with
every change behind it. That takes longer than all other drawing.
"""

# ruff: noqa: ARG002  (signatures of Textual)

from rich.segment import Segment
from rich.style import Style as RichStyle
from textual.color import Color
from textual.css.styles import RulesMap
from textual.renderables.background_screen import BackgroundScreen
from textual.screen import Screen
from textual.strip import Strip
from textual.style import Style
from textual.visual import RenderOptions, Visual


class DimmedBackground(BackgroundScreen, Visual):
    """A screen seen through a colour: dims each style once, however many pieces have it."""

    def __init__(self, screen: Screen[object], color: Color) -> None:
        super().__init__(screen, color)
        self._dimmed: dict[RichStyle | None, RichStyle | None] = {}

    def render_strips(
        self, width: int, height: int | None, style: Style, options: RenderOptions
    ) -> list[Strip]:
        """Return the lines of the screen behind, dimmed; it is as large as the dialog's."""
        return [self._dim(strip) for strip in self.screen._compositor.render_strips()]  # noqa: SLF001  (as Textual's own)

    def _dim(self, strip: Strip) -> Strip:
        dimmed = self._dimmed
        for _, style, _ in strip:
            if style not in dimmed:
                dimmed[style] = next(iter(self.process_segments([Segment(" ", style)], self.color))).style
        return Strip([Segment(text, dimmed[style]) for text, style, _ in strip], strip.cell_length)

    def get_optimal_width(self, rules: RulesMap, container_width: int) -> int:
        return container_width

    def get_height(self, rules: RulesMap, width: int) -> int:
        return self.screen.size.height
