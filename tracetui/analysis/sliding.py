"""The hops of a lane over a stretch of time that moves on: a round in or out costs that round alone."""

from collections import deque
from collections.abc import Sequence

from tracetui.analysis.moments import JITTER_LOOKS_BACK, RECENT, Sender, Senders, responders_of, rtt_figures
from tracetui.model import Hop, LaneTrace, ReplyKind, RoundOutcome, RttStatistics


class _Column:
    """One TTL."""

    __slots__ = (
        "_answered",
        "_highest",
        "_lowest",
        "_received",
        "_recent",
        "_senders",
        "_sent",
        "_squares",
        "_total",
    )

    def __init__(self) -> None:
        self._sent = self._received = self._total = self._squares = 0
        self._recent: deque[int | None] = deque(maxlen=RECENT)
        self._answered: deque[int] = deque(maxlen=JITTER_LOOKS_BACK)
        self._lowest: deque[tuple[int, int]] = deque()
        """Rounds and RTTs, both rising: the first is the lowest of all, the next is once that has gone."""

        self._highest: deque[tuple[int, int]] = deque()
        self._senders: Senders = {}

    def add(self, number: int, rtt_us: int | None) -> None:
        """A probe of round `number`, with its RTT; None: without a reply."""
        self._sent += 1
        self._recent.append(rtt_us)
        if rtt_us is None:
            return
        self._received += 1
        self._total += rtt_us
        self._squares += rtt_us * rtt_us
        self._answered.append(rtt_us)
        while self._lowest and self._lowest[-1][1] >= rtt_us:
            self._lowest.pop()
        self._lowest.append((number, rtt_us))
        while self._highest and self._highest[-1][1] <= rtt_us:
            self._highest.pop()
        self._highest.append((number, rtt_us))

    def take_back(self, number: int, rtt_us: int | None) -> None:
        """The oldest probe is no longer in the stretch."""
        self._sent -= 1
        if len(self._recent) > self._sent:
            self._recent.popleft()
        if rtt_us is None:
            return
        self._received -= 1
        self._total -= rtt_us
        self._squares -= rtt_us * rtt_us
        if len(self._answered) > self._received:
            self._answered.popleft()
        for extremes in (self._lowest, self._highest):
            if extremes[0][0] == number:
                extremes.popleft()

    def hear(self, address: str, label: str, at_ns: int) -> None:
        """`address` sent a reply, labelled so, in a round begun at `at_ns`."""
        sender = self._senders.get(address)
        if sender is None:
            sender = self._senders[address] = Sender(at_ns, {})
        sender.last_ns = at_ns
        sender.replies[label] = sender.replies.get(label, 0) + 1

    def forget(self, address: str, label: str) -> None:
        """Its oldest reply is no longer in the stretch."""
        replies = self._senders[address].replies
        replies[label] -= 1
        if not replies[label]:
            del replies[label]
            if not replies:
                del self._senders[address]

    def hop(self, trace: LaneTrace, ttl: int) -> Hop:
        """Return the hop as it is now."""
        responders = responders_of(trace, ttl, self._senders)
        return Hop(
            ttl=ttl,
            sent=self._sent,
            received=self._received,
            lost=self._sent - self._received,
            late=0,
            rtt=self._rtt(),
            recent=tuple([None if rtt is None else rtt * 1000 for rtt in self._recent]),
            responders=responders,
            last_address=max(responders, key=lambda each: each.last_ns).address if responders else None,
        )

    def _rtt(self) -> RttStatistics | None:
        if not self._received:
            return None
        return rtt_figures(
            self._received,
            self._total,
            self._squares,
            best_us=self._lowest[0][1],
            worst_us=self._highest[0][1],
            newest_us=self._answered,
        )


class SlidingHops:
    """Counts the rounds of one lane, and takes back those that are no longer in the stretch.

    Says the same as `moments.counted_since`, for as many TTLs as the trace has hops.
    """

    def __init__(self) -> None:
        self.counted = 0
        """Rounds counted so far; what a test looks at."""

        self._rounds: deque[RoundOutcome] = deque()
        self._columns: list[_Column] = []

    def update(self, trace: LaneTrace, first: int) -> tuple[Hop, ...]:
        """Return the hops of `trace` with the figures of its kept rounds from place `first` on."""
        outcomes = trace.outcomes
        fresh = self._fresh(outcomes, first)
        if fresh is None:
            self._rounds.clear()
            self._columns = []
            fresh = first
        for outcome in outcomes[fresh:]:
            self._add(outcome)
        while len(self._rounds) > len(outcomes) - first:
            self._take_back(self._rounds.popleft())
        columns = self._columns
        return tuple(
            columns[ttl].hop(trace, ttl) if ttl < len(columns) else _Column().hop(trace, ttl)
            for ttl in range(1, len(trace.hops) + 1)
        )

    def _fresh(self, outcomes: Sequence[RoundOutcome], first: int) -> int | None:
        """Return the place of the first round not counted yet; None where the stretch does not go on."""
        if not self._rounds:
            return None
        oldest, newest = self._rounds[0], self._rounds[-1]
        place = len(outcomes)
        while place and outcomes[place - 1].number > newest.number:
            place -= 1
        start = place - len(self._rounds)
        goes_on = (
            place > 0
            and start <= first <= place
            and _same(outcomes[place - 1], newest)
            # Rounds that the trace has dropped since are to be taken back in any case.
            and (start < 0 or _same(outcomes[start], oldest))
        )
        return place if goes_on else None

    def _add(self, outcome: RoundOutcome) -> None:
        self.counted += 1
        self._rounds.append(outcome)
        probed, columns = outcome.probed, self._columns
        while len(columns) < probed.bit_length():
            columns.append(_Column())
        rtts_us, answered = outcome.rtts_us, len(outcome.path)
        for ttl in range(1, probed.bit_length()):
            if probed >> ttl & 1:
                columns[ttl].add(outcome.number, rtts_us[ttl - 1] if ttl <= answered else None)
        for ttl, address, label in _answers(outcome):
            columns[ttl].hear(address, label, outcome.started_ns)

    def _take_back(self, outcome: RoundOutcome) -> None:
        probed, columns = outcome.probed, self._columns
        rtts_us, answered = outcome.rtts_us, len(outcome.path)
        for ttl in range(1, probed.bit_length()):
            if probed >> ttl & 1:
                columns[ttl].take_back(outcome.number, rtts_us[ttl - 1] if ttl <= answered else None)
        for ttl, address, label in _answers(outcome):
            columns[ttl].forget(address, label)


def _same(one: RoundOutcome, other: RoundOutcome) -> bool:
    return one.number == other.number and one.started_ns == other.started_ns


def _answers(outcome: RoundOutcome) -> list[tuple[int, str, str]]:
    """Return TTL, address and label of each reply of a round."""
    refusal = outcome.refusal.label if outcome.refusal is not None else ""
    unreachable = ReplyKind.UNREACHABLE
    return [
        (ttl, address, refusal if refusal and kind is unreachable else kind.value)
        for ttl, (address, kind) in enumerate(zip(outcome.path, outcome.kinds, strict=True), start=1)
        if address is not None and kind is not None
    ]
