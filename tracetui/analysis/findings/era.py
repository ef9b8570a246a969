"""Since when does a path look as it does now? Changes told from loss, in complete rounds.

A router that answers seldom, or a lossy path, makes single rounds look different. So silence counts as a
change only when it is hard to explain by how often the same thing answered before.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from tracetui.model import LaneTrace, RoundOutcome

LOOKBACK: Final = 20
"""Rounds that say what a path looks like now. A hop that answers more seldom is as good as silent."""

GONE_ROUNDS: Final = 5
_GONE_CHANCE: Final = 1e-4
"""Loss of 20 % makes five silent rounds in a row once in three thousand, and a screen sees thousands."""


def gone(replies: int, asked: int, absent: int) -> bool:
    """Tell whether what answered `replies` of `asked` probes has stopped, having missed the last `absent`."""
    return absent >= GONE_ROUNDS and (1 - replies / (asked + 1)) ** absent < _GONE_CHANCE


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

    reply_share: float
    """Share of its rounds in which L replied."""

    probed_ttl: int
    """Highest TTL up to which all TTLs past L were probed in the last rounds."""

    @property
    def address(self) -> str | None:
        """Who replies at L most often."""
        return self.addresses[0] if self.addresses else None


def silent_era(trace: LaneTrace) -> Era:
    """Return the longest run of rounds up to the newest in which nothing from beyond L answered.

    A change of L, or of the router at L, starts the count again.
    """
    outcomes = trace.outcomes
    last = _last_ttl(outcomes[-LOOKBACK:])
    first = _first_round(outcomes, len(outcomes), last)
    answers = _answers(outcomes[first:], last)
    counts = Counter(address for address in answers if address is not None)
    recent = Counter(address for address in answers[-LOOKBACK:] if address is not None)
    addresses = tuple(address for address, _ in (recent or counts).most_common())
    if addresses:
        skipped = next(index for index, address in enumerate(answers) if address in addresses)
        first, answers = first + skipped, answers[skipped:]
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
        reply_share=sum(answer is not None for answer in answers) / max(1, len(answers)),
        probed_ttl=_probed_without_gap(outcomes[-LOOKBACK:], last),
    )


def places(outcomes: Sequence[RoundOutcome]) -> list[int]:
    """Return the last TTL that replied in each era, newest first: more than one where L moves."""
    found: list[int] = []
    end = len(outcomes)
    while end > 0:
        last = _last_ttl(outcomes[max(0, end - LOOKBACK) : end])
        first = _first_round(outcomes, end, last)
        if end - first >= GONE_ROUNDS and (not found or found[-1] != last):
            found.append(last)
        end = min(first, end - 1)
    return found


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


def _first_round(outcomes: Sequence[RoundOutcome], end: int, last: int) -> int:
    first = end
    while first and outcomes[first - 1].highest_ttl <= last:
        first -= 1
    return min(first, end - 1)


def _answers(outcomes: Sequence[RoundOutcome], ttl: int) -> list[str | None]:
    if not ttl:
        return [None] * len(outcomes)
    return [outcome.path[ttl - 1] if outcome.highest_ttl >= ttl else None for outcome in outcomes]


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
