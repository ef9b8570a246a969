"""Styled text as pairs of text and style, so that foreign text never meets a markup parser."""

from collections.abc import Iterable, Iterator

from rich.cells import cell_len
from rich.style import Style

from tracetui.tui.paint.fit import fit

Piece = tuple[str, Style]


def exactly(pieces: Iterable[Piece], width: int, style: Style) -> Iterator[Piece]:
    """Cut the pieces at `width` cells, or fill them up with `style`."""
    for text, piece_style in pieces:
        if width <= 0:
            return
        length = len(text) if text.isascii() else cell_len(text)
        if length > width:
            yield (fit(text, width) if text.strip() else " " * width), piece_style
            return
        if text:
            yield text, piece_style
        width -= length
    if width > 0:
        yield " " * width, style
