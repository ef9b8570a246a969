"""What was not measured by the lanes of an investigation but speaks of its endpoints, kind by kind."""

from dataclasses import dataclass

from tracetui.model.bgp_route import NO_BGP, BgpEvidence
from tracetui.model.register_answer import RegisterAnswer


@dataclass(frozen=True, slots=True)
class OutsideEvidence:
    """Everything known from elsewhere at one moment; a field for each kind."""

    registers: tuple[RegisterAnswer, ...] = ()
    """What block registers say, register by register, in each an answer for every endpoint."""

    bgp: BgpEvidence = NO_BGP


NOTHING_FROM_OUTSIDE = OutsideEvidence()
