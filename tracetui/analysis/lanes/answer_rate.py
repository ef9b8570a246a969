"""Decides how steadily an endpoint answers: always, at times, or no longer."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from typing import Final

from tracetui.analysis.exact_tests import binomial_at_most
from tracetui.analysis.lanes.has_stopped import LOOKBACK, RARE, has_stopped

STEADY: Final = 0.80
"""An endpoint that answers as often as this is reachable."""

_MAX_CHANCE: Final = 0.001
"""Loss of just a fifth would else look unsteady in one window of a hundred."""

_MIN_TRANSITIONS: Final = 3
"""Changes between answered and not that make a lane intermittent: an outage has one or two."""


@dataclass(frozen=True, slots=True)
class AnswerRate:
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
            self.transitions >= _MIN_TRANSITIONS
            and binomial_at_most(self.answered, self.rounds, STEADY) < _MAX_CHANCE
        )


def answer_rate(answers: Sequence[object]) -> AnswerRate:
    """Return how often an endpoint answers, from its answer in each round or None, oldest first."""
    flags = [answer is not None for answer in answers[-LOOKBACK:]]
    runs = [(answered, len(list(run))) for answered, run in groupby(flags)]
    trailing = runs[-1][1] if runs and not runs[-1][0] else 0
    if _is_silent(flags, runs):
        return AnswerRate(len(flags), sum(flags), 0, silent=True, lately_silent=trailing)
    if len(runs) > 1 and not runs[0][0]:
        rest = flags[runs[0][1] :]
        if has_stopped(sum(rest), len(rest), runs[0][1]):
            flags = rest  # it was silent then, and began to answer
    transitions = sum(one is not other for one, other in pairwise(flags))
    return AnswerRate(len(flags), sum(flags), transitions, silent=False, lately_silent=trailing)


def _is_silent(flags: Sequence[bool], runs: Sequence[tuple[bool, int]]) -> bool:
    """Silent for good: longer than chance explains, and earlier gaps where there are several."""
    answered, trailing = runs[-1] if runs else (False, 0)
    if answered:
        return False
    if sum(flags) <= RARE * len(flags):
        return True
    started = 0 if runs[0][0] else runs[0][1]  # before that it did not answer yet
    before = flags[started : len(flags) - trailing]
    gaps = [length for answered, length in runs[1:-1] if not answered]
    comes_and_goes = len(runs) > _MIN_TRANSITIONS and trailing <= 2 * max(gaps, default=0)
    return not comes_and_goes and has_stopped(sum(before), len(before), trailing)
