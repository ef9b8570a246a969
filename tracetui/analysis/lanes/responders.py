"""Tracks which addresses answer each lane, for look-ups of owners and for AS letters."""

from collections.abc import Mapping, Sequence
from functools import partial

from tracetui.analysis.cache import Cache, reuse_equal
from tracetui.analysis.rounds.lazy_hops import all_of
from tracetui.model import LaneTrace
from tracetui.model.imported_trace import is_stand_in


class Responders:
    """Lane id to the addresses that answer, from one moment to the next."""

    def __init__(self) -> None:
        self.changed: Sequence[str] = ()
        """The lanes whose addresses are others than at the moment before."""

        self._cache = Cache()
        self._value: Mapping[str, tuple[str, ...]] = {}

    def update(self, traces: Mapping[str, LaneTrace]) -> Mapping[str, tuple[str, ...]]:
        """Return them TTL by TTL, at each the one with most answers first; `traces` are by lane id.

        A lane's addresses are the same object as last time while they are the same.
        """
        before = self._value
        self._cache.next_generation()
        self._value = {
            lane_id: self._cache.get(lane_id, (trace,), partial(_responders, trace, before.get(lane_id)))
            for lane_id, trace in traces.items()
        }
        self.changed = [lane for lane, found in self._value.items() if before.get(lane) is not found]
        return self._value

    def to_look_up(self, traces: Mapping[str, LaneTrace]) -> list[str]:
        """Return the addresses of changed lanes, each endpoint first: their owners may not be known yet."""
        found: list[str] = []
        for lane_id in self.changed:
            found += (traces[lane_id].lane.address, *self._value[lane_id])
        return [address for address in found if not is_stand_in(address)]


def _responders(trace: LaneTrace, before: tuple[str, ...] | None) -> tuple[str, ...]:
    return reuse_equal(tuple(all_of(trace.hops)), before)
