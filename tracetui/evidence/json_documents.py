"""Finds JSON objects within a text, for all that read evidence from files and pastes."""

import json
import re
from collections.abc import Iterator
from typing import Final

Json = dict[str, "Json"] | list["Json"] | str | int | float | bool | None

_MAX_FAILURES: Final = 200
"""Places that look like an object and are none: each takes time in proportion to the text before it."""

_DEEP: Final = 10
"""Failures that one counts for of which it is not known how far it was read."""

_BEGINNING: Final = re.compile(r"^[ \t]*(?:\[\s*)?\{", re.MULTILINE)
_NEXT_IN_LIST: Final = re.compile(r"\s*,\s*\{")


def json_documents(text: str) -> Iterator[tuple[int, int, dict[str, Json]]]:
    """Yield where each JSON object that begins a line begins and ends, and its value; linear time.

    Lists are looked into, object by object: a file of many results is never in memory as a whole.
    """
    decoder = json.JSONDecoder()
    place = failures = 0
    next_object = _BEGINNING.search(text)
    while next_object is not None and failures < _MAX_FAILURES:
        start = next_object.end() - 1
        try:
            value, place = decoder.raw_decode(text, start)
        except json.JSONDecodeError as error:
            # What was read in vain is not read again, so that the time stays linear.
            place = max(error.pos, start + 1)
            failures += 1
        except (ValueError, RecursionError):
            # Nested too deep, or a number too long; where that was is not known.
            place = start + 1
            failures += _DEEP
        else:
            yield start, place, value
        next_object = _NEXT_IN_LIST.match(text, place) or _BEGINNING.search(text, place)
