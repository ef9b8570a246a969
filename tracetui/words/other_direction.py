"""Sentences on which way loses packets: by who sees probes arrive, or by what traces the other way show."""

from collections.abc import Iterator
from typing import Final

from tracetui.model import Direction, Finding, OtherDirection
from tracetui.model.evidence import NoProbeArrives, OtherWayArrivals, ProbesArrive, ReverseTrace

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
OUT_LOST: Final = "The way out loses packets: no probe arrives at the other end."
OUT_ONLY_LOST: Final = (
    "The way out loses packets, the way back does not: no probe arrives at the other end, and what is sent "
    "from there arrives."
)
BOTH_LOST: Final = "Both ways lose packets: no probe arrives at either end."
BACK_LOST: Final = (
    "The way back loses packets: probes arrive at the other end, answers to them leave it and do not come."
)
BACK_LOST_TOO: Final = (
    "The way back loses packets: probes arrive at the other end, and what is sent from there does not arrive."
)
NEITHER_LOST: Final = (
    "The way out does not lose the probes: they arrive at the other end, which does not answer."
)


def other_direction_in_short(finding: Finding) -> Iterator[str]:
    """Yield a clause for the headline: `the way back, from there, passes`."""
    for one in finding.evidence:
        if isinstance(one, NoProbeArrives):
            both = finding.direction is Direction.BOTH
            yield f"no probe arrives at {'either end' if both else 'the other end'}"
            return
        if isinstance(one, ProbesArrive) and one.mostly:
            lost = finding.direction is Direction.RETURN
            what = "answers are lost on the way back" if lost else "no answer leaves it"
            yield f"probes arrive at the other end, {what}"
            return
    for seen in _seen(finding):
        way = f"the way back, from {seen.source or 'a vantage'}," if seen.back else "the way out"
        yield f"{way} {'passes' if seen.passes else 'stops too'}"
        return


def direction_sentence(finding: Finding) -> str | None:
    """Return which way loses packets, as far as it is known; None where other sentences say so, or nothing is
    lost."""
    if any(isinstance(one, NoProbeArrives | ProbesArrive) for one in finding.evidence):
        seen = _by_arrivals(finding)
        if seen is not None:
            return seen
    if finding.direction is not Direction.UNKNOWN:
        return None
    if finding.other_direction is OtherDirection.STOPS:
        return BOTH_STOP
    return BACK_PASSES if any(one.speaks_for_way_back for one in _seen(finding)) else UNKNOWN_DIRECTION


def _by_arrivals(finding: Finding) -> str | None:
    match finding.direction:
        case Direction.BOTH:
            return BOTH_LOST
        case Direction.RETURN:
            answers = any(isinstance(one, ProbesArrive) and one.answers_leave for one in finding.evidence)
            return BACK_LOST if answers else BACK_LOST_TOO
        case Direction.FORWARD:
            arrive = any(isinstance(one, OtherWayArrivals) and one.arrive for one in finding.evidence)
            return OUT_ONLY_LOST if arrive else OUT_LOST
        case None:
            return NEITHER_LOST
    return None


def _seen(finding: Finding) -> list[ReverseTrace]:
    """Return what traces the other way show, what passes first."""
    seen = [one for one in finding.evidence if isinstance(one, ReverseTrace)]
    return sorted(seen, key=lambda one: not one.passes)
