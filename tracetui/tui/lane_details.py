"""All that is known of one endpoint, as rows to scroll over."""

from collections.abc import Sequence

from tracetui.analysis.words import headline
from tracetui.model import LaneSnapshot, Snapshot
from tracetui.tui.ink import Ink
from tracetui.tui.rows_view import Row


def lane_rows(lanes: Sequence[LaneSnapshot], snapshot: Snapshot, ink: Ink, width: int) -> list[Row]:
    """Return an endpoint's `lanes` in rows of `width` cells."""
    return [
        Row(((f"{lane.lane.label}  ", ink.heading), (headline(lane, snapshot), ink.plain))) for lane in lanes
    ]
