"""Merges the last rounds of a lane by TTL, for path states, early answers, loops and findings."""

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

from tracetui.analysis.lanes.has_stopped import has_stopped
from tracetui.model import FlowKind, Lane, LaneTrace, ReplyKind, RoundOutcome

_Key = TypeVar("_Key")

_MIN_CHANCE_OF_LOSS: Final = 0.005
"""Chance at or above which loss explains that an endpoint answered no nearer probe."""

WINDOW: Final = 5
"""Complete rounds that a path state is decided from. The engine probes every TTL at least once in as many."""


@dataclass(frozen=True, slots=True)
class Proof:
    """A reply that only the endpoint sends, or a device in its name."""

    round_index: int
    """Place of its round in the window; `len(rounds)` for a round still open."""

    ttl: int
    kind: ReplyKind
    reply_ttl: int | None
    exact: bool
    """True when the TTL before was probed too in that round: `ttl` is a distance, not only a bound."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """An ICMP unreachable that a router sent (or a host, in its own name)."""

    round_index: int
    ttl: int
    address: str
    icmp_type: int | None
    icmp_code: int | None


@dataclass(frozen=True, slots=True)
class LaneWindow:
    """Replies of the last complete rounds, and of the open one as far as the trace shows it."""

    lane: Lane
    flow: FlowKind
    endpoint: ReplyKind | None
    """The trace's own word on what answers, from its open round too."""

    failure: str | None
    may_go_on: bool
    rounds: Sequence[RoundOutcome]
    exceeded: Mapping[int, Mapping[str, Sequence[int]]]
    """TTL to router to the rounds (places in the window) in which its Time Exceeded came."""

    probed: int
    """Bit `ttl` is set for every TTL probed in any of the rounds."""

    proofs: Sequence[Proof]
    refusals: Sequence[Refusal]

    @property
    def answered(self) -> bool:
        """True when anything came back."""
        return bool(self.exceeded or self.proofs or self.refusals)

    @property
    def distance(self) -> int | None:
        """Lowest TTL that is known to be where the endpoint's replies begin."""
        return min((proof.ttl for proof in self.proofs if proof.exact), default=None)

    def router(self, ttl: int) -> str | None:
        """Return who sent Time Exceeded at `ttl` in most of the rounds."""
        seen = self.exceeded.get(ttl)
        return max(seen, key=lambda address: len(seen[address])) if seen else None


def lane_window(trace: LaneTrace, alike: LaneWindow | None = None) -> LaneWindow:
    """Merge the last `WINDOW` complete rounds of a lane.

    Before its first round is complete, or where it has counts alone, the counts of its hops stand in for one
    round, so that a reply counts as soon as it is there. `alike`: a window of as many rounds, which were
    answered as these were.
    """
    rounds = trace.outcomes[-WINDOW:]
    probed = 0
    for outcome in rounds:
        probed |= outcome.probed
    return LaneWindow(
        trace.lane,
        trace.flow,
        trace.endpoint,
        trace.failure,
        trace.may_go_on,
        rounds,
        alike.exceeded if alike else exceeded(rounds) if rounds else _exceeded_in_hops(trace),
        probed,
        alike.proofs if alike and rounds[-1].endpoint else _proofs(trace, rounds),
        alike.refusals if alike else refusals(rounds),
    )


def _proofs(trace: LaneTrace, rounds: Sequence[RoundOutcome]) -> Sequence[Proof]:
    proofs = [
        Proof(
            index,
            ttl,
            outcome.endpoint,
            outcome.endpoint_reply_ttl,
            exact=ttl == 1 or outcome.was_probed(ttl - 1),
        )
        for index, outcome in enumerate(rounds)
        if outcome.endpoint is not None and (ttl := outcome.endpoint_ttl) is not None
    ]
    if not proofs and trace.endpoint is not None and trace.destination_ttl is not None:
        # Only the open round has it; in the first one its TTL is a distance.
        proofs.append(Proof(len(rounds), trace.destination_ttl, trace.endpoint, None, exact=not rounds))
    return proofs


