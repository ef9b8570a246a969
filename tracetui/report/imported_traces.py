"""The section on traces from elsewhere: what made each, where and when, and what its output leaves open."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from tracetui.model import LaneSnapshot, Snapshot
from tracetui.model.imported_trace import Provenance, Untold
from tracetui.report.finding_json import text_json, time_json
from tracetui.report.owner_json import Json
from tracetui.words import made_words, source_text_words, untold_words

NOTE: Final = (
    "Other tools made these traces, elsewhere or at other times. Findings cite them; they rule nothing out."
)


@dataclass(frozen=True, slots=True)
class ImportedRow:
    """One imported trace; plain text."""

    name: str
    endpoint: str
    lane: str
    tool: str
    when: str
    where: str
    read_from: str
    left_open: str
    remarks: tuple[str, ...]


def imported_rows(snapshot: Snapshot) -> Iterator[ImportedRow]:
    """Yield the imported traces in board order."""
    for lane in snapshot.lanes:
        provenance = lane.trace.provenance
        if provenance is not None:
            yield _row(lane, provenance)


def _row(lane: LaneSnapshot, provenance: Provenance) -> ImportedRow:
    one = lane.lane
    asn = "" if provenance.source_asn is None else f"AS{provenance.source_asn}"
    where = ", ".join(filter(None, (provenance.vantage, lane.trace.source or "", asn)))
    return ImportedRow(
        name=one.imported or one.via or "",
        endpoint=one.host if one.host == one.address else f"{one.host} ({one.address})",
        lane=one.label,
        tool=provenance.tool or "no output yet",
        when=made_words(provenance.started_at),
        where=where or "not stated",
        read_from=source_text_words(provenance),
        left_open=", ".join(untold_words(provenance.untold)),
        remarks=provenance.remarks,
    )


def import_json(lane: LaneSnapshot) -> Json:
    """Return where an imported lane comes from; null for one that was probed."""
    provenance = lane.trace.provenance
    if provenance is None:
        return None
    lines: Json = [*provenance.lines] if provenance.lines[0] else None
    left_open: list[Json] = [one.value for one in Untold if one in provenance.untold]
    return {
        "name": lane.lane.imported or lane.lane.via or "",
        "tool": provenance.tool,
        "text": provenance.text,
        "lines": lines,
        "vantage": provenance.vantage or None,
        "source_asn": provenance.source_asn,
        "made_at": None if provenance.started_at is None else time_json(provenance.started_at),
        "left_open": left_open,
        "max_hops": provenance.max_hops,
        "every_s": provenance.every_s,
        "remarks": [text_json(remark) for remark in provenance.remarks],
    }
