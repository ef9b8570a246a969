"""Records the outcome of each round of a lane and its endpoint's outages, for path states and findings.

No round is looked at twice, from one trace of the lane to a newer or an older one.
"""

from array import array
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from tracetui.analysis.cache import Remembered
from tracetui.analysis.lanes.has_stopped import Marks, gaps
from tracetui.analysis.rounds.kept_rounds import KeptRounds
from tracetui.model import LaneTrace, Outage, ReplyKind, RoundOutcome
from tracetui.model.moment import moment_of

_MAX_OUTAGES: Final = 32
"""Outages older than the rounds kept that a lane remembers."""

_MAX_MARKS: Final = 8


@dataclass(frozen=True, slots=True)
class Gap:
    """A row of rounds without an answer of the endpoint, too long to be chance."""

    first: int
    """Place of its first round in the kept rounds."""

    end: int
    """Place of the first round after it; the number of kept rounds for one that lasts."""


@dataclass(frozen=True, slots=True)
class Rounds:
    """The kept rounds of a lane, and what each came to."""

    outcomes: Sequence[RoundOutcome]
    farthest: bytes
    """Highest TTL that was answered; the endpoint's own where it answered."""

    farthest_router: bytes
    """Highest TTL that a router answered with Time Exceeded."""

    answers: Sequence[ReplyKind | None]
    """What the endpoint answered with; None where it did not."""

    answered: Marks
    """In which rounds it did."""

    gaps: Sequence[Gap]
    """Outages, oldest first; none if the endpoint never answered."""

    alike: int
    """How many of the newest rounds were answered alike, in all but times: 1 if the one before was not."""

    def alike_with(self, others: Sequence[RoundOutcome]) -> bool:
        """Tell whether other rounds of the lane are all among the newest that were answered alike."""
        if not self.alike or not others:
            return False
        first, last = self.outcomes[-self.alike], self.outcomes[-1]
        return first.monotonic_ns <= others[0].monotonic_ns and others[-1].monotonic_ns <= last.monotonic_ns


