"""Chooses the colour of an AS for this terminal and theme."""

from functools import lru_cache
from typing import Final

from rich.color import Color as RichColor
from textual.color import Color

from tracetui.model.attribution import AS_COLOURS

SIXTEEN_ON_DARK: Final = (
    (170, 85, 0),
    (85, 85, 255),
    (255, 255, 85),
    (85, 255, 255),
    (255, 85, 255),
    (85, 255, 85),
)
SIXTEEN_ON_LIGHT: Final = (
    (170, 85, 0),
    (0, 0, 170),
    (0, 170, 170),
    (85, 85, 255),
    (170, 0, 170),
    (0, 170, 0),
)
"""Six hues of the sixteen, those first that all eyes tell apart best (`benchmarks/palette.py`), as Rich's
standard palette writes them, so that they come out as themselves. Red is kept for loss."""

_LIGHT_SHARE: Final = 0.3
"""Share of its light that a colour keeps on a light background; the brightest are still read."""

_MIN_CONTRAST: Final = 3.0
"""WCAG 2.2 success criterion 1.4.11, for graphics and large text; the letter and the number say the same."""


@lru_cache(maxsize=256)
def as_colour_on(entry: int, background: Color, *, sixteen: bool) -> Color:
    """Return the colour for palette entry `entry` (xterm-256) as text on `background`.

    On sixteen colours it is one of six hues. Elsewhere it is the entry itself; on a light background all are
    dimmed alike, so that those that differ in lightness still do, which is what colour-blind eyes go by.
    """
    dark = background.brightness < 0.5
    if sixteen:
        hues = SIXTEEN_ON_DARK if dark else SIXTEEN_ON_LIGHT
        return Color(*hues[_position(entry) % len(hues)])
    colour = Color(*RichColor.from_ansi(entry).get_truecolor())
    if not dark:
        colour = _dimmed(colour)
    for _ in range(0 if dark else 16):
        if _contrast(colour, background) >= _MIN_CONTRAST:
            break
        colour = colour.darken(0.04)
    return colour


def is_second_of_hue(entry: int) -> bool:
    """Tell whether `entry` needs bold on sixteen colours: it shares its hue with an earlier one."""
    return _position(entry) >= len(SIXTEEN_ON_DARK)


def _position(entry: int) -> int:
    return AS_COLOURS.index(entry) if entry in AS_COLOURS else entry % len(AS_COLOURS)


def _dimmed(colour: Color) -> Color:
    """Return the colour with `_LIGHT_SHARE` of its light, as behind grey glass."""
    red, green, blue = (
        round(255 * (12.92 * part if part <= 0.0031308 else 1.055 * part ** (1 / 2.4) - 0.055))
        for part in (_LIGHT_SHARE * part for part in _linear(colour))
    )
    return Color(red, green, blue)


def _contrast(one: Color, other: Color) -> float:
    """WCAG 2.2 contrast ratio, 1 to 21."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: Color) -> float:
    red, green, blue = _linear(colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(colour: Color) -> tuple[float, float, float]:
    """Return red, green and blue in linear light, 0 to 1 (IEC 61966-2-1)."""
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in colour.normalized
    )
    return red, green, blue
