"""The hop tables on the one-page report: of what fails, and of the best control; lanes alike in one table."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from tracetui.analysis.findings.what_fails import failing, last_hop
from tracetui.model import Finding, LaneSnapshot, PathState, Role, Snapshot
from tracetui.model.finding import SilentAfter
from tracetui.model.imported_trace import is_stand_in
from tracetui.report.alike_lanes import SharedRow, alike_lanes, shared_rows
from tracetui.report.as_paths import tagged
from tracetui.report.markdown_escape import code, inert
from tracetui.report.markdown_table import fit, table
from tracetui.report.page_findings import told_findings
from tracetui.words import (
    NO_ADDRESS,
    endpoint_words,
    from_words,
    lanes_of,
    listed,
    outcome_words,
    services_words,
)

_MAX_LINES: Final = 26
"""Lines of all tables; the first that fails and its control are always there."""

_LINES_AROUND: Final = 5
"""Of each table: its title, header, rule and blank lines."""

_MIN_SHARED: Final = 3
"""First hops in common before a table leaves them to the one above."""

_WIDTH: Final = 100
_MIN_NAME: Final = 16
"""Names are cut to this where a table would be wider."""

_HEADER: Final = ("hop", "AS", "address", "name", "loss", "ms", "notes")
_RIGHT: Final = ("hop", "loss", "ms")


def page_hops(snapshot: Snapshot) -> Iterator[str]:
    """Yield the parts of the section."""
    tables = [(lanes, list(shared_rows(lanes, snapshot))) for lanes in _shown_lanes(snapshot)]
    tables = [(lanes, rows) for lanes, rows in tables if rows]
    room = _MAX_LINES
    for place, (lanes, rows) in enumerate(tables):
        shown = _without_shared(rows, tables[0][1]) if place else rows
        room -= len(shown) + _LINES_AROUND
        if place <= 1 or room >= 0:
            yield f"## {inert(_title(lanes, snapshot))}\n"
            yield _table(shown, snapshot)


def _without_shared(rows: list[SharedRow], first: list[SharedRow]) -> list[SharedRow]:
    """Return the rows with those in one that stand in the first table too, all but the last of them."""
    shared = 0
    for row, above in zip(rows, first, strict=False):
        if (row.hop, row.address) != (above.hop, above.address):
            break
        shared += 1
    if shared < _MIN_SHARED or not rows[shared - 2].hop:
        return rows
    told = replace(rows[0], hop=f"1–{rows[shared - 2].hop.partition('–')[2] or rows[shared - 2].hop}")
    told = replace(told, address="as above", asn=None, network="", name="", loss="", mean_ns=None, notes=())
    return [told, *rows[shared - 1 :]]


def _shown_lanes(snapshot: Snapshot) -> list[list[LaneSnapshot]]:
    """Return the lanes of each table: the first that fails, its control, then others that end elsewhere."""
    failed = list(failing(snapshot))
    if not failed:
        told = [lane for one in told_findings(snapshot) for lane in lanes_of(one.lanes, snapshot)]
        return alike_lanes(told or snapshot.probed or snapshot.lanes)[:2]
    of_first = alike_lanes(lanes_of(failed[0].lanes, snapshot))
    control = alike_lanes(_best_control(failed[0], snapshot))
    elsewhere = [
        group
        for finding in failed[1:]
        if _end(finding) != _end(failed[0])
        for group in alike_lanes(lanes_of(finding.lanes, snapshot))[:1]
    ]
    seen: list[LaneSnapshot] = []
    shown = []
    same = [group for group in of_first[1:2] if group[0].lane.panel == of_first[0][0].lane.panel]
    for group in [*of_first[:1], *control[:1], *same, *elsewhere]:
        if not any(lane in seen for lane in group):
            seen += group
            shown.append(group)
    return shown


def _end(finding: Finding) -> object:
    last = last_hop(finding)
    return type(finding.fact), last and last.address


def _best_control(finding: Finding, snapshot: Snapshot) -> list[LaneSnapshot]:
    """Return the lanes to the endpoint that tells most beside a finding: it passes, or at least answers."""
    passing = finding.fact.passing if isinstance(finding.fact, SilentAfter) else ()
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
    ends = listed(dict.fromkeys(map(outcome_words, lanes)))
    return f"Hops to {role}{endpoint_words(first.lane)}{whence}, {services_words(lanes)}: {ends}"


def _table(rows: Sequence[SharedRow], snapshot: Snapshot) -> str:
    lines = [_cells(row, snapshot) for row in rows]
    columns = dict(zip(_HEADER, map(list, zip(*lines, strict=True)), strict=True))
    shown = {name: cells for name, cells in columns.items() if any(cells)}
    if "name" in shown:
        others = sum(max(map(len, [name, *cells])) + 3 for name, cells in shown.items() if name != "name")
        room = max(_MIN_NAME, _WIDTH - others - 6)  # lines between columns, quotes
        shown["name"] = [code(fit(row.name, room).rstrip()) if row.name else "" for row in rows]
    right = [place for place, name in enumerate(shown) if name in _RIGHT]
    return table(list(shown), list(zip(*shown.values(), strict=True)), right=right)


def _cells(row: SharedRow, snapshot: Snapshot) -> tuple[str, ...]:
    owner = snapshot.system(row.address) if row.network else None
    asn = row.asn or (owner.asn if owner is not None else None)
    system = tagged(asn, snapshot) if asn is not None else row.network
    address = NO_ADDRESS if is_stand_in(row.address) else row.address
    mean = row.mean_ns
    ms = "" if mean is None else f"{mean / 1e6:.2f}" if mean < 10e6 else f"{mean / 1e6:.1f}"
    notes = "; ".join(row.notes)
    return row.hop, inert(system), inert(address), code(row.name), row.loss, ms, inert(notes)
