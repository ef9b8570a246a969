"""Tells whether an endpoint that is reached leaves many probes without an answer; for words and reports."""

from typing import Final

from tracetui.model import LaneSnapshot, PathState

_MUCH_PERCENT: Final = 5.0


def loses_answers(lane: LaneSnapshot) -> bool:
    """Tell whether at least one probe in twenty to an endpoint that is reached stays without an answer."""
    ttl = lane.verdict.destination_ttl
    if lane.verdict.state is not PathState.REACHED or ttl is None or not 1 <= ttl <= len(lane.hops):
        return False
    return (lane.hops[ttl - 1].loss_percent or 0.0) >= _MUCH_PERCENT
