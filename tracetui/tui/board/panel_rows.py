"""Makes the rows of one panel from a snapshot; a row is remade only when its inputs change."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from tracetui.analysis.as_path import hop_systems
from tracetui.analysis.cache import Cache, reuse_equal
from tracetui.model import AutonomousSystem, Hop, LaneSnapshot, Snapshot
from tracetui.tui.board.control_continuation import BY_ANOTHERS_BGP, BY_BGP, Continuations
from tracetui.tui.board.fold_silent_rows import STOPPED_STATES, fold_silent_rows
from tracetui.tui.board.hop_line import Cell, ControlView, HopLine, Mark
from tracetui.tui.board.hop_owner import NOBODY, owner_of, owner_of_system, systems_by_number
from tracetui.tui.board.row_changes import Changes, change_wordings, panel_changes
from tracetui.tui.board.since_change import answered_before_ns, clock_words, current_trace, hop_at
from tracetui.tui.lines.shown_findings import candidate_addresses

_LOOKED_AT: Final = 15
"""Probes that count for a typical RTT."""

_STRENGTH: Final = (Mark.LAST, Mark.REPLY, Mark.SILENT, Mark.QUIET, Mark.PENDING, Mark.NONE)


@dataclass(frozen=True, slots=True)
class _PanelInputs:
    """What all rows of a panel are made from."""

    snapshot: Snapshot
    systems: Mapping[int, AutonomousSystem]
    controls: Continuations
    lanes: Sequence[LaneSnapshot]
    hop_ases: Sequence[tuple[int | None, ...]]
    """The AS of each hop, by lane."""

    changes: Changes
    candidates: Mapping[str, int]
    """Addresses that findings point at, and the TTL at which this endpoint's lanes first see them."""


class PanelRows:
    """The rows of one endpoint; a row is made again only where its inputs have changed."""

    def __init__(self) -> None:
        self._panel: object = None
        self._made = Cache()
        self._tail: HopLine | None = None

    def lines(
        self, lanes: Sequence[LaneSnapshot], snapshot: Snapshot, controls: Continuations
    ) -> list[HopLine]:
        """Return the rows, TTL 1 first; `lanes` are the endpoint's."""
        inputs = _PanelInputs(
            snapshot,
            systems_by_number(snapshot),
            controls,
            lanes,
            [hop_systems(current_trace(lane), snapshot.owners, lane.verdict) for lane in lanes],
            panel_changes(lanes, snapshot),
            _first_seen(candidate_addresses(snapshot, (lane.id for lane in lanes)), lanes),
        )
        panel = ([lane.verdict for lane in lanes], snapshot.ases, inputs.candidates)
        self._panel = reuse_equal(panel, self._panel)
        height = max((len(lane.hops) for lane in lanes), default=0)
        found = fold_silent_rows([self._line(ttl, inputs) for ttl in range(1, height + 1)])
        if found and found[-1].until:
            self._tail = found[-1] = reuse_equal(found[-1], self._tail)
        return found

    def _line(self, ttl: int, inputs: _PanelInputs) -> HopLine:
        hops = [hop_at(lane, ttl) for lane in inputs.lanes]
        address = next((hop.responders[0].address for hop in hops if hop and hop.responders), "")
        control = None if address else _control_view(ttl, hops, inputs)
        before = "" if address else _last_answered(ttl, inputs)
        changes = change_wordings(inputs.changes.get(ttl, ()), address) if inputs.changes else ()
        return self._made.get(
            ttl,
            (self._panel,),
            lambda: replace(_line(ttl, hops, control, inputs), last_answered=before, changes=changes),
            equal=(
                hops,
                control,
                before,
                changes,
                [systems[ttl - 1] if ttl <= len(systems) else None for systems in inputs.hop_ases],
                inputs.snapshot.owners.get(address),
                inputs.snapshot.names.get(address),
            ),
        )


