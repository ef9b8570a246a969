"""The orders in which endpoints can be sorted."""

from collections.abc import Callable, Sequence
from enum import StrEnum
from itertools import groupby
from typing import Final

from tracetui.model import LaneSnapshot, PathState
from tracetui.tui.board.since_change import hop_at


class LaneOrder(StrEnum):
    """What endpoints are sorted by."""

    FAILING = "failing first"
    """As added; where not all fit on the board, those that fail come first."""

    STATE = "by state"
    """Those that do not arrive first, then those not measured enough."""

    TARGET = "by target"
    LOSS = "by loss"
    """The endpoint's own; the most lossy first."""

    RTT = "by RTT"
    """The endpoint's own; the slowest first, those without a reply last."""

    ASKED = "as added"
    """Last, for moving an endpoint leads here: then one key leads back to `FAILING`."""

    @property
    def next(self) -> "LaneOrder":
        """The order the key leads to."""
        orders = list(LaneOrder)
        return orders[(orders.index(self) + 1) % len(orders)]


_PanelLanes = list[LaneSnapshot]


def ordered(
    lanes: Sequence[LaneSnapshot],
    order: LaneOrder,
    rank: Callable[[LaneSnapshot], int] = lambda _: 0,
) -> tuple[LaneSnapshot, ...]:
    """Return `lanes` sorted; lanes of one endpoint stay together, and equal endpoints as they were.

    `rank` is asked, where the order is `FAILING`, of the first lane of each endpoint: lower comes first.
    """
    panels = [list(group) for _, group in groupby(lanes, lambda lane: lane.lane.panel)]
    if order is LaneOrder.FAILING:
        panels.sort(key=lambda panel: rank(panel[0]))
    elif order is not LaneOrder.ASKED:
        panels.sort(key=_KEYS[order])
    return tuple(lane for panel in panels for lane in panel)


def endpoint_loss_percent(lane: LaneSnapshot) -> float | None:
    """Return the endpoint's loss in percent: 100 where it does not arrive; None for no data."""
    trace = lane.trace
    if not trace.rounds:
        return None
    if trace.destination_ttl is None:
        return 100.0
    hop = hop_at(lane, trace.destination_ttl)
    return hop.loss_percent if hop is not None else 100.0


def endpoint_rtt_ns(lane: LaneSnapshot) -> float | None:
    """Return the mean RTT of the endpoint's replies; None where there is none."""
    hop = hop_at(lane, lane.trace.destination_ttl or 0)
    rtt = hop.rtt if hop is not None else None
    return rtt.mean_ns if rtt is not None else None


def _rank(panel: _PanelLanes) -> int:
    states = [lane.verdict.state for lane in panel]
    return 0 if any(state.fails for state in states) else 1 if PathState.INSUFFICIENT in states else 2


_Key = tuple[float, str, str]

_KEYS: Final[dict[LaneOrder, Callable[[_PanelLanes], _Key]]] = {
    LaneOrder.STATE: lambda panel: (_rank(panel), "", ""),
    LaneOrder.TARGET: lambda panel: (0, panel[0].lane.target, panel[0].lane.host),
    LaneOrder.LOSS: lambda panel: (-max(endpoint_loss_percent(lane) or 0.0 for lane in panel), "", ""),
    LaneOrder.RTT: lambda panel: (-max(endpoint_rtt_ns(lane) or 0.0 for lane in panel), "", ""),
}
