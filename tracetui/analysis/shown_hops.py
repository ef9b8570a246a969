"""The hops that a lane shows: counted since its last lasting change. For the judge, moment by moment."""

from collections.abc import Sequence
from dataclasses import dataclass
from operator import is_
from typing import Final

from tracetui.analysis.columns import Columns
from tracetui.analysis.history import History
from tracetui.analysis.late_hops import first_hops
from tracetui.analysis.since import since_place
from tracetui.analysis.window import WINDOW
from tracetui.model import Hop, LaneTrace, PathState, PathVerdict, RoundOutcome

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
        self._history = history
        self.hops = _NONE
        self.since_ns: int | None = None
        """Unix time of the first round since the change; None where there was none."""

        self._placed_from: tuple[object, ...] = ()
        self._place = 0
        self._rows: int | None = None
        self._change: _Change | None = None
        self._counted_from: tuple[object, ...] = ()

    def follow(self, trace: LaneTrace, verdict: PathVerdict, columns: Columns) -> None:
        """This is the lane now; `columns` are its own."""
        outcomes = trace.outcomes
        ends = (outcomes[0], outcomes[-1]) if outcomes else (None, None)
        made_from = (*ends, verdict, trace.lane, trace.destination_ttl)
        before = self._placed_from
        if not before or not all(map(is_, made_from, before)):
            self._placed_from = made_from
            self._place = since_place(trace, verdict, self._history)
            refused = verdict.state is PathState.UNREACHABLE
            self._rows = _rows_to_refusal(trace) if refused else self._rows_to_endpoint(trace)
            self._change = self._changed(trace)
        if self._change is None:
            self.since_ns = None
            self._counted_from = ()
            self.hops = trace.hops if self._rows is None else first_hops(trace.hops, self._rows)
            return
        self.since_ns = self._change.since_ns
        rows = len(trace.hops) if self._rows is None else min(self._rows, len(trace.hops))
        counted_from = (outcomes[self._place].number, outcomes[-1].number, rows)
        if counted_from != self._counted_from:
            self._counted_from = counted_from
            self.hops = columns.hops(trace, self._place, len(outcomes), rows)

    def _changed(self, trace: LaneTrace) -> _Change | None:
        """Return the change that the kept rounds show, or the one known of, from rounds no longer kept."""
        outcomes, known = trace.outcomes, self._change
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
        place = answers.rfind(b"\1", self._place)
        while place >= 0 and len(distances) < WINDOW:
            distances.append(_distance(trace.outcomes[place]))
            place = answers.rfind(b"\1", self._place, place)
        return min(distances, default=None)


def _rows_to_refusal(trace: LaneTrace) -> int | None:
    """Return the lowest TTL that was refused lately: what was asked beyond it shows the same router."""
    refused = [one.refusal_ttl for one in trace.outcomes[-WINDOW:] if one.refusal_ttl is not None]
    return min(refused, default=None)


def _distance(outcome: RoundOutcome) -> int:
    return outcome.endpoint_ttl or 0
