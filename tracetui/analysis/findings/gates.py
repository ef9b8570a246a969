"""How much has been measured, how sure that can make a finding, and how much longer it takes to be surer."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from tracetui.analysis.findings.reading import ROUNDS_NEEDED
from tracetui.model import Confidence, NextStep, StepKind


@dataclass(frozen=True, slots=True)
class Amount:
    """Rounds, and the time they span."""

    rounds: int
    seconds: float

    def reaches(self, needed: "Amount") -> bool:
        """Tell whether both are enough."""
        return self.rounds >= needed.rounds and self.seconds >= needed.seconds


NEEDED: Final = {
    Confidence.LOW: Amount(ROUNDS_NEEDED, 0),
    Confidence.MEDIUM: Amount(10, 60),
    Confidence.HIGH: Amount(30, 600),
}
"""For inferences from silence. What a router or endpoint says itself needs no such time."""

SAID_HIGH: Final = 10
"""Rounds for a high finding on what was said."""


def by_amount(amount: Amount) -> Confidence:
    """Return the highest confidence that `amount` of silence allows."""
    reached = [confidence for confidence, needed in NEEDED.items() if amount.reaches(needed)]
    return reached[-1] if reached else Confidence.LOW


def said(rounds: int) -> Confidence:
    """Return the confidence in what was said in each of so many rounds."""
    return Confidence.HIGH if rounds >= SAID_HIGH else Confidence.MEDIUM


def lowest(confidences: Sequence[Confidence]) -> Confidence:
    """Return the lowest of some."""
    return min(confidences, key=lambda confidence: confidence.level)


def keep_running(amount: Amount, wanted: Amount, interval_s: float) -> NextStep | None:
    """Return how much longer to run for a `wanted` amount; None when it is there."""
    seconds = max((wanted.rounds - amount.rounds) * interval_s, wanted.seconds - amount.seconds)
    if seconds <= 0:
        return None
    count, unit = (math.ceil(seconds / 60), "minute") if seconds > 90 else (math.ceil(seconds), "second")
    return NextStep(f"keep running {count} more {unit}{'s' if count != 1 else ''}", StepKind.KEEP_RUNNING)
