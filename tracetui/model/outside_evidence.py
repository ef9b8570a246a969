"""What was not measured by the lanes of an investigation but speaks of its endpoints, kind by kind."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class OutsideEvidence:
    """Everything known from elsewhere at one moment; a field for each kind."""


NOTHING_FROM_OUTSIDE = OutsideEvidence()
