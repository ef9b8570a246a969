"""The notes of an investigation, in the order of writing."""

from datetime import datetime
from typing import Final

from tracetui.model import Note
from tracetui.model.safe_text import safe_text

MAX_NOTE_LENGTH: Final = 2000
"""Characters of a note."""


class Notes:
    """Not thread-safe: the investigation locks."""

    def __init__(self) -> None:
        self.all: tuple[Note, ...] = ()

    def add(self, text: str, at: datetime) -> None:
        """Add a note. Empty text is ignored."""
        words = safe_text(text, limit=MAX_NOTE_LENGTH).strip()
        if words:
            self.all = (*self.all, Note(at, words))

    def remove(self, index: int) -> None:
        """Remove the note with this index."""
        self.all = tuple(note for place, note in enumerate(self.all) if place != index)
