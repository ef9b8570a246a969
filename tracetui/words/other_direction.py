"""Sentences on what traces the other way show beside a silence: the way back, or of that, the way out."""

from collections.abc import Iterator
from typing import Final

from tracetui.model import Direction, Finding, OtherDirection
from tracetui.model.evidence import ReverseTrace

UNKNOWN_DIRECTION: Final = (
    "Direction unknown: the probes may be lost on the way out, or the answers on the way back."
)
BOTH_STOP: Final = (
    "Both ways stop in the same rounds. A trace needs the other way for its answers, so this does not show "
    "which of the two loses packets."
)
BACK_PASSES: Final = (
    "The way out stops, the way back passes: answers lost on the way back would have to be treated "
    "differently from what the vantage there sends, by their flow or their sender."
)


def other_direction_in_short(finding: Finding) -> Iterator[str]:
    """Yield a clause for the headline: `the way back, from there, passes`."""
    for one in _seen(finding):
        way = f"the way back, from {one.source or 'a vantage'}," if one.back else "the way out"
        yield f"{way} {'passes' if one.passes else 'stops too'}"
        return


def direction_sentence(finding: Finding) -> str | None:
    """Return which way packets are lost, as far as it is not known; None where it is, or nothing is lost."""
    if finding.direction is not Direction.UNKNOWN:
        return None
    if finding.other_direction is OtherDirection.STOPS:
        return BOTH_STOP
    return BACK_PASSES if any(one.speaks_for_way_back for one in _seen(finding)) else UNKNOWN_DIRECTION


def _seen(finding: Finding) -> list[ReverseTrace]:
    """Return what traces the other way show, what passes first."""
    seen = [one for one in finding.evidence if isinstance(one, ReverseTrace)]
    return sorted(seen, key=lambda one: not one.passes)
