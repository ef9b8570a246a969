"""Summarizes the last 60 rounds of one lane: answers, routers, messages, loops."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Final

from tracetui.analysis.findings.shown_path import Routers
from tracetui.analysis.lanes.answer_rate import AnswerRate, answer_rate
from tracetui.analysis.lanes.find_loop import Loop, find_loop
from tracetui.analysis.lanes.has_stopped import LOOKBACK, has_stopped
from tracetui.analysis.lanes.history import Rounds
from tracetui.analysis.lanes.window import exceeded, not_replaced, refusals, surely_not_nearer
from tracetui.model import ReplyKind

LOOP_ROUNDS: Final = 20
"""Rounds merged to see a loop of routers that answer rarely; in more, a change of route would hide it."""

_MIN_SHARE: Final = 0.2

Message = tuple[str, int, int]
"""Address of a router, ICMP type, ICMP code."""


def recent_rounds(
    rounds: Rounds, known: "RecentRounds | None", known_rounds: Rounds | None = None
) -> "RecentRounds":
    """Return the last rounds of `rounds`; the same object as `known` where they were answered alike.

    `known_rounds`: what `known` was made from, for going back in time.
    """
    if known is None or known.length != LOOKBACK or len(rounds.outcomes) < LOOKBACK:
        return RecentRounds(rounds)
    later = known_rounds is not None and known_rounds.alike_with(rounds.outcomes[-LOOKBACK:])
    return known if later or rounds.alike_with(known.outcomes) else RecentRounds(rounds)


class RecentRounds:
    """The last `LOOKBACK` complete rounds of a lane. It tells no times: one object stands for all rounds that
    were answered alike.
    """

    def __init__(self, rounds: Rounds) -> None:
        self.outcomes = rounds.outcomes[-LOOKBACK:]
        """These rounds, or some that were answered alike."""

        self.length = len(self.outcomes)
        self.answers = rounds.answers[-LOOKBACK:]
        """What the endpoint answered with in each; None where it did not."""

    @cached_property
    def rate(self) -> AnswerRate:
        """How often the endpoint answers."""
        return answer_rate(self.answers)

    @cached_property
    def proof(self) -> ReplyKind | None:
        """What the endpoint mostly answers with; what it answered with before is over."""
        kinds = [kind for kind in self.answers if kind is not None]
        # Mostly there is one kind, and an enumeration is slow to hash.
        if not kinds or kinds.count(kinds[0]) == len(kinds):
            return kinds[0] if kinds else None
        rounds: dict[ReplyKind, list[int]] = {}
        for place, kind in enumerate(kinds):
            rounds.setdefault(kind, []).append(place)
        return next(iter(not_replaced(rounds)))

    @cached_property
    def exact_distance(self) -> int | None:
        """The endpoint's distance, where loss does not explain that it answered from no nearer."""
        return surely_not_nearer(self.outcomes)

    @cached_property
    def doubled(self) -> tuple[tuple[ReplyKind, ReplyKind, int], ...]:
        """(first kind, second kind, how often) of probes answered twice in two kinds."""
        doubled = [twice for outcome in self.outcomes if (twice := outcome.replies.doubled)]
        pairs = Counter((first, second) for each in doubled for _, first, second in each)
        return tuple((*pair, times) for pair, times in pairs.items() if pair[0] is not pair[1])

    def exceeded_beyond_answer(self, ttl: int) -> int | None:
        """Return the farthest TTL that got Time Exceeded in rounds answered in the endpoint's name at `ttl`.

        In several rounds: a route that changes within a round shows such a thing once.
        """
        alike = [outcome for outcome in self.outcomes if outcome.endpoint_ttl == ttl]
        exceeded_ = ReplyKind.TIME_EXCEEDED
        seen = [
            len(outcome.kinds)
            for outcome in alike
            if len(outcome.kinds) > ttl and exceeded_ in outcome.kinds[ttl:]
        ]
        return max(seen) if len(seen) >= max(2, _MIN_SHARE * len(alike)) else None

    def answered_beyond(self, ttl: int) -> int:
        """Return in how many rounds anything beyond `ttl` answered."""
        return sum(outcome.highest_ttl > ttl for outcome in self.outcomes)

    @cached_property
    def routers(self) -> Routers:
        """Who sends Time Exceeded from where, without routers that others have replaced."""
        return {ttl: not_replaced(rounds) for ttl, rounds in sorted(self._exceeded.items())}

    def routers_since(self, place: int) -> Routers:
        """Return `routers` of the rounds from `place` on alone, replaced ones too."""
        return {
            ttl: counts
            for ttl, at_ttl in self._exceeded.items()
            if (
                counts := {
                    address: len(rounds) - bisect_left(rounds, place)
                    for address, rounds in at_ttl.items()
                    if rounds[-1] >= place
                }
            )
        }

    @cached_property
    def _exceeded(self) -> Mapping[int, Mapping[str, Sequence[int]]]:
        return exceeded(self.outcomes)

    @cached_property
    def message(self) -> tuple[Message, int, int] | None:
        """The refusal that comes at least twice from one router and has not stopped, the nearest one: with
        the lowest TTL that got it, and how often it came.
        """
        seen: dict[Message, dict[int, int]] = {}
        for refusal in refusals(self.outcomes):
            if refusal.icmp_type is not None:
                key = refusal.address, refusal.icmp_type, refusal.icmp_code or 0
                seen.setdefault(key, {})[refusal.round_index] = refusal.ttl
        lasting = [
            (key, min(ttls.values()), len(ttls))
            for key, ttls in seen.items()
            if len(ttls) > 1 and not has_stopped(len(ttls), max(ttls) + 1, self.length - 1 - max(ttls))
        ]
        return min(lasting, key=lambda one: (one[1], -one[2]), default=None)

    @cached_property
    def loop(self) -> Loop | None:
        """The loop that the last `LOOP_ROUNDS` show."""
        addresses = [address for at_ttl in self.routers.values() for address in at_ttl]
        return find_loop(self._in_loop_rounds) if len(set(addresses)) < len(addresses) else None

    def rounds_with_turn(self, turn: Sequence[str]) -> int:
        """Return in how many of the last `LOOP_ROUNDS` a router of `turn` answered again."""
        again: set[int] = set()
        for address in turn:
            ttls = sorted(ttl for ttl, routers in self._in_loop_rounds.items() if address in routers)
            again.update(index for ttl in ttls[1:] for index in self._in_loop_rounds[ttl][address])
        return len(again)

    @cached_property
    def _in_loop_rounds(self) -> Mapping[int, Mapping[str, Sequence[int]]]:
        return exceeded(self.outcomes[-LOOP_ROUNDS:])
