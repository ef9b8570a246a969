"""What differs from the moment compared with, in a sentence for the chosen endpoint: for the foot."""

from typing import Final

from rich.cells import cell_len

from tracetui.investigation.board import Panel
from tracetui.model import Snapshot
from tracetui.tui.paint.fit import wrapped
from tracetui.tui.paint.ink import Ink
from tracetui.tui.paint.lane_name import endpoint_name
from tracetui.tui.paint.pieces import Piece
from tracetui.words import compared_lanes, comparison_sentence, since_moment

CHANGED: Final = "Δ"
"""Marks what differs from the moment compared with."""

_LEAD: Final = f" {CHANGED} "


def comparison_lines(
    snapshot: Snapshot, chosen: Panel | None, ink: Ink, width: int, most: int
) -> list[list[Piece]]:
    """Return at most `most` lines: the chosen endpoint's difference, and which other endpoints differ."""
    comparison = snapshot.comparison
    if comparison is None:
        return []
    groups = list(compared_lanes(comparison, snapshot))
    own = [group for group in groups if group[0][0].lane.panel == chosen]
    own = [group for group in own if group[2]] or own
    others = dict.fromkeys(
        endpoint_name(lanes[0], snapshot.lanes)
        for lanes, _, differs in groups
        if differs and lanes[0].lane.panel != chosen
    )
    sentences = [comparison_sentence(lanes, words) for lanes, words, _ in own]
    said = f"{since_moment(comparison, snapshot)}: {'; '.join(sentences) or 'not traced then'}"
    room = width - len(_LEAD) - 1
    rows = wrapped(said, room, most=most)
    lines: list[list[Piece]] = [
        [(_LEAD if not place else " " * len(_LEAD), ink.end), (row, ink.plain)]
        for place, row in enumerate(rows)
    ]
    if others:
        also = f"{'also' if any(group[2] for group in own) else 'but'}: {', '.join(others)}"
        if cell_len(rows[-1]) + cell_len(also) + 2 <= room:
            lines[-1].append((f"  {also}", ink.muted))
        elif len(rows) < most:
            lines.append([(" " * len(_LEAD), ink.none), (also, ink.muted)])
    return lines
