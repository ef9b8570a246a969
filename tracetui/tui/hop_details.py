"""All that is known of one hop, as rows to scroll over."""

from collections.abc import Sequence

from tracetui.model import LaneSnapshot, Snapshot
from tracetui.tui.ink import Ink
from tracetui.tui.rows_view import Row


def hop_rows(lanes: Sequence[LaneSnapshot], ttl: int, snapshot: Snapshot, ink: Ink, width: int) -> list[Row]:
    """Return the hop at `ttl` of an endpoint's `lanes` in rows of `width` cells."""
    hops = [lane.trace.hops[ttl - 1] for lane in lanes if ttl <= len(lane.trace.hops)]
    addresses = dict.fromkeys(responder.address for hop in hops for responder in hop.responders)
    return [Row((("Responders", ink.heading),)), *(Row(((f"{each}", ink.plain),)) for each in addresses)]
