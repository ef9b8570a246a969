"""Extracts fields from untrusted JSON, checking their types."""

from collections.abc import Iterator
from typing import Final

from tracetui.evidence.json_documents import Json
from tracetui.model import safe_text

_NOTHING: Final[dict[str, Json]] = {}


def field(value: Json, name: str | None = None) -> dict[str, Json]:
    """Return an object, or the one in its field `name`; an empty one where there is none."""
    found = value.get(name) if isinstance(value, dict) and name is not None else value
    return found if isinstance(found, dict) and (name is None or isinstance(value, dict)) else _NOTHING


def text(value: Json, name: str, *, limit: int = 4000) -> str:
    """Return a field as one printable line: a text, or a whole number; "" for anything else."""
    found = value.get(name) if isinstance(value, dict) else None
    if isinstance(found, bool) or not isinstance(found, str | int):
        return ""
    return safe_text(found if isinstance(found, str) else format(found, "d")[:20], limit=limit)


def items(value: Json) -> Iterator[tuple[str, Json]]:
    """Yield the fields of an object, or the items of a list under their places."""
    if isinstance(value, dict):
        yield from value.items()
    elif isinstance(value, list):
        yield from ((str(place), one) for place, one in enumerate(value))
