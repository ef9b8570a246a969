"""The section of the evidence view about traces made by other tools, and their weight in findings."""

from collections.abc import Iterator

from tracetui.model import LaneSnapshot, Snapshot, counted
from tracetui.model.evidence import ImportedGoesOn, ImportedReach, ImportedStop
from tracetui.tui.evidence.page import EvidenceKey, EvidencePage, Section
from tracetui.tui.paint.pieces import Piece
from tracetui.tui.paint.rows_view import Row
from tracetui.tui.paint.state_glyph import end_glyph, end_style
from tracetui.words import headline, import_words, made_words, source_text_words, untold_words


def imported_traces(page: EvidencePage) -> Section:
    """What made each imported trace, where and when; how far it got, what it leaves open, what it weighs."""
    snapshot = page.snapshot
    lanes = [lane for lane in snapshot.lanes if lane.trace.provenance is not None]
    rows = [row for lane in lanes for row in _rows(lane, page)]
    empty = f"none: {page.key_of('import_traces')} imports traces by other tools, pasted or from a file"
    run = any(lane.lane.imported is None for lane in lanes)
    return Section("Traces by other tools" if run else "Imported traces", len(lanes), rows, empty)


def _rows(lane: LaneSnapshot, page: EvidencePage) -> Iterator[Row]:
    one, ink, provenance = lane.lane, page.ink, lane.trace.provenance
    if provenance is None:
        return
    end = end_glyph(lane)
    lead: list[Piece] = [(f"{end} ", end_style(end, ink)), (f"{one.label} ", ink.heading)]
    _, *title = import_words(lane)
    key = EvidenceKey("imported", lane.id, one.panel)
    yield from page.lines(lead, f"to {one.host}: {' · '.join(title)}", ink.plain, key)
    yield from page.lines((), headline(lane, page.snapshot), ink.plain, indent=4)
    made = f"made {made_words(provenance.started_at)}" if provenance.started_at else "time not stated"
    yield from page.lines((), f"{made}; read from {source_text_words(provenance)}", ink.muted, indent=4)
    left_open = ", ".join(untold_words(provenance.untold))
    if left_open:
        yield from page.lines((), f"not stated: {left_open}", ink.muted, indent=4)
    for remark in provenance.remarks:
        yield from page.lines((), remark, ink.muted, indent=4)
    yield from page.lines((), _weight(lane, page.snapshot), ink.muted, indent=4)


def _weight(lane: LaneSnapshot, snapshot: Snapshot) -> str:
    """Return how many findings about other lanes cite it, and what it does there."""
    told = [
        finding
        for finding in snapshot.findings
        if lane.id not in finding.lanes
        and any(
            isinstance(one, ImportedReach | ImportedStop | ImportedGoesOn) and one.lane == lane.id
            for one in finding.evidence
        )
    ]
    if not told:
        return "weight: no finding about another lane cites it"
    return f"weight: cited in {counted(len(told), 'finding')}, where it rules nothing out"