class History:
    """Follows the rounds of one lane: how far each was answered, and whether by the endpoint."""

    def __init__(self) -> None:
        self._trace: LaneTrace | None = None
        self._started_ns = 0
        self._kept = KeptRounds()
        self._farthest, self._farthest_router = bytearray(), bytearray()
        self._alike = array("i")
        self._answers: list[ReplyKind | None] = []
        self._answered = bytearray()
        self._marks: dict[object, bytearray] = {}
        self._ended: dict[int, Outage] = {}
        self._span = slice(0, 0)
        """Where the rounds of the last trace are among those kept here."""

        self._rounds = Rounds((), b"", b"", (), b"", (), 0)
        self.silence: Remembered[Any] = Remembered()
        """The silence that the lane is in, for `silent_period`."""

    def of(self, trace: LaneTrace) -> Rounds:
        """Return what the kept rounds of a trace came to; the same object while no round is completed."""
        if trace is self._trace:
            return self._rounds
        self._trace, outcomes = trace, trace.outcomes
        if trace.started_ns != self._started_ns:  # the statistics were restarted
            self._started_ns = trace.started_ns
            self._ended.clear()
        before = self._rounds.outcomes
        if (
            len(before) == len(outcomes)
            and outcomes
            and before[-1] is outcomes[-1]
            and before[0] is outcomes[0]
        ):
            return self._rounds
        start, anew = self._kept.follow(outcomes)
        if anew:
            self._farthest, self._farthest_router = bytearray(), bytearray()
            self._alike, self._answers, self._answered, self._marks = array("i"), [], bytearray(), {}
        kept = self._kept.rounds
        for place in range(len(self._farthest), len(kept)):
            outcome = kept[place]
            reply = outcome.endpoint
            same = place > 0 and _alike(kept[place - 1], outcome)
            self._alike.append(self._alike[-1] + 1 if same else 1)
            self._answers.append(reply)
            self._answered.append(reply is not None)
            self._farthest_router.append(_farthest_router(outcome))
            self._farthest.append(outcome.endpoint_ttl or 0 if reply is not None else outcome.highest_ttl)
        span = self._span = slice(-start, len(outcomes) - start)
        answered = bytes(self._answered[span])
        self._rounds = Rounds(
            outcomes,
            bytes(self._farthest[span]),
            bytes(self._farthest_router[span]),
            self._answers[span],
            answered,
            [Gap(*gap) for gap in gaps(answered)][::-1],
            min(self._alike[span.stop - 1], len(outcomes)) if outcomes else 0,
        )
        return self._rounds

    def marks(self, key: object, mark: Callable[[RoundOutcome], bool]) -> Marks:
        """Return for which kept rounds of the trace last given to `of` something holds.

        Under the same `key` all rounds have the same `mark`.
        """
        marks = self._marks.pop(key, bytearray())
        marks.extend(map(mark, self._kept.rounds[len(marks) :]))
        self._marks[key] = marks
        if len(self._marks) > _MAX_MARKS:
            del self._marks[next(iter(self._marks))]
        return bytes(marks[self._span])

    def outages(self, rounds: Rounds) -> tuple[Outage, ...]:
        """Return the outages that are over, oldest first, with those that rounds kept no longer showed."""
        outcomes = rounds.outcomes
        shown: set[int] = set()
        for gap in rounds.gaps:
            if gap.end < len(outcomes):
                first, after = outcomes[gap.first], outcomes[gap.end]
                began, ended = moment_of(first.started_ns), moment_of(after.started_ns)
                self._ended[after.number] = Outage(
                    began, ended, gap.end - gap.first, (after.monotonic_ns - first.monotonic_ns) / 1e9
                )
                shown.add(after.number)
        kept, newest = (outcomes[0].number, outcomes[-1].number) if outcomes else (0, 0)
        for number in sorted(self._ended):
            if (number > kept and number not in shown) or number > newest:
                del self._ended[number]
        while len(self._ended) > _MAX_OUTAGES:
            del self._ended[min(self._ended)]
        return tuple(self._ended[number] for number in sorted(self._ended))


class Histories:
    """The histories of all lanes of an investigation, by lane id."""

    def __init__(self) -> None:
        self._histories: dict[str, History] = {}

    def of(self, lane_id: str) -> History:
        """Return the history of a lane."""
        known = self._histories.get(lane_id)
        if known is None:
            known = self._histories[lane_id] = History()
        return known

    def keep(self, lane_ids: Iterable[str]) -> None:
        """Forget all other lanes."""
        kept = set(lane_ids)
        for lane_id in self._histories.keys() - kept:
            del self._histories[lane_id]


def _farthest_router(outcome: RoundOutcome) -> int:
    exceeded = ReplyKind.TIME_EXCEEDED
    kinds = outcome.kinds
    if kinds and kinds[-1] is exceeded:
        return len(kinds)
    return next((ttl for ttl in range(len(kinds), 0, -1) if kinds[ttl - 1] is exceeded), 0)


def _alike(one: RoundOutcome, other: RoundOutcome) -> bool:
    """Tell whether two rounds were answered alike; False where a cheap look does not show it.

    A round like the one before shares its tuples. Which silent TTLs were asked differs from round to round.
    """
    replies = one.replies
    if replies is other.replies and not (replies.doubled or replies.failure):
        return not (one.refusal or other.refusal)
    return (
        one.path is other.path
        and one.kinds is other.kinds
        and one.endpoint is other.endpoint
        and one.endpoint_ttl == other.endpoint_ttl
        and one.endpoint_reply_ttl == other.endpoint_reply_ttl
        and (one.endpoint is None or one.probed == other.probed)
        and not (one.refusal or other.refusal or one.doubled or other.doubled)
        and not (one.failure or other.failure)
    )
