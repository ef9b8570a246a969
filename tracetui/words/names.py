"""Names of ASes, routers, lanes and moments: the building blocks of all sentences."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from weakref import ref

from tracetui.analysis.as_path import hop_systems
from tracetui.analysis.rounds.lazy_hops import main_of
from tracetui.model import Candidate, Lane, LaneSnapshot, Outage, Role, Snapshot, safe_text
from tracetui.model.holders import cut_name
from tracetui.model.imported_trace import is_stand_in

REMOVED: Final = "a removed lane"
"""The name of a lane that is no longer in the snapshot."""

NO_ADDRESS: Final = "address not shown"
"""What stands for the address of a router that an imported trace does not show."""

_MAX_NAMED: Final = 3
"""Endpoints named before the rest is counted."""


def listed(words: Iterable[str], *, last: str = "and") -> str:
    """Return `a`, `a and b`, or `a, b and c`."""
    items = list(words)
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} {last} {items[-1]}" if items else ""


def capitalised(text: str) -> str:
    """Return the text as a sentence begins; its other letters stay as they are."""
    return text[:1].upper() + text[1:]


def printable(text: str) -> str:
    """Return the text as one printable line."""
    return text if text.isprintable() else safe_text(text, limit=2000)


# ASes and routers


def as_words(address: str | None, snapshot: Snapshot, asn: int | None = None) -> str:
    """Return who holds an address: `AS8359 MTS`, or the address with its special range, or the address.

    `asn` overrides the first origin, for an address that several ASes announce.
    """
    if address is None:
        return "an unknown address"
    owner = snapshot.owners.get(address)
    if owner is None:
        return f"AS{asn}" if asn else address_words(address, snapshot)
    asn = asn or owner.asn
    if asn is not None:
        system = next((system for system in snapshot.ases if system.asn == asn), None)
        name = cut_name(system.name if system is not None and system.name else owner.name)
        return f"AS{asn} {name}".rstrip()
    place = cut_name(owner.special or owner.name)
    shown = address_words(address, snapshot)
    return f"{shown} ({place})" if place else shown


def address_words(address: str, snapshot: Snapshot) -> str:
    """Return an address; where an imported trace does not show it, the name that it shows, or that."""
    if not is_stand_in(address):
        return address
    return snapshot.names.get(address) or "a router whose address is not shown"


def asn_words(asn: int | None, snapshot: Snapshot) -> str:
    """Return `AS8359 MTS`; where a mask hides the number, that."""
    if asn is None:
        return "a hidden AS"
    name = next((system.name for system in snapshot.ases if system.asn == asn), "")
    if not name:
        name = next((owner.name for owner in snapshot.owners.values() if owner.asn == asn), "")
    return f"AS{asn} {cut_name(name)}".rstrip()


def hop_words(lane: LaneSnapshot, snapshot: Snapshot, ttl: int, address: str | None) -> str:
    """Return who holds `address` at `ttl` of a lane, as `as_words` does; MOAS resolved as in the AS path."""
    asn = None
    if 1 <= ttl <= len(lane.hops) and main_of(lane.hops)[ttl - 1] == address:
        asn = hop_systems(lane.trace, snapshot.owners, lane.verdict, lane.hops)[ttl - 1]
    return as_words(address, snapshot, asn)


def router_words(router: Candidate, snapshot: Snapshot, *, system: bool = True) -> str:
    """Return `195.34.53.162 (hop 4, AS8359 MTS)`, without the network unless `system`."""
    hop = f"hop {router.ttl}" if router.ttl else ""
    network = _network(router, snapshot) if system else ""
    known = ", ".join(part for part in (hop, network) if part)
    name = "an unseen router"
    if router.address is not None:
        name = address_words(router.address, snapshot)
    return f"{name} ({known})" if known else name


def _network(router: Candidate, snapshot: Snapshot) -> str:
    if router.asn is not None:
        return asn_words(router.asn, snapshot)
    owner = snapshot.owners.get(router.address) if router.address is not None else None
    return "" if owner is None or owner.asns else cut_name(owner.special or owner.name)


# Lanes


@dataclass(frozen=True, slots=True)
class _Board:
    """Where the lanes of a snapshot stand, by their ids, and whether a sentence must say where probes start.

    It holds no lane, and only a weak reference to the snapshot.
    """

    snapshot: ref[Snapshot]
    places: dict[str, int]
    several_places: bool


_last_board: Final[list[_Board]] = []
"""That of the last snapshot asked about, if any: a screen says many sentences of one snapshot."""


def _board(snapshot: Snapshot) -> _Board:
    known = _last_board[0] if _last_board else None
    if known is not None and known.snapshot() is snapshot:
        return known
    places = {(lane.lane.family, place_of(lane)) for lane in snapshot.probed}
    families = {family for family, _ in places}
    by_id = {lane.id: place for place, lane in enumerate(snapshot.lanes)}
    made = _Board(ref(snapshot), by_id, len(places) > len(families))
    _last_board[:] = [made]
    return made


def lane_of(lane: str | None, snapshot: Snapshot) -> LaneSnapshot | None:
    """Return a lane by its id; None where it no longer exists."""
    place = None if lane is None else _board(snapshot).places.get(lane)
    return None if place is None else snapshot.lanes[place]


def lanes_of(lanes: Iterable[str], snapshot: Snapshot) -> list[LaneSnapshot]:
    """Return those lanes that are still there, in the order given."""
    return [lane for one in lanes if (lane := lane_of(one, snapshot)) is not None]


def place_of(lane: LaneSnapshot) -> str:
    """Return where a lane's probes start; of an imported one the name of its trace."""
    return lane.lane.imported or lane.lane.asked_start or lane.trace.source or ""


