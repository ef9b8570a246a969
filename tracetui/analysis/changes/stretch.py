"""Counts what some rounds of a lane came to, TTL by TTL: one side of a comparison."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

from tracetui.analysis.lanes.has_stopped import LOOKBACK
from tracetui.analysis.lanes.window import not_replaced
from tracetui.model import ReplyKind, RoundOutcome


@dataclass
class TtlAnswers:
    """What the probes of one TTL came to, oldest first."""

    asked: int = 0
    answered: int = 0
    """In time, or late."""

    absent: int = 0
    """Probes without an answer in a row, up to the newest."""

    places: dict[str, list[int]] = field(default_factory=dict)
    """Who answered in time, and which of the probes (their places in a row of all)."""

    rtts: list[tuple[str, int]] = field(default_factory=list)
    """Who answered after how many microseconds; each measurement once."""

    @cached_property
    def answerers(self) -> tuple[str, ...]:
        """Who answers, most often first, without those that others replaced."""
        return tuple(not_replaced(self.places)) if self.places else ()

    def rtts_us(self, last: int) -> list[int]:
        """Return the last RTTs of those that still answer, sorted."""
        known = self.answerers
        return sorted([rtt for who, rtt in self.rtts if who in known][-last:])


NOT_ASKED = TtlAnswers()


class Stretch:
    """At most `LOOKBACK` rounds of a lane, the last of a stretch of time."""

    def __init__(self, outcomes: Sequence[RoundOutcome], borrowed: str | None = None) -> None:
        """`outcomes`: all rounds of the stretch, oldest first. `borrowed`: the endpoint's address, where
        somebody nearer answers in its name.

        Such answers, and refusals, tell nothing of the hop whose TTL they came for.
        """
        self._borrowed = borrowed
        self.rounds = len(outcomes)
        self._by_ttl: dict[int, TtlAnswers] = {}
        self.distances: dict[int, list[int]] = {}
        """TTL of the endpoint to the rounds (their places) in which its answer came from there."""

        before: RoundOutcome | None = None
        for place, outcome in enumerate(outcomes[-LOOKBACK:]):
            # In a sample one round stands for several that were answered alike: its RTTs were measured once.
            self._count(outcome, place, again=before is not None and outcome.started_ns == before.started_ns)
            before = outcome

    @property
    def height(self) -> int:
        """Highest TTL probed."""
        return max(self._by_ttl, default=0)

    def at(self, ttl: int) -> TtlAnswers:
        """Return what the probes of a TTL came to."""
        return self._by_ttl.get(ttl, NOT_ASKED)

    def _count(self, outcome: RoundOutcome, place: int, *, again: bool) -> None:
        if outcome.endpoint_ttl is not None:
            self.distances.setdefault(outcome.endpoint_ttl, []).append(place)
        path, rtts, probed, by_ttl = outcome.path, outcome.rtts_us, outcome.probed, self._by_ttl
        for ttl in range(1, probed.bit_length()):
            if not probed >> ttl & 1:
                continue
            one = by_ttl.get(ttl)
            if one is None:
                one = by_ttl[ttl] = TtlAnswers()
            address = path[ttl - 1] if ttl <= len(path) else None
            if address is not None and self._is_of_another(address, outcome.kinds[ttl - 1]):
                continue
            one.asked += 1
            if address is None:
                one.absent += 1
                continue
            one.answered += 1
            one.absent = 0
            one.places.setdefault(address, []).append(place)
            rtt = rtts[ttl - 1]
            if rtt is not None and not again:
                one.rtts.append((address, rtt))
        for ttl, _, _ in outcome.late if not again else ():
            answers = by_ttl.get(ttl)
            if answers is not None:
                answers.answered = min(answers.asked, answers.answered + 1)
                answers.absent = 0

    def _is_of_another(self, address: str, kind: ReplyKind | None) -> bool:
        """Tell whether a reply came from elsewhere than the hop whose TTL it came for."""
        if kind is ReplyKind.UNREACHABLE:
            return True
        return address == self._borrowed and kind is not ReplyKind.TIME_EXCEEDED
