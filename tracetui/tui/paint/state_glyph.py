"""The character for how a lane ends: reached, stopped, not measured enough."""

from collections.abc import Sequence
from typing import Final

from rich.style import Style

from tracetui.model import LaneSnapshot, PathState
from tracetui.tui.paint.ink import Ink

STOPPED: Final = "✖"
ARRIVED: Final = "●"
OPEN: Final = "…"
"""Not measured enough."""


def end_glyph(lane: LaneSnapshot) -> str:
    """Return how one lane ends: arrived, stopped, or open where it is not measured enough."""
    state = lane.verdict.state
    return STOPPED if state.fails else ARRIVED if state is PathState.REACHED else OPEN


def state_glyph(lanes: Sequence[LaneSnapshot]) -> str:
    """Return one character for the worst of some lanes: stopped, not known yet, arrived."""
    ends = set(map(end_glyph, lanes))
    return STOPPED if STOPPED in ends else ARRIVED if ends == {ARRIVED} else "○"


def end_style(glyph: str, ink: Ink) -> Style:
    """Return the colour of such a character."""
    return {STOPPED: ink.lost, ARRIVED: ink.good}.get(glyph, ink.faint)
