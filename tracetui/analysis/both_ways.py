"""Puts the way out and the way back under each other, by AS: mirrored, so that both read from here on."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher

from tracetui.analysis.as_alignment import AsBlock, as_blocks
from tracetui.analysis.findings.other_direction import relation_to_endpoint
from tracetui.model import Attribution, LaneSnapshot, Relation, Snapshot
from tracetui.model.evidence import NoProbeArrives, ProbesArrive


@dataclass(frozen=True, slots=True)
class BothWaysColumn:
    """An AS on one way or both, with the hops that answer in it."""

    asn: int
    out: int | None
    """None where the way out does not show the AS."""

    back: int | None


@dataclass(frozen=True, slots=True)
class BothWays:
    """Lanes from here to an endpoint that agree, and those of a vantage near it to this machine."""

    out: tuple[LaneSnapshot, ...]
    back: tuple[LaneSnapshot, ...]
    relation: Relation
    """Of the vantage to the endpoint."""

    columns: tuple[BothWaysColumn, ...]
    """From here to the endpoint."""

    out_arrives: bool | None
    """Whether probes of the way out, which is silent, arrive at the vantage; None where nobody sees that."""

    back_arrives: bool | None
    """The same of the way back, here."""


def both_ways(snapshot: Snapshot) -> list[BothWays]:
    """Return all pairs, in board order."""
    found = []
    backs = list(_alike(lane for lane in snapshot.lanes if is_way_back(lane, snapshot)))
    outs = _alike(lane for lane in snapshot.probed if lane.lane.via is None) if backs else ()
    for out in outs:
        for back in backs:
            how_near = _relation(out[0], back[0], snapshot.owners)
            if how_near is not Relation.OTHER:
                columns = merged_columns(_blocks(out[0], snapshot), _blocks(back[0], snapshot)[::-1])
                ends = _arrive(out, snapshot), _arrive(back, snapshot)
                found.append(BothWays(out, back, how_near, columns, *ends))
    return found


def is_way_back(lane: LaneSnapshot, snapshot: Snapshot) -> bool:
    """Tell whether a lane leads from a vantage to this machine."""
    return lane.lane.via is not None and lane.lane.address in snapshot.public_addresses


def merged_columns(out: Sequence[AsBlock], back: Sequence[AsBlock]) -> tuple[BothWaysColumn, ...]:
    """Return the ASes of both ways in order; what one way alone shows stands before what the other does."""
    made: list[BothWaysColumn] = []
    matcher = SequenceMatcher(None, [one.asn for one in out], [one.asn for one in back], autojunk=False)
    for tag, out_from, out_to, back_from, back_to in matcher.get_opcodes():
        if tag == "equal":
            both = zip(out[out_from:out_to], back[back_from:back_to], strict=True)
            made += [BothWaysColumn(one.asn, one.hops, other.hops) for one, other in both]
        else:
            made += [BothWaysColumn(one.asn, one.hops, None) for one in out[out_from:out_to]]
            made += [BothWaysColumn(one.asn, None, one.hops) for one in back[back_from:back_to]]
    return tuple(made)


def _alike(lanes: Iterator[LaneSnapshot]) -> Iterator[tuple[LaneSnapshot, ...]]:
    """Yield the lanes of one panel that cross the same ASes and end alike."""
    groups: dict[object, list[LaneSnapshot]] = {}
    for lane in lanes:
        groups.setdefault((lane.lane.panel, lane.as_path, lane.verdict.ending), []).append(lane)
    yield from map(tuple, groups.values())


def _arrive(lanes: Iterable[LaneSnapshot], snapshot: Snapshot) -> bool | None:
    """Return whether probes of these lanes arrive, by what findings have as evidence of all of them."""
    ids = {lane.id for lane in lanes}
    evidence = [one for finding in snapshot.findings for one in finding.evidence]
    seen = {one.lane: one.mostly for one in evidence if isinstance(one, ProbesArrive)}
    seen |= {one.lane: False for one in evidence if isinstance(one, NoProbeArrives)}
    known = {arrives for lane, arrives in seen.items() if lane in ids}
    return known.pop() if len(known) == 1 and ids <= seen.keys() else None


def _relation(out: LaneSnapshot, back: LaneSnapshot, owners: Mapping[str, Attribution]) -> Relation:
    source = back.trace.source or ""
    return relation_to_endpoint(source or None, out.lane, owners.get(out.lane.address), owners.get(source))


def _blocks(lane: LaneSnapshot, snapshot: Snapshot) -> Sequence[AsBlock]:
    """Return the ASes by the hops that are shown: since the last change."""
    trace = lane.trace if lane.hops is lane.trace.hops else replace(lane.trace, hops=lane.hops)
    return as_blocks(trace, snapshot.owners, lane.verdict)
