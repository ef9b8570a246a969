"""Notices about block registers: one was read, or cannot be."""

from collections.abc import Iterator

from textual.notifications import SeverityLevel

from tracetui.model import Snapshot
from tracetui.model.register_answer import Listing, RegisterFile
from tracetui.words import register_words


class RegisterNotices:
    """Compares the registers of each snapshot with those of the one before."""

    def __init__(self) -> None:
        self._seen: frozenset[RegisterFile] = frozenset()

    def update(self, snapshot: Snapshot) -> Iterator[tuple[str, SeverityLevel]]:
        """Yield what is to be said."""
        files = snapshot.outside.register_files
        for file in files:
            if file in self._seen:
                continue
            if file.problem is not None:
                yield register_words(file), "warning"
            elif file.is_read:
                answers = [one for one in snapshot.outside.registers if one.register == file]
                found = sum(one.listing is Listing.LISTED for one in answers)
                yield f"{file.name} read: lists {found} of {len(answers)} endpoints", "information"
        self._seen = frozenset(files)
