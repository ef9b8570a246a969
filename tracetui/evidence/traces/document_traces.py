"""Finds the traces in one JSON value: lists are looked into, and the envelopes of APIs."""

from collections.abc import Callable
from functools import cache
from typing import Final

from tracetui.evidence.json_documents import Json
from tracetui.evidence.traces.known_formats import known_formats
from tracetui.model.imported_trace import ImportedTrace

_MAX_DEPTH: Final = 4
"""Levels of objects and lists around a document, such as the envelope of an API."""

Receive = Callable[[ImportedTrace | str], None]
"""Takes a trace, or a line about one that could not be read."""


def take_document(value: Json, receive: Receive, depth: int = 0) -> bool:
    """Hand over the traces in `value`; tell whether it is of a known format, broken or not, or holds one."""
    if not value:
        return False
    if isinstance(value, dict) and _take_object(value, receive):
        return True
    if depth == _MAX_DEPTH or not isinstance(value, dict | list):
        return False
    parts = value.values() if isinstance(value, dict) else value
    taken = [take_document(part, receive, depth + 1) for part in parts]
    return any(taken)


def _take_object(value: dict[str, Json], receive: Receive) -> bool:
    if value.keys().isdisjoint(_document_keys()):
        return False
    for form in known_formats()[1]:
        if form.keys.isdisjoint(value):
            continue
        try:
            found = form.read(value)
            if found is None:
                continue
            for item in found:
                receive(f"{form.name}: {item}" if isinstance(item, str) else item)
        except ValueError as error:
            receive(f"{form.name}: {error}")
        return True
    return False


@cache
def _document_keys() -> frozenset[str]:
    return frozenset().union(*(form.keys for form in known_formats()[1]))
