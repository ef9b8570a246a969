"""Draws AS paths as aligned rows, with a mark between two paths at the place where they diverge."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from rich.cells import cell_len

from tracetui.analysis.as_alignment import Alignment, align
from tracetui.model import AutonomousSystem, Snapshot
from tracetui.tui.board.hop_owner import systems_by_number
from tracetui.tui.paint.fit import fit, fit_middle, wrapped
from tracetui.tui.paint.ink import Ink
from tracetui.tui.paint.lane_name import lane_name
from tracetui.tui.paint.pieces import Piece
from tracetui.tui.paint.rows_view import Row
from tracetui.tui.paint.state_glyph import ARRIVED, STOPPED, end_style
from tracetui.tui.paths.path_ribbons import EXPECTED, PathRibbon, part

PARTS: Final = "▲"
LINE: Final = "━"

PATH_SIGNS: Final = (
    (LINE, "answers", "from an AS that answers to the next one that does"),
    (STOPPED, "stops", "the path stops here: nothing beyond answers"),
    (ARRIVED, "arrives", "the path reaches its endpoint"),
    (
        EXPECTED,
        "expected",
        "how a control, or BGP, continues after the last responsive hop; not measured here",
    ),
    (PARTS, "paths diverge", "from here on, the path above differs from the one below"),
    ("×3", "hops", "hops of the path that the AS holds"),
)
"""What a ribbon draws, in a word for the head of the view and in a sentence for the help."""


_ROOMY: Final = 100
"""Cells from which an endpoint's name stands before its ribbons, not above them."""

_MAX_HOST: Final = 38
_MAX_LABELS: Final = 16
_LINK: Final = 3
_HOLDERS: Final = (24, 16, 13, 10, 8, 6, 4, 0)
"""Cells for a holder's name, tried from the longest on."""

_MIN_WORDS: Final = 28
"""Cells right of a mark that are enough to wrap its words there; with fewer the roomier side is taken."""

_ENOUGH: Final = 4
"""Place in `_WORDINGS` up to which a name before the ribbon costs too little of the holders to matter."""


@dataclass(frozen=True, slots=True)
class _Wording:
    """How much of an AS is written: the holder is dropped first, then the number, the hops; never the tag."""

    holder: int
    number: bool = True
    hops: bool = True

    def text(self, asn: int, system: AutonomousSystem | None, count: str) -> str:
        tag = system.tag if system is not None else "?"
        number = str(asn) if self.number or system is None else ""
        label = system.label if system is not None else ""
        holder = fit(label, self.holder).rstrip() if cell_len(label) > self.holder else label
        parts = (tag, number, holder if self.holder else "", count if self.hops else "")
        return " ".join(part for part in parts if part)


_WORDINGS: Final = (
    *(_Wording(holder) for holder in _HOLDERS),
    _Wording(0, number=False),
    _Wording(0, number=False, hops=False),
)


