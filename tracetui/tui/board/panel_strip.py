"""Draws all panels as tabs in one line, for terminals that show only some of them."""

from collections.abc import Sequence
from dataclasses import dataclass

from rich.cells import cell_len

from tracetui.tui.paint.fit import fit, fit_middle
from tracetui.tui.paint.ink import Ink
from tracetui.tui.paint.lines_view import link_to
from tracetui.tui.paint.pieces import Piece
from tracetui.tui.paint.state_glyph import end_style


@dataclass(frozen=True, slots=True)
class Tab:
    """A panel, as the strip shows it."""

    glyph: str
    name: str
    via: str | None
    """The vantage that its name ends with; None for other names."""

    control: bool
    shown: bool
    focused: bool


def strip_pieces(tabs: Sequence[Tab], ink: Ink, width: int) -> list[Piece]:
    """Return the strip: names as long as fits, and around the focused one when not all do."""
    if not tabs:
        return []
    for room in range(24, 6, -1):
        texts = [_text(tab, room) for tab in tabs]
        if sum(map(cell_len, texts)) <= width - 4:
            break
    focused = next((index for index, tab in enumerate(tabs) if tab.focused), 0)
    first = 0
    while first < focused and sum(map(cell_len, texts[first : focused + 2])) > width - 4:
        first += 1
    pieces: list[Piece] = [("‹ " if first else " ", ink.muted)]
    left = width - 4
    for index in range(first, len(tabs)):
        if cell_len(texts[index]) > left:
            pieces.append(("›", ink.muted))
            break
        left -= cell_len(texts[index])
        pieces += _tab(tabs[index], texts[index], index, ink)
    return pieces


def _text(tab: Tab, room: int) -> str:
    name = tab.name if cell_len(tab.name) <= room else _short(tab, room)
    return f" {tab.glyph} {'control ' if tab.control and room > 10 else ''}{name} "


def _short(tab: Tab, room: int) -> str:
    """Return a name cut to `room` cells: the name of a vantage stays whole, as it tells panels apart."""
    if not tab.via:
        cut = (
            fit_middle if " from " in tab.name else fit
        )  # addresses differ at their ends, hosts at their starts
        return cut(tab.name, room)
    left = room - cell_len(tab.via) - 1
    if left < 1:
        return fit_middle(tab.via, room)
    host = tab.name.removesuffix(f" from {tab.via}")
    return f"{host if cell_len(host) <= left else fit(host, left)}·{tab.via}"


def _tab(tab: Tab, text: str, index: int, ink: Ink) -> list[Piece]:
    base = ink.chosen if tab.focused else ink.plain if tab.shown else ink.muted
    click = link_to(index)
    glyph = end_style(tab.glyph, ink)
    mark = base if tab.focused else glyph
    return [(text[:2], mark + click), (text[2:], base + click)]