def from_words(lane: LaneSnapshot, snapshot: Snapshot) -> str:
    """Return ` from 192.0.2.10` where the snapshot has lanes from several places, else "".

    Of an imported lane always, with its day: ` from R3 (imported, 2019-03-12)`; of one that a command traces
    at a vantage, with its tool: ` from r1 (Cisco IOS)`.
    """
    place, provenance = place_of(lane), lane.trace.provenance
    if provenance is None:
        return f" from {place}" if place and _board(snapshot).several_places else ""
    if lane.lane.via is not None:
        return f" from {place} ({provenance.tool or 'by command'})"
    day = "" if provenance.started_at is None else f", {provenance.started_at.astimezone(UTC):%Y-%m-%d}"
    told = provenance.vantage or lane.trace.source
    return f" from {place} (imported{day})" if told else f" (imported: {place}{day})"


def services_words(lanes: Iterable[LaneSnapshot]) -> str:
    """Return `TCP/25 and ICMP`."""
    return listed(dict.fromkeys(lane.lane.label for lane in lanes))


def endpoint_words(lane: Lane) -> str:
    """Return `mail.example (203.0.113.80)`, or the address alone."""
    return lane.host if lane.host == lane.address else f"{lane.host} ({lane.address})"


def hosts_words(lanes: Iterable[LaneSnapshot]) -> str:
    """Return the endpoints' names, each once; where one name has several endpoints, with their addresses."""
    by_address = {lane.lane.address: lane.lane for lane in lanes}
    names = [lane.host for lane in by_address.values()]
    shown = [
        lane.host if names.count(lane.host) == 1 else endpoint_words(lane) for lane in by_address.values()
    ]
    return listed(_counted_rest(shown, "more")) or "removed lanes"


def lane_words(lane: str | None, snapshot: Snapshot) -> str:
    """Return `TCP/25 to mail.example (203.0.113.80)`, with the vantage where there are several."""
    known = lane_of(lane, snapshot)
    if known is None:
        return REMOVED
    return f"{known.lane.label} to {endpoint_words(known.lane)}{from_words(known, snapshot)}"


def lanes_words(lanes: Iterable[str], snapshot: Snapshot) -> str:
    """Return `TCP/25 and ICMP to mail.example (203.0.113.80)`, endpoint by endpoint; the rest is counted."""
    panels: dict[object, list[LaneSnapshot]] = {}
    for lane in lanes_of(lanes, snapshot):
        panels.setdefault(lane.lane.panel, []).append(lane)
    shown = [
        f"{services_words(of_one)} to {endpoint_words(of_one[0].lane)}{from_words(of_one[0], snapshot)}"
        for of_one in panels.values()
    ]
    return "; ".join(_counted_rest(shown, "more endpoints")) or REMOVED


def compared_words(lane: str | None, snapshot: Snapshot) -> str:
    """Return `the control TCP/25 to web.example (192.0.2.80)`; the lane alone where it is not marked."""
    known = lane_of(lane, snapshot)
    role = "the control " if known is not None and known.lane.role is Role.CONTROL else ""
    return f"{role}{lane_words(lane, snapshot)}"


def _counted_rest(items: list[str], rest: str) -> list[str]:
    return (
        [*items[: _MAX_NAMED - 1], f"{len(items) - _MAX_NAMED + 1} {rest}"]
        if len(items) > _MAX_NAMED
        else items
    )


# Numbers and moments


def p_words(p_value: float) -> str:
    """Return `p < 0.001` or `p = 0.004`."""
    return "p < 0.001" if p_value < 0.001 else f"p = {p_value:.3f}"


def times_words(times: int) -> str:
    """Return `once` or `4 times`."""
    return "once" if times == 1 else f"{times} times"


def duration_words(seconds: float) -> str:
    """Return `45 s`, `3 min 10 s` or `2 h 5 min`."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s" if whole % 60 else f"{whole // 60} min"
    hours, minutes = divmod(round(whole / 60), 60)
    return f"{hours} h {minutes} min" if minutes else f"{hours} h"


def moment_words(moment: datetime, snapshot: Snapshot) -> str:
    """Return `12:04:07 UTC`, with the date where that is not the snapshot's day."""
    return f"{clock_words(moment, snapshot)} UTC"


def outage_words(outage: Outage, snapshot: Snapshot) -> str:
    """Return `from 12:04:07 to 12:08:11 UTC`."""
    return f"from {clock_words(outage.since, snapshot)} to {moment_words(outage.until, snapshot)}"


def clock_words(moment: datetime, snapshot: Snapshot) -> str:
    """Return a moment's time of day (UTC), with its date where it is of another day than the snapshot."""
    utc = moment.astimezone(UTC)
    today = utc.date() == snapshot.created_at.astimezone(UTC).date()
    return utc.strftime("%H:%M:%S" if today else "%Y-%m-%d %H:%M:%S")
