"""Counts one lane's probes and replies, round by round, and returns them as a frozen `LaneTrace`.

It neither sends nor waits, so whoever is told what a prober somewhere did can count the same.
"""

from collections import Counter, deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from tracetui.model import FlowKind, Lane, LaneTrace, Reply, ReplyKind, Role, RoundOutcome
from tracetui.model.trace import OUTCOMES_KEPT
from tracetui.probing.hop_meter import HopMeter
from tracetui.probing.late_replies import LateReplyBuffer
from tracetui.probing.outstanding_probes import IN_TIME, Arrival
from tracetui.probing.round_meter import Answer, RoundMeter
from tracetui.probing.schedule import RECENT_ROUNDS, find_end
from tracetui.probing.span_meter import SpanMeter

RoundCompleted = Callable[[RoundOutcome, Sequence[RoundOutcome]], None]
"""Called with a completed round and the last ones before it."""


class LaneCounts:
    """What one lane measured. Probes are named by their TTL and the number of their round."""

    def __init__(self, lane: Lane, flow: FlowKind, unix_ns: int) -> None:
        """`unix_ns`: when counting begins."""
        self.lane = lane
        self.completed: RoundCompleted | None = None
        self._flow = flow
        self._version = 0
        self._trace: LaneTrace | None = None
        self._failure: str | None = None
        self._waiting: str | None = None
        self._source: str | None = None
        self._flow_id = ""
        self._flow_numbers: tuple[int, ...] = ()
        self._rounds: deque[RoundMeter] = deque()
        self.clear(0, unix_ns)

    # Sending

    def start_round(self, number: int, started_ns: int, monotonic_ns: int) -> None:
        """A round begins. Numbers rise by one."""
        self._rounds.append(RoundMeter(number, started_ns, monotonic_ns))

    def count_sent(self, ttl: int) -> None:
        """A probe of the newest round was sent."""
        self.count_all_sent((ttl,))

    def count_all_sent(self, ttls: Sequence[int]) -> None:
        """Several probes of the newest round were sent."""
        newest = self._rounds[-1]
        for ttl in ttls:
            newest.count_sent(ttl)
            self._hop(ttl).count_sent(newest.number)
        self._failure = None
        self._waiting = None
        self._trace = None

    def set_source(self, source: str | None, flow_id: str, flow_numbers: tuple[int, ...] = ()) -> None:
        """Probes are sent from this address, in a flow with this name, and with these source ports or
        identifiers."""
        if (source, flow_id) != (self._source, self._flow_id):
            self._source, self._flow_id, self._flow_numbers = source, flow_id, flow_numbers
            self._trace = None

    def count_held_back(self, words: str) -> None:
        """A limit of this process holds the next probe back."""
        self._held_back += self._waiting is None
        self._waiting = words
        self._trace = None

    def count_failure(self, words: str) -> None:
        """The local system refused a probe of the newest round."""
        self._rounds[-1].failure = words
        self.fail(words)

    def fail(self, words: str) -> None:
        """Nothing can be sent now."""
        self._failure = words
        self._trace = None

    def end_sending(self) -> None:
        """All probes of the newest round are sent."""
        self._rounds[-1].planned = False
        self._close_rounds()
        self._trace = None

    # Receiving

    def count_reply(self, ttl: int, number: int, reply: Reply, arrival: Arrival, first: ReplyKind) -> None:
        """Count a matched reply that is no duplicate; `first` is the kind of the probe's first reply."""
        if arrival is Arrival.IN_TIME:
            self.count_replies(number, ((ttl, reply, reply.rtt_ns, reply.received_ns),))
            return
        if number < self._first_round:
            return
        hop = self._hop(ttl)
        if arrival is IN_TIME:
            hop.count_reply(reply, reply.rtt_ns, reply.received_ns, number)
            its_round = self._open_round(number)
            its_round.count_reply(ttl, reply)
            if its_round.complete:
                self._close_rounds()
        elif arrival is Arrival.LATE:
            hop.count_late(reply)
            self._after.count_late(ttl, reply)
        elif arrival is Arrival.EXCESS:
            hop.count_unlisted()
        else:
            hop.count_second(reply)
            if self._rounds and number >= self._rounds[0].number:
                self._open_round(number).count_second(ttl, first, reply.kind)
            else:
                self._after.count_second(ttl, first, reply.kind)
        self._trace = None

    def count_replies(self, number: int, answers: Sequence[Answer]) -> None:
        """Count the first replies to several probes of one round, all in time."""
        if number < self._first_round:
            return
        its_round, hops = self._open_round(number), self._hops
        for ttl, like, rtt_ns, received_ns in answers:
            hops[ttl].count_reply(like, rtt_ns, received_ns, number)
        its_round.count_replies(answers)
        if its_round.complete:
            self._close_rounds()
        self._trace = None

    def count_lost(self, ttl: int, number: int) -> None:
        """The time of a pending probe ran out."""
        if number < self._first_round:
            return
        self._hop(ttl).count_lost(number)
        self._open_round(number).count_lost()
        self._close_rounds()
        self._trace = None

    def count_unread(self, ttl: int, number: int) -> None:
        """A reply to a probe may have come and not been read: its round says nothing."""
        if number < self._first_round:
            return
        self._hop(ttl).count_unread()
        self._open_round(number).count_unread()
        self._close_rounds()
        self._trace = None

    def interrupt(self) -> None:
        """The rounds that are open say nothing, and no more of them is sent."""
        for its_round in self._rounds:
            its_round.unread = True
            its_round.planned = False
        self._close_rounds()
        self._trace = None

    # Commands

    def set_role(self, role: Role) -> None:
        """Mark the lane; what it measured stays."""
        self.lane = replace(self.lane, role=role)
        self._trace = None

    def set_flow(self, flow: FlowKind) -> None:
        """Tell what a load balancer sees of the lane from now on."""
        self._flow = flow
        self._trace = None

    def clear(self, first_round: int, unix_ns: int) -> None:
        """Count anew from `unix_ns`; rounds before `first_round` do not count any more."""
        self._rounds.clear()
        self._hops: dict[int, HopMeter] = {}
        self._outcomes: deque[RoundOutcome] = deque(maxlen=OUTCOMES_KEPT)
        self._recent: deque[RoundOutcome] = deque(maxlen=RECENT_ROUNDS)
        self._spans = SpanMeter()
        self._after = LateReplyBuffer()
        self._complete = 0
        self._started_ns = unix_ns
        self._first_round = first_round
        self._failure = None
        self._waiting = None
        self._held_back = 0
        self._trace = None

    def drop_open_rounds(self, first_round: int) -> None:
        """Forget the rounds that are not complete, all before `first_round`: their probes were never sent."""
        self._rounds.clear()
        self._first_round = first_round
        self._after.clear()
        for hop in self._hops.values():
            hop.forget_pending()
        self._trace = None

    def forget_end(self) -> None:
        """Where the path ended before says nothing any more."""
        self._recent.clear()

    # What is known

    @property
    def newest(self) -> RoundMeter:
        """The round that is being sent."""
        return self._rounds[-1]

    @property
    def open_rounds(self) -> int:
        """How many rounds are not complete."""
        return len(self._rounds)

    @property
    def settled(self) -> bool:
        """True when no round is open."""
        return not self._rounds

    def recent_outcomes(self) -> list[RoundOutcome]:
        """Return the last rounds, incomplete ones included."""
        return [*self._recent, *(meter.outcome() for meter in self._rounds)]

    def repeats(self) -> Mapping[int, int]:
        """Return, by TTL, at how many lower TTLs its last responder answered too."""
        seen: Counter[str] = Counter()
        repeats = {}
        for ttl in sorted(self._hops):
            address = self._hops[ttl].last_address
            if address is not None:
                repeats[ttl] = seen[address]
                seen[address] += 1
        return repeats

    def trace(self, *, finished: bool = False) -> LaneTrace:
        """Return the lane's measurements; the same object while nothing changes."""
        if self._trace is None:
            self._version += 1
            end = find_end(self.recent_outcomes())
            last = end.nearest or max(self._hops, default=0)
            hops = self._hops
            spans, samples = self._spans.value()
            self._trace = LaneTrace(
                lane=self.lane,
                version=self._version,
                started_ns=self._started_ns,
                rounds=self._complete,
                hops=tuple([(hops.get(ttl) or self._hop(ttl)).value() for ttl in range(1, last + 1)]),
                outcomes=tuple(self._outcomes),
                endpoint=end.proof,
                destination_ttl=end.nearest,
                source=self._source,
                flow=self._flow,
                flow_id=self._flow_id,
                flow_numbers=self._flow_numbers,
                failure=self._failure,
                waiting=self._waiting,
                held_back=self._held_back,
                finished=finished,
                spans=spans,
                samples=samples,
                span_ns=self._spans.length_ns,
            )
        return self._trace

    def touch(self) -> None:
        """Something changed that the trace tells."""
        self._trace = None

    # Inside

    def _hop(self, ttl: int) -> HopMeter:
        hop = self._hops.get(ttl)
        if hop is None:
            hop = self._hops[ttl] = HopMeter(ttl)
        return hop

    def _open_round(self, number: int) -> RoundMeter:
        return self._rounds[number - self._rounds[0].number]

    def _close_rounds(self) -> None:
        while self._rounds and self._rounds[0].complete:
            if self._rounds[0].unread:
                self._rounds.popleft()
                continue
            outcome = _sharing(self._after.put_into(self._rounds.popleft().outcome()), self._recent)
            if self.completed is not None:
                self.completed(outcome, tuple(self._recent))
            self._outcomes.append(outcome)
            self._recent.append(outcome)
            self._spans.count(outcome)
            self._complete += 1


def _sharing(outcome: RoundOutcome, recent: Sequence[RoundOutcome]) -> RoundOutcome:
    """Return the outcome, sharing with the last rounds what is equal: analysis asks for identity first."""
    replies = outcome.replies
    for before in reversed(recent):
        if before.replies == replies:
            return replace(outcome, replies=before.replies)
    if recent and (replies.path, replies.kinds) == (recent[-1].path, recent[-1].kinds):
        replies = replies._replace(path=recent[-1].path, kinds=recent[-1].kinds)
        return replace(outcome, replies=replies)
    return outcome
