"""What was not measured by the lanes of an investigation but speaks of its endpoints, kind by kind."""

from dataclasses import dataclass

from tracetui.model.register_answer import RegisterAnswer, RegisterFile


@dataclass(frozen=True, slots=True)
class OutsideEvidence:
    """Everything known from elsewhere at one moment; a field for each kind."""

    register_files: tuple[RegisterFile, ...] = ()
    """The block registers that the user gave, read or not."""

    registers: tuple[RegisterAnswer, ...] = ()
    """What they say, register by register, in each an answer for every endpoint."""


NOTHING_FROM_OUTSIDE = OutsideEvidence()
