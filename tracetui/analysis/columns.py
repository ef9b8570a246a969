"""The kept rounds of a lane, sorted by TTL: for the figures of one stretch of them after another.

Sixteen minutes of rounds on many lanes are a million figures: they are counted a TTL at a time, in loops that
the interpreter runs in C.
"""

from array import array
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import accumulate, compress, islice, repeat, zip_longest
from operator import and_, or_
from typing import Final

from tracetui.analysis.statistics import rtt_statistics
from tracetui.model import Hop, LaneTrace, ReplyKind, Responder, RoundOutcome

RECENT: Final = 120
"""Probes whose RTT a hop carries, as in a trace of the engine."""

_SLACK: Final = 120
"""Rounds that a trace keeps no longer and that are still here, before all is counted anew."""


class Columns:
    """Follows the rounds of one lane; says of any stretch what counting its rounds one by one would say."""

    def __init__(self) -> None:
        self.counted = 0
        """Rounds counted so far; what a test looks at."""

        self._rounds: list[RoundOutcome] = []
        self._columns: list[_Column] = []
        self._shapes: dict[tuple[object, ...], int] = {}
        self._replies: list[Sequence[_Reply]] = []
        """Of each shape of a round."""

        self._shape_of: list[int] = []
        """The shape of each round."""

    def hops(
        self, trace: LaneTrace, first: int, end: int, last_ttl: int | None, *, rtts: bool = True
    ) -> tuple[Hop, ...]:
        """Return the hops of TTL 1 to `last_ttl` with the figures of some rounds alone.

        `first` and `end` are places in the trace's kept rounds; `last_ttl` None: up to the highest TTL probed
        in them. RTTs are exact to a microsecond; where nobody will look at them, they can be left out. What a
        round does not carry comes from the hops of the trace: TTLs of replies, MPLS labels.
        """
        start = self._follow(trace.outcomes, first)
        first, end = first - start, end - start
        senders = self._senders(first, end)
        columns = self._columns[:last_ttl]
        if last_ttl is None:
            while columns and not columns[-1].sent(first, end):
                columns.pop()
        else:
            columns += repeat(_Column(), last_ttl - len(columns))
        return tuple(
            _hop(trace, ttl, column.between(first, end), senders.get(ttl, {}), rtts=rtts)
            for ttl, column in enumerate(columns, start=1)
        )

    def _follow(self, outcomes: Sequence[RoundOutcome], first: int) -> int:
        """Count what is new from place `first` on; return the place in `outcomes` of the first round here."""
        known = len(self._rounds)
        newest = self._rounds[-1].number if known else -1
        fresh = bisect_right(outcomes, newest, key=lambda outcome: outcome.number)
        start = fresh - known  # negative: the trace has dropped some
        goes_on = (
            fresh > 0
            and -_SLACK <= start <= first
            and self._holds(outcomes[max(0, start)], max(0, -start))
            and self._holds(outcomes[fresh - 1], known - 1)
        )
        if not goes_on:
            self._rounds, self._columns, self._shape_of = [], [], []
            self._shapes, self._replies = {}, []
            fresh = start = min(first, max(0, len(outcomes) - 1))
        if fresh < len(outcomes):
            self._add(outcomes[fresh:])
        return start

    def _holds(self, outcome: RoundOutcome, place: int) -> bool:
        known = self._rounds[place]
        return outcome.number == known.number and outcome.started_ns == known.started_ns

    def _add(self, rounds: Sequence[RoundOutcome]) -> None:
        self.counted += len(rounds)
        probed = [outcome.probed for outcome in rounds]
        always, ever = reduce(and_, probed), reduce(or_, probed)
        while len(self._columns) < ever.bit_length() - 1:
            self._columns.append(_Column(len(self._rounds)))
        by_ttl = list(zip_longest(*(outcome.rtts_us for outcome in rounds)))
        nothing = (None,) * len(rounds)
        for ttl, column in enumerate(self._columns, start=1):
            rtts_us = by_ttl[ttl - 1] if ttl <= len(by_ttl) else nothing
            if always >> ttl & 1:
                column.add(rtts_us)
            elif ever >> ttl & 1:
                column.add_some(rtts_us, [mask >> ttl & 1 for mask in probed])
            else:
                column.skip(len(rounds))
        self._rounds += rounds
        self._shape_of += self._shapes_of(rounds)

    def _shapes_of(self, rounds: Sequence[RoundOutcome]) -> Iterator[int]:
        """Yield a number for who answered where, in which kind: the same for rounds alike."""
        before, shape = None, -1
        for outcome in rounds:
            # A round like the one before shares its tuples.
            if (
                before is None
                or outcome.path is not before.path
                or outcome.kinds is not before.kinds
                or outcome.refusal is not before.refusal
            ):
                shape = self._shape(outcome)
                before = outcome
            yield shape

    def _shape(self, outcome: RoundOutcome) -> int:
        refusal = outcome.refusal.label if outcome.refusal is not None else ""
        # The kinds by identity: hashing a member of an enumeration is slow, and there is one of each.
        content = outcome.path, tuple(map(id, outcome.kinds)), refusal
        shape = self._shapes.setdefault(content, len(self._replies))
        if shape == len(self._replies):
            self._replies.append(_replies(outcome, refusal))
        return shape

    def _senders(self, first: int, end: int) -> Mapping[int, "_Senders"]:
        """Return who answered, by TTL."""
        shapes = self._shape_of[first:end]
        newest = {shape: place for place, shape in enumerate(shapes, start=first)}
        at_ttl: dict[int, _Senders] = {}
        for shape, rounds in Counter(shapes).items():
            last_ns = self._rounds[newest[shape]].started_ns
            for ttl, address, label in self._replies[shape]:
                sender = at_ttl.setdefault(ttl, {}).setdefault(address, _Sender(0, {}))
                sender.last_ns = max(sender.last_ns, last_ns)
                sender.replies[label] = sender.replies.get(label, 0) + rounds
        return at_ttl


