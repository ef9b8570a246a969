"""The legend: the ASes on the board in one line, each in its colour."""

from rich.cells import cell_len

from tracetui.model import Snapshot
from tracetui.tui.paint.fit import fit
from tracetui.tui.paint.ink import Ink
from tracetui.tui.paint.lines_view import link_to
from tracetui.tui.paint.pieces import Piece

_NAME: int = 18
_GAP = "   "


def legend_pieces(snapshot: Snapshot, ink: Ink, width: int) -> list[Piece]:
    """Return the legend in at most `width` cells; what has no room is counted at its end.

    A click on an AS shows only endpoints with it.
    """
    systems = snapshot.ases
    for name_width in (_NAME, 10, 0):
        entries = [
            (
                f"{system.tag} {system.asn} {_short(system.label, name_width)}".rstrip(),
                ink.of_as(system.colour),
            )
            for system in systems
        ]
        if sum(cell_len(text) + len(_GAP) for text, _ in entries) <= width:
            break
    pieces: list[Piece] = [(" ", ink.none)]
    left = width - 1
    for position, (text, style) in enumerate(entries):
        if cell_len(text) + len(_GAP) + 4 > left:
            pieces.append((f"+{len(entries) - position}", ink.muted))
            break
        pieces += [(text, style + link_to(systems[position].asn)), (_GAP, ink.none)]
        left -= cell_len(text) + len(_GAP)
    return pieces


def _short(name: str, width: int) -> str:
    return fit(name, width).rstrip() if cell_len(name) > width else name
