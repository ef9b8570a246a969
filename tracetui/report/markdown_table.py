"""Formats tables that read well both as plain text and as Markdown, and pads text to terminal cells."""

import unicodedata
from collections.abc import Sequence
from typing import Final

_MAX_PADDED: Final = 44
"""A wider cell makes only its own row longer, not the whole column."""


def display_width(text: str) -> int:
    """Return how many terminal cells `text` takes: two for wide East Asian characters, none for marks."""
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.combining(character) else 2 if unicodedata.east_asian_width(character) in "WF" else 1
        for character in text
    )


def pad(text: str, width: int, *, right: bool = False) -> str:
    """Return `text` with spaces up to `width` cells, on its left when `right`."""
    space = " " * max(0, width - display_width(text))
    return space + text if right else text + space


def fit(text: str, width: int, *, right: bool = False) -> str:
    """Return `text` padded or cut to exactly `width` cells; a cut shows as `…`."""
    if display_width(text) > width:
        kept = ""
        for character in text:
            if display_width(kept + character) > width - 1:
                break
            kept += character
        text = kept + "…"
    return pad(text, width, right=right)


def table(header: Sequence[str], rows: Sequence[Sequence[str]], *, right: Sequence[int] = ()) -> str:
    """Return a Markdown table of cells that are Markdown already; columns in `right` are set to the right.

    Pipes in cells are escaped here (GitHub Flavored Markdown, 4.10). Ends with a newline.
    """
    lines = [[cell.replace("|", "\\|") for cell in row] for row in (header, *rows)]
    widths = [
        max(3, *(min(display_width(row[column]), _MAX_PADDED) for row in lines))
        for column in range(len(header))
    ]
    rule = [
        "-" * (width - 1) + ":" if column in right else "-" * width for column, width in enumerate(widths)
    ]
    return "".join(
        "| "
        + " | ".join(
            pad(cell, width, right=column in right)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        + " |\n"
        for row in (lines[0], rule, *lines[1:])
    )
