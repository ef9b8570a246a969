"""What lanes are called in lists, and endpoints in notices: the host, and where it starts if that matters."""

from collections.abc import Sequence
from typing import Final

from tracetui.model import Lane, LaneSnapshot
from tracetui.words import start_words

IMPORTED: Final = "⇩"
"""Marks what other tools measured."""


def lane_name(lane: Lane) -> str:
    """Return `mail.example`, `mail.example from 192.0.2.1` or `mail.example ⇩ GW-Core-R3`."""
    if lane.imported is not None:
        return f"{lane.host} {IMPORTED} {lane.imported}"
    return f"{lane.host} from {lane.asked_start}" if lane.asked_start else lane.host


def endpoint_name(one: LaneSnapshot, lanes: Sequence[LaneSnapshot]) -> str:
    """Return what a notice calls the endpoint of a lane among `lanes`.

    Its host; where another has the same, with what tells them apart: `mail.example from 192.0.2.1`.
    """
    lane = one.lane
    namesakes = [each.lane for each in lanes if each.lane.host == lane.host and each.lane.panel != lane.panel]
    name = lane.host
    if any(each.address != lane.address for each in namesakes):
        name = f"{name} ({lane.address})"
    if lane.imported is not None:
        return f"{name} {start_words(lane)}"
    source = lane.asked_start or one.trace.source
    if source is not None and any(each.origin != lane.origin for each in namesakes):
        return f"{name} from {source}"
    return name
