"""Replaces every character by an ASCII one of the same width, for terminals that have no others."""

import unicodedata
from typing import Final

from rich.cells import cell_len
from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

_GLYPHS: Final = {
    "-": "─╌┄┈━╍┅┉–—‒―−╴╶╸╺╼╾‐‑",
    "=": "═",
    "|": "│┃╎╏┆┇┊┋║▏▎▍▌▐▕╵╷╹╻╽╿▊▋▉",
    "+": "┌┐└┘├┤┬┴┼┏┓┗┛┣┫┳┻╋╭╮╰╯╔╗╚╝╠╣╦╩╬┝┞┟┠┡┢┥┦┧┨┩┪┭┮┯┰┱┲┵┶┷┸┹┺┽┾┿╀╁╂╃╄╅╆╇╈╉╊✚",
    "#": "█▓▒■▮▬▆▇◼▪",
    ":": "░",
    "_": "▁▂",
    ".": "▃…·∙•‥",
    "o": "▄▅○◦◌◯",
    "*": "●◉✱★☆⬤⭘",
    '"': "▀▔“”„«»",
    "'": "‘’‚",
    "x": "×✕✗✘",
    "X": "✖❌",
    "<": "◀◂◄←⟵‹⇐❮≤",
    ">": "▶▸►→⟶›⇒❯≥",
    "^": "↑▲▴⇧△",
    "v": "↓▼▾⇩▽✓✔",
    "/": "╱",
    "\\": "╲",
    "%": "≠◆◇⯁",
    "@": "↻⟳∞",
    "~": "≈∼Δ",
    "u": "µμ",
    " ": "\u00a0\u2007\u202f⠀",
}
"""What the program, Textual's widgets and their borders draw, by what stands for it."""


def _table() -> dict[int, str]:
    table = {ord(glyph): character for character, glyphs in _GLYPHS.items() for glyph in glyphs}
    for glyph in range(0x2801, 0x2900):  # braille: the more dots the darker
        table[glyph] = ".:-=+*#@"[(glyph - 0x2800).bit_count() - 1]
    return table


_TABLE: Final = _table()


def ascii_of(text: str) -> str:
    """Return `text` in ASCII, in as many cells; a character without a likeness is one `?` a cell."""
    if text.isascii():
        return text
    shown = "".join(character if character.isascii() else _likeness(character) for character in text)
    width = cell_len(text)
    return shown if len(shown) == width else shown[:width].ljust(width, "?")


def _likeness(character: str) -> str:
    known = _TABLE.get(ord(character))
    cells = cell_len(character)
    if known is not None:
        return known.ljust(cells)
    bare = unicodedata.normalize("NFD", character)[0]
    return bare if cells == 1 and bare.isascii() and bare.isprintable() else "?" * cells


class AsciiFilter(LineFilter):
    """Translates what widgets, borders and scrollbars draw, after all of them."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:  # noqa: ARG002  (Textual's)
        if all(text.isascii() for text, _, _ in segments):
            return segments
        return [Segment(ascii_of(text), style, control) for text, style, control in segments]
