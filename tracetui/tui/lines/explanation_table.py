"""The explanations of a finding as a table, for the board and for the findings dialog."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import zip_longest
from typing import Final

from rich.cells import cell_len

from tracetui.model import Explanation, ExplanationState, Finding, Snapshot
from tracetui.tui.paint.fit import fit, wrapped
from tracetui.words import explanation_words, places_words, state_words, tells_words

_GAP: Final = "  "
_STATE: Final = 9
_BY: Final = 8
_MIN_COLUMN: Final = 20
"""Cells of a column of words; with fewer, the table has no columns but lines below each other."""

_MIN_EXPLANATION: Final = 28
_HEADS: Final = ("explanation", "where", "state", "evidence", "what would tell")

_ORDER: Final = (ExplanationState.LEFT, ExplanationState.STRAINED, ExplanationState.RULED_OUT)


class Tone(StrEnum):
    """What a piece of the table is, for its colour."""

    HEAD = "head"
    STATE = "state"
    MAIN = "main"
    REST = "rest"


@dataclass(frozen=True, slots=True)
class TableLine:
    """One line of text."""

    pieces: tuple[tuple[str, Tone], ...]
    state: ExplanationState | None = None
    """Of the explanation it is about; None in the line of headings."""


Group = Sequence[TableLine]
"""The lines of one explanation, or the headings."""


@dataclass(frozen=True, slots=True)
class _Cells:
    """What the table says of one explanation."""

    explanation: str
    places: str
    state: str
    by: str
    tells: str
    key: ExplanationState


def explanation_table(finding: Finding, snapshot: Snapshot, width: int) -> list[Group]:
    """Return the explanations in lines of at most `width` cells: those left first, those ruled out last."""
    told = [_cells(one, finding, snapshot) for one in in_order(finding)]
    columns = _columns(told, width)
    if columns is None:
        return [tuple(_stacked(cells, width)) for cells in told]
    head = TableLine(tuple(_row(_HEADS, columns, (Tone.HEAD,) * 5)))
    return [(head,), *(tuple(_lines(cells, columns)) for cells in told)]


def in_order(finding: Finding) -> list[Explanation]:
    """Return the explanations of a finding, those left first, then strained, then ruled out."""
    return sorted(finding.explanations, key=lambda one: _ORDER.index(one.state))


def left_words(finding: Finding, *, short: bool = False) -> str:
    """Return `3 explanations left`, or `3 left`; "" where there is nothing to explain."""
    if not finding.explanations or finding.as_expected:
        return ""
    count = len(finding.left)
    noun = "" if short else " explanation" if count == 1 else " explanations"
    return f"{count}{noun} left"


def by_words(by: Sequence[int]) -> str:
    """Return the numbers of evidence, from 1 on, as they stand before it where it is listed."""
    return ", ".join(str(place + 1) for place in by)


def _cells(one: Explanation, finding: Finding, snapshot: Snapshot) -> _Cells:
    return _Cells(
        explanation_words(one.kind, finding, snapshot),
        places_words(one.places, snapshot),
        state_words(one),
        by_words(one.by),
        tells_words(one, finding),
        one.state,
    )


def _columns(told: Sequence[_Cells], width: int) -> tuple[int, ...] | None:
    """Return the widths of the columns; None where there is no room for columns."""
    left = width - _STATE - _BY - 4 * len(_GAP)
    explanation, where, tells = (
        max([cell_len(head), *(cell_len(text) for text in texts)])
        for head, texts in (
            (_HEADS[0], [cells.explanation for cells in told]),
            (_HEADS[1], [cells.places for cells in told]),
            (_HEADS[4], [cells.tells for cells in told]),
        )
    )
    if explanation + where + tells > left:
        where = min(where, max(_MIN_COLUMN, left // 4))
        tells = min(tells, max(_MIN_COLUMN, left - where - explanation, left // 4))
        explanation = min(explanation, left - where - tells)
        if explanation < _MIN_EXPLANATION:
            return None
    return explanation, where, _STATE, _BY, tells


def _lines(cells: _Cells, columns: Sequence[int]) -> Iterator[TableLine]:
    texts = (cells.explanation, cells.places, cells.state, cells.by, cells.tells)
    broken = [wrapped(text, width) for text, width in zip(texts, columns, strict=True)]
    tones = (Tone.MAIN, Tone.REST, Tone.STATE, Tone.REST, Tone.REST)
    for row in zip_longest(*broken, fillvalue=""):
        yield TableLine(tuple(_row(row, columns, tones)), cells.key)


def _row(texts: Sequence[str], columns: Sequence[int], tones: Sequence[Tone]) -> Iterator[tuple[str, Tone]]:
    for place, (text, width, tone) in enumerate(zip(texts, columns, tones, strict=True)):
        if place:
            yield _GAP, Tone.REST
        yield fit(text, width), tone


def _stacked(cells: _Cells, width: int) -> Iterator[TableLine]:
    """Yield an explanation beside its state, and below it the rest."""
    room = width - _STATE - len(_GAP)
    rest = [cells.places]
    if cells.by:
        rest.append(f"evidence {cells.by}")
    if cells.tells:
        rest.append(f"would tell: {cells.tells}")
    lines = [(line, Tone.MAIN) for line in wrapped(cells.explanation, room)]
    lines += [(line, Tone.REST) for line in wrapped(" · ".join(rest), room)]
    for place, line in enumerate(lines):
        lead = fit("" if place else cells.state, _STATE) + _GAP
        yield TableLine(((lead, Tone.STATE), line), cells.key)
