"""Finds the path that a silent lane took before it fell silent, as evidence of where its packets went.

L+1 and the endpoint answered the lane until both fell silent within one round. Then the packets went from L
to L+1 until that round, and only a change of route in that very round could have led them elsewhere since.
"""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Final

from tracetui.analysis.lanes.history import Rounds
from tracetui.analysis.lanes.silent_after import SilentPeriod
from tracetui.analysis.lanes.window import exceeded, responders_at
from tracetui.model import RoundOutcome

_MAX_ROUNDS_BEFORE: Final = 30
"""Rounds before the silence that are looked at."""

_MIN_ANSWERS: Final = 3
"""Answers that L+1 and the endpoint each need in them."""

_MIN_CHANCE: Final = 0.05
"""Of a gap before the silence by loss alone: below it, the one fell silent before the other."""


@dataclass(frozen=True, slots=True)
class SeenPath:
    """The path of a lane right before it went silent."""

    until_ns: int
    """Unix time of the last round with an answer of the endpoint."""

    until_monotonic_ns: int
    """The same by the monotonic clock."""

    ttl: int
    """Of L."""

    routers: Mapping[int, AbstractSet[str]]
    """TTL to who answered there."""

    following: tuple[int, str]
    """TTL and address of the next router after L."""


def seen_before(rounds: Rounds, silence: SilentPeriod) -> SeenPath | None:
    """Return what was seen before the silence, from the rounds kept; None when that does not show the way."""
    if not silence.first or not silence.last_ttl:
        return None
    start = max(0, silence.first - _MAX_ROUNDS_BEFORE)
    before = range(start, silence.first)
    answered = [index for index in before if rounds.answers[index] is not None]
    if len(answered) < _MIN_ANSWERS:
        return None
    outcomes = rounds.outcomes[start : silence.first]
    end = max(rounds.farthest[index] for index in before)
    routers = {ttl: frozenset(found) for ttl in range(1, end + 1) if (found := responders_at(outcomes, ttl))}
    ttl = next((ttl for ttl in range(silence.last_ttl + 1, end + 1) if ttl in routers), None)
    if ttl is None or len(routers[ttl]) != 1:
        return None
    (address,) = routers[ttl]
    passed = [index for index in before if _answers_at(rounds, index, ttl, address)]
    if len(passed) < _MIN_ANSWERS or not _stopped_together(answered, passed, start, silence.first):
        return None
    last = rounds.outcomes[answered[-1]]
    return SeenPath(last.started_ns, last.monotonic_ns, silence.last_ttl, routers, (ttl, address))


def _answers_at(rounds: Rounds, index: int, ttl: int, address: str) -> bool:
    path = rounds.outcomes[index].path
    return len(path) >= ttl and path[ttl - 1] == address


def _stopped_together(answered: Sequence[int], passed: Sequence[int], start: int, end: int) -> bool:
    """Tell whether neither missed more rounds before the silence than loss explains, one round apart."""
    return all(_gap_by_loss(seen, start, end) for seen in (answered, passed))


def _gap_by_loss(seen: Sequence[int], start: int, end: int) -> bool:
    gap = end - 1 - seen[-1]
    rate = len(seen) / (end - start)
    return gap <= 1 or (1 - rate) ** (gap - 1) > _MIN_CHANCE


def still_the_way(seen: SeenPath, routers: Mapping[int, Mapping[str, int]]) -> bool:
    """Tell whether the hops up to L are as before, and no router answers that did not."""
    known = {address for at_ttl in seen.routers.values() for address in at_ttl}
    return all(
        not seen.routers[ttl].isdisjoint(at_ttl) if ttl in seen.routers else known.issuperset(at_ttl)
        for ttl, at_ttl in routers.items()
        if ttl <= seen.ttl
    ) and all(known.issuperset(at_ttl) for ttl, at_ttl in routers.items() if ttl > seen.ttl)


def moved_since(rounds: Sequence[RoundOutcome], seen: SeenPath) -> bool:
    """Tell whether another lane changed its way when the silence began: then the suspect's may have too.

    At some TTL other routers answered in the rounds right after than in those right before. The two rounds
    in which it changed may show both.
    """
    first = bisect_right(rounds, seen.until_monotonic_ns, key=lambda outcome: outcome.monotonic_ns)
    before = exceeded(rounds[max(0, first - 1 - _MAX_ROUNDS_BEFORE) : max(0, first - 1)])
    after = exceeded(rounds[first + 1 : first + 1 + _MAX_ROUNDS_BEFORE])
    return any(before[ttl].keys().isdisjoint(after[ttl]) for ttl in before.keys() & after.keys())
