"""Reads one lane for findings: how often it is answered, where it stops, what routers report."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from itertools import takewhile
from operator import attrgetter
from typing import Final

from tracetui.analysis.findings.conclude import ROUNDS_NEEDED
from tracetui.analysis.findings.path_before_silence import SeenPath, seen_before, still_the_way
from tracetui.analysis.findings.recent_rounds import RecentRounds, recent_rounds
from tracetui.analysis.findings.shown_path import Routers, ShownPath, Step
from tracetui.analysis.lanes.answer_rate import AnswerRate
from tracetui.analysis.lanes.find_loop import Loop
from tracetui.analysis.lanes.has_stopped import LOOKBACK
from tracetui.analysis.lanes.history import History
from tracetui.analysis.lanes.silent_after import (
    SilentPeriod,
    continued,
    first_unanswered,
    moving_end,
    silent_period,
)
from tracetui.model import (
    FlowKind,
    LaneId,
    LaneSnapshot,
    LaneTrace,
    Outage,
    PathState,
    ReplyKind,
    RoundOutcome,
)

_MAX_GAP: Final = 20
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
    """Routers answer up to the highest TTL probed, or to the last known hop of the lane."""


@dataclass(frozen=True, slots=True)
class Refused:
    """What a router keeps saying of a lane's probes."""

    address: str
    icmp_type: int
    icmp_code: int
    ttl: int
    """Of the router: where its Time Exceeded comes from, else the lowest TTL that got the refusal.

    A router refuses what it was to forward: it stands one nearer.
    """

    messages: int
    """How often, in the last `LOOKBACK` rounds."""

    since_ns: int
    """Unix time of the first kept round of this row of messages."""

    seconds: float
    """From that round to the last one."""


def place_of(trace: LaneTrace) -> str:
    """Return the source that a lane's probes leave from, or the remote vantage; of an imported trace, what no
    other lane has."""
    if trace.lane.via is not None:
        return f"via {trace.lane.via}"
    if trace.provenance is not None:
        return f"import {trace.provenance.place}"
    return trace.lane.vantage or trace.source or ""


