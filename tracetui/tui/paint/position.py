"""Says which rows of a view are visible: `3–13 of 30 hops`."""

from collections.abc import Sequence

from rich.cells import cell_len
from rich.style import Style

from tracetui.tui.paint.pieces import Piece, exactly


def position_words(top: int, height: int, count: int, what: str = "lines", *, more: int = 0) -> str:
    """Return `3–13 of 30 hops`; nothing where all of them are in sight.

    `top` is the number of rows above, `height` that of rows there is room for. The last row stands for `more`
    things than one.
    """
    if height <= 0 or not (top or count > height):
        return ""
    last = top + height if top + height < count else count + more
    return f"{top + 1}–{last} of {count + more} {what}"


def with_position(line: Sequence[Piece], words: str, width: int, style: Style) -> list[Piece]:
    """Return a line of `width` cells with `words` at its right end; their last one may have no room."""
    if not words:
        return list(line)
    used = cell_len("".join(text for text, _ in line).rstrip())
    shown = words if used + 2 + cell_len(words) <= width else words.rpartition(" ")[0]
    return [*exactly(line, width - cell_len(shown) - 1, Style.null()), (f" {shown}", style)]
