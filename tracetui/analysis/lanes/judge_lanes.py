"""Judges all lanes of a snapshot: path states, hops shown and AS paths; recomputes only what changed.

Between two moments most lanes differ in counts alone. A state depends on the last complete rounds of a lane
and its siblings, the hops shown on when that state began, an AS path on who answers where; each is rebuilt
only when these are others.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Final

from tracetui.analysis.as_path import Owners, as_path_through, borrowed_names
from tracetui.analysis.cache import Cache, Remembered, reuse_equal
from tracetui.analysis.lanes.decide_path_state import window_verdict
from tracetui.analysis.lanes.history import Histories, History
from tracetui.analysis.lanes.shown_hops import ShownHops
from tracetui.analysis.lanes.window import WINDOW, LaneWindow, lane_window
from tracetui.analysis.rounds.lazy_hops import main_of
from tracetui.analysis.rounds.probes_by_ttl import Columns
from tracetui.model import LaneSnapshot, LaneTrace, PathState, PathVerdict
from tracetui.model.lazy_tuple import UNSHARED, Guard

_NOTHING: Final = object()
_UNJUDGED: Final = PathVerdict(PathState.INSUFFICIENT)


class Judge:
    """Says the same as `path_verdict`, and `as_path` of the hops since `since_place`.

    Not for several threads at once.
    """

    def __init__(self, guard: Guard = UNSHARED, histories: Histories | None = None) -> None:
        """`guard` is held while hops are counted; a report on another thread may look at them.

        `histories`: what rounds came to, where somebody else follows them too.
        """
        self._guard = guard
        self._histories = histories if histories is not None else Histories()
        self._lanes = Cache()

    def judge(self, traces: Mapping[str, LaneTrace], owners: Owners) -> tuple[LaneSnapshot, ...]:
        """Return the lanes of a moment, the same objects as last time where they are the same.

        `traces` are by lane id, in board order.
        """
        self._lanes.next_generation()
        self._histories.keep(traces)
        lanes = []
        panels: dict[tuple[str, str | None], list[_Lane]] = defaultdict(list)
        for lane_id, trace in traces.items():
            history = self._histories.of(lane_id)
            lane = self._lanes.get(lane_id, (history,), partial(_Lane, Columns(self._guard), history))
            lane.take(trace)
            lanes.append(lane)
            panels[trace.lane.panel].append(lane)
        for panel in panels.values():
            for lane in panel:
                lane.judge([other.window for other in panel if other is not lane])
        return tuple([lane.value(owners) for lane in lanes])


class _Lane:
    """A judged lane, with the inputs that it was judged from."""

    __slots__ = (
        "_addresses",
        "_columns",
        "_history",
        "_merged_before",
        "_path",
        "_shown",
        "_snapshot",
        "_trace",
        "_verdict",
        "_verdict_made",
        "_window",
        "window",
    )

    window: LaneWindow
    _trace: LaneTrace

    def __init__(self, columns: Columns, history: History) -> None:
        self._columns = columns
        self._history = history
        self._merged_before: LaneWindow | None = None
        self._shown = ShownHops(history)
        self._window: Remembered[LaneWindow] = Remembered()
        self._verdict = _UNJUDGED
        self._verdict_made: Remembered[PathVerdict] = Remembered()
        self._addresses: Remembered[tuple[tuple[str | None, ...], frozenset[int]]] = Remembered()
        self._path: Remembered[tuple[int, ...]] = Remembered()
        self._snapshot: Remembered[LaneSnapshot] = Remembered()

    def take(self, trace: LaneTrace) -> None:
        """This is the lane now."""
        self._trace = trace
        self.window = self._window.get(_window_depends_on(trace), lambda: self._merged(trace))

    def _merged(self, trace: LaneTrace) -> LaneWindow:
        before = self._merged_before
        if before is not None and (
            len(before.rounds) < WINDOW or not self._history.of(trace).alike_with(before.rounds)
        ):
            before = None
        self._merged_before = lane_window(trace, before)
        return self._merged_before

    def judge(self, siblings: Sequence[LaneWindow]) -> None:
        """Find its state beside that of its siblings."""
        self._verdict = self._verdict_made.get(
            (self.window, *siblings),
            lambda: reuse_equal(window_verdict(self.window, siblings), self._verdict),
        )

    def value(self, owners: Owners) -> LaneSnapshot:
        """Return the lane with its state, what it shows, and the AS path of that."""
        trace, verdict, shown = self._trace, self._verdict, self._shown
        shown.follow(trace, verdict, self._columns)
        hops, since_ns = shown.hops, shown.since_ns
        addresses, borrowed = self._addresses.get(
            (hops, verdict), lambda: (main_of(hops), borrowed_names(trace, verdict, hops))
        )
        path = self._path.get(
            (owners,), lambda: as_path_through(addresses, owners, borrowed), equal=(addresses, borrowed)
        )
        return self._snapshot.get(
            (trace, verdict, hops),
            lambda: LaneSnapshot(trace, verdict, path, hops, since_ns),
            equal=(path, since_ns),
        )


def _window_depends_on(trace: LaneTrace) -> tuple[object, ...]:
    """Return objects of which at least one is another when the window of a trace is another."""
    outcomes = trace.outcomes
    return (
        outcomes[-1] if outcomes else _NOTHING,
        outcomes[-WINDOW] if len(outcomes) >= WINDOW else len(outcomes),
        _NOTHING if outcomes else trace.hops,
        trace.endpoint,
        trace.destination_ttl,
        trace.failure,
        trace.lane,
        trace.flow,
    )
