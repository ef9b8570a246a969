"""Findings as lines at the foot of the board: confidence, headline, explanations left, next step."""

from collections.abc import Iterator
from typing import Final

from rich.cells import cell_len

from tracetui.model import Confidence, Finding, Snapshot
from tracetui.tui.lines.explanation_table import left_words
from tracetui.tui.lines.shown_findings import shown_findings
from tracetui.tui.paint.fit import fit, fit_words, wrapped
from tracetui.tui.paint.ink import Ink
from tracetui.tui.paint.lines_view import link_to
from tracetui.tui.paint.pieces import Piece
from tracetui.words import headline_of, in_short, kept_sentence, step_words

_LEAD: Final = 5
"""Cells before a sentence."""

_GAP: Final = "  "

ALL_FINDINGS: Final = -1
"""The link that shows all findings; other links are places among them."""


def lines_for(height: int) -> int:
    """Return how many lines a terminal of `height` rows has for findings.

    Two at the least: one of 80 cells ends before it says where a path stops.
    """
    return 2 if height < 48 else 4


def confidence_pieces(confidence: Confidence, ink: Ink) -> list[Piece]:
    """Return `●●○`."""
    level = confidence.level
    return [("●" * level, ink.end), ("○" * (3 - level), ink.faint)]


def finding_lines(
    snapshot: Snapshot, ink: Ink, width: int, most: int, *, key: str = "f"
) -> list[list[Piece]]:
    """Return at most `most` lines, one per finding; where there are few, their sentences take several.

    After a sentence, where there is room: how many explanations are left, and what to measure next. The last
    line says how many more findings there are, and the `key` that shows them all; a click on a sentence leads
    to its finding.
    """
    if snapshot.kept is not None and snapshot.kept.sampled_s is not None:
        rows = wrapped(kept_sentence(snapshot.kept), width - _LEAD - 1, most=most)
        return [[(f"{' ' * _LEAD}{row}", ink.muted)] for row in rows]
    found = shown_findings(snapshot.findings)
    hidden = len(found) - most
    tail = f"  +{hidden}  {key} details" if hidden > 0 else f"  {key} details"
    room = width - _LEAD - len(tail) - 1
    lines: list[list[Piece]] = []
    for position, finding in enumerate(found[:most]):
        spare = most - len(lines) - (len(found) - position)
        last = position == min(most, len(found)) - 1  # the tail stands behind it
        own = room if last else room + len(tail)
        for number, said in enumerate(_rows(finding, snapshot, own, 1 + max(0, spare), ink)):
            marks = confidence_pieces(finding.confidence, ink) if not number else [("   ", ink.none)]
            line = [(" ", ink.none), *marks, (" ", ink.none), *said]
            click = link_to(snapshot.findings.index(finding))
            lines.append([(text, style + click) for text, style in line])
    if lines:
        lines[-1].append((tail, ink.muted + link_to(ALL_FINDINGS)))
    return lines


def _rows(finding: Finding, snapshot: Snapshot, room: int, most: int, ink: Ink) -> Iterator[list[Piece]]:
    """Yield the sentence of a finding in at most `most` rows of `room` cells, and after it what is left."""
    rows = _sentence(finding, snapshot, room, most)
    for row in rows[:-1]:
        yield [(fit(row, room), ink.plain)]
    last, beside = rows[-1], room - cell_len(rows[-1]) - len(_GAP)
    wordings = _left_and_next(finding, snapshot)
    whole = next((words for words in wordings if cell_len(words) <= beside), "")
    below = len(rows) < most and bool(wordings) and whole != wordings[0]
    if below:
        whole = ""
    elif not whole and (short := left_words(finding, short=True)):
        whole = short  # how much is left to explain matters more than the end of the sentence
    yield [(last, ink.plain), (fit(f"{_GAP}{whole}" if whole else "", room - cell_len(last)), ink.muted)]
    if below:
        yield [(fit(fit_words(wordings[0], room), room), ink.muted)]


def _sentence(finding: Finding, snapshot: Snapshot, room: int, most: int) -> list[str]:
    """Return the sentence in rows; where it does not fit, the short one, whose end matters least."""
    rows = wrapped(headline_of(finding, snapshot), room, most=most) or [""]
    left = left_words(finding, short=True)
    beside = len(_GAP) + cell_len(left) if left else 0
    if not rows[-1].endswith("…") and (len(rows) < most or cell_len(rows[-1]) + beside <= room):
        return rows
    return [fit(in_short(finding, snapshot), room - (beside if most == 1 else 0)).rstrip()]


def _left_and_next(finding: Finding, snapshot: Snapshot) -> list[str]:
    """Return what is left to explain a finding and what to measure next, the longest wording first."""
    left, short = left_words(finding), left_words(finding, short=True)
    step = step_words(finding.next_steps[0], snapshot) if finding.next_steps else ""
    if not step:
        return [left, short] if left else []
    if not left:
        return [f"next: {step}"]
    return [f"{left} · next: {step}", f"{short} · next: {step}", left, short]
