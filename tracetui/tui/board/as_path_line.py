"""Draws the AS path of an endpoint in one line: `A 57681 ━ B 8359 ━ ✖ ┄ C 22822 ┄ D 19905`."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from rich.cells import cell_len

from tracetui.model import AutonomousSystem, LaneSnapshot, Snapshot
from tracetui.tui.board.control_continuation import Continuations
from tracetui.tui.board.hop_owner import systems_by_number
from tracetui.tui.paint.ink import Ink
from tracetui.tui.paint.pieces import Piece
from tracetui.tui.paint.state_glyph import OPEN, STOPPED, end_glyph, end_style

_LINK: Final = " ━ "
_BEYOND: Final = " ┄ "


@dataclass(frozen=True, slots=True)
class Beyond:
    """The continuation shown by a control that shares the last responsive hop."""

    path: tuple[int, ...] = ()
    """ASes after the lane's last one."""

    reservation: str = ""
    """Its caveat: `another network's path`, or `BGP`; "" for a valid control."""


@dataclass(frozen=True, slots=True)
class AsPathLine:
    """The AS path of one or more lanes that agree on it."""

    labels: tuple[str, ...]
    path: tuple[int, ...]
    end: str
    beyond: Beyond


NOTHING_BEYOND: Final = Beyond()


def as_path_lines(lanes: Sequence[LaneSnapshot], controls: Continuations) -> list[AsPathLine]:
    """Return the different AS paths of an endpoint's lanes, those that do not arrive first."""
    found: dict[tuple[tuple[int, ...], str, Beyond], list[str]] = {}
    for lane in lanes:
        end = end_glyph(lane)
        beyond = expected_beyond(lane, controls) if end == STOPPED else NOTHING_BEYOND
        found.setdefault((lane.as_path, end, beyond), []).append(lane.lane.label)
    return sorted(
        (AsPathLine(tuple(labels), path, end, beyond) for (path, end, beyond), labels in found.items()),
        key=lambda ribbon: ribbon.end != STOPPED,
    )


def expected_beyond(lane: LaneSnapshot, controls: Continuations) -> Beyond:
    """Return where the control of a lane goes on, beyond the lane's last AS; else where BGP leads.

    The BGP path of the lane's own prefix says more than a control that does not fit.
    """
    by_bgp = controls.by_bgp(lane)
    if by_bgp is not None:
        return Beyond(by_bgp.path, "BGP" if by_bgp.by_last else "BGP of another AS")
    goes_on = controls.of(lane)
    if goes_on is None:
        return NOTHING_BEYOND
    path = goes_on.beyond
    if path and lane.as_path and path[0] == lane.as_path[-1]:
        path = path[1:]
    return Beyond(path, goes_on.reservation) if path else NOTHING_BEYOND


def as_path_pieces(found: Sequence[AsPathLine], snapshot: Snapshot, ink: Ink, width: int) -> list[Piece]:
    """Draw ribbons in one line, with as much of the holders' names as fits."""
    systems = systems_by_number(snapshot)
    wordings: tuple[Callable[[AutonomousSystem], str], ...] = (
        lambda system: f"{system.tag} {system.asn} {system.label}".rstrip(),
        lambda system: f"{system.tag} {system.asn} {system.label[:10]}".rstrip(),
        lambda system: f"{system.tag} {system.asn}",
        lambda system: system.tag,
    )
    pieces: list[Piece] = []
    for wording in wordings:
        pieces = []
        for ribbon in found:
            if pieces:
                pieces.append(("   ", ink.none))
            if len(found) > 1:
                pieces.append((f"{'+'.join(ribbon.labels)} ", ink.muted))
            pieces += _draw(ribbon, systems, wording, ink)
        if sum(cell_len(text) for text, _ in pieces) <= width:
            break
    return pieces


def _draw(
    ribbon: AsPathLine,
    systems: dict[int, AutonomousSystem],
    wording: Callable[[AutonomousSystem], str],
    ink: Ink,
) -> list[Piece]:
    pieces: list[Piece] = []
    for asn in ribbon.path:
        if pieces:
            pieces.append((_LINK, ink.faint))
        pieces.append(_system(asn, systems, wording, ink))
    if not pieces and ribbon.end == OPEN:
        return [(OPEN, ink.faint)]
    end_ink = end_style(ribbon.end, ink)
    pieces += [
        (_LINK if pieces and ribbon.end == STOPPED else " " if pieces else "", ink.faint),
        (ribbon.end, end_ink),
    ]
    for asn in ribbon.beyond.path:
        system = systems.get(asn)
        style = ink.faint_of_as(system.colour) if system else ink.faint
        pieces += [(_BEYOND, ink.faint), (_system(asn, systems, wording, ink)[0], style)]
    if ribbon.beyond.reservation:
        pieces.append((f" ({ribbon.beyond.reservation})", ink.control))
    return pieces


def _system(
    asn: int, systems: dict[int, AutonomousSystem], wording: Callable[[AutonomousSystem], str], ink: Ink
) -> Piece:
    system = systems.get(asn)
    return (wording(system), ink.of_as(system.colour)) if system else (str(asn), ink.muted)