class PathPlan:
    """The layout of some ribbons in a given width."""

    def __init__(self, as_path_lines: Sequence[PathRibbon], snapshot: Snapshot, width: int) -> None:
        self.width = width
        self.as_path_lines = as_path_lines
        self._systems = systems_by_number(snapshot)
        self._alignment: Alignment = align([(*ribbon.path, *ribbon.expected) for ribbon in as_path_lines])
        self._labels = min(max((cell_len(one.labels) for one in as_path_lines), default=0), _MAX_LABELS)
        hosts = min(max((cell_len(_host(one)) for one in as_path_lines), default=0), _MAX_HOST, width // 4)
        words = 2 + max((cell_len(ribbon.words) for ribbon in as_path_lines), default=0)
        self._host = 0
        layouts = [(0, words), (0, 0)] if width < _ROOMY else [(hosts, words), (0, words), (0, 0)]
        found = [(*self._wording_for(width - self._before(host) - after), host) for host, after in layouts]
        enough = [one for one in found if one[0] <= _ENOUGH]
        best, self._link, self._host = enough[0] if enough else min(found, key=lambda one: one[0])
        self._wording = _WORDINGS[best]
        self._columns = self._widths(self._wording)
        self.left = self._before(self._host)

    def _before(self, host: int) -> int:
        """Return the cells before the ribbons, where endpoints get `host` cells of them."""
        return 1 + (host + 2 if host else 0) + self._labels + 2

    def _wording_for(self, room: int) -> tuple[int, int]:
        """Return the place of the longest wording that fits in `room`, and the cells of a link."""
        for link in (_LINK, _LINK - 1):
            for index, wording in enumerate(_WORDINGS):
                columns = self._widths(wording)
                if sum(columns) + link * len(columns) <= room:
                    return index, link
        return len(_WORDINGS) - 1, _LINK - 1

    def _widths(self, wording: _Wording) -> list[int]:
        widths = [0] * self._alignment.columns
        for ribbon, places in zip(self.as_path_lines, self._alignment.rows, strict=True):
            for position, column in enumerate(places):
                widths[column] = max(widths[column], cell_len(self._text(ribbon, position, wording)) + 2)
        return widths

    def _text(self, ribbon: PathRibbon, position: int, wording: _Wording) -> str:
        known = len(ribbon.stretches)
        measured = position < known
        asn = ribbon.stretches[position].asn if measured else ribbon.expected[position - known]
        count = ribbon.stretches[position].count if measured else ""
        return wording.text(asn, self._systems.get(asn), count)

    def _start(self, column: int) -> int:
        """Return the cell at which a column begins, left edge of the row first."""
        return self.left + sum(self._columns[:column]) + self._link * column

    # Rows

    def rows(self, ink: Ink) -> list[Row]:
        """Return all rows, top down; those of ribbons have the ribbon's key."""
        rows: list[Row] = []
        before: PathRibbon | None = None
        for index, ribbon in enumerate(self.as_path_lines):
            if ribbon.moment:
                rows.append(Row(tuple(self._ribbon(index, ink, first=False))))
                continue
            first = before is None or before.key[0] != ribbon.key[0]
            if before is not None:
                rows += self._between(before, ribbon, ink)
            if first and not self._host:
                rows.append(Row((*self._endpoint(ribbon, ink, self.width - 1),)))
            rows.append(Row(tuple(self._ribbon(index, ink, first=first)), ribbon.key))
            before = ribbon
        return rows

    def _between(self, above: PathRibbon, below: PathRibbon, ink: Ink) -> list[Row]:
        """Return the lines between two ribbons that say where they part, if they do."""
        parting = part(above, below)
        if parting is None:
            return []
        cell = self._start(0)
        if parting.shared:
            column = self._alignment.rows[self.as_path_lines.index(above)][parting.shared - 1]
            cell = self._start(column) + self._columns[column]
        return self._marked(cell, parting.words, ink)

    def _marked(self, cell: int, where: str, ink: Ink) -> list[Row]:
        """Return the mark at `cell` and its words beside it: on one line if a side has room."""
        short = where.replace("router ", "")
        right, left = self.width - cell - 2, cell - 2
        for words in (f"paths diverge: {where}", where, short):
            if cell_len(words) <= right:
                return [Row(((" " * cell, ink.none), (f"{PARTS} ", ink.end), (words, ink.muted)))]
            if cell_len(words) <= left:
                return [Row(((fit(words, cell - 1, right=True), ink.muted), (f" {PARTS}", ink.end)))]
        room = right if right >= min(left, _MIN_WORDS) else left
        lines = wrapped(short, room)
        if room == left:
            first, *rest = (fit(line, cell - 1, right=True) for line in lines)
            mark = Row(((first, ink.muted), (f" {PARTS}", ink.end)))
            return [mark, *(Row(((line, ink.muted),)) for line in rest)]
        first, *rest = lines
        mark = Row(((" " * cell, ink.none), (f"{PARTS} ", ink.end), (first, ink.muted)))
        return [mark, *(Row(((" " * (cell + 2), ink.none), (line, ink.muted))) for line in rest)]

    def _endpoint(self, ribbon: PathRibbon, ink: Ink, room: int) -> list[Piece]:
        name = _host(ribbon)
        pieces: list[Piece] = [
            (f" {fit(name, room - 1).rstrip()}", ink.heading if ribbon.control else ink.plain)
        ]
        address = ribbon.lanes[0].lane.address
        if address != ribbon.lanes[0].lane.host and cell_len(name) + len(address) + 4 <= room:
            pieces.append((f"  {address}", ink.muted))
        return pieces

    def _ribbon(self, index: int, ink: Ink, *, first: bool) -> list[Piece]:
        ribbon = self.as_path_lines[index]
        pieces: list[Piece] = [(" ", ink.none)]
        if self._host:
            style = ink.faint if not first else ink.heading if ribbon.control else ink.plain
            name = _host(ribbon)
            if ribbon.lanes[0].lane.origin:  # its end tells it from the same host's
                name = fit_middle(name, self._host)
            pieces.append((fit(name, self._host) + "  ", style))
        pieces.append((fit(ribbon.labels, self._labels) + "  ", ink.heading))
        places = self._alignment.rows[index]
        known = len(ribbon.stretches)
        if known:
            pieces.append((" " * (self._start(places[0]) - self.left), ink.none))
        at = self.left
        for position, column in enumerate(places):
            measured = position < known
            if position:
                pieces += self._link_to(places[position - 1], column, ink, position - known)
            pieces.append(self._block(ribbon, position, column, ink, measured=measured))
            at = self._start(column) + self._columns[column]
        pieces += self._end(ribbon, ink)
        used = at + self._link
        words = ribbon.words
        if used + cell_len(words) + 1 <= self.width:
            pieces.append((" " + words, ink.plain if ribbon.end == STOPPED else ink.muted))
        return pieces

    def _block(self, ribbon: PathRibbon, position: int, column: int, ink: Ink, *, measured: bool) -> Piece:
        text, room = self._text(ribbon, position, self._wording), self._columns[column]
        asn = (*ribbon.path, *ribbon.expected)[position]
        system = self._systems.get(asn)
        if measured and ribbon.moment:
            return fit(f" {text}", room), ink.of_as(system.colour) if system is not None else ink.muted
        if measured:
            style = ink.block_of_as(system.colour) if system is not None else ink.muted
            return fit(f" {text}", room), style
        style = ink.faint_of_as(system.colour) if system is not None else ink.faint
        return f" {text} ".ljust(room, EXPECTED), style

    def _link_to(self, before: int, column: int, ink: Ink, beyond: int) -> list[Piece]:
        """Return the line to a column from the one before on this path; `beyond` 0: a stop lies on it."""
        cells = self._start(column) - self._start(before) - self._columns[before]
        if beyond < 0:
            return [(LINE * cells, ink.faint)]
        if beyond:
            return [(EXPECTED * cells, ink.faint)]
        lead = LINE if cells > 2 else ""
        return [(lead, ink.faint), (STOPPED, ink.lost), (EXPECTED * (cells - 1 - len(lead)), ink.faint)]

    def _end(self, ribbon: PathRibbon, ink: Ink) -> list[Piece]:
        if ribbon.expected:
            return [(" " * self._link, ink.none)]
        style = end_style(ribbon.end, ink)
        lead = LINE if ribbon.end == STOPPED and ribbon.path else " " if ribbon.path else ""
        return [(lead, ink.faint), (fit(ribbon.end, self._link - len(lead)), style)]


def _host(ribbon: PathRibbon) -> str:
    lane = ribbon.lanes[0].lane
    role = "control " if ribbon.control else ""
    return f"{role}{lane_name(lane)}"
