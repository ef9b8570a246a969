"""Finds JSON objects within a text, for all that read evidence from files and pastes."""

import json
import re
from collections.abc import Iterator
from typing import Final

from tracetui.model import EvidenceError

Json = dict[str, "Json"] | list["Json"] | str | int | float | bool | None

_MAX_FAILURES: Final = 200
"""Places that look like an object and are none: each takes time in proportion to the text before it."""

MAX_OBJECT: Final = 8 << 20
"""Characters of one object, of which each can take forty bytes of memory; a longer one is refused."""

_STEP: Final = 1 << 20
"""Characters after which the part of a text that the decoder sees moves on."""

_NEAR_END: Final = 64
"""Characters before the end of that part: an error there is due to what is not seen."""

_DEEP: Final = 10
"""Failures that one counts for of which it is not known how far it was read."""

_BEGINNING: Final = re.compile(r"^[ \t]*(?:\[\s*)?\{", re.MULTILINE)
_NEXT_IN_LIST: Final = re.compile(r"\s*,\s*\{")


def json_documents(text: str, max_object: int = MAX_OBJECT) -> Iterator[tuple[int, int, dict[str, Json]]]:
    """Yield where each JSON object that begins a line begins and ends, and its value; linear time.

    Lists are looked into, object by object: a file of many results is never in memory as a whole. Raises
    EvidenceError for an object of more than `max_object` characters.
    """
    decoder = json.JSONDecoder()
    part = _Part(text, max_object)
    place = failures = 0
    next_object = _BEGINNING.search(text)
    while next_object is not None and failures < _MAX_FAILURES:
        start = next_object.end() - 1
        part.move_to(start)
        try:
            value, end = decoder.raw_decode(part.text, start - part.start)
        except json.JSONDecodeError as error:
            if part.cuts_off(error):
                line = text.count("\n", 0, start) + 1
                said = f"line {line}: a JSON object of more than {max_object >> 20} MiB: give smaller ones"
                raise EvidenceError(said) from None
            # What was read in vain is not read again, so that the time stays linear.
            place = max(part.start + error.pos, start + 1)
            failures += 1
        except (ValueError, RecursionError):
            # Nested too deep, or a number too long; where that was is not known.
            place = start + 1
            failures += _DEEP
        else:
            place = part.start + end
            yield start, place, value
            del value  # not kept while the next one is read
        next_object = _NEXT_IN_LIST.match(text, place) or _BEGINNING.search(text, place)


class _Part:
    """The part of a long text that the decoder sees, which takes no end."""

    def __init__(self, text: str, max_object: int) -> None:
        self._whole = text
        self._size = max_object + _STEP
        self.start = 0
        self.text = text[: self._size]

    def move_to(self, start: int) -> None:
        """Show as much from `start` on as an object may be long."""
        if start - self.start > _STEP and self._goes_on:
            self.start = start
            self.text = self._whole[start : start + self._size]

    def cuts_off(self, error: json.JSONDecodeError) -> bool:
        """Tell whether an object ends beyond the part."""
        unfinished = error.msg.startswith("Unterminated") or error.pos >= len(self.text) - _NEAR_END
        return unfinished and self._goes_on

    @property
    def _goes_on(self) -> bool:
        return self.start + len(self.text) < len(self._whole)
