"""Findings as lines at the foot of the board: how sure, and one sentence."""

from rich.cells import cell_len

from tracetui.model import Confidence, Snapshot
from tracetui.tui.finding_news import trouble
from tracetui.tui.fit import fit
from tracetui.tui.hop_paint import Piece
from tracetui.tui.ink import Ink


def lines_for(height: int) -> int:
    """Return how many lines a terminal of `height` rows has for findings."""
    return 1 if height < 30 else 2 if height < 48 else 4


def confidence_pieces(confidence: Confidence, ink: Ink) -> list[Piece]:
    """Return `●●○`."""
    level = confidence.level
    return [("●" * level, ink.end), ("○" * (3 - level), ink.faint)]


def finding_lines(snapshot: Snapshot, ink: Ink, width: int, most: int) -> list[list[Piece]]:
    """Return at most `most` lines; the last one says how many more there are, and the key that shows them."""
    found = trouble(snapshot.findings)
    lines: list[list[Piece]] = []
    for position, finding in enumerate(found[:most]):
        hidden = len(found) - most if position == most - 1 else 0
        tail = f"  +{hidden} f" if hidden > 0 else "  f" if position == 0 else ""
        room = width - 5 - cell_len(tail) - 1
        lines.append(
            [
                (" ", ink.none),
                *confidence_pieces(finding.confidence, ink),
                (" ", ink.none),
                (fit(finding.headline, room), ink.plain),
                (tail, ink.muted),
            ]
        )
    return lines
