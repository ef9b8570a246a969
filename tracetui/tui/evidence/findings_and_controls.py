"""The sections of the evidence view about findings and about controls."""

from collections.abc import Iterator, Sequence
from typing import Final

from tracetui.investigation.board import Panel
from tracetui.model import (
    ControlCheck,
    ControlFit,
    ExplanationKind,
    ExplanationState,
    Finding,
    FindingKind,
    LaneSnapshot,
    Role,
    Snapshot,
)
from tracetui.model.evidence import (
    BgpNotFollowed,
    ControlLoses,
    ControlStops,
    Evidence,
    FirstHopLoses,
    LatelySilent,
    PrefixUpdated,
    ReachedElsewhere,
    RoutesDiffer,
    ServiceAnswers,
    ServiceFails,
)
from tracetui.report.finding_rows import grouped_findings
from tracetui.tui.evidence.page import EvidenceKey, EvidencePage, Section
from tracetui.tui.lines.control_fit import UNDECIDED, validity_words
from tracetui.tui.lines.explanation_table import left_words
from tracetui.tui.lines.finding_lines import confidence_pieces
from tracetui.tui.paint.ink import Ink
from tracetui.tui.paint.pieces import Piece
from tracetui.tui.paint.rows_view import Row
from tracetui.tui.paint.state_glyph import end_glyph, end_style
from tracetui.words import (
    control_words,
    evidence_words,
    explanation_words,
    headline_of,
    kept_sentence,
    start_words,
)

_NAMED: Final = 4
"""Endpoints named in a line before the rest is counted."""

_AGAINST: Final = (
    BgpNotFollowed,
    ControlLoses,
    ControlStops,
    FirstHopLoses,
    LatelySilent,
    PrefixUpdated,
    RoutesDiffer,
)
"""Evidence that speaks against what a finding says, whatever it is."""


def findings(page: EvidencePage) -> Section:
    """What the lanes together say."""
    snapshot, ink = page.snapshot, page.ink
    lanes = {lane.id: lane.lane for lane in snapshot.lanes}
    rows: list[Row] = []
    index = 0
    for _, told in grouped_findings(snapshot.findings):
        first = told[0]
        about = lanes.get(first.lanes[0])
        hosts = [lanes[one.lanes[0]].host for one in told if one.lanes[0] in lanes]
        words = (
            headline_of(first, snapshot)
            if len(told) == 1
            else f"{len(told)} endpoints are reached: {_some(hosts)}"
        )
        marks = [*confidence_pieces(first.confidence, ink), (" ", ink.none)]
        what = EvidenceKey("finding", index, about.panel if about is not None else None)
        rows += page.lines(marks, words, ink.plain, what)
        if not first.as_expected or any(contradicts(one, first) for one in first.evidence):
            rows += _evidence(first, page)
        index += len(told)
    key = page.key_of("add_control")
    if snapshot.kept is not None and snapshot.kept.sampled_s is not None:
        empty = kept_sentence(snapshot.kept)
    else:
        empty = f"none yet: they appear after five rounds, and a control ({key}) makes them firmer"
    return Section("Findings", len(snapshot.findings), rows, empty)


def _evidence(finding: Finding, page: EvidencePage) -> Iterator[Row]:
    """Yield the evidence of a finding with what it does to explanations, contradictions first."""
    ink, snapshot = page.ink, page.snapshot
    left = left_words(finding)
    if left:
        yield from page.lines((), left, ink.muted, indent=6)
    numbered = list(enumerate(finding.evidence))
    for place, evidence in sorted(numbered, key=lambda pair: not contradicts(pair[1], finding)):
        against = contradicts(evidence, finding)
        lead: list[Piece] = [(f"{place + 1:>2}  ", ink.heading)]
        if against:
            lead.append(("against it: ", ink.lost))
        does = "; ".join(_does(place, finding, snapshot))
        words = evidence_words(evidence, snapshot) + (f" → {does}" if does else "")
        yield from page.lines(lead, words, ink.muted, indent=6)


