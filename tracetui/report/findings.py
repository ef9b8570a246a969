"""Findings in words: the same parts, in the same order, in both written reports."""

from collections.abc import Hashable, Iterator, Sequence
from itertools import groupby
from typing import Final

from tracetui.analysis.words import as_words
from tracetui.model import Candidate, Direction, Finding, FindingKind, Snapshot

_MARKS: Final = 3
_APART: Final = 3
"""Endpoints that are reached and of which each has a place of its own; more stand together."""

REACHED_TOGETHER: Final = (
    "That holds for the ports and protocols named, no others; silent hops on the way are normal."
)

_DIRECTIONS: Final = {
    Direction.FORWARD: "on the way to the endpoint",
    Direction.UNKNOWN: "unknown: on the way to the endpoint, or on the way back",
}


def confidence_marks(finding: Finding) -> str:
    """Return `●●○ medium`."""
    level = finding.confidence.level
    return f"{'●' * level}{'○' * (_MARKS - level)} {finding.confidence.value}"


def told_together(findings: Sequence[Finding]) -> Iterator[tuple[str, Sequence[Finding]]]:
    """Yield findings, each with its number, and in one place those in a row that only say "is reached".

    Of many targets most are well, and what is not must not drown in them. Numbers are `7` and `8–41`.
    """
    number = 1
    for well, row in groupby(findings, _well):
        run = list(row)
        if well and len(run) > _APART:
            yield f"{number}–{number + len(run) - 1}", run
        else:
            yield from ((str(number + place), (finding,)) for place, finding in enumerate(run))
        number += len(run)


def _well(finding: Finding) -> Hashable:
    """Return what findings must have in common to be told together; False where one stands alone."""
    plain = finding.kind is FindingKind.REACHABLE and not finding.counter_evidence
    return plain and finding.confidence


def together_headline(findings: Sequence[Finding]) -> str:
    """Return what some findings that are told together say."""
    return f"{len(findings)} endpoints are reached, each over what is named here."


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
