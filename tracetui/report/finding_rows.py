"""Findings as rows and lines of words, the same in both written reports and on the screen."""

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from tracetui.model import ControlCheck, ControlFit, ExplanationState, Finding, FindingKind, Snapshot
from tracetui.model.evidence import Answers, SameDistance, ServiceAnswers
from tracetui.words import (
    control_words,
    evidence_words,
    explanation_words,
    lane_words,
    places_words,
    state_words,
    step_words,
    tells_words,
)

_MARKS: Final = 3
_MAX_SEPARATE: Final = 3
"""Up to this many reached endpoints stand separately; more are grouped."""

GROUP_NOTE: Final = (
    "This holds for the ports and protocols named, no others; silent hops on the way are normal."
)

_ORDER: Final = (ExplanationState.LEFT, ExplanationState.STRAINED, ExplanationState.RULED_OUT)
_NOT_KNOWN_YET: Final = frozenset({ControlFit.NO_ROUNDS, ControlFit.NOT_CLEAR})


@dataclass(frozen=True, slots=True)
class ExplanationRow:
    """An explanation in plain text, as reports print it."""

    words: str
    places: str
    state: str
    by: str
    """Numbers of the evidence that rules it out or strains it: `2, 4`."""

    would_tell: str
    """Steps that could rule it out or strain it; "" where it is ruled out."""


def confidence_marks(finding: Finding) -> str:
    """Return `●●○ medium`."""
    level = finding.confidence.level
    return f"{'●' * level}{'○' * (_MARKS - level)} {finding.confidence.value}"


def grouped_findings(findings: Sequence[Finding]) -> Iterator[tuple[str, Sequence[Finding]]]:
    """Yield findings with their numbers, consecutive ones that only say "is reached" as a group.

    Of many targets most are reached, and the others must stay visible. Numbers are `7` and `8–41`.
    """
    number = 1
    for well, row in groupby(findings, _grouping_key):
        run = list(row)
        if well and len(run) > _MAX_SEPARATE:
            yield f"{number}–{number + len(run) - 1}", run
        else:
            yield from ((str(number + place), (finding,)) for place, finding in enumerate(run))
        number += len(run)


def _grouping_key(finding: Finding) -> Hashable:
    """Return what findings must have in common to be grouped; False for one that stands alone."""
    plain = all(isinstance(one, Answers | SameDistance | ServiceAnswers) for one in finding.evidence)
    reached = finding.kind is FindingKind.REACHABLE and finding.as_expected
    return reached and plain and finding.confidence


def group_headline(findings: Sequence[Finding]) -> str:
    """Return the headline of a group of findings."""
    return f"{len(findings)} endpoints are reached, each over what is named here."


def explanation_rows(finding: Finding, snapshot: Snapshot) -> list[ExplanationRow]:
    """Return the explanations of a finding, those that are left first; none where nothing is to explain."""
    if finding.as_expected:
        return []
    return [
        ExplanationRow(
            words=explanation_words(one.kind, finding, snapshot),
            places=places_words(one.places, snapshot),
            state=state_words(one),
            by=", ".join(str(place + 1) for place in one.by),
            would_tell=tells_words(one, finding),
        )
        for one in sorted(finding.explanations, key=lambda one: _ORDER.index(one.state))
    ]


def explanation_line(row: ExplanationRow) -> str:
    """Return an explanation in one line, with what speaks against it and what would tell."""
    by = f" (evidence {row.by})" if row.by else ""
    tell = f"; would tell: {row.would_tell}" if row.would_tell else ""
    return f"{row.state}{by}: {row.words} ({row.places}){tell}"


def evidence_lines(finding: Finding, snapshot: Snapshot) -> list[str]:
    """Return the evidence in the order of its numbers."""
    return [evidence_words(one, snapshot) for one in finding.evidence]


def step_lines(finding: Finding, snapshot: Snapshot) -> list[str]:
    """Return what to measure next, the most telling step first."""
    return [step_words(step, snapshot) for step in finding.next_steps]


def control_lines(snapshot: Snapshot) -> Iterator[str]:
    """Yield a line for each silent lane and each endpoint that the user marked as a control for it.

    Of several lanes of an endpoint the best control counts; `snapshot.controls` has the best first.
    """
    told: set[object] = set()
    panels = {lane.id: lane.lane.panel for lane in snapshot.lanes}
    for check in snapshot.controls:
        key = check.suspect, panels.get(check.control, check.control)
        if not check.marked or key in told:
            continue
        told.add(key)
        control, suspect = lane_words(check.control, snapshot), lane_words(check.suspect, snapshot)
        yield f"{control}, for {suspect}: {_fit(check)}; {control_words(check, snapshot)}"


def _fit(check: ControlCheck) -> str:
    if check.fit is ControlFit.VALID:
        return "fits"
    if check.fit in _NOT_KNOWN_YET:
        return "not known yet"
    return "fits in part" if check.fit.serves else "does not fit"
