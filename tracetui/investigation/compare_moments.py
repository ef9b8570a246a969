"""Adds to a snapshot what differs from an earlier moment of the same investigation."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from threading import RLock

from tracetui.analysis.as_path import as_path
from tracetui.analysis.cache import Cache, Remembered
from tracetui.analysis.changes.compare_lanes import Comparer
from tracetui.analysis.lanes.past_trace import places
from tracetui.analysis.rounds.probes_by_ttl import Columns
from tracetui.investigation.past_snapshot import PastSnapshots, moment_shown
from tracetui.model import LaneSnapshot, RoundOutcome, Snapshot
from tracetui.model.comparison import Comparison, HopAnswer
from tracetui.model.moment import unix_ns


class MomentComparer:
    """Compares snapshots of one investigation with an earlier moment; what has not changed is kept."""

    def __init__(self) -> None:
        self._lock = RLock()  # hops are counted on another thread too, for a report
        self._looking_back = PastSnapshots()
        self._before = Remembered[Snapshot]()
        self._comparer = Comparer()
        self._compared = Remembered[Snapshot]()
        self._columns, self._lanes = Cache(), Cache()

    def compare(
        self, newest: Snapshot, shown: Snapshot, moment: datetime, *, windowed: bool = False
    ) -> Snapshot:
        """Return `shown` (a moment of `newest`, or `newest`) with what differs from `moment`.

        Without a comparison where that moment is not earlier than the one shown, or nothing was measured yet.
        Where other routers answer, a lane shows the hops counted since they do, not those of both paths; but
        not where a time window (`windowed`) decides what is counted.
        """
        kept = moment_shown(newest, moment)
        if kept is None or kept >= shown.created_at:
            return shown
        before = self._before.get(
            (newest.owners,),
            lambda: self._looking_back.at(newest, kept),
            equal=(moment, [lane.lane for lane in newest.lanes]),
        )
        comparison = self._comparer.compare(before, shown)
        return self._compared.get(
            (shown, comparison), lambda: self._with(shown, comparison, windowed=windowed), equal=(windowed,)
        )

    def _with(self, shown: Snapshot, comparison: Comparison, *, windowed: bool) -> Snapshot:
        sampled = shown.kept is not None and shown.kept.sampled_s is not None
        if windowed or sampled:
            return replace(shown, comparison=comparison)
        moved = {
            str(change.lane): {
                hop.ttl: hop.before.address
                for hop in change.hops
                if hop.answer is HopAnswer.REPLACED and hop.before is not None
            }
            for change in comparison.lanes
        }
        self._columns.next_generation()
        self._lanes.next_generation()
        since_ns = unix_ns(comparison.since)
        lanes = tuple(
            [
                self._since(lane, since_ns, moved[lane.id], shown) if moved.get(lane.id) else lane
                for lane in shown.lanes
            ]
        )
        return replace(shown, comparison=comparison, lanes=lanes)

    def _since(
        self, lane: LaneSnapshot, since_ns: int, gone: Mapping[int, str], shown: Snapshot
    ) -> LaneSnapshot:
        """Return the lane with its hops, and the AS path, counted since routers (by TTL) are `gone`."""
        if lane.since_ns is not None and lane.since_ns > since_ns:
            return lane

        def counted() -> LaneSnapshot:
            columns = self._columns.get(lane.id, (), lambda: Columns(self._lock))
            first, end = places(lane.trace, since_ns + 1, None)
            first = _last_seen(lane.trace.outcomes, first, gone) + 1
            hops = columns.hops(lane.trace, first, end, len(lane.hops))
            return replace(lane, hops=hops, as_path=as_path(lane.trace, shown.owners, lane.verdict, hops))

        return self._lanes.get(lane.id, (lane, shown.owners), counted, equal=(since_ns, gone))


def _last_seen(outcomes: Sequence[RoundOutcome], first: int, gone: Mapping[int, str]) -> int:
    """Return the place of the last round, from `first` on, in which one of some routers answered."""
    for place in range(len(outcomes) - 1, first - 1, -1):
        path = outcomes[place].path
        if any(ttl <= len(path) and path[ttl - 1] == address for ttl, address in gone.items()):
            return place
    return first - 1


def compared(snapshot: Snapshot, moment: datetime) -> Snapshot:
    """Return a snapshot compared with an earlier moment of its own; see `MomentComparer`."""
    return MomentComparer().compare(snapshot, snapshot, moment)
