"""Targets that have no lane yet, a line each: at work, or what went wrong."""

from collections.abc import Sequence
from typing import Final

from rich.cells import cell_len

from tracetui.model import Unresolved
from tracetui.tui.lines.progress import spinner
from tracetui.tui.paint.fit import fit
from tracetui.tui.paint.ink import Ink
from tracetui.tui.paint.lines_view import link_to
from tracetui.tui.paint.pieces import Piece
from tracetui.tui.paint.state_glyph import STOPPED

_LINES: Final = 3


def unresolved_lines(
    unresolved: Sequence[Unresolved], ink: Ink, width: int, ticks: int = 0, *, key: str = "x"
) -> list[list[Piece]]:
    """Return a line a target, failed ones first, at most three lines; those at work turn with `ticks`.

    `key` dismisses them.
    """
    order = sorted(range(len(unresolved)), key=lambda index: unresolved[index].problem is None)
    lines = [_line(index, unresolved[index], ink, width, (ticks, key)) for index in order[:_LINES]]
    if len(order) > _LINES:
        lines[-1].append((f"   and {len(order) - _LINES} more", ink.muted))
    return lines


def _line(index: int, unresolved: Unresolved, ink: Ink, width: int, shown: tuple[int, str]) -> list[Piece]:
    ticks, key = shown
    hint = f"   {key} dismisses"
    click = link_to(index)
    if unresolved.problem is None:
        name = fit(unresolved.target, min(cell_len(unresolved.target), max(8, width - 30)))
        return [
            (f" {spinner(ticks)} ", ink.heading),
            (name, ink.plain + click),
            ("  resolving…", ink.muted + click),
            (f"   {key} stops", ink.muted + click),
        ]
    # Most problems name their target already.
    named = (
        unresolved.problem
        if unresolved.target in unresolved.problem
        else f"{unresolved.target}: {unresolved.problem}"
    )
    return [
        (f" {STOPPED} ", ink.lost + click),
        (fit(named, min(cell_len(named), width - 4 - cell_len(hint))), ink.plain + click),
        (hint, ink.muted + click),
    ]
