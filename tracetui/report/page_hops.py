"""The hop tables on the one-page report: of what fails, and of the best control; lanes alike in one table."""

from collections.abc import Iterator, Sequence
from typing import Final

from tracetui.analysis.what_fails import failing, last_hop
from tracetui.model import Finding, LaneSnapshot, PathState, Role, Snapshot
from tracetui.report.alike_lanes import SharedRow, alike_lanes, shared_rows
from tracetui.report.as_paths import tagged
from tracetui.report.markdown_escape import code, inert
from tracetui.report.markdown_table import table
from tracetui.report.page_findings import told_findings
from tracetui.words import NO_ADDRESS, outcome_words, services_words
from tracetui.model.imported_trace import is_stand_in
from tracetui.words.names import endpoint_words, from_words, lanes_of

_MAX_ROWS: Final = 36
"""Rows of all tables; the first that fails and its control are always there."""

_HEADER: Final = ("hop", "AS", "address", "name", "loss", "ms", "notes")
_RIGHT: Final = ("hop", "loss", "ms")


def page_hops(snapshot: Snapshot) -> Iterator[str]:
    """Yield the parts of the section."""
    tables = [(lanes, list(shared_rows(lanes, snapshot))) for lanes in _shown_lanes(snapshot)]
    room = _MAX_ROWS
    first = True
    for place, (lanes, rows) in enumerate(tables):
        room -= len(rows)
        if not rows or (place > 1 and room < 0):
            continue
        if first:
            yield "## Hops\n"
            first = False
        yield f"### {inert(_title(lanes, snapshot))}\n"
        yield _table(rows, snapshot)


def _shown_lanes(snapshot: Snapshot) -> list[list[LaneSnapshot]]:
    """Return the lanes of each table: the first that fails, its control, then others that end elsewhere."""
    failed = list(failing(snapshot))
    if not failed:
        told = [lane for one in told_findings(snapshot) for lane in lanes_of(one.lanes, snapshot)]
        return alike_lanes(told or snapshot.probed or snapshot.lanes)[:2]
    of_first = alike_lanes(lanes_of(failed[0].lanes, snapshot))
    control = alike_lanes(_best_control(failed[0], snapshot))
    others = [
        group
        for finding in failed[1:]
        if _end(finding) != _end(failed[0])
        for group in alike_lanes(lanes_of(finding.lanes, snapshot))[:1]
    ]
    seen: list[LaneSnapshot] = []
    shown = []
    for group in [*of_first[:1], *control[:1], *of_first[1:2], *others]:
        if not any(lane in seen for lane in group):
            seen += group
            shown.append(group)
    return shown


def _end(finding: Finding) -> object:
    last = last_hop(finding)
    return type(finding.fact), last and last.address


def _best_control(finding: Finding, snapshot: Snapshot) -> list[LaneSnapshot]:
    """Return the lanes to the endpoint that tells most beside a finding: it passes, or at least it answers."""
    passing = getattr(finding.fact, "passing", ())
    marked = [lane for lane in snapshot.probed if lane.lane.role is Role.CONTROL]
    beside = [*lanes_of((*passing, *finding.controls), snapshot), *marked]
    answered = [lane for lane in beside if lane.verdict.state is PathState.REACHED]
    outside = [lane for lane in answered if lane.id not in finding.lanes]
    if not outside:
        return []
    best = outside[0].lane
    among = {lane.id for lane in outside}
    return [
        lane
        for lane in snapshot.lanes
        if lane.lane.panel == best.panel and (lane.id in among or lane.lane.role is Role.CONTROL)
    ]


def _title(lanes: Sequence[LaneSnapshot], snapshot: Snapshot) -> str:
    first = lanes[0]
    role = "control " if first.lane.role is Role.CONTROL else ""
    whence = from_words(first, snapshot)
    return f"{role}{endpoint_words(first.lane)}{whence}, {services_words(lanes)}: {outcome_words(first)}"


def _table(rows: Sequence[SharedRow], snapshot: Snapshot) -> str:
    columns = dict(zip(_HEADER, zip(*(_cells(row, snapshot) for row in rows), strict=True), strict=True))
    shown = {name: cells for name, cells in columns.items() if any(cells)}
    right = [place for place, name in enumerate(shown) if name in _RIGHT]
    return table(list(shown), list(zip(*shown.values(), strict=True)), right=right)


def _cells(row: SharedRow, snapshot: Snapshot) -> tuple[str, ...]:
    system = tagged(row.asn, snapshot) if row.asn is not None else row.network
    address = NO_ADDRESS if is_stand_in(row.address) else row.address
    mean = row.mean_ns
    ms = "" if mean is None else f"{mean / 1e6:.2f}" if mean < 10e6 else f"{mean / 1e6:.1f}"
    notes = "; ".join(row.notes)
    return row.hop, inert(system), inert(address), code(row.name), row.loss, ms, inert(notes)
