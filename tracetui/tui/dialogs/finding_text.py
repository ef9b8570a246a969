"""What the findings dialog says: a line for each finding, and below the list the chosen one in full."""

from collections.abc import Iterator, Sequence
from typing import Final

from textual.content import Content

from tracetui.model import ExplanationState, Finding, FindingKind, NextStep, Snapshot, counted
from tracetui.model.evidence import ServiceFails
from tracetui.report.finding_rows import confidence_marks
from tracetui.tui.dialogs.text_dialog import hanging
from tracetui.tui.lines.explanation_table import TableLine, Tone, explanation_table, left_words
from tracetui.tui.paint.fit import wrapped
from tracetui.words import evidence_words, headline_of, statement, step_words

_HEADING: Final = "bold $accent"
_MUTED: Final = "$foreground 62%"
_STATES: Final = {
    ExplanationState.LEFT: "bold $accent",
    ExplanationState.STRAINED: "$foreground",
    ExplanationState.RULED_OUT: _MUTED,
}

_NUMBER: Final = 4
"""Cells for the number of evidence."""


def grouped(findings: Sequence[Finding]) -> list[tuple[Finding, ...]]:
    """Return the findings in the order of the list; those that only say "is reached" are one group."""
    reached = tuple(filter(_only_reached, findings))
    groups: list[tuple[Finding, ...]] = []
    for finding in findings:
        if finding not in reached:
            groups.append((finding,))
        elif finding is reached[0]:
            groups.append(reached)
    return groups


def _only_reached(finding: Finding) -> bool:
    fails = any(isinstance(one, ServiceFails) for one in finding.evidence)
    return finding.kind is FindingKind.REACHABLE and finding.as_expected and not fails


def list_line(findings: Sequence[Finding], snapshot: Snapshot) -> Content:
    """Return what the list says of a group of findings."""
    least = min(findings, key=lambda finding: finding.confidence.level)
    marks, _, _ = confidence_marks(least).partition(" ")
    if len(findings) == 1:
        said = headline_of(least, snapshot)
    else:
        ids = {lane for finding in findings for lane in finding.lanes}
        panels = {lane.lane.panel for lane in snapshot.lanes if lane.id in ids}
        said = f"{counted(len(panels), 'endpoint')} reached, over {counted(len(ids), 'lane')}."
    return Content.assemble((f"{marks} ", "$accent"), said)


def details(
    findings: Sequence[Finding], snapshot: Snapshot, keys: Sequence[NextStep], width: int
) -> list[Content]:
    """Return a group of findings in full: the verdict, what to do next, what it rests on, what is left.

    `keys`: the steps that the keys 1, 2, 3 ... take.
    """
    if len(findings) > 1:
        return list(_reached(findings, snapshot, width))
    finding = findings[0]
    left = left_words(finding)
    verdict = [f"Confidence: {confidence_marks(finding)}{f', {left}' if left else ''}."]
    verdict += statement(finding, snapshot)[1:]  # the first sentence stands in the list
    lines = [Content(line) for said in verdict for line in wrapped(said, width)]
    parts = (
        ("Next steps", _steps(finding, snapshot, keys, width)),
        ("Evidence", _evidence(finding, snapshot, width)),
        ("Explanations", _explanations(finding, snapshot, width)),
    )
    for heading, rows in parts:
        if rows:
            lines += [Content(""), Content.styled(heading, _HEADING), *rows]
    return lines


def _reached(findings: Sequence[Finding], snapshot: Snapshot, width: int) -> Iterator[Content]:
    for finding in findings:
        marks, _, _ = confidence_marks(finding).partition(" ")
        yield from hanging(marks, headline_of(finding, snapshot), width, column=_NUMBER)
    yield from (Content(""), Content.styled("Evidence", _HEADING))
    for number, evidence in enumerate((one for finding in findings for one in finding.evidence), start=1):
        yield from hanging(str(number), evidence_words(evidence, snapshot), width, column=_NUMBER)


def _steps(finding: Finding, snapshot: Snapshot, keys: Sequence[NextStep], width: int) -> list[Content]:
    """Return what to measure next, the most telling first; what a key can do has its number."""
    numbers = {id(step): str(number) for number, step in enumerate(keys[:9], start=1)}
    return [
        line
        for step in finding.next_steps
        for line in hanging(numbers.get(id(step), "·"), step_words(step, snapshot), width, column=3)
    ]


def _explanations(finding: Finding, snapshot: Snapshot, width: int) -> list[Content]:
    return [_line(line) for group in explanation_table(finding, snapshot, width) for line in group]


def _line(line: TableLine) -> Content:
    muted = line.state is ExplanationState.RULED_OUT
    styles = {
        Tone.HEAD: _MUTED,
        Tone.STATE: _STATES[line.state] if line.state is not None else _MUTED,
        Tone.MAIN: _MUTED if muted else "$foreground",
        Tone.REST: _MUTED,
    }
    return Content.assemble(*((text, styles[tone]) for text, tone in line.pieces))


def _evidence(finding: Finding, snapshot: Snapshot, width: int) -> list[Content]:
    return [
        line
        for number, evidence in enumerate(finding.evidence, start=1)
        for line in hanging(str(number), evidence_words(evidence, snapshot), width, column=_NUMBER)
    ]
