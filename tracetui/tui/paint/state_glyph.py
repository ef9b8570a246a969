"""The character that says how a lane ends: reached, stopped, not measured enough."""

from collections.abc import Sequence
from typing import Final

from tracetui.model import LaneSnapshot, PathState

STOPPED: Final = "✖"
ARRIVED: Final = "●"
OPEN: Final = "…"
"""Not measured enough."""

ENDS: Final = {
    PathState.REACHED: ARRIVED,
    PathState.INSUFFICIENT: OPEN,
}
"""Every other state is `STOPPED`."""


def state_glyph(lanes: Sequence[LaneSnapshot]) -> str:
    """Return one character for the worst of some lanes: stopped, not known yet, arrived."""
    ends = {ENDS.get(lane.verdict.state, STOPPED) for lane in lanes}
    return STOPPED if STOPPED in ends else ARRIVED if ends == {ARRIVED} else "○"
