"""Since when has a lane been as its verdict says? For the judge, who shows it from there on, and findings.

A router that answers seldom, or a lossy path, makes single rounds look different: what is missing counts as
gone only where that is hard to explain by how often it came before.
"""

from collections.abc import Callable, Sequence
from functools import cache
from typing import Final

from tracetui.analysis.kept_rounds import KeptRounds
from tracetui.analysis.probe_series import endpoint_answered
from tracetui.model import LaneTrace, PathState, PathVerdict, ReplyKind, RoundOutcome

LOOKBACK: Final = 60
"""Rounds that say how often something answers."""

GONE_ROUNDS: Final = 5
_GONE_CHANCE: Final = 1e-4
"""Loss of 20 % makes five silent rounds in a row once in three thousand, and a screen sees thousands."""

RARE: Final = 0.05
"""What answers more seldom than this is as good as silent."""

_NO: Final = b"\0"
_YES: Final = b"\1"
_MARKS_KEPT: Final = 8

Marks = bytes
"""One byte a round, oldest first: 1 where something holds for the round, else 0."""


def since_place(trace: LaneTrace, verdict: PathVerdict) -> int:
    """Return the place in `trace.outcomes` of the first round from which on the lane is as `verdict` says.

    - `silent_after`: the first round after the newest one in which the endpoint, or anything else beyond the
      last responsive hop, answered.
    - `reached`: the first round after the last outage, a row of unanswered rounds too long to be chance.
    - `unreachable`, `loop`, `reset`, `answered_early`: the first round with that sign since there was none
      for longer than chance explains, or since the endpoint answered otherwise.

    0 where it has been so in all kept rounds, and for the states that name no end.
    """
    return Since().place(trace, verdict)


def gone(replies: int, asked: int, absent: int) -> bool:
    """Tell whether what answered `replies` of `asked` probes has stopped, having missed the last `absent`."""
    return absent >= GONE_ROUNDS and (1 - replies / (asked + 1)) ** absent < _GONE_CHANCE


def after_last_gap(marks: Marks) -> int:
    """Return the place after the last row of zeros that has ended and is too long to be chance; else 0."""
    end = len(marks.rstrip(_NO))
    while True:
        stop = marks.rfind(_NO * GONE_ROUNDS, 0, end) + GONE_ROUNDS
        if stop < GONE_ROUNDS:
            return 0
        start = len(marks[:stop].rstrip(_NO))
        if _lasted(marks[max(0, start - LOOKBACK) : start], marks[stop : stop + LOOKBACK], stop - start):
            return stop
        end = start


def _lasted(before: Marks, after: Marks, absent: int) -> bool:
    """Tell whether a gap is too long for what came before it and after it; what is rare does not count."""
    sides = [side for side in (before, after) if side.count(_YES) > RARE * len(side)]
    return gone(sum(side.count(_YES) for side in sides), sum(map(len, sides)), absent)


