"""Finds the date of a list in its comments, which have no fixed form."""

import re
from typing import Final

from tracetui.evidence.registers.register_format import NOTHING, RegisterRow

_STAMP: Final = re.compile(
    r"^[#;!/\s]{0,8}(?:last |list )?(?:updated?|modified|generated|created|date|time|version)"
    r"(?: on| at)?\s?[:=]?\s?(?P<stamp>[^#;]{0,20}\d{4}.{0,40})$",
    re.IGNORECASE,
)
_MAX_LINE: Final = 120


def comment(line: str) -> RegisterRow:
    """Return what a comment lists, which is nothing, with the date that it may hold."""
    found = _STAMP.match(line) if len(line) <= _MAX_LINE else None
    return RegisterRow(stamp=found["stamp"].strip()) if found is not None else NOTHING
