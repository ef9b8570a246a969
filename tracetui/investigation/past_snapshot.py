"""Makes the snapshot of a past moment, or one whose hops count only the last minutes."""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from threading import RLock
from typing import Final

from tracetui.analysis.cache import Cache, Remembered
from tracetui.analysis.findings import Findings
from tracetui.analysis.lanes.history import Histories
from tracetui.analysis.lanes.judge_lanes import Judge
from tracetui.analysis.lanes.past_trace import is_sampled, places, until
from tracetui.analysis.rounds.probes_by_ttl import Columns
from tracetui.model import Hop, LaneSnapshot, LaneTrace, Snapshot
from tracetui.model.moment import moment_of, unix_ns
from tracetui.model.snapshot import KeptRounds
from tracetui.model.trace import OUTCOMES_KEPT

_NS: Final = 1_000_000_000


def moment_shown(snapshot: Snapshot, moment: datetime, *, later: bool = False) -> datetime | None:
    """Return the moment that can be shown for a wanted one; None where nothing is measured yet.

    Where rounds were dropped, that is the end of the last span before it that all lanes have, or (`later`) of
    the next one. Never earlier than the first round.
    """
    traces = [lane.trace for lane in snapshot.lanes if lane.trace.timed and lane.trace.outcomes]
    first_ns = min((_first_ns(trace) for trace in traces), default=None)
    if first_ns is None:
        return None
    return moment_of(_moment_kept(traces, max(unix_ns(moment), first_ns), later=later))


