"""Fits text and numbers into cells: pads, cuts, wraps; some characters are two cells wide."""

import textwrap
from typing import Final

from rich.cells import cell_len, set_cell_size

_MIN_LINE: Final = 20


def fit(text: str, width: int, *, right: bool = False) -> str:
    """Return `text` in exactly `width` cells: padded, or cut with an ellipsis at its end."""
    length = len(text) if text.isascii() else cell_len(text)
    if length > width:
        return set_cell_size(text, width - 1) + "…" if width > 1 else "…"[:width]
    padding = " " * (width - length)
    return padding + text if right else text + padding


def fit_middle(text: str, width: int) -> str:
    """Return `text`, cut in its middle where longer than `width`; for addresses, whose ends tell most."""
    if len(text) <= width or width < 5:
        return fit(text, width)
    head = width // 2
    return f"{text[:head]}…{text[head + 1 - width :]}"


def fit_words(text: str, width: int) -> str:
    """Return `text`, cut after a word that leaves room for an ellipsis where it is longer than `width`."""
    if cell_len(text) <= width:
        return text
    head = text
    while " " in head and cell_len(head) >= width:
        head = head.rpartition(" ")[0]
    return f"{head}…" if cell_len(head) < width else fit(text, width)


def wrapped(text: str, width: int, *, most: int | None = None, indent: int = 0) -> list[str]:
    """Return `text` in lines of `width` characters, at most `most`; the first starts with `indent` spaces."""
    return textwrap.wrap(
        text,
        max(_MIN_LINE, width),
        initial_indent=" " * indent,
        max_lines=most,
        placeholder="…",
        break_on_hyphens=False,  # they stand in host names
    )


def rtt_text(rtt_ns: float) -> str:
    """Return an RTT in at most four characters: `0.04`, `0.4`, `14.2`, `142` (milliseconds), `1.2s`."""
    ms = rtt_ns / 1e6
    if ms < 0.095:
        return f"{ms:.2f}"
    if ms < 99.95:
        return f"{ms:.1f}"
    if ms < 999.5:
        return f"{ms:.0f}"
    return f"{ms / 1000:.1f}s" if ms < 9950 else f"{ms / 1000:.0f}s"


def loss_text(loss_percent: float | None) -> str:
    """Return a loss in at most four characters; 0 and 100 are printed only when they are exact."""
    if loss_percent is None:
        return ""
    if 0 < loss_percent < 1:
        return "<1%"
    if 99 < loss_percent < 100:
        return "99%"
    return f"{loss_percent:.0f}%"