class ObservedLane:
    """A lane with what follows from its rounds alone. It never changes; what costs is made when asked for."""

    def __init__(
        self,
        snapshot: LaneSnapshot,
        before: "ObservedLane | None" = None,
        history: History | None = None,
        elsewhen: "ObservedLane | None" = None,
    ) -> None:
        """`before`: how the lane was read a moment ago, for what the trace does not keep that long.

        `history`: of the lane's rounds, kept from a moment ago or from any other moment. `elsewhen`: how the
        lane was read at any other moment; only what tells no time is taken from that.
        """
        alike = before if before is not None else elsewhen
        self._outline_before = before.outline if before is not None else None
        self._path_before = alike.path if alike is not None else None
        self.snapshot = snapshot
        self.trace = snapshot.trace
        self._earlier: tuple[SilentPeriod, SeenPath | None] | None = None
        self._row_starts: dict[object, RoundOutcome] = {}
        self._earlier_starts: Mapping[object, RoundOutcome] = {}
        if before is not None and before.trace.started_ns == self.trace.started_ns:  # not restarted
            self._earlier_starts = before._row_starts  # noqa: SLF001  (of its own kind)
            if before.condition is Condition.SILENT:
                self._earlier = before.silence, before.seen
        self.verdict = snapshot.verdict
        self.lane = snapshot.trace.lane
        self.id = LaneId(snapshot.id)
        self.place = place_of(snapshot.trace)
        """Where the probes start: lanes are compared with lanes from the same place."""

        self.outcomes = snapshot.trace.outcomes
        self.history = history if history is not None else History()
        self.rounds = self.history.of(self.trace)
        self.outages: tuple[Outage, ...] = (
            self.history.outages(self.rounds) if self.trace.provenance is None else ()
        )
        """Past outages, oldest first; none where the times of rounds are unknown."""

        self.recent: RecentRounds = (
            recent_rounds(self.rounds, alike.recent, alike.rounds) if alike else RecentRounds(self.rounds)
        )
        self._answered_alike = alike is not None and self.recent is alike.recent

    @property
    def rate(self) -> AnswerRate:
        """How often the endpoint answers."""
        return self.recent.rate

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

    @property
    def proof(self) -> ReplyKind | None:
        """What the endpoint mostly answers with; what it answered with before is over."""
        return self.recent.proof or self.verdict.proof

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
        return seen if seen is not None and still_the_way(seen, self._routers_since) else None

    @property
    def _routers_since(self) -> Routers:
        """Who sent Time Exceeded since it went silent."""
        return self.recent.routers_since(self.silence.first - (len(self.outcomes) - self.recent.length))

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
            self.recent.exact_distance,
            self.path,
            self.recent.doubled,
            self.exceeded_beyond_answer,
            self.outages,
        )
        before = self._outline_before
        return before if before is not None and before == made else made

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
        return self.recent.exceeded_beyond_answer(ttl)

    @cached_property
    def late_beyond(self) -> Mapping[int, Sequence[str]]:
        """Who answered too late from beyond L, by TTL, in the last rounds of the silence."""
        found: dict[int, list[str]] = {}
        for outcome in self.outcomes[-LOOKBACK:][-self.silence.rounds :]:
            for ttl, address, _ in outcome.late:
                if ttl > self.silence.last_ttl:
                    found.setdefault(ttl, []).append(address)
        return found

    @cached_property
    def moving_end(self) -> tuple[int, int] | None:
        """The TTLs that the place of silence moves between; None where it stays."""
        return moving_end(self.rounds.farthest[first_unanswered(self.rounds) :])

    @cached_property
    def refused(self) -> Refused | None:
        """The refusal that comes at least twice from one router and has not stopped; the nearest one."""
        message = self.recent.message
        if message is None:
            return None
        key, ttl, times = message

        def says(outcome: RoundOutcome) -> bool:
            reply = outcome.refusal
            return reply is not None and (reply.address, reply.icmp_type, reply.icmp_code or 0) == key

        first = self._first_of_row(key, says)
        seconds = (self.outcomes[-1].monotonic_ns - first.monotonic_ns) / 1e9
        return Refused(*key, self.path.ttl_of(key[0]) or ttl, times, first.started_ns, seconds)

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
            if outcome.endpoint is not None or missed > _MAX_GAP:
                break
            found, missed = (outcome, 0) if shows(outcome) else (found, missed + 1)
        return found

    @cached_property
    def loop(self) -> Loop | None:
        """The loop: as the path state has it, or over more rounds where routers answer rarely."""
        verdict = self.verdict
        if verdict.state is PathState.LOOP and verdict.loop_ttl is not None:
            return Loop(verdict.loop_ttl, verdict.loop, verdict.loop_period or len(verdict.loop))
        return self.recent.loop

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

    @property
    def loop_rounds(self) -> int:
        """Rounds, of the last `LOOP_ROUNDS`, in which a router of the loop answered again."""
        return self.recent.rounds_with_turn(self.loop.turn) if self.loop is not None else 0

    @cached_property
    def path(self) -> ShownPath:
        """The path as it shows itself now; the same object as before where it says the same."""
        # What answered beyond, before it went silent, is the path no more.
        end = self.silence.last_ttl + 1 if self.outcomes and self.rate.silent else None
        endpoint = Step(self.distance, self.lane.address) if self.distance is not None else None
        made, before = ShownPath(self.recent.routers, end, endpoint), self._path_before
        if before is not None and made.ends_as(before) and (self._answered_alike or made.routers_as(before)):
            return before
        return made

    @property
    def distance(self) -> int | None:
        """The endpoint's distance, of a lane that is answered by the endpoint itself."""
        return self.verdict.destination_ttl if self.verdict.state is PathState.REACHED else None

    def rounds_between(self, start_ns: int, end_ns: int) -> tuple[int, int]:
        """Return the places of the first kept round in a span of monotonic time and of the first one after
        it.
        """
        first = bisect_left(self.outcomes, start_ns, key=_monotonic_ns)
        return first, bisect_right(self.outcomes, end_ns, first, key=_monotonic_ns)

    def router_hits_beyond(self, ttl: int, first: int, last: int) -> int:
        """Return in how many kept rounds from place `first` up to `last` a router beyond `ttl` answered."""
        return len(self.rounds.farthest_router[first:last].translate(None, bytes(range(ttl + 1))))
