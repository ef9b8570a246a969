"""What one row of a panel says, as a value: built from a snapshot, compared with the last, then painted."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from tracetui.analysis.as_path import hop_systems
from tracetui.model import Attribution, AutonomousSystem, Hop, LaneSnapshot, PathState, Role, Snapshot
from tracetui.tui.lines.finding_news import candidate_addresses


class Mark(StrEnum):
    """What one lane has to say about one TTL."""

    REPLY = "reply"
    LAST = "last"
    """The last responsive hop of a lane that does not arrive."""

    QUIET = "quiet"
    """No reply, which means nothing yet: something beyond answers, or it is too early to tell."""

    SILENT = "silent"
    """No reply, and the path is known to go silent before it."""

    PENDING = "pending"
    NONE = "none"
    """The lane has no such TTL."""


@dataclass(frozen=True, slots=True)
class Owner:
    """Who holds an address, as a row shows it: an AS, or words where there is none."""

    system: AutonomousSystem | None = None
    words: str = ""
    """`private`, `no AS`, `…` while the look-up runs; "" when there is an AS."""

    more: int = 0
    """Further origin ASes (MOAS)."""


NOBODY: Final = Owner()


@dataclass(frozen=True, slots=True)
class Cell:
    """One lane at one TTL."""

    mark: Mark
    rtt_ns: int | None = None
    """RTT of the last probe answered in time."""

    recent: tuple[int | None, ...] = ()
    loss_percent: float | None = None
    words: str = ""
    """For `LAST`: what the path does here, such as `last reply`."""

    differs: bool = False
    """Another router answers this lane than the one the row names."""

    loops: bool = False
    """This hop is part of a routing loop."""

    typical_ns: int = 0
    """Median RTT of the last probes; 0 when none was answered. The scale of sparklines is taken from it."""


@dataclass(frozen=True, slots=True)
class ControlView:
    """What a control that shares the last responsive hop sees at this distance."""

    owner: Owner
    replies: bool
    address: str = ""


@dataclass(frozen=True, slots=True)
class HopLine:
    """One row: a TTL of an endpoint."""

    ttl: int
    mark: Mark
    """The strongest of its cells: an answer before silence, silence before quiet."""

    owner: Owner = NOBODY
    address: str = ""
    name: str = ""
    """PTR name; "" when there is none or none yet."""

    more: int = 0
    """Further addresses that answer at this TTL, over all lanes."""

    other: str = ""
    """The address that another lane sees here instead."""

    cells: tuple[Cell, ...] = ()
    control: ControlView | None = None
    candidate: bool = False
    """A finding points at this router, or at the one that a control sees here."""

    until: int = 0
    """The last TTL that the row stands for, of a path that is silent from here on; 0: its own alone."""


_END_WORDS: Final = {
    PathState.SILENT_AFTER: "last reply",
    PathState.UNREACHABLE: "unreachable",
    PathState.RESET: "reset",
    PathState.ANSWERED_EARLY: "answers early",
}
"""States in which a lane ends at its last responsive hop, and what to call that end."""

_LONG_SILENCE: Final = 3
"""Silent TTLs at the end of a path from which one row stands for all of them."""

_LOOKED_AT: Final = 15
"""Probes that count for a typical RTT."""

_STRENGTH: Final = (Mark.LAST, Mark.REPLY, Mark.SILENT, Mark.QUIET, Mark.PENDING, Mark.NONE)


def owner_of(
    address: str, snapshot: Snapshot, systems: Mapping[int, AutonomousSystem], asn: int | None
) -> Owner:
    """Name the holder of `address`; `asn` is the AS its hop counts for, None for none.

    `systems` are the snapshot's ASes by number.
    """
    attribution = snapshot.owners.get(address)
    if attribution is None:
        return Owner(words="…")
    if asn is None:
        return Owner(words=_words_without_as(attribution))
    system = systems.get(asn)
    if system is None:
        return Owner(words=f"AS{asn}")
    return Owner(system, more=len(attribution.asns) - 1)


def _words_without_as(attribution: Attribution) -> str:
    if attribution.asn is not None or not attribution.known:
        return "unknown"  # an answer in the endpoint's name, or an address no source knows
    if attribution.special is not None:
        return attribution.special.removesuffix("-use")
    return attribution.name if attribution.exchange else "no AS"


def systems_by_number(snapshot: Snapshot) -> dict[int, AutonomousSystem]:
    """Return the ASes of a snapshot by their number."""
    return {system.asn: system for system in snapshot.ases}


class Controls:
    """The control lanes of a snapshot, indexed by the addresses on their paths."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._owners = snapshot.owners
        self._systems: dict[str, tuple[int | None, ...]] = {}
        self._seen: dict[str, list[tuple[LaneSnapshot, int]]] = {}
        for lane in snapshot.lanes:
            if lane.lane.role is not Role.CONTROL:
                continue
            for hop in lane.trace.hops:
                for responder in hop.responders:
                    self._seen.setdefault(responder.address, []).append((lane, hop.ttl))

    def systems(self, lane: LaneSnapshot) -> tuple[int | None, ...]:
        """Return the AS of each hop of a control lane, index 0 for TTL 1."""
        known = self._systems.get(lane.id)
        if known is None:
            known = self._systems[lane.id] = hop_systems(lane.trace, self._owners, lane.verdict)
        return known

    def sharing(self, address: str, like: LaneSnapshot) -> tuple[LaneSnapshot, int] | None:
        """Return a control that goes on past `address`, and its TTL there; same protocol and port first."""
        found = [
            (control, ttl)
            for control, ttl in self._seen.get(address, ())
            if (control.verdict.last_responsive_ttl or 0) > ttl
        ]
        same = (pair for pair in found if pair[0].lane.label == like.lane.label)
        return next(same, found[0] if found else None)


