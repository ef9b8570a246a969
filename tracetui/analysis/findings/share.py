"""How steadily does an endpoint answer?"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from typing import Final

from tracetui.analysis.findings.history import gone
from tracetui.analysis.fisher import binomial_at_most

WINDOW: Final = 60
"""Rounds looked at."""

STEADY: Final = 0.80
"""An endpoint that answers as often as this is reachable."""

RARE: Final = 0.05
"""One that answers more seldom than this is silent."""

_SURE: Final = 0.001
"""Loss of just a fifth would else look unsteady in one window of a hundred."""

_TRANSITIONS: Final = 3
"""Changes between answered and not that make a lane intermittent: an outage has one or two."""


@dataclass(frozen=True, slots=True)
class Share:
    """Answers of an endpoint in the last rounds, since the last lasting change."""

    rounds: int
    answered: int
    transitions: int
    """Changes between an answered and an unanswered round."""

    silent: bool
    """It does not answer, or does no longer."""

    lately_silent: int
    """Unanswered rounds up to now."""

    @property
    def unsteady(self) -> bool:
        """Answered clearly less often than a reachable endpoint, by more than one outage."""
        return (
            self.transitions >= _TRANSITIONS and binomial_at_most(self.answered, self.rounds, STEADY) < _SURE
        )


def recent_share(answers: Sequence[bool]) -> Share:
    """Return how often an endpoint answers, from one flag a round, oldest first."""
    flags = list(answers[-WINDOW:])
    runs = [(answered, len(list(run))) for answered, run in groupby(flags)]
    trailing = runs[-1][1] if runs and not runs[-1][0] else 0
    if _is_silent(flags, runs):
        return Share(len(flags), sum(flags), 0, silent=True, lately_silent=trailing)
    if len(runs) > 1 and not runs[0][0]:
        rest = flags[runs[0][1] :]
        if gone(sum(rest), len(rest), runs[0][1]):
            flags = rest  # it was silent then, and began to answer
    transitions = sum(one is not other for one, other in pairwise(flags))
    return Share(len(flags), sum(flags), transitions, silent=False, lately_silent=trailing)


def _is_silent(flags: Sequence[bool], runs: Sequence[tuple[bool, int]]) -> bool:
    """Silent for good: longer than chance explains, and earlier gaps where there are several."""
    if sum(flags) <= RARE * len(flags):
        return True
    answered, trailing = runs[-1]
    if answered:
        return False
    started = 0 if runs[0][0] else runs[0][1]  # before that it did not answer yet
    before = flags[started : len(flags) - trailing]
    gaps = [length for answered, length in runs[1:-1] if not answered]
    comes_and_goes = len(runs) > _TRANSITIONS and trailing <= 2 * max(gaps, default=0)
    return not comes_and_goes and gone(sum(before), len(before), trailing)
