"""Findings in words: the same parts, in the same order, in both written reports."""

from collections.abc import Iterator
from typing import Final

from tracetui.analysis.words import as_words
from tracetui.model import Candidate, Direction, Finding, Snapshot

_MARKS: Final = 3
_DIRECTIONS: Final = {
    Direction.FORWARD: "on the way to the endpoint",
    Direction.UNKNOWN: "unknown: on the way to the endpoint, or on the way back",
}


def confidence_marks(finding: Finding) -> str:
    """Return `●●○ medium`."""
    level = finding.confidence.level
    return f"{'●' * level}{'○' * (_MARKS - level)} {finding.confidence.value}"


def parts(finding: Finding, snapshot: Snapshot) -> Iterator[tuple[str, list[str]]]:
    """Yield heading and lines of each part that the finding has, plain text."""
    if finding.candidates:
        yield "Where", [_place(candidate, snapshot) for candidate in finding.candidates]
    if finding.direction is not None:
        yield "Direction", [_DIRECTIONS[finding.direction]]
    if finding.evidence:
        yield "Evidence", list(finding.evidence)
    if finding.counter_evidence:
        yield "Against it", list(finding.counter_evidence)
    if finding.missing:
        yield "Would make it surer", [step.text for step in finding.missing]


def _place(candidate: Candidate, snapshot: Snapshot) -> str:
    system = "" if candidate.asn is None else f", {as_words(candidate.address, snapshot, candidate.asn)}"
    name = snapshot.names.get(candidate.address or "", "")
    known = f" ({name})" if name else ""
    return f"hop {candidate.ttl}: {candidate.address or 'a router that does not show itself'}{known}{system}"
