"""Reads CSV files with a line of titles: the column that the user names, or those whose titles are known."""

import csv
import re
from collections.abc import Sequence
from typing import Final

from tracetui.evidence.registers.register_format import NOTHING, LineParser, RegisterFormat, RegisterRow
from tracetui.model import EvidenceError, safe_text

_DELIMITERS: Final = ";,\t|"
_KNOWN: Final = re.compile(
    r"(?:blocked[ _]?|block[ _]?)?(?:ip|ipv4|ipv6|ip[ _]?address|address|subnet|net|network|prefix|cidr"
    r"|domain|domain[ _]?name|host|hostname|host[ _]?name|fqdn|url|uri)(?:e?s)?",
    re.IGNORECASE,
)
_VALUES: Final = re.compile(r"[|,;\s]+")
_MAX_TITLES_TOLD: Final = 12


class _Parser:
    def __init__(self, column: str | None) -> None:
        self._column = column
        self._delimiter = ""
        self._places: Sequence[int] = ()

    def __call__(self, line: str) -> RegisterRow | None:
        if not line.strip() or (line.startswith("#") and not self._delimiter):
            return NOTHING
        if not self._delimiter:
            return self._titles(line)
        cells = self._cells(line)
        values = [
            value
            for place in self._places
            if place < len(cells)
            for value in _VALUES.split(cells[place])
            if value
        ]
        return RegisterRow(
            [value for value in values if "://" not in value], [value for value in values if "://" in value]
        )

    def _titles(self, line: str) -> RegisterRow | None:
        """Find the columns; a file whose column is a number may have no titles."""
        self._delimiter = max(_DELIMITERS, key=line.count)
        titles = [cell.strip() for cell in self._cells(line)]
        if self._column is None:
            self._places = [place for place, title in enumerate(titles) if _KNOWN.fullmatch(title)]
            if not self._places:
                self._delimiter = ""
                return None
            return NOTHING
        wanted = self._column.strip().casefold()
        self._places = [place for place, title in enumerate(titles) if title.casefold() == wanted]
        if self._places:
            return NOTHING
        if not wanted.isdecimal() or not 1 <= int(wanted[:6]) <= len(titles):
            shown = ", ".join(titles[:_MAX_TITLES_TOLD]) + (" ..." if len(titles) > _MAX_TITLES_TOLD else "")
            raise EvidenceError(safe_text(f"no column {self._column!r}: there are {shown}"))
        self._places = [int(wanted) - 1]
        return self(line)

    def _cells(self, line: str) -> Sequence[str]:
        try:
            return next(csv.reader([line], delimiter=self._delimiter), [])
        except csv.Error:  # a field longer than it takes
            return line.split(self._delimiter)


def _parser(column: str | None) -> LineParser:
    return _Parser(column)


FORMAT: Final = RegisterFormat(
    "CSV file", "a first line with titles such as ip, domain, url", _parser, has_columns=True
)
