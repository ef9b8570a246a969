"""Finds the hop after which a lane is silent and since when, or recognises that this hop varies."""

import math
from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

from tracetui.analysis.lanes.has_stopped import LOOKBACK, after_last_gap, has_stopped
from tracetui.analysis.lanes.history import History, Rounds
from tracetui.analysis.lanes.window import responders_at
from tracetui.model import LaneTrace, RoundOutcome

_MIN_ROUNDS_EACH: Final = 5
"""A place counts when the last reply came from there in so many rounds."""

_MIN_MOVES: Final = 3
_MIN_DEVIATIONS: Final = 3.7
"""How far below its mean the number of runs must lie: by chance once in ten thousand windows."""


@dataclass(frozen=True, slots=True)
class SilentPeriod:
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


def silent_period(trace: LaneTrace, history: History) -> SilentPeriod:
    """Return the longest run of rounds up to the newest in which nothing from beyond L answered.

    A change of L, or of the router at L, starts the count again. `history` is the lane's.
    """
    rounds = history.of(trace)
    found: SilentPeriod = history.silence.get(
        (rounds, trace.hops), lambda: _silent_period(trace, rounds, history)
    )
    return found


def _silent_period(trace: LaneTrace, rounds: Rounds, history: History) -> SilentPeriod:
    outcomes = rounds.outcomes
    start = first_unanswered(rounds)
    recent = outcomes[start:]
    last = _last_ttl(rounds, len(recent))
    silent = _first_silent(rounds.farthest, last)
    # A last hop that answers rarely may not have answered since what is beyond it stopped.
    addresses = responders_at(recent[silent - start if silent > start else 0 :], last) or responders_at(
        recent, last
    )
    at_last = history.marks(
        ("answers", last, addresses),
        lambda outcome: len(outcome.path) >= last > 0 and outcome.path[last - 1] in addresses,
    )
    first = silent + after_last_gap(at_last[silent:])
    count, since_ns = len(outcomes) - first, outcomes[first].started_ns
    started_ns = outcomes[first].monotonic_ns
    if not first and _never_farther(trace, last):
        # How long the rounds lasted that are kept no longer: as these do, whatever the wall clock said.
        each_ns = (outcomes[-1].monotonic_ns - started_ns) // max(1, count - 1)
        started_ns -= (trace.rounds - count) * each_ns
        count, since_ns = trace.rounds, trace.started_ns
    return SilentPeriod(
        last_ttl=last,
        addresses=addresses,
        rounds=count,
        since_ns=since_ns,
        started_ns=started_ns,
        ended_ns=outcomes[-1].monotonic_ns,
        first=first,
        probed_ttl=_probed_without_gap(recent, last),
    )


def continued(silence: SilentPeriod, earlier: SilentPeriod, kept: Sequence[RoundOutcome]) -> SilentPeriod:
    """Return `silence` with the rounds that are kept no longer, where it goes on from an `earlier` one.

    One that began in a kept round says nothing that the kept rounds do not say better.
    """
    if (
        silence.first
        or silence.rounds > len(kept)
        or earlier.started_ns >= kept[0].monotonic_ns
        or earlier.last_ttl != silence.last_ttl
        or (silence.addresses and set(silence.addresses).isdisjoint(earlier.addresses))
        or earlier.ended_ns < kept[0].monotonic_ns
    ):
        return silence
    newer = len(kept) - bisect_right(kept, earlier.ended_ns, key=lambda outcome: outcome.monotonic_ns)
    return replace(
        silence, rounds=earlier.rounds + newer, since_ns=earlier.since_ns, started_ns=earlier.started_ns
    )


def first_unanswered(rounds: Rounds) -> int:
    """Return the place of the first recent round since the endpoint answered last; of all when that is the
    newest.
    """
    start = max(0, len(rounds.outcomes) - LOOKBACK)
    for index in range(len(rounds.outcomes) - 1, start - 1, -1):
        if rounds.answers[index] is not None:
            return index + 1 if index + 1 < len(rounds.outcomes) else start
    return start


def _last_ttl(rounds: Rounds, unanswered: int) -> int:
    """Return the farthest TTL with an answer in the last `unanswered` rounds that has not stopped since."""
    looked_at = list(zip(rounds.outcomes[-LOOKBACK:], rounds.farthest_router[-LOOKBACK:], strict=True))
    for ttl in sorted(set(rounds.farthest_router[-unanswered:]), reverse=True):
        answers = [farthest >= ttl for outcome, farthest in looked_at if outcome.probed >> ttl & 1]
        absent = answers[::-1].index(True) if True in answers else len(answers)
        if not has_stopped(sum(answers), len(answers) - absent, absent):
            return ttl
    return 0


def _first_silent(farthest: Sequence[int], last: int) -> int:
    for index in range(len(farthest) - 1, -1, -1):
        if farthest[index] > last:
            return min(index + 1, len(farthest) - 1)
    return 0


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


def moving_end(farthest: Sequence[int]) -> tuple[int, int] | None:
    """Return the nearest and the farthest TTL that L moves between; None when it stays, or moved once.

    `farthest` is the highest TTL that answered in each round. Replies of one hop that come and go by chance
    make many short runs, a path that changes makes few long ones (Wald and Wolfowitz's runs test).
    """
    window = farthest[-LOOKBACK:]
    seen = sorted(ttl for ttl, rounds in Counter(window).items() if rounds >= _MIN_ROUNDS_EACH)
    for far in reversed(seen[1:]):
        flags = [top >= far for top in window]
        moves = sum(one is not other for one, other in pairwise(flags))
        if moves >= _MIN_MOVES and _deviation(flags, moves + 1) < -_MIN_DEVIATIONS:
            return seen[0], seen[-1]
    return None


def _deviation(flags: Sequence[bool], runs: int) -> float:
    """How many standard deviations the number of runs lies off its mean, if the order were chance."""
    hits, misses, total = sum(flags), len(flags) - sum(flags), len(flags)
    product = 2 * hits * misses
    mean = product / total + 1
    variance = product * (product - total) / (total * total * (total - 1))
    return (runs - mean) / math.sqrt(variance) if variance > 0 else 0.0
