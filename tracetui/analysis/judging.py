"""States, shown hops and AS paths of all lanes, moment by moment: what has not changed is not made again.

Between two moments most lanes differ in counts alone. A state depends on the last complete rounds of a lane
and its siblings, the hops shown on when that state began, an AS path on who answers where; each is made anew
only when these are others.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from operator import is_
from typing import Final

from tracetui.analysis.as_path import Owners, as_path_through, borrowed_names
from tracetui.analysis.columns import Columns
from tracetui.analysis.history import Histories, History
from tracetui.analysis.late_hops import main_of
from tracetui.analysis.shown_hops import ShownHops
from tracetui.analysis.states import window_verdict
from tracetui.analysis.window import WINDOW, LaneWindow, lane_window
from tracetui.model import LaneSnapshot, LaneTrace, PathVerdict
from tracetui.model.late import UNSHARED, Guard

_NOTHING: Final = object()


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
        self.windows_read = 0
        self.verdicts_made = 0
        self.paths_made = 0
        """How much was made so far; what a test looks at."""

        self._lanes: dict[str, _Lane] = {}

    def judge(self, traces: Mapping[str, LaneTrace], owners: Owners) -> tuple[LaneSnapshot, ...]:
        """Return the lanes of a moment, the same objects as last time where they are the same.

        `traces` are by lane id, in board order.
        """
        known = self._lanes
        self._lanes = {
            lane_id: known.get(lane_id) or _Lane(Columns(self._guard), self._histories.of(lane_id))
            for lane_id in traces
        }
        self._histories.keep(traces)
        panels: dict[tuple[str, str | None], list[_Lane]] = defaultdict(list)
        for lane, trace in zip(self._lanes.values(), traces.values(), strict=True):
            self.windows_read += lane.take(trace)
            panels[trace.lane.panel].append(lane)
        for panel in panels.values():
            for lane in panel:
                self.verdicts_made += lane.judge([other.window for other in panel if other is not lane])
                self.paths_made += lane.follow(owners)
        return tuple([lane.value() for lane in self._lanes.values()])


class _Lane:
    """A lane, with what was made of it and from what. Its methods tell whether they made something anew."""

    __slots__ = (
        "_columns",
        "_judged_from",
        "_path",
        "_path_made_from",
        "_shown",
        "_trace",
        "_value",
        "_verdict",
        "_window_made_from",
        "window",
    )

    window: LaneWindow
    _trace: LaneTrace
    _verdict: PathVerdict
    _path: tuple[int, ...]

    def __init__(self, columns: Columns, history: History) -> None:
        self._columns = columns
        self._shown = ShownHops(history)
        self._window_made_from: tuple[object, ...] = ()
        self._judged_from: tuple[object, ...] = ()
        self._path_made_from: tuple[object, ...] = ()
        self._value: LaneSnapshot | None = None

    def take(self, trace: LaneTrace) -> bool:
        """This is the lane now."""
        self._trace = trace
        made_from = _window_depends_on(trace)
        if _same(made_from, self._window_made_from):
            return False
        self._window_made_from = made_from
        self.window = lane_window(trace)
        return True

    def judge(self, siblings: Sequence[LaneWindow]) -> bool:
        """Find its state beside that of its siblings."""
        made_from = (self.window, *siblings)
        if _same(made_from, self._judged_from):
            return False
        verdict = window_verdict(self.window, siblings)
        if not self._judged_from or verdict != self._verdict:
            self._verdict = verdict
        self._judged_from = made_from
        return True

    def follow(self, owners: Owners) -> bool:
        """Find what it shows, and the AS path of that."""
        self._shown.follow(self._trace, self._verdict, self._columns)
        hops, before = self._shown.hops, self._path_made_from
        if before and before[0] is hops and before[1] is owners and before[2] is self._verdict:
            return False
        borrowed = borrowed_names(self._trace, self._verdict, hops)
        addresses = main_of(hops)
        self._path_made_from = hops, owners, self._verdict, addresses, borrowed
        if before and before[1] is owners and before[3] == addresses and before[4] == borrowed:
            return False
        self._path = as_path_through(addresses, owners, borrowed)
        return True

    def value(self) -> LaneSnapshot:
        """Return the lane with its state, path and hops."""
        made, shown = self._value, self._shown
        if (
            made is None
            or made.trace is not self._trace
            or made.verdict is not self._verdict
            or made.as_path != self._path
            or made.hops is not shown.hops
            or made.since_ns != shown.since_ns
        ):
            made = self._value = LaneSnapshot(
                self._trace, self._verdict, self._path, shown.hops, shown.since_ns
            )
        return made


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


def _same(one: tuple[object, ...], other: tuple[object, ...]) -> bool:
    return len(one) == len(other) and all(map(is_, one, other))