def _moment_kept(traces: Iterable[LaneTrace], wanted_ns: int, *, later: bool = False) -> int:
    """Return the wanted moment, or where only samples are kept, the end of a span that all lanes have."""
    dropped = [trace for trace in traces if trace.rounds > len(trace.outcomes)]
    if not any(is_sampled(trace, wanted_ns) for trace in dropped):
        return wanted_ns
    span_ns = max(trace.span_ns for trace in dropped)
    first_end_ns = min(trace.spans[0].ended_ns for trace in dropped)
    return max(wanted_ns // span_ns + later, first_end_ns // span_ns + 1) * span_ns


def _first_ns(trace: LaneTrace) -> int:
    return trace.spans[0].started_ns if trace.spans else trace.outcomes[0].started_ns


def at_moment(snapshot: Snapshot, moment: datetime, window_s: float | None = None) -> Snapshot:
    """Return the investigation as it stood at `moment`; see `PastSnapshots`."""
    return PastSnapshots().at(snapshot, moment, window_s)


class PastSnapshots:
    """Makes snapshots of past moments of one investigation, and keeps what was counted for the next."""

    def __init__(self) -> None:
        self._lock = RLock()  # hops are counted on another thread too, for a report
        self._columns = Cache()
        self._histories = Histories()
        self._judge = Judge(self._lock, self._histories)
        self._findings = Findings(self._histories)

    def at(self, snapshot: Snapshot, moment: datetime, window_s: float | None = None) -> Snapshot:
        """Return the investigation as it stood at `moment`, from the rounds that `snapshot` keeps.

        States, paths and findings come from all kept rounds begun by then. Where those were dropped, the
        moment is the one that `moment_shown` returns, and `kept` of the snapshot says what there is.
        `window_s` limits the time over which loss and RTT of the hops are counted; it never begins before a
        lane's last lasting change. Events and notes end at the moment. Endpoints removed since are missing;
        those added since have no data; roles, names and owners are current. Imported lanes stay as they are.
        """
        whole = {lane.id: lane.trace for lane in snapshot.lanes if lane.trace.timed}
        until_ns = _moment_kept(whole.values(), unix_ns(moment))
        self._columns.next_generation()
        columns = {lane_id: self._columns.get(lane_id, (), lambda: Columns(self._lock)) for lane_id in whole}
        traces = {lane_id: until(trace, until_ns, columns[lane_id]) for lane_id, trace in whole.items()}
        all_traces = {lane.id: traces.get(lane.id, lane.trace) for lane in snapshot.lanes}
        then = replace(
            snapshot,
            created_at=moment_of(until_ns),
            lanes=self._judge.judge(all_traces, snapshot.owners),
            events=tuple(event for event in snapshot.events if unix_ns(event.at) <= until_ns),
            notes=tuple(note for note in snapshot.notes if unix_ns(note.at) <= until_ns),
            kept=kept_rounds(whole.values(), traces.values(), until_ns),
            findings=(),
            controls=(),
            outside=snapshot.outside.until(moment_of(until_ns)),
            arrivals=tuple(one.until(until_ns) for one in snapshot.arrivals),
        )
        if then.kept is not None and then.kept.sampled_s is not None:
            return then
        then = replace(then, findings=self._findings.at(then), controls=self._findings.controls)
        if window_s is None:
            return then
        from_ns = until_ns - int(window_s * _NS)
        return replace(
            then,
            lanes=tuple(
                [
                    _windowed(whole[lane.id], lane, from_ns, until_ns, columns[lane.id])
                    if lane.id in whole
                    else lane
                    for lane in then.lanes
                ]
            ),
        )


def kept_rounds(whole: Iterable[LaneTrace], then: Iterable[LaneTrace], until_ns: int) -> KeptRounds | None:
    """Return what is kept of the rounds before a moment; None where that is all that was kept then.

    `then` are the traces of that moment, in the order of `whole`.
    """
    fewer = [
        (trace, past)
        for trace, past in zip(whole, then, strict=True)
        if len(past.outcomes) < min(past.rounds, OUTCOMES_KEPT)
    ]
    if not fewer:
        return None
    sampled = [trace.span_ns / _NS for trace, _ in fewer if is_sampled(trace, until_ns)]
    return KeptRounds(min(len(past.outcomes) for _, past in fewer), max(sampled, default=None))


def _windowed(
    whole: LaneTrace, lane: LaneSnapshot, from_ns: int, until_ns: int, columns: Columns
) -> LaneSnapshot:
    if lane.since_ns is not None:
        from_ns = max(from_ns, lane.since_ns)
    first, end = places(whole, from_ns, until_ns)
    return _showing(lane, columns.hops(whole, first, end, len(lane.hops)))


def _showing(lane: LaneSnapshot, hops: Sequence[Hop]) -> LaneSnapshot:
    """Return the lane with its figures from `hops`."""
    if hops is lane.hops:
        return lane
    return replace(lane, trace=replace(lane.trace, hops=hops), hops=hops)


class Windows:
    """Makes snapshots whose hops are counted over the last N seconds; only changed lanes are counted
    again."""

    def __init__(self) -> None:
        self._lock = RLock()
        self._columns, self._hops, self._lanes = Cache(), Cache(), Cache()
        self._whole = Remembered[Snapshot]()

    def within(self, snapshot: Snapshot, window_s: float | None) -> Snapshot:
        """Return `snapshot` with loss, RTT and responders of its hops from the last `window_s` seconds alone.

        Only complete rounds count, and none before a lane's last lasting change. Verdicts, findings,
        events and the kept rounds stay as they are, and so do the hops of a lane that is no older than the
        window. None, for all time: the snapshot itself.
        """
        if window_s is None:
            return snapshot
        return self._whole.get((snapshot,), lambda: self._within(snapshot, window_s), equal=(window_s,))

    def _within(self, snapshot: Snapshot, window_s: float) -> Snapshot:
        for cache in (self._columns, self._hops, self._lanes):
            cache.next_generation()
        from_ns = unix_ns(snapshot.created_at) - int(window_s * _NS)
        return replace(snapshot, lanes=tuple([self._lane(lane, from_ns) for lane in snapshot.lanes]))

    def _lane(self, lane: LaneSnapshot, from_ns: int) -> LaneSnapshot:
        hops = self._counted_hops(lane, from_ns)
        return self._lanes.get(lane.id, (lane, hops), lambda: _showing(lane, hops))

    def _counted_hops(self, lane: LaneSnapshot, from_ns: int) -> Sequence[Hop]:
        trace, rows = lane.trace, len(lane.hops)
        outcomes = trace.outcomes
        if not trace.timed or (lane.since_ns is not None and lane.since_ns >= from_ns):
            return lane.hops
        first = bisect_left(outcomes, from_ns, key=lambda outcome: outcome.started_ns)
        if not outcomes or (first == 0 and trace.rounds == len(outcomes)):
            return lane.hops
        columns = self._columns.get(lane.id, (), lambda: Columns(self._lock))
        oldest = outcomes[first] if first < len(outcomes) else None
        return self._hops.get(
            lane.id,
            (oldest, outcomes[-1]),
            lambda: columns.hops(trace, first, len(outcomes), rows),
            equal=(len(outcomes) - first, rows),
        )
