"""Who answers the probes of lanes: all that looking up and lettering need to know of them."""

from collections.abc import Mapping

from tracetui.analysis.late_hops import all_of
from tracetui.model import LaneTrace


class Senders:
    """Lane id to the addresses that answer, from one moment to the next."""

    def __init__(self) -> None:
        self._traces: Mapping[str, LaneTrace] = {}
        self._value: dict[str, tuple[str, ...]] = {}

    def update(self, traces: Mapping[str, LaneTrace]) -> Mapping[str, tuple[str, ...]]:
        """Return them TTL by TTL, at each the one with most answers first; `traces` are by lane id.

        A lane's addresses are the same object as last time while they are the same.
        """
        before, values = self._traces, self._value
        self._traces = traces
        self._value = {
            lane_id: values[lane_id] if before.get(lane_id) is trace else _senders(trace, values.get(lane_id))
            for lane_id, trace in traces.items()
        }
        return self._value


def _senders(trace: LaneTrace, before: tuple[str, ...] | None) -> tuple[str, ...]:
    found = tuple(all_of(trace.hops))
    return before if before is not None and before == found else found
