"""One lane while it runs: schedules its probes, counts them, and returns a frozen `LaneTrace`."""

import random
from collections import Counter, deque
from collections.abc import Mapping
from dataclasses import replace

from tracetui.model import FlowKind, Lane, LaneTrace, Reply, Role, RoundOutcome
from tracetui.model.trace import OUTCOMES_KEPT
from tracetui.probing.hop_meter import HopMeter
from tracetui.probing.late_replies import LateReplyBuffer
from tracetui.probing.outstanding_probes import Arrival
from tracetui.probing.pace import PROBES_PER_WAKEUP, Pace
from tracetui.probing.prober import Probe
from tracetui.probing.round_meter import RoundMeter
from tracetui.probing.schedule import RECENT_ROUNDS, end_has_moved, find_end, plan_round
from tracetui.probing.send_rate import SendRate
from tracetui.probing.span_meter import SpanMeter

_NS = 1_000_000_000


class LaneMeter:
    """The schedule and the counts of one lane. The engine tells it what was sent, answered or lost, and when.

    Monotonic times are `*_due_ns` and `now_ns`; Unix times are `unix_ns`.
    """

    def __init__(
        self,
        lane: Lane,
        pace: Pace,
        flow: FlowKind,
        rate: SendRate,
        *,
        due_ns: int,
        unix_ns: int,
        random_source: random.Random,
        sweep_spacing_ns: int,
        lag: float,
    ) -> None:
        """`due_ns`: when its first round begins.

        `sweep_spacing_ns`: time between two probes of a sweep, if the sweep then fits into a round. `lag`:
        by which part of an interval the first round is longer than the others, so that the rounds of lanes
        start at different times.
        """
        self.lane = lane
        self.removed = False
        self.due_ns: int | None = due_ns
        """When the next probe is due; None when there is none left to send."""
        self._lane_id = lane.id
        self._pace = pace
        self._flow = flow
        self._random = random_source
        self._sweep_spacing_ns = sweep_spacing_ns
        self._lag = lag
        self._rate = rate
        self._planned = rate.plan(0, pace.max_hops)
        """Probes a round, as the rate knows."""

        self._interval_ns = self._stretched_ns()
        """From the start of the last round to the next."""

        self._round_number = 0
        self._round_due_ns = due_ns
        self._spacing_ns = 0
        self._probes_per_wakeup = 1
        self._sweeping = False
        self._swept = False
        self._version = 0
        self._trace: LaneTrace | None = None
        self._failure: str | None = None
        self._waiting: str | None = None
        self._source: str | None = None
        self._flow_id = ""
        self._queue: deque[int] = deque()
        self._rounds: deque[RoundMeter] = deque()
        self._clear(unix_ns)

    # Sending

    def next_probe(self, now_ns: int, unix_ns: int) -> Probe:
        """Return the probe that is due; when all of the last round are sent, the first of a new round."""
        if not self._queue:
            self._start_round(now_ns, unix_ns)
        return Probe(self._lane_id, self._queue.popleft(), self._rounds[-1].number)

    def count_sent(self, probe: Probe, source: str | None, flow_id: str) -> None:
        """`probe` was sent; `source` and `flow_id` are the lane's at the prober."""
        self._rounds[-1].count_sent(probe.ttl)
        self._hop(probe.ttl).count_sent(probe.round)
        self._source = source
        self._flow_id = flow_id
        self._failure = None
        self._waiting = None
        self._advance()

    def hold_back(self, probe: Probe, until_ns: int, words: str) -> None:
        """A limit of this process holds a probe back; it is the next again at `until_ns`."""
        self._queue.appendleft(probe.ttl)
        self.due_ns = until_ns
        self._held_back += self._waiting is None
        self._waiting = words
        self._touch()

    def count_failure(self, words: str) -> None:
        """The local system refused a probe; the rest of the round would fail alike and is skipped."""
        self._failure = words
        self._rounds[-1].failure = words
        self._queue.clear()
        if self._sweeping:
            self._swept = False
        self._advance()

    # Receiving

    def count_reply(self, probe: Probe, reply: Reply, arrival: Arrival) -> None:
        """Count a matched reply that is no duplicate."""
        if probe.round < self._first_round:
            return
        hop = self._hop(probe.ttl)
        if arrival is Arrival.IN_TIME:
            hop.count_reply(reply, probe.round)
            its_round = self._open_round(probe.round)
            its_round.count_reply(probe.ttl, reply)
            if self._sweeping and its_round is self._rounds[-1]:
                self._cut_sweep()
            if its_round.complete:
                self._close_rounds()
        elif arrival is Arrival.LATE:
            hop.count_late(reply)
            self._after.count_late(probe.ttl, reply)
        elif arrival is Arrival.EXCESS:
            hop.count_unlisted()
        else:
            hop.count_second(reply)
            if self._rounds and probe.round >= self._rounds[0].number:
                self._open_round(probe.round).count_second(probe.ttl, probe.first_kind, reply.kind)
            else:
                self._after.count_second(probe.ttl, probe.first_kind, reply.kind)
        self._touch()

    def count_lost(self, probe: Probe) -> None:
        """The time of a pending probe ran out."""
        if probe.round < self._first_round:
            return
        self._hop(probe.ttl).count_lost(probe.round)
        self._open_round(probe.round).count_lost()
        self._close_rounds()
        self._touch()

    def count_unread(self, probe: Probe) -> None:
        """A reply to a probe may have come and not been read: its round says nothing."""
        if probe.round < self._first_round:
            return
        self._hop(probe.ttl).count_unread()
        self._open_round(probe.round).count_unread()
        self._close_rounds()
        self._touch()

    # Commands

    def set_role(self, role: Role) -> None:
        """Mark the lane; what it measured stays."""
        self.lane = replace(self.lane, role=role)
        self._touch()

    def restart(self, now_ns: int, unix_ns: int) -> None:
        """Clear the statistics and sweep again, within a second at any pace. Replies to earlier probes do not
        count."""
        self._queue.clear()
        self._rounds.clear()
        self._swept = False
        self._clear(unix_ns)
        self._round_due_ns = min(self._round_due_ns, now_ns + _NS)
        self._set_due()
        self._touch()

    def remove(self) -> None:
        """Send no more, until `resume`."""
        self.removed = True
        self._plan(0)

    def resume(self, now_ns: int) -> None:
        """Continue after the lane was closed; probes that were out then count as never sent."""
        self.removed = False
        self._plan(self._pace.max_hops)
        self._queue.clear()
        self._rounds.clear()
        self._swept = False
        self._first_round = self._round_number
        self._after.clear()
        for hop in self._hops.values():
            hop.forget_pending()
        self.due_ns = self._round_due_ns = now_ns
        self._touch()

    def set_pace(self, pace: Pace, now_ns: int) -> None:
        """Change the pace from the next round on, which begins within one interval."""
        if pace.max_hops != self._pace.max_hops:
            self._swept = False
            self._recent.clear()  # the end may lie beyond the new limit
        if self._queue and pace.max_hops < self._pace.max_hops:
            self._queue = deque(ttl for ttl in self._queue if ttl <= pace.max_hops)
            if not self._queue:
                self._rounds[-1].planned = False
                self._close_rounds()
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
        return self.due_ns is None and not self._rounds

    def trace(self) -> LaneTrace:
        """Return the lane's measurements; the same object while nothing changes."""
        if self._trace is None:
            end = find_end(self._recent_outcomes())
            last = end.nearest or max(self._hops, default=0)
            spans, samples = self._spans.value()
            self._trace = LaneTrace(
                lane=self.lane,
                version=self._version,
                started_ns=self._started_ns,
                rounds=self._complete,
                hops=tuple(self._hop(ttl).value() for ttl in range(1, last + 1)),
                outcomes=tuple(self._outcomes),
                endpoint=end.proof,
                destination_ttl=end.nearest,
                source=self._source,
                flow=self._flow,
                flow_id=self._flow_id,
                failure=self._failure,
                waiting=self._waiting,
                held_back=self._held_back,
                finished=self.idle,
                spans=spans,
                samples=samples,
                span_ns=self._spans.length_ns,
            )
        return self._trace

    # Inside

    def _clear(self, unix_ns: int) -> None:
        self._hops: dict[int, HopMeter] = {}
        self._outcomes: deque[RoundOutcome] = deque(maxlen=OUTCOMES_KEPT)
        self._recent: deque[RoundOutcome] = deque(maxlen=RECENT_ROUNDS)
        self._spans = SpanMeter()
        self._after = LateReplyBuffer()
        self._complete = 0
        self._started_ns = unix_ns
        self._first_round = self._round_number
        self._failure = None
        self._waiting = None
        self._held_back = 0
        self._trace = None

    def _touch(self) -> None:
        self._version += 1
        self._trace = None

    def _hop(self, ttl: int) -> HopMeter:
        hop = self._hops.get(ttl)
        if hop is None:
            hop = self._hops[ttl] = HopMeter(ttl)
        return hop

    def _open_round(self, number: int) -> RoundMeter:
        return self._rounds[number - self._rounds[0].number]

    def _recent_outcomes(self) -> list[RoundOutcome]:
        return [*self._recent, *(meter.outcome() for meter in self._rounds)]

    def _start_round(self, now_ns: int, unix_ns: int) -> None:
        end = find_end(self._recent_outcomes())
        plan = plan_round(
            self._round_number,
            end,
            {} if end.known else self._repeats(),
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
        self._rounds.append(RoundMeter(self._round_number, unix_ns, now_ns))
        self._probes_per_wakeup = PROBES_PER_WAKEUP
        if plan.sweep:
            self._spacing_ns = min(self._spacing_ns, self._sweep_spacing_ns)
            self._probes_per_wakeup = 1
        self.due_ns = self._round_due_ns
        self._round_due_ns += interval_ns + int(self._lag * interval_ns)
        self._lag = 0
        self._round_number += 1

    def _repeats(self) -> Mapping[int, int]:
        seen: Counter[str] = Counter()
        repeats = {}
        for ttl in sorted(self._hops):
            address = self._hops[ttl].last_address
            if address is not None:
                repeats[ttl] = seen[address]
                seen[address] += 1
        return repeats

    def _advance(self) -> None:
        """Set what is due after a probe of the newest round was sent or failed."""
        self._set_due()
        if not self._queue:
            self._rounds[-1].planned = False
            self._close_rounds()
        self._touch()

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
        end = self._rounds[-1].end_ttl
        if end is None or not self._queue:
            return
        while self._queue and self._queue[-1] > end:
            self._queue.pop()
            self._plan(self._planned - 1)
        if not self._queue:
            self._set_due()
            self._rounds[-1].planned = False

    def _close_rounds(self) -> None:
        while self._rounds and self._rounds[0].complete:
            if self._rounds[0].unread:
                self._rounds.popleft()
                continue
            before = find_end(list(self._recent))
            outcome = self._after.put_into(self._rounds.popleft().outcome())
            if self._recent:
                outcome = _sharing(outcome, self._recent[-1])
            self._outcomes.append(outcome)
            self._recent.append(outcome)
            self._spans.count(outcome)
            self._complete += 1
            if end_has_moved(outcome, before, self._pace.max_hops):
                self._swept = False


def _sharing(outcome: RoundOutcome, before: RoundOutcome) -> RoundOutcome:
    """Return the outcome, sharing equal tuples with the round before to save memory."""
    if (outcome.path, outcome.kinds) == (before.path, before.kinds):
        outcome = replace(outcome, path=before.path, kinds=before.kinds)
    if outcome.doubled and outcome.doubled == before.doubled:
        outcome = replace(outcome, doubled=before.doubled)
    if outcome.late and outcome.late == before.late:
        outcome = replace(outcome, late=before.late)
    return outcome
