"""Lanes to one endpoint that take the same hops and end alike, and the one table of hops that they share."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tracetui.analysis.as_path import hop_systems
from tracetui.analysis.lanes.why_silent import silence
from tracetui.model import Hop, LaneSnapshot, Snapshot
from tracetui.report.hop_rows import SILENCE_WORDS, HopRow, answering_rows, hops_shown
from tracetui.report.shown_lane import shown_trace
from tracetui.words import services_words


@dataclass(frozen=True, slots=True)
class SharedRow:
    """One responder of one TTL over all lanes, or silent TTLs in a row; plain text."""

    hop: str
    address: str
    """"" where nothing answers."""

    asn: int | None
    network: str
    name: str
    loss: str
    """The range over the lanes: `0–3 %`."""

    mean_ns: float | None
    """Of all replies at this TTL."""

    notes: tuple[str, ...]


def alike_lanes(lanes: Sequence[LaneSnapshot]) -> list[list[LaneSnapshot]]:
    """Return the lanes in groups that one table can show, in the order given."""
    groups: list[list[LaneSnapshot]] = []
    for lane in lanes:
        group = next((group for group in groups if all(_are_alike(one, lane) for one in group)), None)
        if group is None:
            groups.append([lane])
        else:
            group.append(lane)
    return groups


def _are_alike(one: LaneSnapshot, other: LaneSnapshot) -> bool:
    """Tell whether two lanes end alike and, wherever both are answered, by a router in common."""
    if (one.lane.panel, one.lane.role) != (other.lane.panel, other.lane.role):
        return False
    if one.verdict.ending != other.verdict.ending:
        return False
    both = zip(one.hops, other.hops, strict=False)
    return all(_share_router(hop, beside) for hop, beside in both if hop.answered and beside.answered)


def _share_router(hop: Hop, other: Hop) -> bool:
    addresses = {responder.address for responder in hop.responders}
    return not addresses.isdisjoint(responder.address for responder in other.responders)


def shared_rows(lanes: Sequence[LaneSnapshot], snapshot: Snapshot) -> Iterator[SharedRow]:
    """Yield the rows of lanes alike, TTL by TTL; TTLs in a row that are silent in the same way share one."""
    shown = [[*lane.hops[: hops_shown(lane.verdict, len(lane.hops))]] for lane in lanes]
    systems = {
        lane.id: hop_systems(shown_trace(lane), snapshot.owners, lane.verdict, lane.hops) for lane in lanes
    }
    run: list[tuple[int, str]] = []
    for ttl in range(1, max(map(len, shown), default=0) + 1):
        there = [(lane, hops[ttl - 1]) for lane, hops in zip(lanes, shown, strict=True) if len(hops) >= ttl]
        answered = [(lane, hop) for lane, hop in there if hop.answered]
        why = "" if answered else _silence_words(there, ttl)
        if run and run[-1][1] != why:
            yield _silent_row(run)
            run = []
        if answered:
            silent = [lane for lane, hop in there if not hop.answered and hop.completed]
            rows = [
                (systems[lane.id][ttl - 1], row)
                for lane, hop in answered
                for row in answering_rows(hop, lane, snapshot, systems[lane.id][ttl - 1], brief=True)
            ]
            yield from _merged(rows, [hop for _, hop in answered], silent)
        else:
            run.append((ttl, why))
    if run:
        yield _silent_row(run)
    if any(len(hops) < len(lane.hops) for lane, hops in zip(lanes, shown, strict=True)):
        yield _further_turns(max(map(len, shown)) + 1, max(len(lane.hops) for lane in lanes))


def _further_turns(first: int, last: int) -> SharedRow:
    return SharedRow(f"{first}–{last}", "", None, "", "", "", None, ("the loop goes on",))


def _silence_words(there: Sequence[tuple[LaneSnapshot, Hop]], ttl: int) -> str:
    why = next(filter(None, (silence(shown_trace(lane), ttl) for lane, _ in there)), None)
    return SILENCE_WORDS[why] if why is not None else "no reply yet"


def _silent_row(run: Sequence[tuple[int, str]]) -> SharedRow:
    first, last, why = run[0][0], run[-1][0], run[0][1]
    hop = str(first) if first == last else f"{first}–{last}"
    return SharedRow(hop, "", None, "", "", "" if why == "no reply yet" else "100 %", None, (why,))


def _merged(
    rows: Sequence[tuple[int | None, HopRow]], hops: Sequence[Hop], silent: Sequence[LaneSnapshot]
) -> Iterator[SharedRow]:
    """Yield one row for each address among the rows of one TTL, each with the AS of its hop."""
    found: dict[str, list[tuple[int | None, HopRow]]] = {}
    for asn, row in rows:
        found.setdefault(row.address, []).append((asn, row))
    for place, (address, same) in enumerate(found.items()):
        first = same[0][1]
        notes = dict.fromkeys(note for _, row in same for note in row.notes)
        if silent and not place:
            notes[f"silent over {services_words(silent)}"] = None
        yield SharedRow(
            hop="" if place else str(hops[0].ttl),
            address=address,
            asn=next((asn for asn, row in same if row.hop), None),
            network=first.network,
            name=first.name,
            loss="" if place else _loss(hops),
            mean_ns=None if place else _mean_ns(hops),
            notes=tuple(notes),
        )


def _loss(hops: Sequence[Hop]) -> str:
    losses = sorted(round(hop.loss_percent) for hop in hops if hop.loss_percent is not None)
    if not losses:
        return "–"
    return f"{losses[0]} %" if losses[0] == losses[-1] else f"{losses[0]}–{losses[-1]} %"


def _mean_ns(hops: Sequence[Hop]) -> float | None:
    measured = [(hop.rtt.mean_ns, hop.rtt.count) for hop in hops if hop.rtt is not None]
    total = sum(count for _, count in measured)
    return sum(mean * count for mean, count in measured) / total if total else None
