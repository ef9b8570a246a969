"""Aligns AS paths in columns for the AS path view, so that one AS stands in one column where possible."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tracetui.analysis.as_path import as_path, hop_systems
from tracetui.model import Attribution, LaneTrace, PathVerdict

Path = Sequence[int | None]
"""ASes in order; None for one that is not known."""


@dataclass(frozen=True, slots=True)
class AsBlock:
    """Neighbouring hops of one AS on a lane's path."""

    asn: int
    hops: int
    """Hops that answer with an address of it."""

    first_ttl: int
    last_ttl: int


@dataclass(frozen=True, slots=True)
class Alignment:
    """Where every AS of some paths stands."""

    columns: int
    rows: tuple[tuple[int, ...], ...]
    """For each path, the column of each of its ASes, growing from left to right."""


def as_blocks(
    trace: LaneTrace, owners: Mapping[str, Attribution], verdict: PathVerdict | None = None
) -> tuple[AsBlock, ...]:
    """Return the AS path of a lane with the number of hops in each AS; the ASes are those of `as_path`."""
    path = as_path(trace, owners, verdict)
    blocks: list[AsBlock] = []
    for ttl, asn in enumerate(hop_systems(trace, owners, verdict), start=1):
        if asn is None:
            continue
        if blocks and blocks[-1].asn == asn:
            before = blocks.pop()
            blocks.append(AsBlock(asn, before.hops + 1, before.first_ttl, ttl))
        elif len(blocks) == len(path):
            break  # the second turn of a loop
        else:
            blocks.append(AsBlock(asn, 1, ttl, ttl))
    return tuple(blocks)


def align(paths: Sequence[Path]) -> Alignment:
    """Align paths, the longest first: each keeps as many ASes in common columns as the ones before it allow.

    What two paths share from their start on always stands in the same columns. Different ASes may share a
    column: where paths part, their ways on begin in the same one.
    """
    columns: list[set[int | None]] = []
    rows: dict[int, list[int]] = {}
    for index in sorted(range(len(paths)), key=lambda index: -len(paths[index])):
        path = paths[index]
        start = _shared_start(path, {other: paths[other] for other in rows}, rows)
        first_free = start[-1] + 1 if start else 0
        places = _fit(path[len(start) :], columns[first_free:])
        inserted = [first_free + column for column, new in places if new]
        for column in inserted:
            columns.insert(column, set())
            for row in rows.values():
                row[:] = [place + (place >= column) for place in row]
        rows[index] = [*start, *(first_free + column for column, _ in places)]
        for asn, column in zip(path, rows[index], strict=True):
            columns[column].add(asn)
    return Alignment(len(columns), tuple(tuple(rows[index]) for index in range(len(paths))))


def _shared_start(path: Path, others: Mapping[int, Path], rows: Mapping[int, list[int]]) -> list[int]:
    """Return the columns of the longest start that `path` shares with any path placed before."""
    best: list[int] = []
    for index, other in others.items():
        shared = 0
        for one, two in zip(path, other, strict=False):
            if one != two:
                break
            shared += 1
        if shared > len(best):
            best = rows[index][:shared]
    return best


def _fit(path: Path, columns: Sequence[set[int | None]]) -> list[tuple[int, bool]]:
    """Return for each AS its column, and whether that is a new one; columns count the new ones before.

    Most ASes in a column that has them already; of such ways the one with fewest new columns, then the
    leftmost. Dynamic programming from the right: the best from AS i and column j on.
    """
    best: list[list[tuple[int, int]]] = [
        [(0, 0) if i == len(path) else (0, i - len(path)) for _ in range(len(columns) + 1)]
        for i in range(len(path) + 1)
    ]
    for i in range(len(path) - 1, -1, -1):
        for j in range(len(columns) - 1, -1, -1):
            best[i][j] = max(_ways(path, columns, best, i, j))
    places: list[tuple[int, bool]] = []
    i = j = new = 0
    while i < len(path):
        here, skip = _ways(path, columns, best, i, j)[:2] if j < len(columns) else (None, None)
        if here == best[i][j]:
            places.append((j + new, False))
            i, j = i + 1, j + 1
        elif skip == best[i][j]:
            j += 1
        else:
            places.append((j + new, True))
            i, new = i + 1, new + 1
    return places


def _ways(
    path: Path, columns: Sequence[set[int | None]], best: Sequence[Sequence[tuple[int, int]]], i: int, j: int
) -> tuple[tuple[int, int], tuple[int, int], tuple[int, int]]:
    """Return (matches, -new columns) with AS i in column j, past it, and in a new column before it."""
    match = path[i] is not None and path[i] in columns[j]
    here, skip, insert = best[i + 1][j + 1], best[i][j + 1], best[i + 1][j]
    return (here[0] + match, here[1]), skip, (insert[0], insert[1] - 1)
