"""One lane on its own: how often it is reached, where it stops, what routers say of it."""

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from itertools import accumulate
from operator import attrgetter
from typing import Final

from tracetui.analysis.findings.era import LOOKBACK, Era, continued, gone, silent_era, standing
from tracetui.analysis.findings.share import WINDOW, Share, recent_share
from tracetui.analysis.findings.tops import Tops
from tracetui.analysis.findings.wander import wanders
from tracetui.analysis.loops import Loop, find_loop
from tracetui.model import LaneSnapshot, PathState, ReplyKind, RoundOutcome

ROUNDS_NEEDED: Final = 5
"""Below this a lane says nothing."""

LOOP_ROUNDS: Final = 20
"""Rounds merged to see a loop of routers that answer seldom; in more, a change of route would hide it."""

_FAIR_SHARE: Final = 0.2

_started_ns: Final = attrgetter("started_ns")


class Course(StrEnum):
    """What a lane does, from its kept rounds; findings take one of these up."""

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
    """Routers answer up to the highest TTL probed."""


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


@dataclass(frozen=True, slots=True)
class Step:
    """A place on a path that shows itself."""

    ttl: int
    address: str


@dataclass(frozen=True, slots=True)
class Passage:
    """How a lane passes a router."""

    ttl: int
    following: Step | None
    """The next place that shows itself."""

    balanced: bool
    """Several routers follow, each with a fair share of the replies: no change of route, no stray."""


