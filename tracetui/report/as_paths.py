"""The AS paths of all lanes in rows, and sentences on where they part."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from tracetui.analysis.as_path import parting
from tracetui.model import LaneSnapshot, Snapshot
from tracetui.words import common_place, outcome_words

ARROW: Final = " → "
_MAX_HOSTS: Final = 3
"""Endpoints that a sentence names of those that go on alike."""


@dataclass(frozen=True, slots=True)
class PathRow:
    """Lanes of one endpoint with the same AS path and the same end."""

    host: str
    address: str
    lanes: tuple[str, ...]
    """`TCP/25`, `ICMP`."""

    path: tuple[int, ...]
    end: str
    origin: str | None
    """Source address, or where imported lanes start; lanes from different ones are not compared."""


def path_rows(snapshot: Snapshot) -> list[PathRow]:
    """Return the rows in board order."""
    rows: dict[tuple[object, ...], PathRow] = {}
    for lane in snapshot.lanes:
        key = (lane.lane.panel, lane.lane.role, lane.as_path, lane.verdict.ending)
        before = rows.get(key)
        rows[key] = PathRow(
            host=lane.lane.host,
            address=lane.lane.address,
            lanes=(*(before.lanes if before else ()), lane.lane.label),
            path=lane.as_path,
            end=outcome_words(lane),
            origin=_origin(lane),
        )
    return list(rows.values())


def tagged(asn: int, snapshot: Snapshot) -> str:
    """Return `B 8359`."""
    tag = next((system.tag for system in snapshot.ases if system.asn == asn), "")
    return f"{tag} {asn}".lstrip()


def parting_words(snapshot: Snapshot, *, parted_only: bool = False) -> Iterator[str]:
    """Yield a sentence for each origin: what its paths share and how each goes on from there; plain text.

    `parted_only`: none for an origin whose paths all cross the same ASes.
    """
    rows = [row for row in path_rows(snapshot) if row.path]
    origins = {row.origin for row in rows}
    ordered = sorted(rows, key=lambda row: row.origin or "")
    for origin, group in groupby(ordered, key=lambda row: row.origin):
        start = f"From {origin}: " if len(origins) > 1 else ""
        among = list(group)
        if not parted_only or parting([row.path for row in among]) is not None:
            yield start + _sentence(among, snapshot, capital=not start)


def _sentence(rows: Sequence[PathRow], snapshot: Snapshot, *, capital: bool) -> str:
    shared = parting([row.path for row in rows])
    if shared is None:
        path = ARROW.join(tagged(asn, snapshot) for asn in rows[0].path)
        text = f"all lanes cross the same ASes: {path}." if len(rows) > 1 else f"the path crosses {path}."
    else:
        common = ARROW.join(tagged(asn, snapshot) for asn in rows[0].path[:shared])
        start = f"the paths share {common}; from there" if shared else "the paths share no AS at their start:"
        text = f"{start} {_ways(rows, shared, snapshot)}."
    return text[0].upper() + text[1:] if capital else text


def _ways(rows: Sequence[PathRow], shared: int, snapshot: Snapshot) -> str:
    """Return how each goes on: `a (TCP/25, ICMP) and b (ICMP) go no farther; c (ICMP) goes on to C 22822`."""
    onward: dict[int | None, dict[str, list[str]]] = {}
    for row in rows:
        asn = row.path[shared] if len(row.path) > shared else None
        onward.setdefault(asn, {}).setdefault(row.host, []).extend(row.lanes)
    ways = []
    for asn, hosts in onward.items():
        names = [f"{host} ({', '.join(dict.fromkeys(lanes))})" for host, lanes in hosts.items()]
        if len(names) > _MAX_HOSTS:
            names[_MAX_HOSTS - 1 :] = [f"{len(names) - _MAX_HOSTS + 1} more"]
        go = "go" if len(names) > 1 else "goes"
        where = "no farther" if asn is None else f"on to {tagged(asn, snapshot)}"
        ways.append(f"{', '.join(names[:-1])}{' and ' if names[1:] else ''}{names[-1]} {go} {where}")
    return "; ".join(ways)


def _origin(lane: LaneSnapshot) -> str | None:
    return common_place(lane) or None
