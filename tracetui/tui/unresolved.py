"""Targets that have no lane yet, a line each: at work, or what went wrong."""

from collections.abc import Sequence
from typing import Final

from rich.cells import cell_len
from rich.style import Style

from tracetui.model import Unresolved
from tracetui.tui.fit import fit
from tracetui.tui.hop_paint import Piece
from tracetui.tui.ink import Ink
from tracetui.tui.ribbon import STOPPED

_LINES: Final = 3
_HINT: Final = "   x dismisses"


def unresolved_lines(unresolved: Sequence[Unresolved], ink: Ink, width: int) -> list[list[Piece]]:
    """Return a line a target, failed ones first, at most three lines."""
    order = sorted(range(len(unresolved)), key=lambda index: unresolved[index].problem is None)
    lines = [_line(index, unresolved[index], ink, width) for index in order[:_LINES]]
    if len(order) > _LINES:
        lines[-1].append((f"   and {len(order) - _LINES} more", ink.muted))
    return lines


def _line(index: int, unresolved: Unresolved, ink: Ink, width: int) -> list[Piece]:
    if unresolved.problem is None:
        return [(" ○ ", ink.faint), (unresolved.target, ink.plain), ("  resolving…", ink.muted)]
    click = Style.from_meta({"@click": f"screen.dismiss_number({index})"})
    # Most problems name their target already.
    named = (
        unresolved.problem
        if unresolved.target in unresolved.problem
        else f"{unresolved.target}: {unresolved.problem}"
    )
    return [
        (f" {STOPPED} ", ink.lost + click),
        (fit(named, min(cell_len(named), width - 4 - len(_HINT))), ink.plain + click),
        (_HINT, ink.muted + click),
    ]
