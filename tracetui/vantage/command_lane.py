"""Counts the runs of a command as the rounds of one lane."""

import time
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from itertools import count
from typing import Final

from tracetui.analysis.rounds.imported_rounds import STRETCH_NS, lane_trace, probe_replies
from tracetui.model import FlowKind, Lane, LaneTrace, Reply, Role
from tracetui.model.imported_trace import ImportedTrace, Provenance
from tracetui.probing.lane_counts import LaneCounts
from tracetui.probing.outstanding_probes import Arrival

_NUMBERS: Final = count(4000)
"""Of lanes, after all that traces which were imported have: each has monotonic times of its own."""

_MAX_REMARKS: Final = 5


class CommandLane:
    """One lane that a command traces, run by run."""

    def __init__(self, lane: Lane, unix_ns: int, every_s: float) -> None:
        self._number = next(_NUMBERS)
        self._counts = LaneCounts(lane, FlowKind.PER_HOP, unix_ns)
        self._round = 0
        self._provenance = Provenance("", "", lane.via or "", lane.via or "", every_s=every_s)
        self._last: ImportedTrace | None = None
        """The last trace, where its output has sums only."""

        self._may_go_on = False
        self._problem: str | None = None
        self._made: LaneTrace | None = None
        self._made_of: LaneTrace | None = None
        self.runs = 0
        """Runs that ended, with a trace or without."""

        self.due_s = 0.0
        """When it is to be traced next, by the monotonic clock."""

        self.running = False
        self.added_s = time.monotonic()

    @property
    def lane(self) -> Lane:
        """The lane itself."""
        return self._counts.lane

    @property
    def problem(self) -> str | None:
        """Why the last run gave no trace; None where it did, or there was none."""
        return self._problem

    @property
    def tool(self) -> str:
        """What the output is of; "" before there was any."""
        return self._provenance.tool

    def set_role(self, role: Role) -> None:
        """Mark the lane."""
        self._counts.set_role(role)

    def restart(self, unix_ns: int) -> None:
        """Restart the statistics."""
        self._counts.clear(self._round, unix_ns)
        self._last = None

    def take(self, trace: ImportedTrace, command: str, begun_ns: int) -> None:
        """Count what one run showed; it began at `begun_ns` (Unix time)."""
        begun = datetime.fromtimestamp(begun_ns / 1e9, UTC)
        trace = replace(trace, started_at=begun)
        self.runs += 1
        self._problem = None
        self._provenance = replace(
            self._provenance,
            tool=trace.tool,
            text=command,
            started_at=begun,
            untold=trace.untold,
            max_hops=trace.max_hops,
            remarks=trace.remarks[:_MAX_REMARKS],
        )
        rounds = probe_replies(trace, self.lane, self._number)
        self._last = trace if rounds is None else None
        whole = lane_trace(trace, self.lane, self._provenance, self._number)
        self._may_go_on = whole.may_go_on
        self._counts.set_flow(whole.flow)
        for place, replies in enumerate(rounds or ()):
            self._count(replies, begun_ns + place, whole)
        self._counts.touch()

    def fail(self, problem: str, command: str) -> None:
        """A run gave no trace."""
        self.runs += 1
        self._problem = problem
        if not self._provenance.text:
            self._provenance = replace(self._provenance, text=command)
        self._counts.touch()

    def _count(self, replies: Mapping[int, Reply | None], unix_ns: int, whole: LaneTrace) -> None:
        number, self._round = self._round, self._round + 1
        # As in imported traces: no rule of findings is to compare these rounds with those of other lanes.
        self._counts.start_round(number, unix_ns, number - self._number * STRETCH_NS)
        self._counts.set_source(whole.source, whole.flow_id)
        for ttl in replies:
            self._counts.count_sent(ttl)
        for ttl, reply in replies.items():
            if reply is None:
                self._counts.count_lost(ttl, number)
            else:
                self._counts.count_reply(ttl, number, reply, Arrival.IN_TIME, reply.kind)
        self._counts.end_sending()

    def trace(self, *, finished: bool) -> LaneTrace:
        """Return the lane's measurements; the same object while nothing changes."""
        counted = self._counts.trace()
        if self._made is None or counted is not self._made_of or self._made.finished is not finished:
            self._made_of, self._made = counted, self._with_provenance(counted, finished=finished)
        return self._made

    def _with_provenance(self, counted: LaneTrace, *, finished: bool) -> LaneTrace:
        if self._last is not None:
            shown = lane_trace(self._last, self.lane, self._provenance, self._number)
            counted = replace(shown, version=counted.version)
        return replace(
            counted,
            finished=finished,
            may_go_on=self._may_go_on,
            waiting=self._problem,
            provenance=self._provenance,
        )
