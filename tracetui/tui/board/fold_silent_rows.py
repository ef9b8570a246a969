"""Folds the silent rows at the end of a path into one, and counts the rows that a lane needs."""

from dataclasses import replace
from typing import Final

from tracetui.model import LaneSnapshot, PathState
from tracetui.tui.board.hop_line import HopLine, Mark
from tracetui.tui.board.since_change import last_answered_before

STOPPED_STATES: Final = frozenset(
    {PathState.SILENT_AFTER, PathState.UNREACHABLE, PathState.RESET, PathState.ANSWERED_EARLY}
)
"""States in which a lane ends at its last responsive hop."""

_LONG_SILENCE: Final = 3
"""Silent TTLs at the end of a path from which one row stands for all of them."""


def row_count(lane: LaneSnapshot) -> int:
    """Return how many rows a lane by itself needs."""
    hops, last = len(lane.hops), lane.verdict.last_responsive_ttl or 0
    last = max(last, last_answered_before(lane))
    long = lane.verdict.state in STOPPED_STATES and hops - last >= _LONG_SILENCE
    return last + 1 if long else hops


def fold_silent_rows(lines: list[HopLine]) -> list[HopLine]:
    """Fold the silent rows at the end into one: they all say the same.

    Earlier rows keep their place beside the same TTL of other panels.
    """
    tail = len(lines)
    while tail and _is_plain_silence(lines[tail - 1]):
        tail -= 1
    if len(lines) - tail < _LONG_SILENCE:
        return lines
    return [*lines[:tail], replace(lines[tail], until=len(lines))]


def _is_plain_silence(line: HopLine) -> bool:
    silent = all(cell.mark in {Mark.SILENT, Mark.NONE} for cell in line.cells)
    more = line.control is not None or line.candidate or line.last_answered or line.changes
    return line.mark is Mark.SILENT and silent and not more
