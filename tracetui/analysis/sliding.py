"""The hops of a lane over a stretch of time that moves on: a round in or out costs that round alone."""

from collections import deque
from collections.abc import Sequence
from operator import mul

from tracetui.analysis.moments import (
    JITTER_LOOKS_BACK,
    RECENT,
    Sender,
    Senders,
    responders_of,
    rtt_figures,
    rtts_of,
    senders_of,
)
from tracetui.model import Hop, LaneTrace, ReplyKind, RoundOutcome, RttStatistics


class _Column:
    """One TTL."""

    __slots__ = (
        "_best",
        "_newest",
        "_recent",
        "_senders",
        "_sent",
        "_squares",
        "_total",
        "_values",
        "_worst",
    )

    def __init__(self, rtts_us: Sequence[int | None] = (), senders: Senders | None = None) -> None:
        """Start with some probes: the RTT of each, None without a reply, and who sent the replies."""
        self._sent = len(rtts_us)
        self._values = deque([rtt for rtt in rtts_us if rtt is not None])
        self._total = sum(self._values)
        self._squares = sum(map(mul, self._values, self._values))
        self._best: int | None = None
        """Lowest RTT; None until it is looked for."""

        self._worst: int | None = None
        self._recent: deque[int | None] = deque(rtts_us, maxlen=RECENT)
        self._newest: deque[int] = deque(self._values, maxlen=JITTER_LOOKS_BACK)
        self._senders: Senders = {} if senders is None else senders

    def add(self, rtt_us: int | None) -> None:
        """One probe more, with its RTT; None: without a reply."""
        self._sent += 1
        self._recent.append(rtt_us)
        if rtt_us is None:
            return
        self._values.append(rtt_us)
        self._total += rtt_us
        self._squares += rtt_us * rtt_us
        self._newest.append(rtt_us)
        if self._best is not None and rtt_us < self._best:
            self._best = rtt_us
        if self._worst is not None and rtt_us > self._worst:
            self._worst = rtt_us

    def take_back(self, rtt_us: int | None) -> None:
        """The oldest probe is no longer in the stretch."""
        self._sent -= 1
        if len(self._recent) > self._sent:
            self._recent.popleft()
        if rtt_us is None:
            return
        self._values.popleft()
        self._total -= rtt_us
        self._squares -= rtt_us * rtt_us
        if len(self._newest) > len(self._values):
            self._newest.popleft()
        if rtt_us == self._best:
            self._best = None
        if rtt_us == self._worst:
            self._worst = None

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
        received = len(self._values)
        return Hop(
            ttl=ttl,
            sent=self._sent,
            received=received,
            lost=self._sent - received,
            late=0,
            rtt=self._rtt() if received else None,
            recent=tuple([None if rtt is None else rtt * 1000 for rtt in self._recent]),
            responders=responders,
            last_address=max(responders, key=lambda each: each.last_ns).address if responders else None,
        )

    def _rtt(self) -> RttStatistics:
        if self._best is None:
            self._best = min(self._values)
        if self._worst is None:
            self._worst = max(self._values)
        return rtt_figures(
            len(self._values),
            self._total,
            self._squares,
            best_us=self._best,
            worst_us=self._worst,
            newest_us=self._newest,
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
            self._begin(outcomes[first:])
            fresh = len(outcomes)
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

    def _begin(self, outcomes: Sequence[RoundOutcome]) -> None:
        self.counted += len(outcomes)
        self._rounds = deque(outcomes)
        last = max((outcome.probed.bit_length() - 1 for outcome in outcomes), default=0)
        at_ttl = senders_of(outcomes)
        self._columns = [_Column()]
        self._columns += [
            _Column(rtts_us, at_ttl.get(ttl)) for ttl, rtts_us in enumerate(rtts_of(outcomes, last), start=1)
        ]

    def _add(self, outcome: RoundOutcome) -> None:
        self.counted += 1
        self._rounds.append(outcome)
        probed, columns = outcome.probed, self._columns
        while len(columns) < probed.bit_length():
            columns.append(_Column())
        rtts_us, answered = outcome.rtts_us, len(outcome.path)
        for ttl in range(1, probed.bit_length()):
            if probed >> ttl & 1:
                columns[ttl].add(rtts_us[ttl - 1] if ttl <= answered else None)
        for ttl, address, label in _answers(outcome):
            columns[ttl].hear(address, label, outcome.started_ns)

    def _take_back(self, outcome: RoundOutcome) -> None:
        probed, columns = outcome.probed, self._columns
        rtts_us, answered = outcome.rtts_us, len(outcome.path)
        for ttl in range(1, probed.bit_length()):
            if probed >> ttl & 1:
                columns[ttl].take_back(rtts_us[ttl - 1] if ttl <= answered else None)
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
