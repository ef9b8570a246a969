"""Describes an imported lane wherever it is shown: where it is from, what its output leaves open."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

from tracetui.model import Lane, LaneSnapshot
from tracetui.model.imported_trace import Provenance, Untold

UNTOLD_WORDS: Final = {
    Untold.ADDRESSES: "some routers' addresses",
    Untold.MESSAGES: "the type of each answer",
    Untold.PROBES: "individual probes",
    Untold.LOST_PROBES: "probes without an answer",
    Untold.END: "whether the trace went on",
    Untold.TARGET: "the address that was traced",
    Untold.PROTOCOL: "protocol and port",
    Untold.TIME: "when it was made",
}
"""What an output leaves open."""


def import_words(lane: LaneSnapshot) -> tuple[str, ...]:
    """Return `imported`, its name, its day and the tool; of a lane that a command traces, `by command`, its
    vantage and the tool; nothing for a lane that is probed."""
    provenance, name = lane.trace.provenance, lane.lane.imported
    if provenance is not None and name is None:
        return tuple(filter(None, ("by command", lane.lane.via, provenance.tool)))
    if provenance is None or name is None:
        return ()
    day = "" if provenance.started_at is None else f"{provenance.started_at.astimezone(UTC):%Y-%m-%d}"
    return tuple(dict.fromkeys(filter(None, ("imported", name, day, provenance.tool))))


def start_words(lane: Lane) -> str:
    """Return `from 192.0.2.1` or `imported from GW-Core-R3`; "" where the system chooses the source."""
    if lane.imported is not None:
        return f"imported from {lane.imported}"
    return f"from {lane.asked_start}" if lane.asked_start else ""


def common_place(lane: LaneSnapshot) -> str:
    """Return where a lane starts, the same for lanes that may be compared; "" where that is not known."""
    provenance = lane.trace.provenance
    if provenance is not None and lane.lane.via is None:
        return f"{provenance.place} (imported)"
    return lane.lane.asked_start or lane.trace.source or ""


def source_text_words(provenance: Provenance) -> str:
    """Return where a trace was read: `a.txt, lines 3 to 17`, or the command that printed it."""
    if provenance.every_s is not None:
        return f"{provenance.text}, run every {provenance.every_s:g} s"
    first, last = provenance.lines
    if not first:
        return provenance.text
    return f"{provenance.text}, {f'line {first}' if first == last else f'lines {first} to {last}'}"


def untold_words(untold: frozenset[Untold]) -> Sequence[str]:
    """Return what an output leaves open, always in one order."""
    return [UNTOLD_WORDS[one] for one in Untold if one in untold]


def made_words(at: datetime | None) -> str:
    """Return `2019-03-12 09:30 UTC`, or that it is not stated."""
    return "not stated" if at is None else f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
