"""Rows of the AS paths view for both directions: the way out, and below it the way back, mirrored."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from rich.cells import cell_len

from tracetui.analysis.both_ways import both_ways
from tracetui.model import AutonomousSystem, LaneSnapshot, Snapshot
from tracetui.tui.board.hop_owner import systems_by_number
from tracetui.tui.paint.fit import fit
from tracetui.tui.paint.ink import Ink
from tracetui.tui.paint.pieces import Piece
from tracetui.tui.paint.rows_view import Row
from tracetui.tui.paint.state_glyph import end_glyph, end_style
from tracetui.words import nearness_words, way_end_words

_OUT: Final = " out  → "
_BACK: Final = " back ← "
_LINE: Final = "━"
_LINK: Final = 2
"""Cells between two ASes, and of the mark where a way ends."""


def both_ways_rows(snapshot: Snapshot, ink: Ink, width: int) -> Iterator[Row]:
    """Yield a heading and two rows for each endpoint and vantage near it; nothing if nobody traces back."""
    systems = systems_by_number(snapshot)
    for pair in both_ways(snapshot):
        vantage = f"{pair.back[0].lane.via} ({nearness_words(pair.relation)})"
        yield Row(())
        title = f" {pair.out[0].lane.host}: both directions, back from {vantage}"
        yield Row(((fit(title, width).rstrip(), ink.heading),))
        ways = [
            _Way(_OUT, pair.out, [column.out for column in pair.columns], pair.out_arrives, back=False),
            _Way(_BACK, pair.back, [column.back for column in pair.columns], pair.back_arrives, back=True),
        ]
        asns = [column.asn for column in pair.columns]
        texts, widths = _fitting(asns, ways, systems, width)
        for way, text in zip(ways, texts, strict=True):
            yield Row(tuple(_pieces(way, text, widths, [systems.get(asn) for asn in asns], ink)))


@dataclass(frozen=True, slots=True)
class _Way:
    """One direction."""

    start: str
    lanes: tuple[LaneSnapshot, ...]
    hops: Sequence[int | None]
    """Of each column."""

    arrive: bool | None
    back: bool

    @property
    def end_words(self) -> str:
        return way_end_words(self.lanes[0], arrive=self.arrive)


def _fitting(
    asns: Sequence[int], ways: Sequence[_Way], systems: Mapping[int, AutonomousSystem], width: int
) -> tuple[list[list[str]], list[int]]:
    """Return the words of each column on each way, the longest that fit, and the widths of the columns."""
    words = max(cell_len(way.end_words) for way in ways) + 1
    best: tuple[list[list[str]], list[int]] = ([], [])
    for holder, number, room in ((16, True, words), (8, True, words), (0, True, 0), (0, False, 0)):
        names = [_name(asn, systems.get(asn), holder, number=number) for asn in asns]
        texts = [
            ["" if hops is None else f" {name} ×{hops} " for name, hops in zip(names, way.hops, strict=True)]
            for way in ways
        ]
        widths = [max(map(cell_len, column)) for column in zip(*texts, strict=True)]
        best = texts, widths
        if len(_OUT) + sum(widths) + _LINK * (len(widths) + 1) + room <= width:
            break
    return best


def _name(asn: int, system: AutonomousSystem | None, holder: int, *, number: bool) -> str:
    parts = [system.tag if system is not None else "?", str(asn) if number or system is None else ""]
    if system is not None and holder:
        parts.append(system.label if cell_len(system.label) <= holder else fit(system.label, holder))
    return " ".join(filter(None, parts))


def _pieces(
    way: _Way,
    texts: Sequence[str],
    widths: Sequence[int],
    systems: Sequence[AutonomousSystem | None],
    ink: Ink,
) -> Iterator[Piece]:
    """Yield one way; it ends at the right, a way back at the left, with the mark of how."""
    yield way.start, ink.muted
    shown = [place for place, hops in enumerate(way.hops) if hops is not None]
    first, last = (shown[0], shown[-1]) if shown else (0, -1)
    end = end_glyph(way.lanes[0])
    mark: Piece = (fit(end, _LINK, right=not way.back), end_style(end, ink))
    for place, (text, cells) in enumerate(zip(texts, widths, strict=True)):
        if way.back and place == first:
            yield mark
        else:
            yield (_LINE if first < place <= last else " ") * _LINK, ink.faint
        if way.hops[place] is None:
            yield (_LINE if first < place < last else " ") * cells, ink.faint
            continue
        system = systems[place]
        yield fit(text, cells), ink.block_of_as(system.colour) if system is not None else ink.muted
        if place == last and not way.back:
            yield mark
            break
    yield f"  {way.end_words}", ink.muted
