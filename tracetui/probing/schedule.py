"""Decides which TTLs a lane probes in its next round: pure functions of its last rounds.

- A **sweep** finds the end: every TTL upwards, fast. A lane starts with one, and sweeps again when the end
  moves.
- With the **end known**, every TTL up to it, in shuffled order, spread over the interval.
- With a **router's refusal** (ICMP unreachable), every TTL up to the one that was refused.
- On an **open** path (silence, loop), every TTL up to five past the last that answered; higher ones only in
  every fifth round, so that a silent network is not swept every second. The highest TTL is probed in every
  round: it reaches the endpoint however long the path is, so each round asks whether it answers at all.
"""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from tracetui.model import ReplyKind, RoundOutcome

SILENT_TTLS: Final = 5
"""TTLs past the last responsive hop that are probed in every round."""

SPARSE_ROUNDS: Final = 5
"""Higher TTLs are probed in one of this many rounds."""

RECENT_ROUNDS: Final = 5
"""How many of the last rounds decide where the end is, incomplete ones included."""


@dataclass(frozen=True, slots=True)
class RoundPlan:
    """The TTLs of one round, in the order they are sent."""

    ttls: tuple[int, ...]
    sweep: bool
    """True: sent fast and upwards, and ended when the endpoint answers."""


@dataclass(frozen=True, slots=True)
class End:
    """Where the path ends, by recent rounds."""

    nearest: int | None = None
    """The endpoint's distance: the lowest TTL that proved it."""

    farthest: int | None = None
    """The longest distance, where a load balancer has branches of unequal length."""

    refusal: int | None = None
    """Lowest TTL a router refused."""

    proof: ReplyKind | None = None
    """The last reply that proved the endpoint."""

    responsive: int = 0
    """Highest TTL that answered at all."""

    @property
    def known(self) -> bool:
        """False on an open path."""
        return self.farthest is not None or self.refusal is not None


def find_end(outcomes: Sequence[RoundOutcome]) -> End:
    """Return where the path ends by the last `RECENT_ROUNDS` rounds, incomplete ones included."""
    recent = [outcome.replies for outcome in outcomes[-RECENT_ROUNDS:]]
    if recent and recent.count(recent[-1]) == len(recent):
        recent = recent[-1:]  # mostly they were all answered alike
    proven = [replies.endpoint_ttl for replies in recent if replies.endpoint_ttl is not None]
    refused = [replies.refusal_ttl for replies in recent if replies.refusal_ttl is not None]
    return End(
        nearest=min(proven, default=None),
        farthest=max(proven, default=None),
        refusal=min(refused, default=None),
        proof=next((replies.endpoint for replies in reversed(recent) if replies.endpoint), None),
        responsive=max([len(replies.path) for replies in recent], default=0),
    )


def end_has_moved(outcome: RoundOutcome, end: End, max_hops: int) -> bool:
    """Tell whether a complete round calls for a new sweep, given the `end` before it.

    True when a router answered where the endpoint used to, or the endpoint answered only the probe with the
    highest TTL, far past the last responsive hop.
    """
    if outcome.endpoint_ttl is None:
        if end.farthest is None or outcome.highest_ttl < end.farthest:
            return False
        return outcome.kinds[-1] is ReplyKind.TIME_EXCEEDED
    return end.farthest is None and outcome.endpoint_ttl == max_hops > end.responsive + SILENT_TTLS


def plan_round(
    number: int,
    end: End,
    repeats: Mapping[int, int],
    *,
    swept: bool,
    max_hops: int,
    random_source: random.Random,
) -> RoundPlan:
    """Return the TTLs for round `number`.

    `repeats`: for a TTL, at how many lower TTLs its last responder answered too (a loop). Such a router would
    get many probes per round, so the third and further of its TTLs are probed sparsely.
    """
    if not swept:
        return RoundPlan(tuple(range(1, max_hops + 1)), sweep=True)
    if end.farthest is not None:
        ttls = list(range(1, min(end.farthest, max_hops) + 1))
    elif end.refusal is not None:
        ttls = list(range(1, min(end.refusal, max_hops) + 1))
    else:
        near = min(end.responsive + SILENT_TTLS, max_hops)
        ttls = [
            ttl
            for ttl in range(1, max_hops + 1)
            if (ttl <= near and repeats.get(ttl, 0) < 2)
            or ttl == max_hops
            or (ttl + number) % SPARSE_ROUNDS == 0
        ]
    random_source.shuffle(ttls)
    return RoundPlan(tuple(ttls), sweep=False)