def _line(ttl: int, hops: Sequence[Hop | None], control: ControlView | None, inputs: _PanelInputs) -> HopLine:
    seen = [[responder.address for responder in hop.responders] if hop else [] for hop in hops]
    naming = next((index for index, addresses in enumerate(seen) if addresses), None)
    named = seen[naming] if naming is not None else []
    cells = tuple(
        _cell(lane, hop, differs=bool(addresses) and set(addresses).isdisjoint(named))
        for lane, hop, addresses in zip(inputs.lanes, hops, seen, strict=True)
    )
    marks = {cell.mark for cell in cells}
    mark = next(mark for mark in _STRENGTH if mark in marks)
    if naming is None:
        candidate = control is not None and control.address in inputs.candidates
        return HopLine(ttl, mark, cells=cells, control=control, candidate=candidate)
    other = next((seen[lane][0] for lane, cell in enumerate(cells) if cell.differs), "")
    distinct = len({address for addresses in seen for address in addresses})
    return HopLine(
        ttl,
        mark,
        owner_of(named[0], inputs.snapshot, inputs.systems, inputs.hop_ases[naming][ttl - 1]),
        named[0],
        inputs.snapshot.names.get(named[0], ""),
        distinct - (2 if other else 1),
        other,
        cells,
        None,
        any(inputs.candidates.get(address) == ttl for addresses in seen for address in addresses),
    )


def _first_seen(addresses: Iterable[str], lanes: Sequence[LaneSnapshot]) -> dict[str, int]:
    """Return the lowest TTL of each address; 0 for those that none of the lanes sees."""
    found = dict.fromkeys(addresses, 0)
    for lane in lanes if found else ():
        for hop in lane.hops:
            for responder in hop.responders:
                known = found.get(responder.address)
                if known is not None:
                    found[responder.address] = min(known or hop.ttl, hop.ttl)
    return found


def _last_answered(ttl: int, inputs: _PanelInputs) -> str:
    """Return when a hop that is silent now answered last, of any lane; "" where it never did."""
    times = [answered_before_ns(lane, ttl) for lane in inputs.lanes]
    known = [time for time in times if time is not None]
    return clock_words(max(known), inputs.snapshot) if known else ""


def _cell(lane: LaneSnapshot, hop: Hop | None, *, differs: bool) -> Cell:
    if hop is None:
        return Cell(Mark.NONE)
    verdict = lane.verdict
    stopped = verdict.state in STOPPED_STATES
    last = verdict.last_responsive_ttl or 0
    if not hop.answered:
        return Cell(_silence(hop, beyond_end=stopped and hop.ttl > last))
    at_end = stopped and hop.ttl == (verdict.proof_ttl or last)
    answered = sorted(rtt for rtt in hop.recent[-_LOOKED_AT:] if rtt is not None)
    return Cell(
        Mark.LAST if at_end else Mark.REPLY,
        hop.rtt.last_ns if hop.rtt else None,
        hop.rtt,
        hop.sent,
        hop.recent,
        hop.loss_percent,
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


def _control_view(ttl: int, hops: Sequence[Hop | None], inputs: _PanelInputs) -> ControlView | None:
    for lane, own in zip(inputs.lanes, hops, strict=True):
        if own is None or lane.verdict.state not in STOPPED_STATES:
            continue
        goes_on = inputs.controls.of(lane)
        hop = goes_on.hop(ttl) if goes_on is not None and ttl > goes_on.last_ttl else None
        if goes_on is None or hop is None:
            continue
        main = hop.main
        if main is None:
            return ControlView(NOBODY, replies=False, words=goes_on.words)
        owner = owner_of(main.address, inputs.snapshot, inputs.systems, goes_on.systems[hop.ttl - 1])
        return ControlView(owner, replies=True, address=main.address, words=goes_on.words)
    return _bgp_view(ttl, hops, inputs)


def _bgp_view(ttl: int, hops: Sequence[Hop | None], inputs: _PanelInputs) -> ControlView | None:
    """Return the next AS by BGP, in the first silent row: BGP tells ASes, not how many hops they have."""
    for lane, own in zip(inputs.lanes, hops, strict=True):
        if own is None or ttl != (lane.verdict.last_responsive_ttl or 0) + 1:
            continue
        expected = inputs.controls.by_bgp(lane)
        if expected is not None:
            words = BY_BGP if expected.by_last else BY_ANOTHERS_BGP
            owner = owner_of_system(expected.next_as, inputs.systems)
            return ControlView(owner, replies=True, words=words)
    return None
