"""Since when does a path look as it does now? Changes told from loss, in complete rounds.

A router that answers seldom, or a lossy path, makes single rounds look different. So silence counts as a
change only when it is hard to explain by how often the same thing answered before.
"""

from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from tracetui.model import LaneTrace, RoundOutcome

LOOKBACK: Final = 60
"""Rounds that say what a path looks like now. A hop that answers more seldom is as good as silent."""

GONE_ROUNDS: Final = 5
_GONE_CHANCE: Final = 1e-4
"""Loss of 20 % makes five silent rounds in a row once in three thousand, and a screen sees thousands."""


def gone(replies: int, asked: int, absent: int) -> bool:
    """Tell whether what answered `replies` of `asked` probes has stopped, having missed the last `absent`."""
    return absent >= GONE_ROUNDS and (1 - replies / (asked + 1)) ** absent < _GONE_CHANCE


def standing(senders: Sequence[str]) -> dict[str, int]:
    """Return how often each sender is among `senders`, in order of time, but for those that were replaced."""
    last = {address: index for index, address in enumerate(senders)}
    return {
        address: replies
        for address, replies in Counter(senders).most_common()
        if not gone(replies, last[address] + 1, len(senders) - 1 - last[address])
    }


@dataclass(frozen=True, slots=True)
class Era:
    """The rounds up to now in which a lane went silent at one place."""

    last_ttl: int
    """L: TTL of the last hop that replies; 0 when none does."""

    addresses: tuple[str, ...]
    """Who replies there, most often first; several behind a load balancer."""

    rounds: int
    started_ns: int
    """Unix time of its first round."""

    ended_ns: int
    """Unix time of its last round."""

    first: int
    """Place of its first kept round in the trace's outcomes."""

    probed_ttl: int
    """Highest TTL up to which all TTLs past L were probed in the last rounds."""

    @property
    def address(self) -> str | None:
        """Who replies at L most often."""
        return self.addresses[0] if self.addresses else None


def silent_era(trace: LaneTrace, tops: Sequence[int]) -> Era:
    """Return the longest run of rounds up to the newest in which nothing from beyond L answered.

    `tops` is the highest TTL that answered in each kept round. A change of L, or of the router at L, starts
    the count again.
    """
    outcomes = trace.outcomes
    recent = _unanswered(outcomes[-LOOKBACK:])
    last = _last_ttl(recent)
    first = _first_round(tops, last)
    # A last hop that answers seldom may not have answered since what is beyond it stopped.
    addresses = _responders(recent[-(len(outcomes) - first) :], last) or _responders(recent, last)
    first = next(
        (
            index
            for index in range(first, len(outcomes))
            if tops[index] >= last > 0 and outcomes[index].path[last - 1] in addresses
        ),
        first,
    )
    rounds, started_ns = len(outcomes) - first, outcomes[first].started_ns
    if not first and _never_farther(trace, last):
        rounds, started_ns = trace.rounds, trace.started_ns
    return Era(
        last_ttl=last,
        addresses=addresses,
        rounds=rounds,
        started_ns=started_ns,
        ended_ns=outcomes[-1].started_ns,
        first=first,
        probed_ttl=_probed_without_gap(recent, last),
    )


def continued(era: Era, earlier: Era, kept: Sequence[RoundOutcome]) -> Era:
    """Return `era` with the rounds no longer kept that `earlier` counted, where it goes on from that one."""
    if (
        era.first
        or era.rounds > len(kept)
        or earlier.last_ttl != era.last_ttl
        or (era.addresses and set(era.addresses).isdisjoint(earlier.addresses))
        or earlier.ended_ns < kept[0].started_ns
    ):
        return era
    newer = len(kept) - bisect_right(kept, earlier.ended_ns, key=lambda outcome: outcome.started_ns)
    return replace(era, rounds=earlier.rounds + newer, started_ns=earlier.started_ns)


def _unanswered(outcomes: Sequence[RoundOutcome]) -> Sequence[RoundOutcome]:
    """Return the rounds since the endpoint answered last; all, when it answered in the newest."""
    for index in range(len(outcomes) - 1, -1, -1):
        if outcomes[index].endpoint_ttl is not None:
            return outcomes[index + 1 :] or outcomes
    return outcomes


def _last_ttl(outcomes: Sequence[RoundOutcome]) -> int:
    for ttl in sorted({outcome.highest_ttl for outcome in outcomes}, reverse=True):
        replies = asked = absent = 0
        for outcome in outcomes:
            if not outcome.was_probed(ttl):
                continue
            asked += 1
            absent += 1
            if outcome.highest_ttl >= ttl:
                replies += 1
                absent = 0
        if not gone(replies, asked - absent, absent):
            return ttl
    return 0


def _first_round(tops: Sequence[int], last: int) -> int:
    for index in range(len(tops) - 1, -1, -1):
        if tops[index] > last:
            return min(index + 1, len(tops) - 1)
    return 0


def _responders(outcomes: Sequence[RoundOutcome], ttl: int) -> tuple[str, ...]:
    """Return who answers at a TTL, most often first; without those that another has replaced."""
    answers = [outcome.path[ttl - 1] for outcome in outcomes if ttl and outcome.highest_ttl >= ttl]
    return tuple(standing([address for address in answers if address is not None]))


def _never_farther(trace: LaneTrace, last: int) -> bool:
    """True when no kept round says otherwise, and no count of the rounds before them does either."""
    return trace.rounds > len(trace.outcomes) and not any(hop.answered for hop in trace.hops[last:])


def _probed_without_gap(outcomes: Sequence[RoundOutcome], last: int) -> int:
    probed = 0
    for outcome in outcomes:
        probed |= outcome.probed
    ttl = last
    while probed >> (ttl + 1) & 1:
        ttl += 1
    return ttl
