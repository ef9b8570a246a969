"""Masks what block registers say about hidden endpoints."""

from collections.abc import Container
from dataclasses import replace

from tracetui.model import ForeignText
from tracetui.model.register_answer import UNTOLD, ListedEntry, RegisterAnswer
from tracetui.privacy.mask_text import HIDDEN


def without_entries(facts: object, hidden: Container[str]) -> object:
    """Leave out what the entries that name a hidden endpoint have: a prefix or a URL tells too much of it."""
    if isinstance(facts, RegisterAnswer) and facts.address in hidden:
        return replace(facts, entries=tuple(map(_without_texts, facts.entries)))
    return facts


def _without_texts(entry: ListedEntry) -> ListedEntry:
    hidden = ForeignText(HIDDEN)
    return replace(
        entry, line=0, value=hidden, quoted=hidden, urls=(), authority=UNTOLD, decision=UNTOLD, date=UNTOLD
    )