def contradicts(evidence: Evidence, finding: Finding) -> bool:
    """Tell whether evidence speaks against a finding: a control stops too, a vantage passes the AS named,
    the service does what its lane does not.
    """
    if isinstance(evidence, ServiceAnswers):
        return any(one.kind is ExplanationKind.ONLY_PROBES for one in finding.explanations)
    if isinstance(evidence, ServiceFails):
        return finding.kind in {FindingKind.REACHABLE, FindingKind.OUTAGE_ENDED}
    if isinstance(evidence, ReachedElsewhere):
        return (
            evidence.through_last or evidence.through_next or not set(finding.ases).isdisjoint(evidence.path)
        )
    return isinstance(evidence, _AGAINST)


def _does(place: int, finding: Finding, snapshot: Snapshot) -> Iterator[str]:
    """Yield what evidence number `place` does to explanations: `rules out: dropped behind it`."""
    for state, verb in ((ExplanationState.RULED_OUT, "rules out"), (ExplanationState.STRAINED, "strains")):
        kinds = [one.kind for one in finding.explanations if one.state is state and place in one.by]
        if kinds:
            yield f"{verb}: " + "; ".join(explanation_words(kind, finding, snapshot) for kind in kinds)


def controls(page: EvidencePage) -> Section:
    """The controls, and for which silent lane each is good."""
    snapshot, ink = page.snapshot, page.ink
    lanes: dict[Panel, list[LaneSnapshot]] = {}
    for lane in snapshot.lanes:
        if lane.lane.role is Role.CONTROL:
            lanes.setdefault(lane.lane.panel, []).append(lane)
    by_id = {lane.id: lane for lane in snapshot.lanes}
    rows: list[Row] = []
    for panel, own in lanes.items():
        rows.append(Row(tuple(_endpoint(own, ink)), EvidenceKey("control", panel[0], panel)))
        ids = {lane.id for lane in own}
        rows += _judgements(page, [one for one in snapshot.controls if one.control in ids], by_id)
    empty = (
        f"none: {page.key_of('add_control')} adds one, {page.key_of('toggle_role')} marks the chosen "
        "endpoint; without one, nothing shows where a silent path would go on"
    )
    return Section("Controls", len(lanes), rows, empty)


def _judgements(
    page: EvidencePage, checks: Sequence[ControlCheck], by_id: dict[str, LaneSnapshot]
) -> Iterator[Row]:
    ink = page.ink
    best: dict[str, ControlCheck] = {}
    for check in checks:
        best.setdefault(check.suspect, check)  # the best of an endpoint's lanes comes first
    together: dict[tuple[ControlFit, str], dict[str, list[str]]] = {}
    for check in best.values():
        suspect = by_id.get(check.suspect)
        if suspect is not None:
            hosts = together.setdefault((check.fit, control_words(check, page.snapshot)), {})
            hosts.setdefault(suspect.lane.host, []).append(suspect.lane.label)
    if not together:
        yield from page.lines((), "no suspect is silent: nothing to compare", ink.muted, indent=4)
    for (fit, words), hosts in together.items():
        said = validity_words(fit)
        style = ink.muted if fit in UNDECIDED else ink.good if fit.serves else ink.lost
        names = [f"{host} {'+'.join(labels)}" for host, labels in hosts.items()]
        yield from page.lines([(said, style)], f" for {_some(names)}: {words}", ink.plain, indent=4)


def _some(names: Sequence[str]) -> str:
    """Return names in a row; of many, the first and how many more there are."""
    if len(names) > _NAMED:
        names = [*names[: _NAMED - 1], f"{len(names) - _NAMED + 1} more"]
    return ", ".join(names)


def _endpoint(lanes: Sequence[LaneSnapshot], ink: Ink) -> Iterator[Piece]:
    one = lanes[0].lane
    yield "  ", ink.none
    yield one.host, ink.plain
    if one.address != one.host:
        yield f"  {one.address}", ink.muted
    if one.origin:
        yield f"  {start_words(one)}", ink.muted
    for lane in lanes:
        end = end_glyph(lane)
        style = end_style(end, ink)
        yield f"  {lane.lane.label} ", ink.heading
        yield end, style
