"""Reads WinMTR: its text, its HTML (once the tags are gone), its grid copied, and CSV of its successors.

Rows bear no TTL: they stand in its order. Hops that never answered say so in words of their own language.
"""

import csv
import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from tracetui.evidence.traces.hop_figures import (
    column_named,
    figures_in,
    left_open,
    not_understood,
    percent_is_exact,
    responder_in,
)
from tracetui.evidence.traces.source_text import Line
from tracetui.evidence.traces.trace_format import Taken, TextFormat
from tracetui.model import ProbeProtocol
from tracetui.model.imported_trace import ImportedHop, ImportedTrace, Untold

_START: Final = re.compile(
    r"[\s|*#]{0,60}WinMTR statistics"
    r"|[\s|]{0,60}Host(?:name)?\s{0,40}-?\s{0,10}(?:%|Nr)(?:\s|\|)"
    r"|(?:Nr|Hop|#)?,?Host(?:name)?[,;]",
    re.IGNORECASE,
)
_FRAME: Final = re.compile(r"[\s|_+=-]{6,400}$")
_CELL: Final = re.compile(r"\s{0,300}([^|]{0,300})")
_PERCENT_CELL: Final = re.compile(r"(.{0,255}?)\s{1,60}-\s{1,10}(\d{1,3})\s*$")
_CUT_ROW: Final = re.compile(r"\S{1,255}(?:\s\S{1,40}){0,4}\s{1,60}-\s{0,10}\d{0,3}\s{0,10}(?:\|.*)?$")
_TITLES: Final = {
    "%": "loss",
    "loss %": "loss",
    "nr": "ttl",
    "hop": "ttl",
    "#": "ttl",
    "host": "who",
    "hostname": "who",
    "ip": "address",
    "asn": "asn",
}


class _Reader:
    def __init__(self, _: Sequence[Line]) -> None:
        self._columns: list[str] = []
        self._separator = ""
        self._paired = False
        """The first cell holds the host and the percent lost: `HOST - 12`."""

        self._hops: list[ImportedHop] = []
        self._remarks: list[str] = []
        self._rounded = False
        self._cut = False

    def take(self, line: Line) -> Taken:
        text = line.text.strip()
        if _FRAME.match(line.text):
            return Taken.PART if len(self._hops) == 0 or "_" in text else Taken.NO
        if not self._columns:
            return self._take_header(text)
        cells = self._cells(text)
        if cells is None:
            cut = self._separator == "|" and (text.startswith("|") or _CUT_ROW.match(text) is not None)
            return self._no_row(line) if cut else Taken.NO
        named = dict(zip(self._columns, cells, strict=False))
        figures = figures_in(named, columns=self._columns)
        who = " ".join(filter(None, (named.get("asn", ""), named.get("who", ""))))
        if named.get("address") and named["address"] not in who:
            who = f"{who} ({named['address']})"
        number = named.get("ttl", "")
        ttl = (
            int(number)
            if number.isdecimal() and len(number) < 4
            else (self._hops[-1].ttl if self._hops else 0) + 1
        )
        after = self._hops[-1].ttl if self._hops else 0
        try:
            responder = responder_in(
                who if figures is None or figures.lost < figures.sent or "(" in who else ""
            )
        except ValueError:
            figures = None
        if figures is None or not after < ttl < 256:
            return self._no_row(line)
        if responder is None and figures.lost < figures.sent:
            return self._no_row(line)
        self._cut = False
        self._rounded |= not percent_is_exact(named, figures)
        responders = (responder,) if responder is not None else ()
        self._hops.append(ImportedHop(ttl, figures=replace(figures, responders=responders)))
        return Taken.HOP

    def _no_row(self, line: Line) -> Taken:
        if "WinMTR" in line.text or self._take_header(line.text.strip(), only_looking=True) is Taken.PART:
            return Taken.NO
        self._remarks.append(not_understood(line))
        self._cut = True
        return Taken.PART

    def _take_header(self, text: str, *, only_looking: bool = False) -> Taken:
        if "winmtr" in text.lower():
            return Taken.PART
        for separator in ("|", ";", ",", ""):
            if separator and separator not in text:
                continue
            if separator:
                titles = [title.strip() for title in text.strip("|").split(separator)]
            else:
                titles = text.replace("Loss %", "%").split()
            columns = [_TITLES.get(title.lower(), column_named(title)) for title in titles]
            paired = separator == "|" and columns[0] is None and titles[0].endswith("%")
            if paired:
                columns[:1] = ["who", "loss"]
            known = [column for column in columns if column]
            if len(known) >= 4 and "sent" in known:
                if not only_looking:
                    self._separator, self._paired = separator, paired
                    self._columns = [column or "" for column in columns]
                return Taken.PART
        return Taken.NO

    def _cells(self, text: str) -> list[str] | None:
        """Return the cells of a row in the order of the columns; None for a line that is no row."""
        if self._separator == "|":
            return self._cells_between_bars(text)
        if self._separator:
            try:
                cells = [cell.strip() for cell in next(csv.reader([text], delimiter=self._separator), [])]
            except csv.Error:
                cells = []
            return cells if len(cells) >= 4 else None
        words = text.split()
        numbers = len(self._columns) - 1
        if len(words) <= numbers or not all(word.strip("%").isdecimal() for word in words[-numbers:]):
            return None
        return [" ".join(words[:-numbers]), *words[-numbers:]]

    def _cells_between_bars(self, text: str) -> list[str] | None:
        if text.count("|") < 4:
            return None
        cells = [cell.strip() for cell in text.strip("|").split("|")][:20]
        if not self._paired:
            return cells
        first = _PERCENT_CELL.match(cells[0])
        return [first[1].strip(), first[2], *cells[1:]] if first is not None else ["", *cells]

    def trace(self) -> ImportedTrace | None:
        if not self._hops:
            return None
        remarks = list(self._remarks[:20])
        if self._rounded:
            remarks.append("lost probes are computed from rounded percentages")
        untold = left_open(self._hops) | {Untold.TARGET, Untold.TIME} | ({Untold.END} if self._cut else set())
        return ImportedTrace(
            tool="WinMTR",
            hops=tuple(self._hops),
            protocol=ProbeProtocol.ICMP,
            untold=frozenset(untold),
            remarks=tuple(remarks),
        )


FORMAT: Final = TextFormat(
    "WinMTR", 'a table under "WinMTR statistics", or with columns Host, %, Sent, Recv, …', _START, _Reader
)
