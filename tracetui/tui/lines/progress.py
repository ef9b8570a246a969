"""What the user waits for, in one line that moves."""

from collections.abc import Sequence
from typing import Final

from tracetui.model import LaneSnapshot, Snapshot, counted
from tracetui.tui.paint.ink import Ink
from tracetui.tui.paint.pieces import Piece

_FRAMES: Final = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏"


def spinner(ticks: int) -> str:
    """Return a character that turns, a step a tick."""
    return _FRAMES[ticks % len(_FRAMES)]


def progress_pieces(snapshot: Snapshot, busy: Sequence[str], ink: Ink, ticks: int) -> list[Piece]:
    """Return the line, or nothing where nobody waits: first rounds, look-ups, and `busy` in words."""
    words = [*busy, *_first_rounds(snapshot.lanes), *_look_ups(snapshot)]
    if not words:
        return []
    return [(f" {spinner(ticks)} ", ink.heading), (" · ".join(words), ink.muted)]


def _first_rounds(lanes: Sequence[LaneSnapshot]) -> list[str]:
    begun = [lane for lane in lanes if not lane.trace.rounds and lane.trace.failure is None]
    if not begun:
        return []
    sent = sum(hop.sent for lane in begun for hop in lane.trace.hops)
    answered = sum(hop.received for lane in begun for hop in lane.trace.hops)
    of = f" of {len(lanes)}" if len(begun) != len(lanes) else ""
    count = f"{len(begun)}{of} lane{'s' if len(lanes) > 1 else ''}"
    return [f"first round of {count}: {counted(sent, 'probe')} sent, {answered} answered"]


def _look_ups(snapshot: Snapshot) -> list[str]:
    seen = {
        responder.address
        for lane in snapshot.lanes
        for hop in lane.trace.hops
        for responder in hop.responders
    }
    missing = sum(address not in snapshot.owners for address in seen)
    asked = [address for address, answer in snapshot.registrations.items() if answer is None]
    words = [f"looking up {missing} of {counted(len(seen), 'address', 'addresses')}"] if missing else []
    return [*words, *(f"asking the registry about {address}" for address in asked)]
