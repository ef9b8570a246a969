"""Decides when a lane sends which probe, and tells its counts what became of them."""

import random
from collections import deque
from collections.abc import Sequence
from typing import Final

from tracetui.model import Reply, RoundOutcome
from tracetui.probing.lane_counts import LaneCounts
from tracetui.probing.outstanding_probes import IN_TIME, Arrival
from tracetui.probing.pace import MAX_PROBES_PER_WAKEUP, PROBES_PER_WAKEUP, WAKEUP_SPACING_S, Pace
from tracetui.probing.prober import Probe
from tracetui.probing.schedule import end_has_moved, find_end, plan_round
from tracetui.probing.send_rate import SendRate

_NS: Final = 1_000_000_000
_WAKEUP_SPACING_NS: Final = int(WAKEUP_SPACING_S * _NS)


class LaneSchedule:
    """The schedule of one lane. The engine tells it what was sent, answered or lost, and when.

    Monotonic times are `*_due_ns` and `now_ns`; Unix times are `unix_ns`.
    """

    def __init__(
        self,
        counts: LaneCounts,
        pace: Pace,
        rate: SendRate,
        *,
        due_ns: int,
        random_source: random.Random,
        sweep_spacing_ns: int,
        lag: float,
    ) -> None:
        """`due_ns`: when its first round begins.

        `sweep_spacing_ns`: time between two probes of a sweep, if the sweep then fits into a round. `lag`:
        by which part of an interval the first round is longer than the others, so that the rounds of lanes
        start at different times.
        """
        self.counts = counts
        counts.completed = self._look_at
        self.removed = False
        self.due_ns: int | None = due_ns
        """When the next probe is due; None when there is none left to send."""
        self.lane_id = counts.lane.id
        self._pace = pace
        self._random = random_source
        self._sweep_spacing_ns = sweep_spacing_ns
        self._lag = lag
        self._rate = rate
        self._planned = rate.plan(0, pace.max_hops)
        """Probes a round, as the rate knows."""

        self._interval_ns = self._stretched_ns()
        """From the start of the last round to the next."""

        self._round_number = 0
        self._first_round = 0
        self._round_due_ns = due_ns
        self._spacing_ns = 0
        self._probes_per_wakeup = 1
        self._sweeping = False
        self._swept = False
        self._queue: deque[int] = deque()

    # Sending

    @property
    def between_rounds(self) -> bool:
        """True when all probes of the last round are sent: `start_round` comes before the next."""
        return not self._queue

    @property
    def may_be_early(self) -> bool:
        """False in a sweep, whose probes follow each other at a pace of their own."""
        return self._swept and not self._sweeping

    def start_round(self, now_ns: int, unix_ns: int, stopped_ns: int) -> None:
        """Begin the next round; `stopped_ns`: how long the program did not run so far."""
        end = find_end(self.counts.recent_outcomes())
        plan = plan_round(
            self._round_number,
            end,
            {} if end.known else self.counts.repeats(),
            swept=self._swept,
            max_hops=self._pace.max_hops,
            random_source=self._random,
        )
        self._plan(len(plan.ttls))
        self._interval_ns = interval_ns = self._stretched_ns()
        if now_ns - self._round_due_ns > interval_ns:
            self._round_due_ns = now_ns  # the machine slept: do not catch up
        self._sweeping = plan.sweep
        self._swept = True
        self._spacing_ns = interval_ns // len(plan.ttls)
        self._queue.extend(plan.ttls)
        self.counts.start_round(self._round_number, unix_ns, now_ns - stopped_ns)
        wanted = _WAKEUP_SPACING_NS // max(1, self._spacing_ns)
        self._probes_per_wakeup = max(PROBES_PER_WAKEUP, min(wanted, MAX_PROBES_PER_WAKEUP))
        if plan.sweep:
            self._spacing_ns = min(self._spacing_ns, self._sweep_spacing_ns)
            self._probes_per_wakeup = 1
        self.due_ns = self._round_due_ns
        self._round_due_ns += interval_ns + int(self._lag * interval_ns)
        self._lag = 0
        self._round_number += 1

    def next_probe(self) -> Probe:
        """Return the probe that is due."""
        return Probe(self.lane_id, self._queue.popleft(), self._round_number - 1)

    def count_sent(self, probe: Probe) -> None:
        """`probe` was sent."""
        self.counts.count_sent(probe.ttl)
        self._advance()

    def hold_back(self, probe: Probe, until_ns: int, words: str) -> None:
        """A limit of this process holds a probe back; it is the next again at `until_ns`."""
        self._queue.appendleft(probe.ttl)
        self.due_ns = until_ns
        self.counts.count_held_back(words)

    def count_failure(self, words: str) -> None:
        """The local system refused a probe; the rest of the round would fail alike and is skipped."""
        self.counts.count_failure(words)
        self._queue.clear()
        if self._sweeping:
            self._swept = False
        self._advance()

    # Receiving

    def count_reply(self, probe: Probe, reply: Reply, arrival: Arrival) -> None:
        """Count a matched reply that is no duplicate."""
        self.counts.count_reply(probe.ttl, probe.round, reply, arrival, probe.first_kind)
        if self._sweeping and arrival is IN_TIME and probe.round == self._round_number - 1:
            self._cut_sweep()

    def count_lost(self, probe: Probe) -> None:
        """The time of a pending probe ran out."""
        self.counts.count_lost(probe.ttl, probe.round)

    def count_unread(self, probe: Probe) -> None:
        """A reply to a probe may have come and not been read."""
        self.counts.count_unread(probe.ttl, probe.round)

    def interrupt(self, now_ns: int) -> None:
        """The program did not run for a while: rounds on their way say nothing, the next begins in turn."""
        late_ns = max(0, now_ns - self._round_due_ns)
        self._round_due_ns += -(-late_ns // self._interval_ns) * self._interval_ns
        if self._queue:
            self._queue.clear()
            self._swept = self._swept and not self._sweeping
        if self.due_ns is not None:
            self._set_due()
        self.counts.interrupt()

    # Commands

    def restart(self, now_ns: int, unix_ns: int) -> None:
        """Clear the statistics and sweep again, within a second at any pace. Replies to earlier probes do not
        count."""
        self._queue.clear()
        self._swept = False
        self._first_round = self._round_number
        self.counts.clear(self._first_round, unix_ns)
        self._round_due_ns = min(self._round_due_ns, now_ns + _NS)
        self._set_due()

    def remove(self) -> None:
        """Send no more, until `resume`."""
        self.removed = True
        self._plan(0)

    def resume(self, now_ns: int) -> None:
        """Continue after the lane was closed; probes that were out then count as never sent."""
        self.removed = False
        self._plan(self._pace.max_hops)
        self._queue.clear()
        self._swept = False
        self._first_round = self._round_number
        self.counts.drop_open_rounds(self._first_round)
        self.due_ns = self._round_due_ns = now_ns

    def set_pace(self, pace: Pace, now_ns: int) -> None:
        """Change the pace from the next round on, which begins within one interval."""
        if pace.max_hops != self._pace.max_hops:
            self._swept = False
            self.counts.forget_end()  # it may lie beyond the new limit
        if self._queue and pace.max_hops < self._pace.max_hops:
            self._queue = deque(ttl for ttl in self._queue if ttl <= pace.max_hops)
            if not self._queue:
                self.counts.end_sending()
        self._pace = pace
        self._interval_ns = interval_ns = self._stretched_ns()
        self._round_due_ns = min(self._round_due_ns, now_ns + interval_ns)
        if not self._queue:
            self._set_due()
        elif self.due_ns is not None:  # the rest of a slower round must fit into the new interval
            self._spacing_ns = min(self._spacing_ns, interval_ns // len(self._queue))
            self.due_ns = min(self.due_ns, now_ns + self._spacing_ns * self._probes_per_wakeup)

    @property
    def idle(self) -> bool:
        """True when it has nothing to send and no probe is out."""
        return self.due_ns is None and self.counts.settled

    # Inside

    def _advance(self) -> None:
        """Set what is due after a probe of the newest round was sent or failed."""
        self._set_due()
        if not self._queue:
            self.counts.end_sending()

    def _set_due(self) -> None:
        if self._queue and self.due_ns is not None:
            if len(self._queue) % self._probes_per_wakeup == 0:
                self.due_ns += self._spacing_ns * self._probes_per_wakeup
        elif self._pace.rounds is not None and self._round_number - self._first_round >= self._pace.rounds:
            self.due_ns = None  # what it planned still counts: reports tell the interval that rounds had
        else:
            interval_ns = self._stretched_ns()  # other lanes may need more by now, or less
            self._round_due_ns += interval_ns - self._interval_ns
            self._interval_ns = interval_ns
            self.due_ns = self._round_due_ns

    def _plan(self, probes: int) -> None:
        self._planned = self._rate.plan(self._planned, probes)

    def _stretched_ns(self) -> int:
        return self._rate.stretch(int(self._pace.interval_s * _NS))

    def _cut_sweep(self) -> None:
        """End a sweep at the endpoint that just answered."""
        if not self._queue:
            return
        end = self.counts.newest.end_ttl
        if end is None:
            return
        while self._queue and self._queue[-1] > end:
            self._queue.pop()
            self._plan(self._planned - 1)
        if not self._queue:
            self._set_due()
            self.counts.end_sending()

    def _look_at(self, outcome: RoundOutcome, before: Sequence[RoundOutcome]) -> None:
        if end_has_moved(outcome, find_end(before), self._pace.max_hops):
            self._swept = False
