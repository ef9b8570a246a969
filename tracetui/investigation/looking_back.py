"""An investigation as it stood at a moment that has passed, or as its last minutes alone show it."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from threading import RLock
from typing import Final

from tracetui.analysis.columns import Columns
from tracetui.analysis.findings import Findings
from tracetui.analysis.history import Histories
from tracetui.analysis.judging import Judge
from tracetui.analysis.moments import between, places
from tracetui.model import Hop, LaneSnapshot, LaneTrace, RoundOutcome, Snapshot
from tracetui.model.moment import moment_of, unix_ns

_NS: Final = 1_000_000_000


def earliest_moment(snapshot: Snapshot) -> datetime | None:
    """Return the earliest moment that can be shown: when the oldest kept round began; None without one."""
    starts = [lane.trace.outcomes[0].started_ns for lane in snapshot.lanes if lane.trace.outcomes]
    return moment_of(min(starts)) if starts else None


def at_moment(snapshot: Snapshot, moment: datetime, window_s: float | None = None) -> Snapshot:
    """Return the investigation as it stood at `moment`; see `LookingBack`."""
    return LookingBack().at(snapshot, moment, window_s)


class LookingBack:
    """Shows one moment of an investigation after another; what has been counted once is not counted again."""

    def __init__(self) -> None:
        self._lock = RLock()  # hops are counted on another thread too, for a report
        self._columns: dict[str, Columns] = {}
        self._histories = Histories()
        self._judge = Judge(self._lock, self._histories)

    def at(self, snapshot: Snapshot, moment: datetime, window_s: float | None = None) -> Snapshot:
        """Return the investigation as it stood at `moment`, from the rounds that `snapshot` keeps.

        States, paths and findings are those of all kept rounds begun by then; `window_s` limits only what
        loss and RTT of the hops are counted over, which is never before a lane's last lasting change. Events
        and notes end at the moment. Endpoints that have been removed since are not there; those added since
        are, without data; roles, names and owners are today's.
        """
        until_ns = unix_ns(moment)
        whole = {lane.id: lane.trace for lane in snapshot.lanes}
        self._columns = {lane_id: self._columns.get(lane_id) or Columns(self._lock) for lane_id in whole}
        traces = {
            lane_id: between(trace, None, until_ns, self._columns[lane_id])
            for lane_id, trace in whole.items()
        }
        then = replace(
            snapshot,
            created_at=moment,
            lanes=self._judge.judge(traces, snapshot.owners),
            events=tuple(event for event in snapshot.events if event.at <= moment),
            notes=tuple(note for note in snapshot.notes if note.at <= moment),
        )
        findings = Findings(self._histories)
        then = replace(then, findings=findings.update(then), controls=findings.controls)
        if window_s is None:
            return then
        from_ns = until_ns - int(window_s * _NS)
        lanes = zip(whole.values(), then.lanes, strict=True)
        return replace(
            then, lanes=tuple(self._windowed(trace, lane, from_ns, until_ns) for trace, lane in lanes)
        )

    def _windowed(self, whole: LaneTrace, lane: LaneSnapshot, from_ns: int, until_ns: int) -> LaneSnapshot:
        if lane.since_ns is not None:
            from_ns = max(from_ns, lane.since_ns)
        first, end = places(whole, from_ns, until_ns)
        return _showing(lane, self._columns[lane.id].hops(whole, first, end, len(lane.hops)))


def _showing(lane: LaneSnapshot, hops: Sequence[Hop]) -> LaneSnapshot:
    """Return the lane with its figures from `hops`."""
    if hops is lane.hops:
        return lane
    return replace(lane, trace=replace(lane.trace, hops=hops), hops=hops)


@dataclass(frozen=True, slots=True)
class _Counted:
    """Hops over a stretch of time, with what they were counted from."""

    first: RoundOutcome | None
    """None where no round is in the stretch."""

    last: RoundOutcome
    rounds: int
    hops: Sequence[Hop]
    columns: Columns


class Windows:
    """Makes snapshots whose hops are counted over the last N seconds; what has not changed costs nothing."""

    def __init__(self) -> None:
        self.counted = 0
        """Lanes counted so far; an unchanged lane is not counted again."""

        self._lock = RLock()
        self._hops: dict[str, _Counted] = {}
        self._lanes: dict[str, tuple[LaneSnapshot, LaneSnapshot]] = {}
        self._made_from: tuple[Snapshot, float] | None = None
        self._value: Snapshot | None = None

    def within(self, snapshot: Snapshot, window_s: float | None) -> Snapshot:
        """Return `snapshot` with loss, RTT and responders of its hops from the last `window_s` seconds alone.

        Only complete rounds count, and none from before a lane's last lasting change. Verdicts, findings,
        events and the kept rounds stay as they are, and so do the hops of a lane that is no older than the
        window. None, for all time: the snapshot itself.
        """
        if window_s is None:
            return snapshot
        made_from = self._made_from
        if made_from is not None and made_from[0] is snapshot and made_from[1] == window_s:
            return self._value or snapshot
        from_ns = unix_ns(snapshot.created_at) - int(window_s * _NS)
        lanes = tuple(self._lane(lane, from_ns) for lane in snapshot.lanes)
        self._lanes = {lane.id: self._lanes[lane.id] for lane in lanes}
        self._hops = {lane.id: self._hops[lane.id] for lane in lanes if lane.id in self._hops}
        self._made_from = snapshot, window_s
        self._value = replace(snapshot, lanes=lanes)
        return self._value

    def _lane(self, lane: LaneSnapshot, from_ns: int) -> LaneSnapshot:
        hops = self._counted_hops(lane, from_ns)
        before = self._lanes.get(lane.id)
        if before is not None and before[0] is lane and before[1].hops is hops:
            return before[1]
        made = _showing(lane, hops)
        self._lanes[lane.id] = lane, made
        return made

    def _counted_hops(self, lane: LaneSnapshot, from_ns: int) -> Sequence[Hop]:
        trace, rows = lane.trace, len(lane.hops)
        outcomes = trace.outcomes
        if lane.since_ns is not None and lane.since_ns >= from_ns:
            return lane.hops
        first = bisect_left(outcomes, from_ns, key=lambda outcome: outcome.started_ns)
        if not outcomes or (first == 0 and trace.rounds == len(outcomes)):
            return lane.hops
        oldest = outcomes[first] if first < len(outcomes) else None
        known = self._hops.get(trace.lane.id)
        if (
            known is not None
            and known.first is oldest
            and known.last is outcomes[-1]
            and known.rounds == len(outcomes) - first
            and len(known.hops) == rows
        ):
            return known.hops
        self.counted += 1
        columns = known.columns if known is not None else Columns(self._lock)
        hops = columns.hops(trace, first, len(outcomes), rows)
        self._hops[trace.lane.id] = _Counted(oldest, outcomes[-1], len(outcomes) - first, hops, columns)
        return hops
