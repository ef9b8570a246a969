"""Lines that show what the user waits for: resolving targets, first rounds, look-ups, exports."""

from collections.abc import Sequence
from typing import Final

from rich.cells import cell_len

from tracetui.model import LaneSnapshot, Snapshot, Unresolved, counted
from tracetui.model.imported_trace import is_stand_in
from tracetui.tui.paint.fit import fit
from tracetui.tui.paint.ink import Ink
from tracetui.tui.paint.lines_view import link_to
from tracetui.tui.paint.pieces import Piece
from tracetui.tui.paint.state_glyph import STOPPED

_FRAMES: Final = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏"


def spinner(ticks: int) -> str:
    """Return a character that turns, one step per tick."""
    return _FRAMES[ticks % len(_FRAMES)]


def progress_pieces(snapshot: Snapshot, busy: Sequence[str], ink: Ink, ticks: int) -> list[Piece]:
    """Return the line of first rounds, look-ups and `busy`; empty where there is nothing to wait for."""
    words = [*busy, *_first_rounds(snapshot.probed), *_waiting(snapshot.probed), *_look_ups(snapshot)]
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


def _waiting(lanes: Sequence[LaneSnapshot]) -> list[str]:
    waiting = [lane for lane in lanes if lane.trace.waiting is not None]
    if not waiting:
        return []
    first = f"{waiting[0].lane.host} {waiting[0].lane.label}"
    more = f" and {len(waiting) - 1} more" if len(waiting) > 1 else ""
    return [f"{first}{more} wait{'' if more else 's'} for a free socket, see 'ulimit -n'"]


def _look_ups(snapshot: Snapshot) -> list[str]:
    seen = {
        responder.address
        for lane in snapshot.lanes
        for hop in lane.trace.hops
        for responder in hop.responders
        if not is_stand_in(responder.address)
    }
    missing = sum(address not in snapshot.owners for address in seen)
    asked = [address for address, answer in snapshot.registrations.items() if answer is None]
    words = [f"looking up {missing} of {counted(len(seen), 'address', 'addresses')}"] if missing else []
    return [*words, *(f"asking the registry about {address}" for address in asked)]


_LINES: Final = 3


def unresolved_lines(
    unresolved: Sequence[Unresolved], ink: Ink, width: int, ticks: int = 0, *, key: str = "x"
) -> list[list[Piece]]:
    """Return one line per target, failed ones first, at most three lines; those at work turn with `ticks`.

    `key` dismisses them.
    """
    order = sorted(range(len(unresolved)), key=lambda index: unresolved[index].problem is None)
    lines = [_line(index, unresolved[index], ink, width, (ticks, key)) for index in order[:_LINES]]
    if len(order) > _LINES:
        lines[-1].append((f"   and {len(order) - _LINES} more", ink.muted))
    return lines


def _line(index: int, unresolved: Unresolved, ink: Ink, width: int, shown: tuple[int, str]) -> list[Piece]:
    ticks, key = shown
    hint = f"   {key} dismisses"
    click = link_to(index)
    if unresolved.problem is None:
        name = fit(unresolved.target, min(cell_len(unresolved.target), max(8, width - 30)))
        return [
            (f" {spinner(ticks)} ", ink.heading),
            (name, ink.plain + click),
            ("  resolving…", ink.muted + click),
            (f"   {key} stops", ink.muted + click),
        ]
    # Most problems name their target already.
    named = (
        unresolved.problem
        if unresolved.target in unresolved.problem
        else f"{unresolved.target}: {unresolved.problem}"
    )
    return [
        (f" {STOPPED} ", ink.lost + click),
        (fit(named, min(cell_len(named), width - 4 - cell_len(hint))), ink.plain + click),
        (hint, ink.muted + click),
    ]