_Reply = tuple[int, str, str]
"""TTL, address, label."""


def _replies(outcome: RoundOutcome, refusal: str) -> Sequence[_Reply]:
    unreachable = ReplyKind.UNREACHABLE
    return [
        (ttl, address, refusal if refusal and kind is unreachable else kind.value)
        for ttl, (address, kind) in enumerate(zip(outcome.path, outcome.kinds, strict=True), start=1)
        if address is not None and kind is not None
    ]


@dataclass(slots=True)
class _Sender:
    """An address at one TTL: when it answered last, and how often by label."""

    last_ns: int
    replies: dict[str, int]


_Senders = dict[str, _Sender]


class _Column:
    """The probes of one TTL."""

    __slots__ = ("_probes", "_rtts_us", "_sent")

    def __init__(self, rounds: int = 0) -> None:
        """`rounds` have passed in which the TTL was not probed."""
        self._probes = 0
        self._sent = array("q", repeat(0, rounds + 1)) if rounds else None
        """How many had been sent before each round, the last item: by now. None: one in every round."""

        self._rtts_us: list[int | None] = []
        """Of each probe; empty while there was no reply at all."""

    def add(self, rtts_us: Sequence[int | None]) -> None:
        """Rounds more in which it was probed, with the RTT of each; None: without a reply."""
        if self._sent is not None:
            self._sent.extend(range(self._probes + 1, self._probes + len(rtts_us) + 1))
        self._hear(rtts_us)

    def add_some(self, rtts_us: Sequence[int | None], probed: Sequence[int]) -> None:
        """Rounds more in some of which it was probed."""
        self._by_round().extend(islice(accumulate(probed, initial=self._probes), 1, None))
        self._hear(tuple(compress(rtts_us, probed)))

    def skip(self, rounds: int) -> None:
        """Rounds more in which it was not probed."""
        self._by_round().extend(repeat(self._probes, rounds))

    def _by_round(self) -> "array[int]":
        if self._sent is None:
            self._sent = array("q", range(self._probes + 1))
        return self._sent

    def _hear(self, rtts_us: Sequence[int | None]) -> None:
        if self._rtts_us or rtts_us.count(None) < len(rtts_us):
            if not self._rtts_us:
                self._rtts_us = [None] * self._probes
            self._rtts_us.extend(rtts_us)
        self._probes += len(rtts_us)

    def sent(self, first: int, end: int) -> int:
        """Return how many probes there were in the rounds from place `first` to `end`."""
        return self._sent_before(end) - self._sent_before(first)

    def between(self, first: int, end: int) -> tuple[Sequence[int | None], Sequence[int]]:
        """Return the RTT of each probe in the rounds from place `first` to `end`, and of each reply."""
        start, stop = (self._sent_before(place) for place in (first, end))
        if not self._rtts_us:
            return (None,) * (stop - start), ()
        rtts_us = self._rtts_us[start:stop]
        return rtts_us, [rtt for rtt in rtts_us if rtt is not None]

    def _sent_before(self, place: int) -> int:
        return min(place, self._probes) if self._sent is None else self._sent[min(place, len(self._sent) - 1)]


def _hop(
    trace: LaneTrace,
    ttl: int,
    stretch: tuple[Sequence[int | None], Sequence[int]],
    senders: _Senders,
    *,
    rtts: bool,
) -> Hop:
    probes_us, replies_us = stretch
    responders = _responders(trace, ttl, senders)
    return Hop(
        ttl=ttl,
        sent=len(probes_us),
        received=len(replies_us),
        lost=len(probes_us) - len(replies_us),
        late=0,
        rtt=rtt_statistics(replies_us) if replies_us and rtts else None,
        recent=tuple([None if rtt is None else rtt * 1000 for rtt in probes_us[-RECENT:]]) if rtts else (),
        responders=responders,
        last_address=max(responders, key=lambda each: each.last_ns).address if responders else None,
    )


def _responders(trace: LaneTrace, ttl: int, senders: _Senders) -> tuple[Responder, ...]:
    """Return who answered at a TTL, most replies first, with what rounds do not carry from the trace."""
    known = {}
    if ttl <= len(trace.hops):
        known = {responder.address: responder for responder in trace.hops[ttl - 1].responders}
    found = []
    for address, sender in senders.items():
        whole = known.get(address)
        found.append(
            Responder(
                address,
                sum(sender.replies.values()),
                sender.replies,
                whole.reply_ttl if whole else None,
                whole.mpls if whole else (),
                sender.last_ns,
            )
        )
    return tuple(sorted(found, key=lambda responder: -responder.count))