class Reading:
    """A lane with what follows from its rounds alone. It never changes; what costs is made when asked for."""

    def __init__(
        self, snapshot: LaneSnapshot, before: "Reading | None" = None, kept_tops: Tops | None = None
    ) -> None:
        """`before`: how the lane was read a moment ago, for what the trace does not keep that long.

        `kept_tops`: what was looked up of its rounds, a moment ago or for any other moment.
        """
        self._earlier = before.silence if before is not None and _goes_on(before, snapshot) else None
        self.snapshot = snapshot
        self.trace = snapshot.trace
        self.verdict = snapshot.verdict
        self.lane = snapshot.trace.lane
        self.id = snapshot.id
        self.place = self.lane.vantage or self.trace.source or ""
        """The source the probes leave from: lanes are compared with lanes from the same one."""

        self.outcomes = snapshot.trace.outcomes
        self.recent = self.outcomes[-LOOKBACK:]
        self.answers = [self._answer(outcome) for outcome in self.outcomes[-WINDOW:]]
        """What the endpoint answered with in each of the last rounds; None where it did not."""

        same = before is not None and before.answers == self.answers
        self.share: Share = before.share if before is not None and same else _share(self.answers)
        """How often the endpoint answers; the same object as before where it is the same."""

        self.kept_tops = kept_tops if kept_tops is not None else Tops()
        self._hits: dict[int, list[int]] = {}
        self._passages: dict[tuple[str, ...], Passage | None] = {}

    @cached_property
    def course(self) -> Course:
        """What the lane does now."""
        state = self.verdict.state
        if state is PathState.LOCAL_FAILURE:
            return Course.CANNOT_SEND
        if len(self.outcomes) < ROUNDS_NEEDED:
            return Course.INSUFFICIENT
        if state is PathState.RESET or state is PathState.ANSWERED_EARLY:
            return Course.EARLY
        if self.share.silent:
            return self._course_without_answers()
        return Course.INTERMITTENT if self.share.unsteady else Course.ANSWERED

    def _course_without_answers(self) -> Course:
        if self.refused is not None:
            return Course.REFUSED
        if self.loop is not None:
            return Course.LOOPING
        if self.wanders is not None:
            return Course.INTERMITTENT
        return Course.SILENT if self.era.probed_ttl > self.era.last_ttl else Course.ENDLESS

    @cached_property
    def proof(self) -> ReplyKind | None:
        """What the endpoint mostly answers with."""
        kinds = [kind for kind in self.answers if kind is not None]
        if not kinds:
            return self.verdict.proof
        # Mostly there is one kind, and an enumeration is slow to hash.
        return kinds[0] if kinds.count(kinds[0]) == len(kinds) else Counter(kinds).most_common(1)[0][0]

    def answered(self, outcome: RoundOutcome) -> bool:
        """Tell whether the endpoint answered in a round: a router's port unreachable is no answer of it."""
        return self._answer(outcome) is not None

    def _answer(self, outcome: RoundOutcome) -> ReplyKind | None:
        kind, ttl = outcome.endpoint, outcome.endpoint_ttl
        if kind is None or ttl is None:
            return None
        if kind is ReplyKind.PORT_UNREACHABLE and outcome.path[ttl - 1] != self.lane.address:
            return None
        return kind

    @cached_property
    def era(self) -> Era:
        """Since when it is silent beyond the last hop that replies. Needs a complete round."""
        era = silent_era(self.trace, self.tops)
        return era if self._earlier is None else continued(era, self._earlier, self.outcomes)

    @property
    def silence(self) -> Era | None:
        """The era of a lane that is silent; None for any other."""
        return self.era if self.course is Course.SILENT else None

    @cached_property
    def wanders(self) -> tuple[int, int] | None:
        """The TTLs that the place of silence moves between, to and fro; None where it stays."""
        return wanders(self.tops)

    @cached_property
    def refused(self) -> Refused | None:
        """The refusal that comes at least twice from one router and has not stopped; the nearest one."""
        seen: dict[tuple[str, int, int], list[tuple[int, int]]] = {}
        for index, outcome in enumerate(self.recent):
            for ttl, address, icmp_type, code in self._refusals(outcome):
                seen.setdefault((address, icmp_type, code), []).append((index, ttl))
        standing = [
            Refused(*key, min(ttl for _, ttl in said), len(said))
            for key, said in seen.items()
            if len(said) > 1 and not self._stopped({index for index, _ in said})
        ]
        return min(standing, key=lambda refused: (refused.ttl, -refused.messages), default=None)

    def _refusals(self, outcome: RoundOutcome) -> Sequence[tuple[int, str, int, int]]:
        reply, ttl = outcome.refusal, outcome.refusal_ttl
        found = []
        if reply is not None and ttl is not None and reply.icmp_type is not None:
            found.append((ttl, reply.address, reply.icmp_type, reply.icmp_code or 0))
        if outcome.endpoint is ReplyKind.PORT_UNREACHABLE and not self.answered(outcome):
            ttl = outcome.endpoint_ttl or 0
            address = outcome.path[ttl - 1]
            if address is not None:
                found.append((ttl, address, *((3, 3) if self.lane.family == 4 else (1, 4))))
        return found

    def _stopped(self, rounds: set[int]) -> bool:
        last = max(rounds)
        return gone(len(rounds), last + 1, len(self.recent) - 1 - last)

    @cached_property
    def loop(self) -> Loop | None:
        """The loop: as the path state has it, or over more rounds where routers answer seldom."""
        verdict = self.verdict
        if verdict.state is PathState.LOOP and verdict.loop_ttl is not None:
            return Loop(verdict.loop_ttl, verdict.loop)
        addresses = [address for at_ttl in self.routers.values() for address in at_ttl]
        return find_loop(self._exceeded) if len(set(addresses)) < len(addresses) else None

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
        exceeded: dict[int, dict[str, list[int]]] = {}
        for index, outcome in enumerate(self.recent[-LOOP_ROUNDS:]):
            for ttl, (address, kind) in enumerate(zip(outcome.path, outcome.kinds, strict=True), start=1):
                if address is not None and kind is ReplyKind.TIME_EXCEEDED:
                    exceeded.setdefault(ttl, {}).setdefault(address, []).append(index)
        return exceeded

    @cached_property
    def routers(self) -> Mapping[int, Mapping[str, int]]:
        """TTL to router to how many Time Exceeded it sent in the last `LOOKBACK` rounds.

        A router that another one has replaced since is not there any more.
        """
        counts: dict[int, dict[str, int]] = {}
        exceeded = ReplyKind.TIME_EXCEEDED
        for one, rounds in _runs(self.recent):
            for ttl, (address, kind) in enumerate(zip(one.path, one.kinds, strict=True), start=1):
                if address is not None and kind is exceeded:
                    at_ttl = counts.setdefault(ttl, {})
                    at_ttl[address] = at_ttl.get(address, 0) + rounds
        return {
            ttl: standing(self._senders(ttl)) if len(at_ttl) > 1 else at_ttl for ttl, at_ttl in counts.items()
        }

    def _senders(self, ttl: int) -> list[str]:
        """Who sent Time Exceeded at a TTL, in order of time."""
        found = []
        for outcome in self.recent:
            if outcome.highest_ttl >= ttl and outcome.kinds[ttl - 1] is ReplyKind.TIME_EXCEEDED:
                address = outcome.path[ttl - 1]
                if address is not None:
                    found.append(address)
        return found

    @cached_property
    def steps(self) -> Sequence[Step]:
        """The path as it shows itself now: a router a TTL, then the endpoint where it is reached."""
        end = self.distance
        if end is None and self.outcomes and self.share.silent:
            end = self.era.last_ttl + 1  # what answered beyond, before it went silent, is the path no more
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

    def passage(self, addresses: tuple[str, ...]) -> Passage | None:
        """Return how the lane passes a place where any of `addresses` replies; None where it does not.

        The addresses must send at least half of what comes from that TTL.
        """
        if addresses not in self._passages:
            self._passages[addresses] = self._passage(addresses)
        return self._passages[addresses]

    def _passage(self, addresses: tuple[str, ...]) -> Passage | None:
        for address in addresses:
            ttl = self.ttl_of(address)
            if ttl is None:
                continue
            at_ttl = self.routers[ttl]
            shared = sum(count for other, count in at_ttl.items() if other in addresses)
            if 2 * shared >= sum(at_ttl.values()):
                return self.passage_at(ttl)
        return None

    def passage_at(self, ttl: int) -> Passage:
        """Return how the lane goes on after a TTL."""
        after = self.routers.get(ttl + 1, {})
        fair = _FAIR_SHARE * sum(after.values())
        return Passage(
            ttl=ttl,
            following=next((step for step in self.steps if step.ttl > ttl), None),
            balanced=sum(count >= fair for count in after.values()) > 1,
        )

    @cached_property
    def tops(self) -> Sequence[int]:
        """Highest TTL that was answered in each kept round."""
        return self.kept_tops.of(self.outcomes)

    def rounds_between(self, start_ns: int, end_ns: int) -> tuple[int, int]:
        """Return the places of the first kept round in a span of time and of the first one after it."""
        first = bisect_left(self.outcomes, start_ns, key=_started_ns)
        return first, bisect_right(self.outcomes, end_ns, first, key=_started_ns)

    def hits_beyond(self, ttl: int, first: int, last: int) -> int:
        """Return in how many of the kept rounds from `first` up to `last` anything beyond `ttl` answered."""
        counted = self._hits.get(ttl)
        if counted is None:
            counted = self._hits[ttl] = [0, *accumulate(map(ttl.__lt__, self.tops))]
        return counted[last] - counted[first]


def _goes_on(before: Reading, snapshot: LaneSnapshot) -> bool:
    """False once the statistics were restarted."""
    return before.trace.started_ns == snapshot.trace.started_ns


def _runs(outcomes: Sequence[RoundOutcome]) -> Sequence[tuple[RoundOutcome, int]]:
    """Return rounds that differ from the one before, each with how many like it follow, itself counted.

    A round with the same replies as the one before shares its tuples.
    """
    found: list[tuple[RoundOutcome, int]] = []
    started = 0
    for index, outcome in enumerate(outcomes):
        first = outcomes[started]
        if outcome.path is not first.path or outcome.kinds is not first.kinds:
            found.append((first, index - started))
            started = index
    return [*found, (outcomes[started], len(outcomes) - started)] if outcomes else []


def _share(answers: Sequence[ReplyKind | None]) -> Share:
    return recent_share([kind is not None for kind in answers])
