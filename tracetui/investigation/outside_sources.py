"""The sources that an investigation asks for evidence from elsewhere, one per kind."""

from typing import Protocol

from tracetui.model.outside_evidence import OutsideEvidence


class OutsideSource(Protocol):
    """Gathers one kind of evidence from elsewhere, in the background."""

    @property
    def version(self) -> int:
        """Grows with everything new; safe to read from any thread."""

    def add_to(self, evidence: OutsideEvidence) -> OutsideEvidence:
        """Return `evidence` with what this source knows now; the same object while nothing is new."""

    def close(self) -> None:
        """Stop whatever runs in the background."""
