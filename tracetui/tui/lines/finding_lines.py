"""Findings as lines at the foot of the board: how sure, and one sentence."""

from typing import Final

from rich.style import Style

from tracetui.model import Confidence, Snapshot
from tracetui.tui.lines.finding_news import trouble
from tracetui.tui.paint.fit import fit, wrapped
from tracetui.tui.paint.ink import Ink
from tracetui.tui.paint.pieces import Piece

_LEAD: Final = 5
"""Cells before a sentence."""


def lines_for(height: int) -> int:
    """Return how many lines a terminal of `height` rows has for findings.

    Two at the least: one of 80 cells ends before it says where a path stops.
    """
    return 2 if height < 48 else 4


def confidence_pieces(confidence: Confidence, ink: Ink) -> list[Piece]:
    """Return `●●○`."""
    level = confidence.level
    return [("●" * level, ink.end), ("○" * (3 - level), ink.faint)]


def finding_lines(
    snapshot: Snapshot, ink: Ink, width: int, most: int, *, key: str = "f"
) -> list[list[Piece]]:
    """Return at most `most` lines, a finding each; where there are few, their sentences take several.

    The last line says how many more there are, and the `key` that shows them all; a click on a sentence
    leads to its finding.
    """
    found = trouble(snapshot.findings)
    hidden = len(found) - most
    tail = f"  +{hidden}  {key} details" if hidden > 0 else f"  {key} details"
    room = width - _LEAD - len(tail) - 1
    lines: list[list[Piece]] = []
    for position, finding in enumerate(found[:most]):
        spare = most - len(lines) - (len(found) - position)
        rows = wrapped(finding.headline, room, most=1 + max(0, spare))
        for number, row in enumerate(rows):
            marks = confidence_pieces(finding.confidence, ink) if not number else [("   ", ink.none)]
            line = [(" ", ink.none), *marks, (" ", ink.none), (fit(row, room), ink.plain)]
            click = Style.from_meta({"@click": f"screen.show_finding({snapshot.findings.index(finding)})"})
            lines.append([(text, style + click) for text, style in line])
    if lines:
        lines[-1].append((tail, ink.muted + Style.from_meta({"@click": "screen.show_findings"})))
    return lines
