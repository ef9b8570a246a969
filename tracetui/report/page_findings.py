"""The findings on the one-page report: the first with what is left and what to do, others in a few lines."""

from collections.abc import Iterator, Sequence
from typing import Final

from tracetui.analysis.findings.what_fails import failing, last_hop, ticket_finding
from tracetui.model import Explanation, ExplanationState, Finding, FindingKind, PlaceKind, Snapshot, counted
from tracetui.report.finding_rows import GROUP_NOTE, confidence_marks, step_lines
from tracetui.report.markdown_escape import inert
from tracetui.report.report_header import utc
from tracetui.words import (
    conclusion_in_short,
    explanation_words,
    headline_of,
    in_short,
    listed,
    places_words,
    since_sentence,
    step_words,
)

_MAX_STEPS: Final = 3
_MAX_OTHERS: Final = 6
"""Findings told in short after the first."""

_MAX_REACHED: Final = 3
"""Reached endpoints named where nothing fails."""


def page_findings(snapshot: Snapshot) -> Iterator[str]:
    """Yield the parts of the section; nothing where there are no findings."""
    told = told_findings(snapshot)
    if told:
        yield "## Findings\n"
        first, *others = told
        yield from _first(first, snapshot)
        yield from _others(first, others, snapshot)
    elif snapshot.findings:
        yield "## Findings\n"
        yield from _nothing_fails(snapshot) if snapshot.probed else _imports_alone(snapshot)


def told_findings(snapshot: Snapshot) -> list[Finding]:
    """Return the findings that the page tells one by one: what fails first; not what is simply reached."""
    failed = list(failing(snapshot))
    imported = {lane.id for lane in snapshot.lanes if lane.trace.provenance is not None}
    rest = (
        finding
        for finding in snapshot.findings
        if finding not in failed and imported.isdisjoint(finding.lanes) and not _is_plainly_reached(finding)
    )
    return [*failed, *rest]


def _is_plainly_reached(finding: Finding) -> bool:
    return finding.kind is FindingKind.REACHABLE and finding.as_expected


def _first(finding: Finding, snapshot: Snapshot) -> Iterator[str]:
    has_ticket = finding is ticket_finding(snapshot)
    yield f"### 1. {inert(in_short(finding, snapshot) if has_ticket else headline_of(finding, snapshot))}\n"
    since = "" if has_ticket else since_sentence(finding, snapshot)
    sentences = (
        since,
        f"Confidence: {confidence_marks(finding)}.",
        *conclusion_in_short(finding, snapshot),
    )
    lines = [] if finding.as_expected else list(_explanations(finding, snapshot))
    listed = "".join(f"- {inert(line)}\n" for line in lines)
    yield f"{inert(' '.join(filter(None, sentences)))}\n{listed}"
    steps = step_lines(finding, snapshot)[:_MAX_STEPS]
    if steps:
        numbered = (f"{number}. {inert(step)}\n" for number, step in enumerate(steps, start=1))
        yield f"Next steps:\n{''.join(numbered)}"


def _explanations(finding: Finding, snapshot: Snapshot) -> Iterator[str]:
    """Yield what is left, each with its place, then the rest in a line each."""
    by_state: dict[ExplanationState, list[str]] = {}
    for one in finding.explanations:
        by_state.setdefault(one.state, []).append(_explained(one, finding, snapshot))
    for words in by_state.get(ExplanationState.LEFT, ()):
        yield f"Left: {words}"
    strained = by_state.get(ExplanationState.STRAINED)
    if strained:
        yield f"Strained (would need something rare besides): {'; '.join(strained)}"
    ruled_out = by_state.get(ExplanationState.RULED_OUT)
    if ruled_out:
        yield f"Ruled out: {'; '.join(ruled_out)}"


def _explained(one: Explanation, finding: Finding, snapshot: Snapshot) -> str:
    words = explanation_words(one.kind, finding, snapshot)
    systems = [place for place in one.places if place.kind is PlaceKind.SYSTEM]
    if not systems or one.state is ExplanationState.RULED_OUT:
        return words  # which say where it would be
    names = [places_words([place], snapshot) for place in systems]
    if len(systems) < len(one.places):
        names.append("another network")
    return f"{words} ({listed(names, last='or')})"


def _others(first: Finding, others: Sequence[Finding], snapshot: Snapshot) -> Iterator[str]:
    if not others:
        return
    lines = [_in_few_words(first, finding, snapshot) for finding in others[:_MAX_OTHERS]]
    more = len(others) - _MAX_OTHERS
    if more > 0:
        lines.append(f"{counted(more, 'more finding')}: see the full report.")
    listed = "".join(f"- {inert(line)}\n" for line in lines)
    yield f"Also:\n{listed}"


def _in_few_words(first: Finding, finding: Finding, snapshot: Snapshot) -> str:
    since = since_sentence(finding, snapshot) if finding.since != first.since else ""
    step = next((step for step in finding.next_steps if step not in first.next_steps), None)
    sentences = (
        headline_of(finding, snapshot),
        since,
        f"Confidence: {confidence_marks(finding)}.",
        _left_beside(first, finding, snapshot),
        f"Next step: {step_words(step, snapshot)}." if step is not None else "",
    )
    return " ".join(filter(None, sentences))


def _left_beside(first: Finding, finding: Finding, snapshot: Snapshot) -> str:
    """Say what is left of a finding; of one like the first, only what differs."""
    if finding.as_expected or not finding.left:
        return ""
    here, there = ({one.kind: one.places for one in found.left} for found in (finding, first))
    words = {one.kind: _explained(one, finding, snapshot) for one in finding.left}
    if last_hop(finding) != last_hop(first) or set(here.items()).isdisjoint(there.items()):
        return f"Left: {'; '.join(words.values())}."
    also = [words[kind] for kind, places in here.items() if there.get(kind) != places]
    without = [_explained(one, first, snapshot) for one in first.left if one.kind not in here]
    parts = [
        "Left: as for finding 1",
        *([f"and that {'; '.join(also)}"] if also else []),
        *([f"but not that {'; '.join(without)}"] if without else []),
    ]
    return f"{', '.join(parts)}."


def _imports_alone(snapshot: Snapshot) -> Iterator[str]:
    """Tell what traces of other tools show, where nothing was probed."""
    lines = [
        f"{headline_of(finding, snapshot)} Confidence: {confidence_marks(finding)}."
        for finding in snapshot.findings[:_MAX_OTHERS]
    ]
    if len(snapshot.findings) > _MAX_OTHERS:
        lines.append(f"{counted(len(snapshot.findings) - _MAX_OTHERS, 'more trace')}: see the full report.")
    yield "".join(f"- {inert(line)}\n" for line in lines)


def _nothing_fails(snapshot: Snapshot) -> Iterator[str]:
    watched = f"{counted(snapshot.rounds, 'round')} until {utc(snapshot.created_at)}"
    yield f"Nothing fails from here, in {watched}. {GROUP_NOTE}\n"
    reached = [finding for finding in snapshot.findings if _is_plainly_reached(finding)]
    lines = [headline_of(finding, snapshot) for finding in reached[:_MAX_REACHED]]
    if len(reached) > _MAX_REACHED:
        lines.append(f"{len(reached) - _MAX_REACHED} more are reached: see the results.")
    if lines:
        yield "".join(f"- {inert(line)}\n" for line in lines)
