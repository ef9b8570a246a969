"""The last rounds of a lane, merged by TTL: what every rule about path states looks at."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from tracetui.model import FlowKind, Lane, LaneTrace, ReplyKind, RoundOutcome

WINDOW: Final = 5
"""Complete rounds looked at. The engine probes every TTL at least once in as many rounds."""


@dataclass(frozen=True, slots=True)
class Proof:
    """A reply that only the endpoint sends, or somebody in its name."""

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


def lane_window(trace: LaneTrace, length: int = WINDOW) -> LaneWindow:
    """Merge the last `length` complete rounds of a lane.

    Before its first round is complete, the counts of its hops stand in for that round, so that a reply
    counts as soon as it is there.
    """
    rounds = trace.outcomes[-length:]
    merge = _Merge(trace)
    for index, outcome in enumerate(rounds):
        merge.add_round(index, outcome)
    if not rounds:
        merge.add_hops()
    live = _live_proof(trace, rounds, merge.proofs)
    if live is not None:
        merge.proofs.append(live)
    return LaneWindow(
        trace.lane,
        trace.flow,
        trace.endpoint,
        trace.failure,
        rounds,
        merge.exceeded,
        merge.probed,
        merge.proofs,
        merge.refusals,
    )


class _Merge:
    def __init__(self, trace: LaneTrace) -> None:
        self.trace = trace
        self.exceeded: dict[int, dict[str, list[int]]] = {}
        self.probed = 0
        self.proofs: list[Proof] = []
        self.refusals: list[Refusal] = []
        self._taken_apart: tuple[object, object] = (None, None)
        self._places: list[list[int]] = []
        self._others: list[tuple[int, str, ReplyKind]] = []

    def add_round(self, index: int, outcome: RoundOutcome) -> None:
        self.probed |= outcome.probed
        self._take_apart(outcome)
        for rounds in self._places:
            rounds.append(index)
        proven = False
        for ttl, address, kind in self._others:
            if kind is ReplyKind.PORT_UNREACHABLE and not _is_endpoint(self.trace, address):
                # A router's own refusal: what REJECT of a Linux firewall sends unless told otherwise.
                numbers = (3, 3) if self.trace.lane.family == 4 else (1, 4)
                self.refusals.append(Refusal(ttl, address, *numbers))
            elif kind is not ReplyKind.UNREACHABLE and not proven:
                proven = True
                reply_ttl = outcome.endpoint_reply_ttl if outcome.endpoint_ttl == ttl else None
                exact = ttl == 1 or outcome.was_probed(ttl - 1)
                self.proofs.append(Proof(index, ttl, kind, reply_ttl, exact))
        reply, ttl_refused = outcome.refusal, outcome.refusal_ttl
        if reply is not None and ttl_refused is not None:
            self.refusals.append(Refusal(ttl_refused, reply.address, reply.icmp_type, reply.icmp_code))

    def _take_apart(self, outcome: RoundOutcome) -> None:
        """Tell Time Exceeded from the rest. A round like the one before shares its tuples: nothing to do."""
        before_path, before_kinds = self._taken_apart
        if outcome.path is before_path and outcome.kinds is before_kinds:
            return
        self._taken_apart = outcome.path, outcome.kinds
        self._places, self._others = [], []
        exceeded = ReplyKind.TIME_EXCEEDED
        for ttl, (address, kind) in enumerate(zip(outcome.path, outcome.kinds, strict=True), start=1):
            if address is None or kind is None:
                continue
            if kind is exceeded:
                self._places.append(self.exceeded.setdefault(ttl, {}).setdefault(address, []))
            else:
                self._others.append((ttl, address, kind))

    def add_hops(self) -> None:
        for hop in self.trace.hops:
            for responder in hop.responders:
                if ReplyKind.TIME_EXCEEDED.value in responder.replies:
                    self.exceeded.setdefault(hop.ttl, {})[responder.address] = [0]


def _live_proof(trace: LaneTrace, rounds: Sequence[RoundOutcome], proofs: Sequence[Proof]) -> Proof | None:
    """Return the proof that only an open round has; its TTL is a distance in the first round alone."""
    ttl = trace.destination_ttl
    if trace.endpoint is None or ttl is None or proofs:
        return None
    if trace.endpoint is ReplyKind.PORT_UNREACHABLE:
        responders = trace.hops[ttl - 1].responders if ttl <= len(trace.hops) else ()
        if not any(_is_endpoint(trace, responder.address) for responder in responders):
            return None
    return Proof(len(rounds), ttl, trace.endpoint, None, exact=not rounds)


def _is_endpoint(trace: LaneTrace, address: str) -> bool:
    return address.partition("%")[0] == trace.lane.address.partition("%")[0]
