"""The name of a lane in lists: its host, and where it starts if that was asked for or is elsewhere."""

from typing import Final

from tracetui.model import Lane

IMPORTED: Final = "⇩"
"""Marks what other tools measured."""


def lane_name(lane: Lane) -> str:
    """Return `mail.example`, `mail.example from 192.0.2.1` or `mail.example ⇩ GW-Core-R3`."""
    if lane.imported is not None:
        return f"{lane.host} {IMPORTED} {lane.imported}"
    return f"{lane.host} from {lane.asked_start}" if lane.asked_start else lane.host
