"""Finds JSON documents within a text, for all that read evidence from files and pastes."""

import json
import re
from collections.abc import Iterator
from typing import Final

Json = dict[str, "Json"] | list["Json"] | str | int | float | bool | None

MAX_BROKEN: Final = 100
"""Beginnings that turn out to be no document, after which no more are tried: the place of each error is
counted in lines from the beginning of the text."""

_BEGINNING: Final = re.compile(r"^[ \t]*([\[{])", re.MULTILINE)


def json_documents(text: str) -> Iterator[tuple[int, int, Json]]:
    """Yield where each JSON object or list that begins a line begins and ends, and its value; linear time."""
    decoder = json.JSONDecoder()
    place = broken = 0
    while broken < MAX_BROKEN and (match := _BEGINNING.search(text, place)) is not None:
        start = match.start(1)
        try:
            value, place = decoder.raw_decode(text, start)
            yield start, place, value
        except json.JSONDecodeError as error:
            # What was read in vain is not read again, so that the time stays linear.
            place = max(error.pos, start + 1)
            broken += 1
        except (ValueError, RecursionError):
            return