@dataclass(frozen=True, slots=True)
class _Scene:
    """What all rows of a panel are made from."""

    snapshot: Snapshot
    systems: Mapping[int, AutonomousSystem]
    controls: Controls
    lanes: Sequence[LaneSnapshot]
    hop_ases: Sequence[tuple[int | None, ...]]
    """The AS of each hop, by lane."""

    candidates: Mapping[str, int]
    """Addresses that findings point at, and the TTL at which this endpoint's lanes first see them."""


class PanelRows:
    """The rows of one endpoint; a row is made anew only where something has changed that it is made from."""

    def __init__(self) -> None:
        self._panel: object = None
        self._made: dict[int, tuple[object, HopLine]] = {}
        self._tail: HopLine | None = None

    def lines(self, lanes: Sequence[LaneSnapshot], snapshot: Snapshot, controls: Controls) -> list[HopLine]:
        """Return the rows, TTL 1 first; `lanes` are the endpoint's."""
        scene = _Scene(
            snapshot,
            systems_by_number(snapshot),
            controls,
            lanes,
            [hop_systems(lane.trace, snapshot.owners, lane.verdict) for lane in lanes],
            _first_seen(candidate_addresses(snapshot, (lane.id for lane in lanes)), lanes),
        )
        panel = ([lane.verdict for lane in lanes], snapshot.ases, scene.candidates)
        if panel != self._panel:
            self._panel = panel
            self._made.clear()
        height = max((len(lane.trace.hops) for lane in lanes), default=0)
        found = _with_one_tail([self._line(ttl, scene) for ttl in range(1, height + 1)])
        if found and found[-1].until:
            if found[-1] == self._tail:
                found[-1] = self._tail
            self._tail = found[-1]
        return found

    def _line(self, ttl: int, scene: _Scene) -> HopLine:
        hops = [_hop(lane, ttl) for lane in scene.lanes]
        address = next((hop.responders[0].address for hop in hops if hop and hop.responders), "")
        control = None if address else _control_view(ttl, hops, scene)
        made_from = (
            hops,
            control,
            [systems[ttl - 1] if ttl <= len(systems) else None for systems in scene.hop_ases],
            scene.snapshot.owners.get(address),
            scene.snapshot.names.get(address),
        )
        known = self._made.get(ttl)
        if known is not None and known[0] == made_from:
            return known[1]
        line = _line(ttl, hops, control, scene)
        self._made[ttl] = (made_from, line)
        return line


def rows_of(lane: LaneSnapshot) -> int:
    """Return how many rows a lane by itself needs."""
    hops, last = len(lane.trace.hops), lane.verdict.last_responsive_ttl or 0
    long = lane.verdict.state in _END_WORDS and hops - last >= _LONG_SILENCE
    return last + 1 if long else hops


def _with_one_tail(lines: list[HopLine]) -> list[HopLine]:
    """Let one row stand for all silent ones at the end: no row says more than another, and they are many.

    Those before stand where they stood, beside the same TTL of other panels.
    """
    tail = len(lines)
    while tail and _says_silence_alone(lines[tail - 1]):
        tail -= 1
    if len(lines) - tail < _LONG_SILENCE:
        return lines
    return [*lines[:tail], replace(lines[tail], until=len(lines))]