def exceeded(rounds: Sequence[RoundOutcome]) -> Mapping[int, Mapping[str, list[int]]]:
    """Return TTL to router to the rounds (places in `rounds`) in which its Time Exceeded came."""
    found: dict[int, dict[str, list[int]]] = {}
    wanted = ReplyKind.TIME_EXCEEDED
    for outcome, places in _alike(rounds):
        for ttl, (address, kind) in enumerate(zip(outcome.path, outcome.kinds, strict=True), start=1):
            if kind is wanted and address is not None:
                found.setdefault(ttl, {}).setdefault(address, []).extend(places)
    return found


def _alike(rounds: Sequence[RoundOutcome]) -> Iterator[tuple[RoundOutcome, range]]:
    """Yield rounds in a row that had the same replies: a round like the one before shares its tuples."""
    shapes = [(id(replies.path), id(replies.kinds)) for replies in [outcome.replies for outcome in rounds]]
    first = 0
    while first < len(rounds):
        shape, end = shapes[first], first + 1
        while end < len(rounds) and shapes[end] == shape:
            end = len(rounds) if shapes[-1] == shape and shapes.count(shape) == len(rounds) else end + 1
        yield rounds[first], range(first, end)
        first = end


def not_replaced(rounds: Mapping[_Key, Sequence[int]]) -> dict[_Key, int]:
    """Return how often each of several answers came, most often first, without those that others replaced.

    `rounds` are the rounds in which each came: routers at one TTL, say.
    """
    counts = {key: len(places) for key, places in rounds.items()}
    if len(counts) == 1:
        return counts
    total = sum(counts.values())
    found = {}
    for key in sorted(counts, key=counts.__getitem__, reverse=True):
        last = rounds[key][-1]
        since = sum(len(places) - bisect_right(places, last) for places in rounds.values())
        if not has_stopped(counts[key], total - since, since):
            found[key] = counts[key]
    return found


def surely_not_nearer(rounds: Sequence[RoundOutcome]) -> int | None:
    """Return the lowest TTL that the endpoint answered; None where it may be nearer and loss hid that.

    It answers a share of the probes that reach it; were it one hop nearer, that share of the probes there
    would have been answered.
    """
    answered = [outcome.replies for outcome in rounds]
    proofs = [each.endpoint_ttl for each in answered if each.endpoint_ttl is not None]
    ttl = min(proofs, default=None)
    if ttl is None or ttl == 1:
        return ttl
    replies, probed = proofs.count(ttl), [each.probed for each in answered]
    asked, nearer = sum(mask >> ttl & 1 for mask in probed), sum(mask >> (ttl - 1) & 1 for mask in probed)
    return ttl if (1 - replies / (asked + 1)) ** nearer < _MIN_CHANCE_OF_LOSS else None


def responders_at(outcomes: Sequence[RoundOutcome], ttl: int) -> tuple[str, ...]:
    """Return which routers answer at a TTL, most often first, without those that were replaced."""
    rounds: dict[str, list[int]] = {}
    for outcome, places in _alike(outcomes):
        if ttl and outcome.highest_ttl >= ttl and outcome.kinds[ttl - 1] is ReplyKind.TIME_EXCEEDED:
            address = outcome.path[ttl - 1]
            if address is not None:
                rounds.setdefault(address, []).extend(places)
    return tuple(not_replaced(rounds))


def refusals(rounds: Sequence[RoundOutcome]) -> Sequence[Refusal]:
    """Return what routers refused, in their own name; of each round the nearest."""
    return [
        Refusal(index, ttl, reply.address, reply.icmp_type, reply.icmp_code)
        for index, outcome in enumerate(rounds)
        if (reply := outcome.refusal) is not None and (ttl := outcome.refusal_ttl) is not None
    ]


def _exceeded_in_hops(trace: LaneTrace) -> Mapping[int, Mapping[str, Sequence[int]]]:
    wanted = ReplyKind.TIME_EXCEEDED.value
    found: dict[int, dict[str, Sequence[int]]] = {}
    for hop in trace.hops:
        for responder in hop.responders:
            if wanted in responder.replies:
                found.setdefault(hop.ttl, {})[responder.address] = (0,)
    return found