class Since:
    """Says the same as `since_place`, one trace of a lane after another; looks into new rounds only."""

    def __init__(self) -> None:
        self._kept = KeptRounds()
        self._marks: dict[object, bytearray] = {}
        self._first = self._end = 0
        """Where the rounds of the trace are among those kept here."""

    def place(self, trace: LaneTrace, verdict: PathVerdict) -> int:
        """See `since_place`."""
        if not trace.outcomes:
            return 0
        start, anew = self._kept.follow(trace.outcomes)
        self._first, self._end = -start, len(trace.outcomes) - start
        if anew:
            self._marks = {}
        match verdict.state:
            case PathState.SILENT_AFTER:
                found = self._silent(trace, verdict.last_responsive_ttl or 0)
            case PathState.REACHED:
                found = self._reached(trace, verdict)
            case PathState.UNREACHABLE:
                found = self._since_sign(trace, ("refused", trace.lane.address), _refusal_sign(trace))
            case PathState.LOOP:
                found = self._since_sign(trace, ("loop", verdict.loop), _loop_sign(verdict.loop))
            case PathState.RESET | PathState.ANSWERED_EARLY:
                found = self._early(verdict)
            case _:
                found = 0
        return min(found, len(trace.outcomes) - 1)

    def answers(self, trace: LaneTrace) -> Marks:
        """Return in which kept rounds the endpoint answered; after `place`, of the same trace."""
        address = trace.lane.address
        return self._all(("answered", address), lambda outcome: endpoint_answered(outcome, address))

    # By state

    def _silent(self, trace: LaneTrace, last: int) -> int:
        answers = self.answers(trace)
        recent = answers[-LOOKBACK:]
        if _stands(recent.count(_YES), len(recent), len(recent) - len(recent.rstrip(_NO))):
            return after_last_gap(answers)  # silent by chance: an endpoint that comes and goes
        tops = self._all("tops", lambda outcome: len(outcome.path))
        last = _standing_top(tops[-LOOKBACK:], trace.outcomes[-LOOKBACK:], last)
        beyond = tops.translate(_above(last)).rfind(_YES)
        start = max(beyond, answers.rfind(_YES)) + 1
        return start + after_last_gap(tops[start:].translate(_above(last - 1)))

    def _reached(self, trace: LaneTrace, verdict: PathVerdict) -> int:
        distance, proof, address = verdict.destination_ttl, verdict.proof, trace.lane.address

        def as_now(outcome: RoundOutcome) -> bool:
            """Somebody nearer who answered in another kind was not the endpoint."""
            ttl = outcome.endpoint_ttl
            nearer = ttl is not None and distance is not None and ttl < distance
            return endpoint_answered(outcome, address) and (not nearer or outcome.endpoint is proof)

        marks = self._all(("reached", address, distance, proof), as_now)
        if marks.endswith(_NO * GONE_ROUNDS):
            return len(marks) - 1  # it answers again, in the round that is still open
        return after_last_gap(marks)

    def _early(self, verdict: PathVerdict) -> int:
        kind, distance, ttl = verdict.proof, verdict.destination_ttl, verdict.proof_ttl or 0
        limit = distance - 1 if distance is not None else ttl

        def sign(outcome: RoundOutcome) -> bool:
            if outcome.endpoint is kind and (outcome.endpoint_ttl or 0) <= limit:
                return True
            return any(kind in pair for _, *pair in outcome.doubled)

        marks = self._all(("early", kind, limit), sign)
        return _first_after(marks, after_last_gap(marks))

    def _since_sign(self, trace: LaneTrace, key: object, sign: Callable[[RoundOutcome], bool]) -> int:
        marks = self._all(key, sign)
        start = self.answers(trace).rfind(_YES) + 1
        return _first_after(marks, start + after_last_gap(marks[start:]))

    # Marks

    def _all(self, key: object, mark: Callable[[RoundOutcome], int]) -> Marks:
        """Return the mark of every kept round; under the same `key` all rounds have the same `mark`."""
        marks = self._marks.pop(key, bytearray())
        marks.extend(map(mark, self._kept.rounds[len(marks) :]))
        self._marks[key] = marks
        if len(self._marks) > _MARKS_KEPT:
            del self._marks[next(iter(self._marks))]
        return bytes(marks[self._first : self._end])


def _stands(replies: int, asked: int, absent: int) -> bool:
    return replies > RARE * asked and not gone(replies, asked - absent, absent)


def _standing_top(tops: Marks, outcomes: Sequence[RoundOutcome], last: int) -> int:
    """Return the highest TTL from `last` on that answers often enough to be missing by chance now."""
    if max(tops) <= last:
        return last
    for ttl in sorted({top for top in tops if top > last}, reverse=True):
        replies = asked = absent = 0
        for top, outcome in zip(tops, outcomes, strict=True):
            if outcome.probed >> ttl & 1:
                replies, absent = (replies + 1, 0) if top >= ttl else (replies, absent + 1)
                asked += 1
        if _stands(replies, asked, absent):
            return ttl
    return last


@cache
def _above(ttl: int) -> bytes:
    """Return the table that makes marks of TTLs: 1 for those above `ttl`."""
    return bytes([number > ttl for number in range(256)])


def _first_after(marks: Marks, start: int) -> int:
    found = marks.find(_YES, start)
    return start if found < 0 else found


def _refusal_sign(trace: LaneTrace) -> Callable[[RoundOutcome], bool]:
    address = trace.lane.address

    def sign(outcome: RoundOutcome) -> bool:
        if outcome.refusal is not None:
            return True
        return outcome.endpoint is ReplyKind.PORT_UNREACHABLE and not endpoint_answered(outcome, address)

    return sign


def _loop_sign(turn: tuple[str, ...]) -> Callable[[RoundOutcome], bool]:
    """A round shows the loop when one of its routers comes again."""
    return lambda outcome: any(outcome.path.count(address) > 1 for address in turn)