def _says_silence_alone(line: HopLine) -> bool:
    silent = all(cell.mark in {Mark.SILENT, Mark.NONE} for cell in line.cells)
    return line.mark is Mark.SILENT and silent and line.control is None and not line.candidate


def _line(ttl: int, hops: Sequence[Hop | None], control: ControlView | None, scene: _Scene) -> HopLine:
    seen = [[responder.address for responder in hop.responders] if hop else [] for hop in hops]
    naming = next((index for index, addresses in enumerate(seen) if addresses), None)
    named = seen[naming] if naming is not None else []
    cells = tuple(
        _cell(lane, hop, differs=bool(addresses) and set(addresses).isdisjoint(named))
        for lane, hop, addresses in zip(scene.lanes, hops, seen, strict=True)
    )
    marks = {cell.mark for cell in cells}
    mark = next(mark for mark in _STRENGTH if mark in marks)
    if naming is None:
        candidate = control is not None and control.address in scene.candidates
        return HopLine(ttl, mark, cells=cells, control=control, candidate=candidate)
    other = next((seen[lane][0] for lane, cell in enumerate(cells) if cell.differs), "")
    distinct = len({address for addresses in seen for address in addresses})
    return HopLine(
        ttl,
        mark,
        owner_of(named[0], scene.snapshot, scene.systems, scene.hop_ases[naming][ttl - 1]),
        named[0],
        scene.snapshot.names.get(named[0], ""),
        distinct - (2 if other else 1),
        other,
        cells,
        None,
        any(scene.candidates.get(address) == ttl for addresses in seen for address in addresses),
    )


def _first_seen(addresses: Iterable[str], lanes: Sequence[LaneSnapshot]) -> dict[str, int]:
    """Return the lowest TTL of each address; 0 for those that none of the lanes sees."""
    found = dict.fromkeys(addresses, 0)
    for lane in lanes if found else ():
        for hop in lane.trace.hops:
            for responder in hop.responders:
                known = found.get(responder.address)
                if known is not None:
                    found[responder.address] = min(known or hop.ttl, hop.ttl)
    return found


def _hop(lane: LaneSnapshot, ttl: int) -> Hop | None:
    hops = lane.trace.hops
    return hops[ttl - 1] if ttl <= len(hops) else None


def _cell(lane: LaneSnapshot, hop: Hop | None, *, differs: bool) -> Cell:
    if hop is None:
        return Cell(Mark.NONE)
    verdict = lane.verdict
    end_words = _END_WORDS.get(verdict.state, "")
    last = verdict.last_responsive_ttl or 0
    if not hop.answered:
        return Cell(_silence(hop, beyond_end=bool(end_words) and hop.ttl > last))
    at_end = bool(end_words) and hop.ttl == (verdict.proof_ttl or last)
    answered = sorted(rtt for rtt in hop.recent[-_LOOKED_AT:] if rtt is not None)
    return Cell(
        Mark.LAST if at_end else Mark.REPLY,
        hop.rtt.last_ns if hop.rtt else None,
        hop.recent,
        hop.loss_percent,
        end_words if at_end else "",
        differs,
        bool(verdict.loop) and any(responder.address in verdict.loop for responder in hop.responders),
        answered[len(answered) // 2] if answered else 0,
    )


def _silence(hop: Hop, *, beyond_end: bool) -> Mark:
    if beyond_end:
        return Mark.SILENT
    if hop.completed:
        return Mark.QUIET
    return Mark.PENDING if hop.sent else Mark.NONE


def _control_view(ttl: int, hops: Sequence[Hop | None], scene: _Scene) -> ControlView | None:
    for lane, own in zip(scene.lanes, hops, strict=True):
        last, last_ttl = lane.verdict.last_responsive, lane.verdict.last_responsive_ttl
        silent = own is not None and lane.verdict.state in _END_WORDS and ttl > (last_ttl or 0)
        if not silent or lane.lane.role is Role.CONTROL or not last or not last_ttl:
            continue
        shared = scene.controls.sharing(last, lane)
        if shared is None:
            continue
        control, control_ttl = shared
        hop = _hop(control, control_ttl + ttl - last_ttl)
        if hop is None:
            continue
        main = hop.main
        if main is None:
            return ControlView(NOBODY, replies=False)
        asn = scene.controls.systems(control)[hop.ttl - 1]
        owner = owner_of(main.address, scene.snapshot, scene.systems, asn)
        return ControlView(owner, replies=True, address=main.address)
    return None
