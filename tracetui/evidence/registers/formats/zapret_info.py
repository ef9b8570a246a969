"""Reads `dump.csv` of zapret-info/z-i, the Russian register: six fields, `;` between them, in cp1251."""

import csv
from collections.abc import Sequence
from typing import Final

from tracetui.evidence.registers.register_format import EntryFields, LineParser, RegisterFormat, RegisterRow

_UPDATED: Final = "Updated:"
_FIELDS: Final = 6


def _parser(_: str | None) -> LineParser:
    return _row


def _row(line: str) -> RegisterRow | None:
    if line[:1] == "U" and line.startswith(_UPDATED):
        return RegisterRow(stamp=line[len(_UPDATED) :].strip())
    fields = _fields(line)
    if len(fields) < _FIELDS and not (len(fields) > 1 and line.count('"') % 2):
        return None  # what a quoted field over several lines begins with has the hosts already
    return RegisterRow(f"{fields[0]}|{fields[1]}".replace(" ", "").split("|"), _urls(fields))


def _fields(line: str) -> Sequence[str]:
    """Return the fields; more than six where a URL holds a `;` that is not quoted."""
    if '"' not in line:
        return line.split(";")
    try:
        return next(csv.reader([line], delimiter=";"), [])
    except csv.Error:  # a field longer than it takes
        return line.split(";")


def _urls(fields: Sequence[str]) -> Sequence[str]:
    """URLs hold `|`, so that those of a list are parted by ` | `."""
    text = ";".join(fields[2:-3]) if len(fields) > _FIELDS else fields[2] if len(fields) > 2 else ""
    if "://" not in text:
        return ()
    return [url for each in text.split(" | ") if "://" in (url := each.strip())]


def _entry_fields(line: str) -> EntryFields:
    fields = _fields(line)
    decided = fields[-3:] if len(fields) >= _FIELDS else ("", "", "")
    return EntryFields(_urls(fields), *decided)


FORMAT: Final = RegisterFormat(
    "dump.csv of zapret-info",
    "lines IPs;domains;URLs;authority;decision;date",
    _parser,
    _entry_fields,
)
