"""Cells of a terminal as an SVG that looks the same in every viewer.

Bars and frames are shapes, so they join without gaps; every word is placed by itself, so no viewer's way with
spaces or fonts moves a column; nothing is fetched from anywhere.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Final
from xml.sax.saxutils import escape

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.color import Color

WIDTH: Final = 8.4
HEIGHT: Final = 18
_SIZE: Final = 14
_BASELINE: Final = 13.4
_MARGIN: Final = 12
_WORD: Final = "word"
_FONTS: Final = "'JetBrains Mono', 'Fira Code', 'SF Mono', Menlo, 'DejaVu Sans Mono', Consolas, monospace"

_LOWER: Final = "▁▂▃▄▅▆▇█"
_LEFT: Final = "▏▎▍▌▋▊▉"
_FRAMES: Final = {
    "─": "M0 9H{w}",
    "━": "M0 9H{w}",
    "│": "M{m} 0V18",
    "╭": "M{m} 18V14Q{m} 9 {w} 9",
    "╮": "M{m} 18V14Q{m} 9 0 9",
    "╰": "M{m} 0V4Q{m} 9 {w} 9",
    "╯": "M{m} 0V4Q{m} 9 0 9",
    "┄": "M0 9H2M3.2 9H5.2M6.4 9H{w}",
    "╱": "M0 18L{w} 0",
}
"""Paths in a cell of 8.4 × 18; `w` is its width, `m` its middle."""


def svg(lines: Sequence[Sequence[Segment]], *, title: str, foreground: Color, background: Color) -> str:
    """Draw `lines`; `title` is the picture's text for those who do not see it."""
    columns = max((sum(cell_len(segment.text) for segment in line) for line in lines), default=0)
    width, height = columns * WIDTH + 2 * _MARGIN, len(lines) * HEIGHT + 2 * _MARGIN
    parts: list[str] = []
    for row, line in enumerate(lines):
        parts += _line(line, row, foreground, background)
    drawn = "\n".join(parts)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" width="{width:g}" '
        f'height="{height:g}" role="img" font-family="{_FONTS}" font-size="{_SIZE}">\n'
        f"<title>{escape(title)}</title>\n"
        f'<rect width="100%" height="100%" rx="8" fill="{background.hex6}"/>\n'
        f'<g transform="translate({_MARGIN} {_MARGIN})" fill="{foreground.hex6}" '
        f'color="{foreground.hex6}">\n{drawn}\n</g>\n</svg>\n'
    )


def _line(line: Iterable[Segment], row: int, foreground: Color, background: Color) -> Iterator[str]:
    x, top = 0.0, row * HEIGHT
    words: list[str] = []
    for text, given, _ in line:
        style = given or Style.null()
        ink, paper = _colours(style, foreground, background)
        width = cell_len(text) * WIDTH
        if paper != background and width:
            yield f'<rect x="{x:.1f}" y="{top}" width="{width:.1f}" height="{HEIGHT}" fill="{paper.hex6}"/>'
        fill = "" if ink == foreground else f' fill="{ink.hex6}"'
        words += _glyphs(text, x, top, fill, " font-weight='bold'" if style.bold else "")
        x += width
    yield from words


def _colours(style: Style, foreground: Color, background: Color) -> tuple[Color, Color]:
    ink = Color.from_rich_color(style.color) if style.color else foreground
    paper = Color.from_rich_color(style.bgcolor) if style.bgcolor else background
    if style.reverse:
        ink, paper = paper, ink
    return (paper.blend(ink, 0.6) if style.dim else ink), paper


def _glyphs(text: str, x: float, top: int, fill: str, weight: str) -> Iterator[str]:
    """Yield shapes for bars and frames, and a text for each word between them."""
    for kind, cells in groupby(text, _kind):
        word = "".join(cells)
        length = cell_len(word) * WIDTH
        if kind == _WORD:
            yield (
                f'<text x="{x:.1f}" y="{top + _BASELINE:g}" textLength="{length:.1f}" '
                f'lengthAdjust="spacingAndGlyphs"{fill}{weight}>{escape(word)}</text>'
            )
        elif kind in _LOWER:  # neighbours are one shape: no seams between them
            height = HEIGHT * (_LOWER.index(kind) + 1) / 8
            yield _rectangle(x, top + HEIGHT - height, length, height, fill)
        elif kind in _LEFT:
            for place in range(len(word)):
                yield _rectangle(x + place * WIDTH, top, WIDTH * (_LEFT.index(kind) + 1) / 8, HEIGHT, fill)
        elif kind in "─━":
            yield _frame(f"M0 9H{length:.1f}", kind, x, top, fill)
        elif kind in _FRAMES:
            line = _FRAMES[kind].format(w=WIDTH, m=WIDTH / 2)
            for place in range(len(word)):
                yield _frame(line, kind, x + place * WIDTH, top, fill)
        x += length


def _kind(character: str) -> str:
    """Return what neighbours are drawn together by: shapes by themselves, all letters as words."""
    drawn = character in _LOWER or character in _LEFT or character in _FRAMES
    return character if drawn or character == " " else _WORD


def _frame(line: str, character: str, x: float, top: int, fill: str) -> str:
    stroke = fill.replace("fill", "stroke") or ' stroke="currentColor"'
    thick = 2.4 if character == "━" else 1.1
    return (
        f'<path transform="translate({x:.1f} {top})" d="{line}" fill="none"{stroke} stroke-width="{thick}"/>'
    )


def _rectangle(x: float, y: float, width: float, height: float, fill: str) -> str:
    return f'<rect x="{x:.1f}" y="{y:.2f}" width="{width:.1f}" height="{height:.2f}"{fill}/>'
