"""Evidence from block registers."""

from dataclasses import dataclass

from tracetui.model.evidence_base import Evidence
from tracetui.model.register_answer import RegisterAnswer


@dataclass(frozen=True, slots=True)
class RegisterEntry(Evidence):
    """What a block register says about the endpoint; it bears on no explanation.

    A register says what is ordered, not what is done.
    """

    answer: RegisterAnswer
