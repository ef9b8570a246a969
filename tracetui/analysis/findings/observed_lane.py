"""One lane on its own: how often it is reached, where it stops, what routers say of it; for findings."""

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from itertools import accumulate, takewhile
from operator import attrgetter
from typing import Final

from tracetui.analysis.answer_rate import AnswerRate, answer_rate
from tracetui.analysis.findings.path_before_silence import SeenPath, seen_before, still_the_way
from tracetui.analysis.has_stopped import LOOKBACK, has_stopped
from tracetui.analysis.history import History
from tracetui.analysis.loops import Loop, find_loop
from tracetui.analysis.moving_end import moving_end
from tracetui.analysis.silent_since import SilentPeriod, continued, first_unanswered, silent_period
from tracetui.analysis.window import exceeded, not_replaced, refusals, surely_not_nearer
from tracetui.model import FlowKind, LaneId, LaneSnapshot, Outage, PathState, ReplyKind, RoundOutcome

ROUNDS_NEEDED: Final = 5
"""Below this a lane says nothing."""

LOOP_ROUNDS: Final = 20
"""Rounds merged to see a loop of routers that answer seldom; in more, a change of route would hide it."""

_FAIR_SHARE: Final = 0.2
_GAP: Final = 20
"""Rounds without a sign of what a lane says of itself, within a row of rounds that have it."""

_monotonic_ns: Final = attrgetter("monotonic_ns")


class Condition(StrEnum):
    """What a lane does, from its kept rounds; each finding is about lanes in one of these."""

    CANNOT_SEND = "cannot_send"
    INSUFFICIENT = "insufficient"
    EARLY = "early"
    """Answered in the endpoint's name from nearer than the endpoint."""

    ANSWERED = "answered"
    INTERMITTENT = "intermittent"
    REFUSED = "refused"
    LOOPING = "looping"
    SILENT = "silent"
    ENDLESS = "endless"
    """Routers answer up to the highest TTL probed, or to the end of what is known of the lane."""


@dataclass(frozen=True, slots=True)
class Refused:
    """What a router keeps saying of a lane's probes."""

    address: str
    icmp_type: int
    icmp_code: int
    ttl: int
    """Lowest TTL that got it."""

    messages: int
    """How often, in the last `LOOKBACK` rounds."""

    since_ns: int
    """Unix time of the first kept round of this row of messages."""

    seconds: float
    """From that round to the last one."""


@dataclass(frozen=True, slots=True)
class Step:
    """A place on a path that shows itself."""

    ttl: int
    address: str


@dataclass(frozen=True, slots=True)
class PathBeyond:
    """How a lane passes a router."""

    ttl: int
    following: Step | None
    """The next place that shows itself."""


