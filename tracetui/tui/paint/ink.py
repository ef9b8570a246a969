"""The text styles of the current theme, by role and by AS."""

from collections.abc import Callable
from typing import Final

from rich.style import Style
from textual.color import Color

from tracetui.tui.paint.as_palette import as_colour_on, is_second_of_hue

ROLES: Final = (
    "plain",
    "muted",
    "faint",
    "ttl",
    "heading",
    "rtt",
    "spark",
    "loss",
    "lost",
    "end",
    "silent",
    "control",
    "good",
    "chosen",
)
"""What the stylesheet colours, as component classes `ink--ROLE` of the board's screen."""


class Ink:
    """Styles by role, and those of the ASes."""

    def __init__(self, style_of: Callable[[str], Style], background: Color, *, sixteen: bool) -> None:
        """`style_of` returns the style of a role, without a background; `background` is what it stands on."""
        self._background = background
        self._sixteen = sixteen
        self.none = Style.null()
        self.plain = style_of("plain")
        self.muted = style_of("muted")
        self.faint = style_of("faint")
        self.ttl = style_of("ttl")
        self.heading = style_of("heading")
        self.rtt = style_of("rtt")
        self.spark = style_of("spark")
        self.loss = style_of("loss")
        self.lost = style_of("lost")
        self.end = style_of("end")
        self.silent = style_of("silent")
        self.control = style_of("control")
        self.good = style_of("good")
        self.chosen = style_of("chosen")
        self._text: dict[int, Style] = {}
        self._block: dict[int, Style] = {}

    def of_as(self, entry: int) -> Style:
        """Text in the colour of an AS."""
        style = self._text.get(entry)
        if style is None:
            colour = as_colour_on(entry, self._background, sixteen=self._sixteen)
            bold = self._sixteen and is_second_of_hue(entry)
            style = self._text[entry] = self.plain + Style(color=colour.rich_color, bold=bold)
        return style

    def block_of_as(self, entry: int) -> Style:
        """Text on the colour of an AS."""
        style = self._block.get(entry)
        if style is None:
            colour = as_colour_on(entry, self._background, sixteen=self._sixteen)
            text = Color(0, 0, 0) if colour.brightness > 0.45 else Color(255, 255, 255)
            style = self._block[entry] = Style(color=text.rich_color, bgcolor=colour.rich_color, bold=True)
        return style

    def faint_of_as(self, entry: int) -> Style:
        """Text in the colour of an AS, dimmed where there are shades: what a control sees, not this lane."""
        return self.of_as(entry) if self._sixteen else self.of_as(entry) + Style(dim=True)
