"""Results and AS paths on the one-page report, in one table; endpoints alike share a row."""

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from tracetui.analysis.lanes.loss_at_end import loses_answers
from tracetui.model import LaneSnapshot, PathState, Role, Snapshot
from tracetui.report.as_paths import ARROW, parting_words
from tracetui.report.markdown_escape import inert
from tracetui.report.markdown_table import table
from tracetui.report.report_header import unresolved_words
from tracetui.words import asn_words, common_place, listed, outcome_words

_MANY: Final = 8
"""More rows than these, and endpoints that are reached share one."""

_TOO_MANY: Final = 20
"""More than these, and those that fail alike do; more still, and places from which it ends alike do."""

_MAX_PARTINGS: Final = 8
_MAX_HOSTS_WIDTH: Final = 36
_WIDTH: Final = 100


@dataclass(frozen=True, slots=True)
class _Row:
    hosts: tuple[str, ...]
    address: str
    origins: tuple[str, ...]
    services: tuple[str, ...]
    ending: object
    outcome: str
    reached: bool
    control: bool
    path: tuple[int, ...]


def page_results(snapshot: Snapshot) -> Iterator[str]:
    """Yield the parts of the section, with a legend of the ASes and where paths part."""
    yield "## Results\n"
    if snapshot.probed:  # traces from elsewhere have their place in the other evidence
        snapshot = replace(snapshot, lanes=snapshot.probed)
    rows = _rows(snapshot)
    if rows:
        yield _table(rows, snapshot)
    legend = _legend(rows, snapshot)
    partings = [*parting_words(snapshot, parted_only=True)]
    more = len(partings) - _MAX_PARTINGS
    left_out = [f"{more} more pairs of paths part: the full report has them."] if more > 0 else []
    paragraph = [*([f"{legend}."] if legend else []), *partings[:_MAX_PARTINGS], *left_out]
    if paragraph:
        yield f"{inert(' '.join(paragraph))}\n"
    for one in snapshot.unresolved:
        yield f"- {inert(unresolved_words(one))}\n"
    if not snapshot.lanes and not snapshot.unresolved:
        yield "Nothing was traced.\n"


def _rows(snapshot: Snapshot) -> list[_Row]:
    rows = _folded(map(_row, snapshot.lanes), _same_endpoint)
    if len(rows) > _MANY:
        rows = _folded(rows, lambda row: _alike(row) if row.reached else _same_endpoint(row))
    for alike in (_alike, _alike_from_elsewhere):
        if len(rows) > _TOO_MANY:
            rows = _folded(rows, alike)
    return rows


def _row(lane: LaneSnapshot) -> _Row:
    one = lane.lane
    lossy = loses_answers(lane)
    return _Row(
        hosts=(one.host,),
        address="" if one.host == one.address else one.address,
        origins=(common_place(lane),),
        services=(one.label,),
        ending=(lane.verdict.ending, lossy),
        outcome=outcome_words(lane),
        reached=lane.verdict.state is PathState.REACHED and not lossy,
        control=one.role is Role.CONTROL,
        path=lane.as_path,
    )


def _same_endpoint(row: _Row) -> Hashable:
    return row.hosts, row.address, row.origins, row.ending, row.control, row.path


def _alike(row: _Row) -> Hashable:
    return row.origins, row.services, row.reached or (row.ending, row.path), row.control


def _alike_from_elsewhere(row: _Row) -> Hashable:
    return row.hosts, row.services, row.reached or row.ending, row.control


def _folded(rows: Iterable[_Row], key: Callable[[_Row], Hashable]) -> list[_Row]:
    """Return the rows, those with the same key as one, which keeps what they share."""
    found: dict[Hashable, _Row] = {}
    for row in rows:
        before = found.get(key(row))
        found[key(row)] = row if before is None else _both(before, row)
    return list(found.values())


def _both(one: _Row, other: _Row) -> _Row:
    return replace(
        one,
        hosts=tuple(dict.fromkeys((*one.hosts, *other.hosts))),
        address=one.address if one.address == other.address else "",
        origins=tuple(dict.fromkeys((*one.origins, *other.origins))),
        services=tuple(dict.fromkeys((*one.services, *other.services))),
        outcome=one.outcome if one.ending == other.ending else "reached",
        path=one.path if one.path == other.path else (),
    )


def _table(rows: Sequence[_Row], snapshot: Snapshot) -> str:
    columns = {
        "endpoint": [f"{_some(row.hosts)}{' (control)' if row.control else ''}" for row in rows],
        "address": [inert(row.address) for row in rows],
        "from": [_some(row.origins) for row in rows],
        "over": [", ".join(row.services) for row in rows],
        "result": [inert(row.outcome) for row in rows],
        "AS path": [ARROW.join(_tag(asn, snapshot) for asn in row.path) for row in rows],
    }
    if len({row.origins for row in rows}) == 1:
        del columns["from"]
    shown = {name: cells for name, cells in columns.items() if any(cells)}
    if sum(max(map(len, [name, *cells])) + 3 for name, cells in shown.items()) >= _WIDTH:
        shown.pop("address", None)  # which stands in the ticket and over the hops
    return table(list(shown), list(zip(*shown.values(), strict=True)))


def _some(names: Sequence[str]) -> str:
    """Return as many names as there is room for, and how many more there are."""
    shown = [inert(name) for name in names]
    for count in range(len(shown), 1, -1):
        rest = [f"{len(shown) - count} more"] if count < len(shown) else []
        words = listed([*shown[:count], *rest])
        if len(words) <= _MAX_HOSTS_WIDTH:
            return words
    return shown[0] if len(shown) == 1 else f"{shown[0]} and {len(shown) - 1} more"


def _tag(asn: int, snapshot: Snapshot) -> str:
    return next((system.tag for system in snapshot.ases if system.asn == asn), "") or str(asn)


def _legend(rows: Sequence[_Row], snapshot: Snapshot) -> str:
    """Return the ASes that have a tag in the table: `A AS64500 Access, B AS64501 Carrier`."""
    crossed = dict.fromkeys(asn for row in rows for asn in row.path)
    tagged = [system for system in snapshot.ases if system.asn in crossed]
    return ", ".join(f"{system.tag} {asn_words(system.asn, snapshot)}" for system in tagged)