class ObservedLane:
    """A lane with what follows from its rounds alone. It never changes; what costs is made when asked for."""

    def __init__(
        self, snapshot: LaneSnapshot, before: "ObservedLane | None" = None, history: History | None = None
    ) -> None:
        """`before`: how the lane was read a moment ago, for what the trace does not keep that long.

        `history`: of the lane's rounds, kept from a moment ago or from any other moment.
        """
        self._earlier: tuple[SilentPeriod, SeenPath | None] | None = None
        if before is not None and _goes_on(before, snapshot) and before.condition is Condition.SILENT:
            self._earlier = before.silence, before.seen
        self.snapshot = snapshot
        self.trace = snapshot.trace
        self.verdict = snapshot.verdict
        self.lane = snapshot.trace.lane
        self.id = LaneId(snapshot.id)
        self.place = self.lane.vantage or self.trace.source or ""
        """The source the probes leave from: lanes are compared with lanes from the same one."""

        self.outcomes = snapshot.trace.outcomes
        self.recent = self.outcomes[-LOOKBACK:]
        self.history = history if history is not None else History()
        self.rounds = self.history.of(self.trace)
        self.outages: tuple[Outage, ...] = self.history.outages(self.rounds)
        """Times of silence that are over, oldest first."""

        self.answers = self.rounds.answers[-LOOKBACK:]
        """What the endpoint answered with in each of the last rounds; None where it did not."""

        same = before is not None and before.answers == self.answers
        self.rate: AnswerRate = before.rate if before is not None and same else answer_rate(self.answers)
        """How often the endpoint answers; the same object as before where it is the same."""

        self._row_starts: dict[object, RoundOutcome] = {}
        self._earlier_starts: Mapping[object, RoundOutcome] = {}
        if before is not None and _goes_on(before, snapshot):
            self._earlier_starts = before._row_starts  # noqa: SLF001  (of its own kind)
        self._outline_before = before.outline if before is not None else None
        self._hits: dict[int, list[int]] = {}
        self._beyonds: dict[tuple[str, ...], PathBeyond | None] = {}

    @cached_property
    def condition(self) -> Condition:
        """What the lane does now."""
        state = self.verdict.state
        if state is PathState.LOCAL_FAILURE:
            return Condition.CANNOT_SEND
        if len(self.outcomes) < ROUNDS_NEEDED:
            return Condition.INSUFFICIENT
        if state is PathState.RESET or state is PathState.ANSWERED_EARLY:
            return Condition.EARLY
        if self.rate.silent:
            return self._condition_without_answers()
        return Condition.INTERMITTENT if self.rate.unsteady else Condition.ANSWERED

    def _condition_without_answers(self) -> Condition:
        if self.refused is not None:
            return Condition.REFUSED
        if self.loop is not None:
            return Condition.LOOPING
        if self.moving_end is not None:
            return Condition.INTERMITTENT
        ends = self.silence.probed_ttl > self.silence.last_ttl and not self.trace.may_go_on
        return Condition.SILENT if ends else Condition.ENDLESS

    @cached_property
    def proof(self) -> ReplyKind | None:
        """What the endpoint mostly answers with; what it answered with before is over."""
        kinds = [kind for kind in self.answers if kind is not None]
        if not kinds:
            return self.verdict.proof
        # Mostly there is one kind, and an enumeration is slow to hash.
        if kinds.count(kinds[0]) == len(kinds):
            return kinds[0]
        rounds: dict[ReplyKind, list[int]] = {}
        for place, kind in enumerate(kinds):
            rounds.setdefault(kind, []).append(place)
        return next(iter(not_replaced(rounds)))

    @cached_property
    def silence(self) -> SilentPeriod:
        """Since when it is silent beyond the last hop that replies. Needs a complete round."""
        silence = silent_period(self.trace, self.history)
        return silence if self._earlier is None else continued(silence, self._earlier[0], self.outcomes)

    @cached_property
    def seen(self) -> SeenPath | None:
        """The path that it was seen to take until it went silent; None where that does not show the way
        since.
        """
        seen = seen_before(self.rounds, self.silence)
        if seen is None and self._earlier is not None and self._earlier[0].since_ns == self.silence.since_ns:
            seen = self._earlier[1]
        return seen if seen is not None and still_the_way(seen, self.routers_since) else None

    @cached_property
    def answered_once(self) -> int | None:
        """The TTL at which the endpoint answered when it last did; None if it did not in the rounds kept."""
        answers = self.rounds.answers
        place = next((place for place in range(len(answers) - 1, -1, -1) if answers[place] is not None), None)
        return None if place is None else self.rounds.farthest[place]

    @cached_property
    def answered_since(self) -> int | None:
        """Unix time of the first kept round since the last outage, or since the answers come from where they
        do; None for a lane without rounds.
        """
        if self.snapshot.since_ns is not None:
            return self.snapshot.since_ns
        silences = self.rounds.gaps
        first = silences[-1].end if silences else 0
        return self.outcomes[first].started_ns if first < len(self.outcomes) else None

    @cached_property
    def failing(self) -> Sequence[RoundOutcome]:
        """The rounds up to now in which this machine could not send."""
        return [*takewhile(lambda outcome: outcome.failure is not None, reversed(self.outcomes))][::-1]

    @cached_property
    def outline(self) -> tuple[object, ...]:
        """What other lanes' answers are compared with; the same object as before where it is equal."""
        made = (
            self.lane,
            self.place,
            self.condition,
            self.proof,
            self.rate,
            self.verdict.proof_ttl,
            self.distance,
            self.exact_distance,
            tuple(self.steps),
            self.doubled,
            self.exceeded_beyond_answer,
            self.outages,
        )
        before = self._outline_before
        return before if before is not None and before == made else made

    @cached_property
    def doubled(self) -> tuple[tuple[ReplyKind, ReplyKind, int], ...]:
        """(first kind, second kind, how often) of probes answered twice in two kinds, in the last rounds."""
        doubled = [outcome.doubled for outcome in self.recent if outcome.doubled]
        pairs = Counter((first, second) for each in doubled for _, first, second in each)
        return tuple((*pair, times) for pair, times in pairs.items() if pair[0] is not pair[1])

    @cached_property
    def exceeded_beyond_answer(self) -> int | None:
        """The farthest TTL that got Time Exceeded in rounds answered in the endpoint's name from nearer.

        Of one flow, in several rounds: a route that changes within a round shows such a thing once.
        """
        ttl = self.verdict.proof_ttl or self.distance
        if ttl is None or self.trace.flow is not FlowKind.FIXED:
            return None
        if max(self.rounds.farthest_router[-LOOKBACK:], default=0) <= ttl:
            return None
        alike = [outcome for outcome in self.recent if outcome.endpoint_ttl == ttl]
        exceeded = ReplyKind.TIME_EXCEEDED
        seen = [
            len(outcome.kinds)
            for outcome in alike
            if len(outcome.kinds) > ttl and exceeded in outcome.kinds[ttl:]
        ]
        return max(seen) if len(seen) >= max(2, _FAIR_SHARE * len(alike)) else None

    @cached_property
    def exact_distance(self) -> int | None:
        """The endpoint's distance, where loss does not explain that it answered from no nearer."""
        return surely_not_nearer(self.recent)

    @cached_property
    def late_beyond(self) -> Mapping[int, Sequence[str]]:
        """Who answered too late from beyond L, by TTL, in the last rounds of the silence."""
        found: dict[int, list[str]] = {}
        for outcome in self.recent[-self.silence.rounds :]:
            for ttl, address, _ in outcome.late:
                if ttl > self.silence.last_ttl:
                    found.setdefault(ttl, []).append(address)
        return found

    @cached_property
    def moving_end(self) -> tuple[int, int] | None:
        """The TTLs that the place of silence moves between, to and fro; None where it stays."""
        return moving_end(self.rounds.farthest[first_unanswered(self.rounds) :])

    @cached_property
    def _router_rounds(self) -> Mapping[int, Mapping[str, Sequence[int]]]:
        """TTL to router to which of the last `LOOKBACK` rounds its Time Exceeded came in."""
        return exceeded(self.recent)

    @cached_property
    def refused(self) -> Refused | None:
        """The refusal that comes at least twice from one router and has not stopped; the nearest one."""
        seen: dict[tuple[str, int, int], dict[int, int]] = {}
        for refusal in refusals(self.recent):
            if refusal.icmp_type is not None:
                key = refusal.address, refusal.icmp_type, refusal.icmp_code or 0
                seen.setdefault(key, {})[refusal.round_index] = refusal.ttl
        lasting = [
            self._refused(key, ttls)
            for key, ttls in seen.items()
            if len(ttls) > 1 and not has_stopped(len(ttls), max(ttls) + 1, len(self.recent) - 1 - max(ttls))
        ]
        return min(lasting, key=lambda refused: (refused.ttl, -refused.messages), default=None)

    def _refused(self, key: tuple[str, int, int], ttls: Mapping[int, int]) -> Refused:
        def says(outcome: RoundOutcome) -> bool:
            reply = outcome.refusal
            return reply is not None and (reply.address, reply.icmp_type, reply.icmp_code or 0) == key

        first = self._first_of_row(key, says)
        seconds = (self.outcomes[-1].monotonic_ns - first.monotonic_ns) / 1e9
        return Refused(*key, min(ttls.values()), len(ttls), first.started_ns, seconds)

    def _first_of_row(self, key: object, shows: Callable[[RoundOutcome], bool]) -> RoundOutcome:
        """Return the first round of the row up to now that shows something, called `key`, but for gaps by
        loss.
        """
        if key not in self._row_starts:
            self._row_starts[key] = self._earlier_starts.get(key) or self._walk_back(shows)
        return self._row_starts[key]

    def _walk_back(self, shows: Callable[[RoundOutcome], bool]) -> RoundOutcome:
        found, missed = self.outcomes[-1], 0
        for outcome in reversed(self.outcomes):
            if outcome.endpoint is not None or missed > _GAP:
                break
            found, missed = (outcome, 0) if shows(outcome) else (found, missed + 1)
        return found

    @cached_property
    def loop(self) -> Loop | None:
        """The loop: as the path state has it, or over more rounds where routers answer seldom."""
        verdict = self.verdict
        if verdict.state is PathState.LOOP and verdict.loop_ttl is not None:
            return Loop(verdict.loop_ttl, verdict.loop, verdict.loop_period or len(verdict.loop))
        addresses = [address for at_ttl in self.routers.values() for address in at_ttl]
        return find_loop(self._exceeded) if len(set(addresses)) < len(addresses) else None

    @cached_property
    def loop_started(self) -> RoundOutcome | None:
        """The first kept round of the row of rounds up to now in which a router of the loop came again."""
        loop = self.loop
        if loop is None:
            return None
        turn = frozenset(loop.turn)
        return self._first_of_row(
            turn, lambda outcome: sum(address in turn for address in outcome.path) > len(turn)
        )

    @cached_property
    def loop_rounds(self) -> int:
        """Rounds, of the last `LOOP_ROUNDS`, in which a router of the loop answered again."""
        if self.loop is None:
            return 0
        again: set[int] = set()
        for address in self.loop.turn:
            ttls = sorted(ttl for ttl, routers in self._exceeded.items() if address in routers)
            again.update(index for ttl in ttls[1:] for index in self._exceeded[ttl][address])
        return len(again)

    @cached_property
    def _exceeded(self) -> Mapping[int, Mapping[str, Sequence[int]]]:
        """TTL to router to the last rounds in which its Time Exceeded came."""
        return exceeded(self.recent[-LOOP_ROUNDS:])

    @cached_property
    def routers(self) -> Mapping[int, Mapping[str, int]]:
        """TTL to router to how many Time Exceeded it sent in the last `LOOKBACK` rounds.

        A router that another one has replaced since is not there any more.
        """
        return {ttl: not_replaced(rounds) for ttl, rounds in sorted(self._router_rounds.items())}

    @cached_property
    def routers_since(self) -> Mapping[int, Mapping[str, int]]:
        """As `routers`, of the rounds since it went silent alone, replaced ones too."""
        first = self.silence.first - (len(self.outcomes) - len(self.recent))
        return {
            ttl: counts
            for ttl, at_ttl in self._router_rounds.items()
            if (
                counts := {
                    address: len(rounds) - bisect_left(rounds, first)
                    for address, rounds in at_ttl.items()
                    if rounds[-1] >= first
                }
            )
        }

    @cached_property
    def steps(self) -> Sequence[Step]:
        """The path as it shows itself now: a router a TTL, then the endpoint where it is reached."""
        end = self.distance
        if end is None and self.outcomes and self.rate.silent:
            end = (
                self.silence.last_ttl + 1
            )  # what answered beyond, before it went silent, is the path no more
        found = [
            Step(ttl, max(at_ttl, key=at_ttl.__getitem__))
            for ttl, at_ttl in sorted(self.routers.items())
            if end is None or ttl < end
        ]
        return [*found, Step(self.distance, self.lane.address)] if self.distance is not None else found

    @property
    def distance(self) -> int | None:
        """The endpoint's distance, of a lane that is answered by the endpoint itself."""
        return self.verdict.destination_ttl if self.verdict.state is PathState.REACHED else None

    def ttl_of(self, address: str) -> int | None:
        """Return the TTL at which a router mostly replies; None where it is not on the path."""
        return self._ttls.get(address)

    @property
    def router_addresses(self) -> AbstractSet[str]:
        """Every address that sent Time Exceeded lately, and was not replaced since."""
        return self._ttls.keys()

    @cached_property
    def _ttls(self) -> Mapping[str, int]:
        found: dict[str, tuple[int, int]] = {}
        for ttl, at_ttl in sorted(self.routers.items()):
            for address, count in at_ttl.items():
                if count > found.get(address, (0, 0))[1]:
                    found[address] = ttl, count
        return {address: ttl for address, (ttl, _) in found.items()}

    def beyond(self, addresses: tuple[str, ...]) -> PathBeyond | None:
        """Return how the lane passes a place where any of `addresses` replies; None where it does not.

        The addresses must send at least half of what comes from that TTL.
        """
        if addresses not in self._beyonds:
            self._beyonds[addresses] = self._beyond(addresses)
        return self._beyonds[addresses]

    def _beyond(self, addresses: tuple[str, ...]) -> PathBeyond | None:
        for address in addresses:
            ttl = self.ttl_of(address)
            if ttl is None:
                continue
            at_ttl = self.routers[ttl]
            shared = sum(count for other, count in at_ttl.items() if other in addresses)
            if 2 * shared >= sum(at_ttl.values()):
                # A router may answer at two TTLs in a row, or two routers have one address.
                while not set(addresses).isdisjoint(self.routers.get(ttl + 1, {})):
                    ttl += 1
                return self.beyond_at(ttl)
        return None

    def beyond_at(self, ttl: int) -> PathBeyond:
        """Return how the lane goes on after a TTL."""
        return PathBeyond(ttl, next((step for step in self.steps if step.ttl > ttl), None))

    def rounds_between(self, start_ns: int, end_ns: int) -> tuple[int, int]:
        """Return the places of the first kept round in a span of monotonic time and of the first one after
        it.
        """
        first = bisect_left(self.outcomes, start_ns, key=_monotonic_ns)
        return first, bisect_right(self.outcomes, end_ns, first, key=_monotonic_ns)

    def router_hits_beyond(self, ttl: int, first: int, last: int) -> int:
        """Return in how many kept rounds from place `first` up to `last` a router beyond `ttl` answered."""
        counted = self._hits.get(ttl)
        if counted is None:
            counted = self._hits[ttl] = [0, *accumulate(map(ttl.__lt__, self.rounds.farthest_router))]
        return counted[last] - counted[first]


def _goes_on(before: ObservedLane, snapshot: LaneSnapshot) -> bool:
    """False once the statistics were restarted."""
    return before.trace.started_ns == snapshot.trace.started_ns
