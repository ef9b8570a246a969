"""What one lane's rounds came to, one by one, and its outages: kept from moment to moment, for findings.

No round is looked at twice.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from tracetui.analysis.kept_rounds import KeptRounds
from tracetui.model import LaneTrace, Outage, ReplyKind, RoundOutcome
from tracetui.model.moment import moment_of

OUTAGE_ROUNDS: Final = 5
_CHANCE: Final = 1e-4
"""Loss of 20 % makes five silent rounds in a row once in three thousand, and a screen sees thousands."""

_YES: Final = b"\1"
_LEAST: Final = b"\0" * OUTAGE_ROUNDS

_REMEMBERED: Final = 32
"""Outages older than the rounds kept that a lane remembers."""


def gone(replies: int, asked: int, absent: int) -> bool:
    """Tell whether what answered `replies` of `asked` probes has stopped, having missed the last `absent`."""
    return absent >= OUTAGE_ROUNDS and (1 - replies / (asked + 1)) ** absent < _CHANCE


@dataclass(frozen=True, slots=True)
class Silence:
    """A run of rounds without an answer of the endpoint, too long to be chance."""

    first: int
    """Place of its first round in the kept rounds."""

    end: int
    """Place of the first round after it; the number of kept rounds for one that lasts."""


class History:
    """Follows the rounds of one lane: how far each was answered, and whether by the endpoint."""

    __slots__ = ("_answered", "_answers", "_ended", "_kept", "_router_tops", "_started_ns", "_tops")

    def __init__(self) -> None:
        self._started_ns = 0
        self._kept = KeptRounds()
        self._tops: list[int] = []
        self._router_tops: list[int] = []
        self._answers: list[ReplyKind | None] = []
        self._answered = bytearray()
        self._ended: dict[int, Outage] = {}

    def of(self, trace: LaneTrace) -> "Rounds":
        """Return what the kept rounds of a trace came to."""
        outcomes, address = trace.outcomes, trace.lane.address
        if trace.started_ns != self._started_ns:  # the statistics were restarted
            self._started_ns = trace.started_ns
            self._ended.clear()
        start, anew = self._kept.follow(outcomes)
        if anew:
            self._tops, self._router_tops, self._answers, self._answered = [], [], [], bytearray()
        for outcome in self._kept.rounds[len(self._tops) :]:
            reply = outcome.answer_of(address)
            self._answers.append(reply)
            self._answered.append(reply is not None)
            self._router_tops.append(_router_top(outcome))
            self._tops.append(outcome.endpoint_ttl or 0 if reply is not None else outcome.highest_ttl)
        place = slice(-start, len(outcomes) - start)
        return Rounds(
            outcomes,
            self._tops[place],
            self._router_tops[place],
            self._answers[place],
            _silences(bytes(self._answered[place])),
        )

    def outages(self, rounds: "Rounds") -> tuple[Outage, ...]:
        """Return the outages that are over, oldest first, with those that rounds kept no longer showed."""
        for silence in rounds.silences:
            if silence.end < len(rounds.outcomes):
                first, after = rounds.outcomes[silence.first], rounds.outcomes[silence.end]
                outage = Outage(
                    moment_of(first.started_ns), moment_of(after.started_ns), silence.end - silence.first
                )
                self._ended[after.number] = outage
        kept = rounds.outcomes[0].number if rounds.outcomes else 0
        newest = rounds.outcomes[-1].number if rounds.outcomes else 0
        shown = {rounds.outcomes[one.end].number for one in rounds.silences if one.end < len(rounds.outcomes)}
        for number in sorted(self._ended):
            if (number > kept and number not in shown) or number > newest:
                del self._ended[number]
        while len(self._ended) > _REMEMBERED:
            del self._ended[min(self._ended)]
        return tuple(self._ended[number] for number in sorted(self._ended))


@dataclass(frozen=True, slots=True)
class Rounds:
    """The kept rounds of a lane, and what each came to."""

    outcomes: Sequence[RoundOutcome]
    tops: Sequence[int]
    """Highest TTL that was answered; the endpoint's own where it answered."""

    router_tops: Sequence[int]
    """Highest TTL that a router answered with Time Exceeded."""

    answers: Sequence[ReplyKind | None]
    """What the endpoint answered with; None where it did not."""

    silences: Sequence[Silence]
    """The runs without an answer that are too long to be chance, oldest first; none if it never answered."""


def _silences(answered: bytes) -> Sequence[Silence]:
    """Return the silences of rounds with a byte each: 1 where the endpoint answered."""
    total = answered.count(_YES)
    found: list[Silence] = []
    place = answered.find(_LEAST) if total else -1
    while place >= 0:
        end = answered.find(_YES, place)
        end = len(answered) if end < 0 else end
        if gone(total, len(answered) - (end - place), end - place):
            found.append(Silence(place, end))
        place = answered.find(_LEAST, end)
    return found


def _router_top(outcome: RoundOutcome) -> int:
    exceeded = ReplyKind.TIME_EXCEEDED
    kinds = outcome.kinds
    if kinds and kinds[-1] is exceeded:
        return len(kinds)
    return next((ttl for ttl in range(len(kinds), 0, -1) if kinds[ttl - 1] is exceeded), 0)
