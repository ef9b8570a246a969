"""The chosen hop in one line, for the foot of the board."""

from collections.abc import Sequence

from tracetui.model import Attribution, LaneSnapshot, Snapshot
from tracetui.model.imported_trace import is_stand_in
from tracetui.tui.board.hop_line import HopLine
from tracetui.tui.board.hop_owner import systems_by_number
from tracetui.tui.details.hop_details import why_silent
from tracetui.tui.lines.comparison_lines import CHANGED
from tracetui.tui.paint.ink import Ink
from tracetui.tui.paint.pieces import Piece
from tracetui.words import NO_ADDRESS, NOT_LOOKED_UP, confirmation_words


def summary(line: HopLine, lanes: Sequence[LaneSnapshot], snapshot: Snapshot, ink: Ink) -> list[Piece]:
    """Return the hop in one line."""
    pieces: list[Piece] = [(f" hop {line.ttl}  ", ink.heading)]
    if line.address:
        pieces += _responder(line.address, snapshot, ink)
        if line.more:
            pieces.append((f"  and {line.more} more", ink.muted))
        if line.other:
            pieces.append((f"  ≠ {line.other} on another protocol", ink.end))
    else:
        pieces.append((why_silent(line.ttl, lanes) or "no reply yet", ink.muted))
    if line.changes:
        pieces.append((f"  {CHANGED} {line.changes[0]}", ink.end))
    return pieces


def _responder(address: str, snapshot: Snapshot, ink: Ink) -> list[Piece]:
    pieces: list[Piece] = [(NO_ADDRESS if is_stand_in(address) else address, ink.plain)]
    name = snapshot.names.get(address)
    if name:
        check = confirmation_words(snapshot.confirmations.get(address))
        pieces.append((f"  {name}{f' ({check})' if check else ''}", ink.muted))
    owner = snapshot.owners.get(address)
    unknown = "" if is_stand_in(address) else "  …"
    return pieces + (_owner(owner, snapshot, ink) if owner else [(unknown, ink.faint)])


def _owner(owner: Attribution, snapshot: Snapshot, ink: Ink) -> list[Piece]:
    pieces: list[Piece] = []
    systems = systems_by_number(snapshot)
    for asn in owner.asns:
        system = systems.get(asn)
        holder = system.name if system else owner.name
        style = ink.of_as(system.colour) if system else ink.plain
        pieces.append((f"  {system.tag + ' ' if system else ''}AS{asn} {holder}".rstrip(), style))
    if not owner.asns:
        unowned = "no AS announces it" if owner.known else "no AS source knows it"
        words = owner.special or owner.name or (unowned if owner.asked else NOT_LOOKED_UP)
        pieces.append((f"  {words}", ink.muted))
    origin = " ".join(part for part in (owner.source, owner.date) if part)
    tail = "  ".join(part for part in (owner.prefix or "", f"({origin})" if origin else "") if part)
    return [*pieces, (f"  {tail}" if tail else "", ink.muted)]
