"""Follows the rounds that a lane keeps, so that values derived from a round are derived once."""

from bisect import bisect_left
from collections.abc import Sequence
from operator import attrgetter
from typing import Final

from tracetui.model import RoundOutcome

MAX_DROPPED: Final = 120
"""Rounds that a trace keeps no longer and that are still here, before all begins again."""

_number: Final = attrgetter("number")


class KeptRounds:
    """Follows the rounds of one lane, from one trace to a newer or an older one."""

    __slots__ = ("rounds",)

    def __init__(self) -> None:
        self.rounds: list[RoundOutcome] = []
        """A row of rounds, oldest first; only ever longer, but to begin again."""

    def follow(self, outcomes: Sequence[RoundOutcome], first: int = 0) -> tuple[int, bool]:
        """Have the rounds of a trace from place `first` on here.

        Return the place in `outcomes` of the first round here, negative where the trace has dropped some; and
        whether nothing that was here still holds, so that what was derived of it goes too.
        """
        if not outcomes:
            return 0, False
        first = min(first, len(outcomes) - 1)
        here = self._place(outcomes[first].number)
        known = min(len(self.rounds) - here, len(outcomes) - first)
        anew = (
            known <= 0
            or self._dropped(outcomes) > MAX_DROPPED
            or not _same(self.rounds[here], outcomes[first])
            or not _same(self.rounds[here + known - 1], outcomes[first + known - 1])
        )
        if anew:
            self.rounds, here, known = [], 0, 0
        self.rounds += outcomes[first + known :]
        return first - here, anew

    def _dropped(self, outcomes: Sequence[RoundOutcome]) -> int:
        return self._place(outcomes[0].number)

    def _place(self, number: int) -> int:
        """Return the place of the first round here from `number` on: numbers leave hardly ever one out."""
        rounds = self.rounds
        guess = number - rounds[0].number if rounds else 0
        if 0 <= guess < len(rounds) and rounds[guess].number == number:
            return guess
        return bisect_left(rounds, number, key=_number)


def _same(one: RoundOutcome, other: RoundOutcome) -> bool:
    return one.number == other.number and one.started_ns == other.started_ns
