"""Finds when a trace was made in the lines before it, as printed by `date`, a router or a log."""

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta, timezone
from typing import Final

from tracetui.evidence.traces.source_text import Line

_MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_ZONES: Final = {
    "UTC": 0, "GMT": 0, "Z": 0, "WET": 0, "CET": 1, "CEST": 2, "EET": 2, "EEST": 3, "MSK": 3,
    "EST": -5, "EDT": -4, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7, "JST": 9,
}  # fmt: skip
"""Hours from UTC of names that mean one zone; CST, IST and BST mean several."""

_HOUR: Final = r"(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:\.\d{1,9})?)?"
_NAMED: Final = r"(?:\s?(?P<zone>[A-Z]{1,5}\b|[+-]\d{2}:?\d{2}))?"
_SHAPES: Final = tuple(
    re.compile(shape)
    for shape in (
        rf"(?P<year>\d{{4}})[-/.](?P<month>\d{{2}})[-/.](?P<day>\d{{2}})[ T]{{1,2}}{_HOUR}{_NAMED}",
        rf"(?P<name>[A-Z][a-z]{{2}})\s{{1,2}}(?P<day>\d{{1,2}})\s{_HOUR}{_NAMED}\s(?P<year>\d{{4}})\b",
        rf"(?P<day>\d{{1,2}})[ -](?P<name>[A-Z][a-z]{{2}})[a-z]{{0,6}}[ -](?P<year>\d{{4}}),?\s"
        rf"{_HOUR}{_NAMED}",
        rf"{_HOUR} (?P<zone>[A-Z]{{1,5}}) [A-Z][a-z]{{2}} (?P<name>[A-Z][a-z]{{2}}) {{1,2}}(?P<day>\d{{1,2}})"
        r" (?P<year>\d{4})\b",
    )
)
"""ISO 8601; `date`; mail; `show clock` of Cisco."""

_WITHOUT_YEAR: Final = re.compile(
    r"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) [A-Z][a-z]{2} {1,2}\d{1,2} "
    r"\d{2}:\d{2}:\d{2}(?:\.\d{1,6})?(?: [A-Z]{1,5})?$"
)
"""What IOS-XR prints before each command."""


def find_time(lines: Sequence[Line]) -> datetime | None:
    """Return the last time named, aware; UTC where no zone is named that is known."""
    for line in reversed(lines):
        for shape in _SHAPES:
            match = shape.search(line.text[:300])
            if match is not None and (found := _time(match)) is not None:
                return found
    return None


def unclear_time(lines: Sequence[Line]) -> Iterator[str]:
    """Yield a remark where a time is printed that is no point in time: it lacks the year."""
    printed = [line.text.strip() for line in lines if _WITHOUT_YEAR.match(line.text.strip())]
    if printed and find_time(lines) is None:
        yield f"printed without a year: {printed[-1]}"


def _time(match: re.Match[str]) -> datetime | None:
    said = match.groupdict()
    month = said.get("month")
    name = (said.get("name") or "").lower()
    if month is None and name not in _MONTHS:
        return None
    try:
        return datetime(
            int(said["year"]),
            int(month) if month else _MONTHS.index(name) + 1,
            int(said["day"]),
            int(said["hour"]),
            int(said["minute"]),
            int(said["second"] or 0),
            tzinfo=_zone(said["zone"] or ""),
        )
    except ValueError:
        return None


def _zone(name: str) -> timezone:
    if name[:1] in {"+", "-"}:
        digits = name[1:].replace(":", "")
        offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
        return timezone(-offset if name[0] == "-" else offset)
    return timezone(timedelta(hours=_ZONES[name])) if _ZONES.get(name) else UTC
