"""Sorts the kept rounds of a lane by TTL, to compute hops of any stretch of them quickly.

Sixteen minutes of rounds on many lanes are a million figures: they are counted a TTL at a time, in loops that
the interpreter runs in C, and only for lanes that somebody looks at.
"""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import reduce
from itertools import zip_longest
from operator import and_, attrgetter, or_
from typing import Final

from tracetui.analysis.rounds.kept_rounds import KeptRounds
from tracetui.analysis.rounds.lazy_hops import LazyHops, labelled_of
from tracetui.analysis.rounds.stretch_answers import Answer, ResponderCounts, StretchAnswers, addresses_of
from tracetui.analysis.rounds.ttl_probes import Column
from tracetui.model import Hop, LaneTrace, ReplyKind, Responder, RoundOutcome
from tracetui.model.lazy_tuple import UNSHARED, Guard

_probed: Final = attrgetter("probed")


class Columns:
    """Follows the rounds of one lane; says of any stretch what counting its rounds one by one would say."""

    def __init__(self, guard: Guard = UNSHARED) -> None:
        """`guard` is held while rounds are counted; hops may be looked at by who writes a report."""
        self._guard = guard
        self._kept = KeptRounds()
        self._probed: list[int] = []
        """Which TTLs were probed in each round: to ask so many objects for it takes ten times as long."""

        self._columns: list[Column] = []
        self._in_columns = 0
        """How many of the rounds are counted in the columns."""

        self._shapes: dict[tuple[object, ...], int] = {}
        self._replies: list[Sequence[Answer]] = []
        """Of each shape of a round."""

        self._shape_of: list[int] = []
        """The shape of each round that was asked for."""

        self._late_at: list[int] = []
        """Rounds that carry late replies."""

        self._stretch = StretchAnswers(0, self._replies)
        """Of the last stretch that was asked for: it often becomes longer by a round."""

    def hops(self, trace: LaneTrace, first: int, end: int, last_ttl: int | None) -> LazyHops:
        """Return the hops of TTL 1 to `last_ttl` of some rounds alone, counted when somebody looks.

        `first` and `end` are places in the trace's kept rounds; `last_ttl` None: up to the highest TTL probed
        in them. RTTs are exact to a microsecond. What a round does not carry comes from the hops of the
        trace: TTLs of replies, MPLS labels.
        """
        with self._guard:
            start = self._follow(trace.outcomes, first)
            answers = self._answers_of(first - start, end - start)
            if last_ttl is None:
                ever = reduce(or_, self._probed[first - start : end - start], 0)
                last_ttl = max(0, ever.bit_length() - 1)
            addresses = answers.addresses(last_ttl)
        ttls = range(1, last_ttl + 1)
        labelled = frozenset(
            [
                (ttl, one)
                for ttl, one in labelled_of(trace.hops)
                if ttl <= last_ttl and one in addresses[ttl - 1]
            ]
        )
        return LazyHops(addresses, lambda: self._count(trace, first, end, ttls), labelled)

    def _count(self, trace: LaneTrace, first: int, end: int, ttls: Sequence[int]) -> tuple[Hop, ...]:
        with self._guard:
            start = self._follow(trace.outcomes, first)
            first, end = first - start, end - start
            answers = self._answers_of(first, end)
            counts, late = answers.responder_counts(), answers.late
            self._count_rounds()
            hops = []
            for ttl in ttls:
                there = counts.get(ttl, {})
                responders = _responders(trace, ttl, there)
                hop = self._column(ttl).hop(first, end, ttl, responders, late.get(ttl, 0))
                if len(responders) < len(there):
                    listed = sum(responder.count for responder in responders)
                    hop = replace(hop, unlisted=sum(each.count for each in there.values()) - listed)
                hops.append(hop)
            return tuple(hops)

    def _follow(self, outcomes: Sequence[RoundOutcome], first: int) -> int:
        """Take what is new from place `first` on; return the place in `outcomes` of the first round here."""
        start, anew = self._kept.follow(outcomes, first)
        if anew:
            self._probed, self._columns, self._in_columns = [], [], 0
            self._shapes, self._replies, self._shape_of = {}, [], []
            self._late_at, self._stretch = [], StretchAnswers(0, self._replies)
        known = len(self._probed)
        fresh = self._kept.rounds[known:]
        self._probed += map(_probed, fresh)
        self._late_at += [place for place, outcome in enumerate(fresh, known) if outcome.late]
        return start

    # Figures

    def _column(self, ttl: int) -> Column:
        return self._columns[ttl - 1] if ttl <= len(self._columns) else Column()

    def _count_rounds(self) -> None:
        """Count the rounds that are not in the columns yet."""
        rounds = self._kept.rounds[self._in_columns :]
        if not rounds:
            return
        probed = self._probed[self._in_columns :]
        always, ever = reduce(and_, probed), reduce(or_, probed)
        while len(self._columns) < ever.bit_length() - 1:
            self._columns.append(Column(self._in_columns))
        self._in_columns += len(rounds)
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

    # Who answers

    def _answers_of(self, first: int, end: int) -> StretchAnswers:
        """Return who answered in a stretch; it holds until another one is asked for."""
        stretch = self._stretch
        if stretch.first != first or stretch.end > end:
            stretch = self._stretch = StretchAnswers(first, self._replies)
        start = stretch.end
        if start < end:
            self._shape_of += self._shapes_of(self._kept.rounds[len(self._shape_of) : end])
            stretch.extend(self._kept.rounds[start:end], self._shape_of[start:end])
            for place in self._late_at[bisect_left(self._late_at, start) : bisect_left(self._late_at, end)]:
                stretch.add_late(self._kept.rounds[place])
        return stretch

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


def _replies(outcome: RoundOutcome, refusal: str) -> Sequence[Answer]:
    unreachable = ReplyKind.UNREACHABLE
    return [
        (ttl, address, refusal if refusal and kind is unreachable else kind.value)
        for ttl, (address, kind) in enumerate(zip(outcome.path, outcome.kinds, strict=True), start=1)
        if address is not None and kind is not None
    ]


def _responders(trace: LaneTrace, ttl: int, counts: ResponderCounts) -> tuple[Responder, ...]:
    """Return who answered at a TTL, most replies first, with what rounds do not carry from the trace."""
    known = {}
    if ttl <= len(trace.hops):
        known = {responder.address: responder for responder in trace.hops[ttl - 1].responders}
    found = []
    for address in addresses_of(counts):
        counted, whole = counts[address], known.get(address)
        found.append(
            Responder(
                address,
                counted.count,
                dict(counted.replies),  # it is counted on
                whole.reply_ttl if whole else None,
                whole.mpls if whole else (),
                counted.last_ns,
            )
        )
    return tuple(found)
