"""Since when a silent lane has been silent at one place, and which router answers last: for findings.

A router that answers seldom, or a lossy path, makes single rounds look different. So silence counts as a
change only when it is hard to explain by how often the same thing answered before (`history.gone`).
"""

from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from tracetui.analysis.findings.history import Rounds, gone
from tracetui.model import LaneTrace, ReplyKind, RoundOutcome

LOOKBACK: Final = 60
"""Rounds that say what a path looks like now. A hop that answers more seldom is as good as silent."""


@dataclass(frozen=True, slots=True)
class Era:
    """The rounds up to now in which a lane was silent beyond one router."""

    last_ttl: int
    """L: TTL of the last hop that replies; 0 when none does."""

    addresses: tuple[str, ...]
    """Who replies there, most often first; several behind a load balancer."""

    rounds: int
    since_ns: int
    """Unix time of its first unanswered round."""

    started_ns: int
    """Monotonic time of its first round."""

    ended_ns: int
    """Monotonic time of its last round."""

    first: int
    """Place of its first kept round in the trace's outcomes."""

    probed_ttl: int
    """Highest TTL up to which all TTLs past L were probed in the last rounds."""

    @property
    def address(self) -> str | None:
        """Who replies at L most often."""
        return self.addresses[0] if self.addresses else None

    def seconds(self, interval_s: float) -> float:
        """Return how long it lasted, a round counting as an interval; a time without probes counts for
        little.
        """
        probed_s = self.rounds * interval_s
        return min((self.ended_ns - self.started_ns) / 1e9 + interval_s, 2 * probed_s)


def standing(responders: Sequence[str]) -> dict[str, int]:
    """Return how often each of `responders` (in order of time) answered, without those that were replaced."""
    last = {address: index for index, address in enumerate(responders)}
    return {
        address: replies
        for address, replies in Counter(responders).most_common()
        if not gone(replies, last[address] + 1, len(responders) - 1 - last[address])
    }


def silent_era(trace: LaneTrace, rounds: Rounds) -> Era:
    """Return the longest run of rounds up to the newest in which nothing from beyond L answered.

    A change of L, or of the router at L, starts the count again.
    """
    outcomes = rounds.outcomes
    start = _unanswered(rounds)
    recent, tops = outcomes[start:], rounds.router_tops[start:]
    last = _last_ttl(recent, tops)
    silent = _first_silent(rounds.tops, last)
    # A last hop that answers seldom may not have answered since what is beyond it stopped.
    addresses = responders_at(recent[silent - start if silent > start else 0 :], last) or responders_at(
        recent, last
    )
    first = next(
        (
            index
            for index in range(silent, len(outcomes))
            if rounds.router_tops[index] >= last > 0 and outcomes[index].path[last - 1] in addresses
        ),
        silent,
    )
    count, since_ns = len(outcomes) - first, outcomes[first].started_ns
    started_ns = outcomes[first].monotonic_ns
    if not first and _never_farther(trace, last):
        older_ns = outcomes[0].started_ns - trace.started_ns
        count, since_ns, started_ns = trace.rounds, trace.started_ns, started_ns - max(0, older_ns)
    return Era(
        last_ttl=last,
        addresses=addresses,
        rounds=count,
        since_ns=since_ns,
        started_ns=started_ns,
        ended_ns=outcomes[-1].monotonic_ns,
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
        or earlier.ended_ns < kept[0].monotonic_ns
    ):
        return era
    newer = len(kept) - bisect_right(kept, earlier.ended_ns, key=lambda outcome: outcome.monotonic_ns)
    return replace(
        era,
        rounds=earlier.rounds + newer,
        since_ns=earlier.since_ns,
        started_ns=earlier.started_ns,
    )


def _unanswered(rounds: Rounds) -> int:
    """Return the place of the first recent round since the endpoint answered last; of all when that is the
    newest.
    """
    start = max(0, len(rounds.outcomes) - LOOKBACK)
    for index in range(len(rounds.outcomes) - 1, start - 1, -1):
        if rounds.answers[index] is not None:
            return index + 1 if index + 1 < len(rounds.outcomes) else start
    return start


def _last_ttl(outcomes: Sequence[RoundOutcome], tops: Sequence[int]) -> int:
    for ttl in sorted(set(tops), reverse=True):
        replies = asked = absent = 0
        for outcome, top in zip(outcomes, tops, strict=True):
            if not outcome.was_probed(ttl):
                continue
            asked += 1
            absent += 1
            if top >= ttl:
                replies += 1
                absent = 0
        if not gone(replies, asked - absent, absent):
            return ttl
    return 0


def _first_silent(tops: Sequence[int], last: int) -> int:
    for index in range(len(tops) - 1, -1, -1):
        if tops[index] > last:
            return min(index + 1, len(tops) - 1)
    return 0


def responders_at(outcomes: Sequence[RoundOutcome], ttl: int) -> tuple[str, ...]:
    """Return which routers answer at a TTL, most often first; without those that another has replaced."""
    found = []
    for outcome in outcomes:
        if ttl and outcome.highest_ttl >= ttl and outcome.kinds[ttl - 1] is ReplyKind.TIME_EXCEEDED:
            address = outcome.path[ttl - 1]
            if address is not None:
                found.append(address)
    return tuple(standing(found))


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
