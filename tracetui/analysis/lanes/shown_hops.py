"""Chooses the hops that a lane shows, counted since its last lasting change."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from tracetui.analysis.cache import Remembered
from tracetui.analysis.lanes.has_stopped import YES
from tracetui.analysis.lanes.history import History
from tracetui.analysis.lanes.state_since import since_place
from tracetui.analysis.lanes.window import WINDOW
from tracetui.analysis.rounds.lazy_hops import first_hops
from tracetui.analysis.rounds.probes_by_ttl import Columns
from tracetui.model import Hop, LaneTrace, PathState, PathVerdict

_NONE: Final[Sequence[Hop]] = ()


@dataclass(frozen=True, slots=True)
class _Change:
    """The last lasting change of a lane."""

    lane_started_ns: int
    number: int
    """Of the first round since then."""

    since_ns: int
    """Unix time of that round."""


class ShownHops:
    """Follows one lane: what has not changed is not counted again."""

    def __init__(self, history: History) -> None:
        """`history` is the lane's own."""
        self.hops = _NONE
        self.since_ns: int | None = None
        """Unix time of the first round since the change; None where there was none."""

        self._history = history
        self._placed: Remembered[int | None] = Remembered()
        self._place = 0
        self._change: _Change | None = None
        self._counted: Remembered[Sequence[Hop]] = Remembered()

    def follow(self, trace: LaneTrace, verdict: PathVerdict, columns: Columns) -> None:
        """This is the lane now; `columns` are its own."""
        outcomes = trace.outcomes
        ends = (outcomes[0], outcomes[-1]) if outcomes else ()
        rows = self._placed.get(
            (*ends, verdict, trace.lane, trace.destination_ttl), lambda: self._changes(trace, verdict)
        )
        if self._change is None:
            self.since_ns = None
            self.hops = trace.hops if rows is None else first_hops(trace.hops, rows)
            return
        self.since_ns = self._change.since_ns
        rows = len(trace.hops) if rows is None else min(rows, len(trace.hops))
        self.hops = self._counted.get(
            (),
            lambda: columns.hops(trace, self._place, len(outcomes), rows),
            equal=(outcomes[self._place].number, outcomes[-1].number, rows),
        )

    def _changes(self, trace: LaneTrace, verdict: PathVerdict) -> int | None:
        """Find the last lasting change; return where the rows end, None: where those of the trace do."""
        self._place = since_place(trace, verdict, self._history)
        self._change = self._changed(trace)
        if verdict.state is PathState.UNREACHABLE:
            return _rows_to_refusal(trace)
        return self._rows_to_endpoint(trace)

    def _changed(self, trace: LaneTrace) -> _Change | None:
        """Return the change that the kept rounds show, or the one known of, from rounds no longer kept."""
        outcomes, known = trace.outcomes, self._change
        if not trace.timed:
            return None  # it is shown whole
        if self._place:
            first = outcomes[self._place]
            return _Change(trace.started_ns, first.number, first.started_ns)
        forgotten = bool(outcomes) and trace.rounds > len(outcomes)
        if known is None or not forgotten or known.lane_started_ns != trace.started_ns:
            return None
        return known if known.number <= outcomes[0].number else None

    def _rows_to_endpoint(self, trace: LaneTrace) -> int | None:
        """Return where the rows end of a lane whose endpoint comes and goes, and is silent now.

        None where the trace knows the endpoint's distance, or it did not answer since the change.
        """
        if trace.destination_ttl is not None:
            return None
        answers = self._history.of(trace).answered
        distances: list[int] = []
        place = answers.rfind(YES, self._place)
        while place >= 0 and len(distances) < WINDOW:
            distances.append(trace.outcomes[place].endpoint_ttl or 0)
            place = answers.rfind(YES, self._place, place)
        return min(distances, default=None)


def _rows_to_refusal(trace: LaneTrace) -> int | None:
    """Return the lowest TTL that was refused lately: what was asked beyond it shows the same router."""
    refused = [one.refusal_ttl for one in trace.outcomes[-WINDOW:] if one.refusal_ttl is not None]
    return min(refused, default=None)
