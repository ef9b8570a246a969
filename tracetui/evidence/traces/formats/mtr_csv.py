"""Reads CSV of mtr, with its header or without it."""

import csv
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Final

from tracetui.evidence.traces.hop_figures import (
    MAX_TTL,
    column_named,
    figures_in,
    left_open,
    not_understood,
    percent_is_exact,
    responder_in,
    target_address,
)
from tracetui.evidence.traces.source_text import Line
from tracetui.evidence.traces.trace_format import Taken, TextFormat
from tracetui.model import safe_text
from tracetui.model.imported_trace import HopFigures, ImportedHop, ImportedResponder, ImportedTrace, Untold

_START: Final = re.compile(r"\s{0,8}(?:Mtr_Version,Start_Time,|MTR\.[\w.+~-]{1,40}[,;]\d{6,12}[,;])")
_FIXED: Final = ("version", "time", "status", "target", "ttl", "who")
_USUAL: Final = ("loss", "sent", "", "last", "mean", "best", "worst", "stdev")
"""Columns where the header is missing."""


class _Reader:
    def __init__(self, _: Sequence[Line]) -> None:
        self._columns: tuple[str, ...] = ()
        self._of: tuple[str, str] | None = None
        """Start and target of the trace."""

        self._hops: dict[int, HopFigures] = {}
        self._responders: dict[int, list[ImportedResponder]] = {}
        self._remarks: list[str] = []
        self._exact = True
        self._cut = False

    def take(self, line: Line) -> Taken:
        text = line.text.strip()
        if text.startswith("Mtr_Version,"):
            if self._hops:
                return Taken.NO
            titles = text.split(",")[len(_FIXED) :]
            self._columns = tuple("asn" if title == "Asn" else column_named(title) or "" for title in titles)
            return Taken.PART
        if not text.startswith("MTR."):
            return Taken.NO
        cells = _cells(text)
        if len(cells) < len(_FIXED) or not cells[4].isdecimal() or not 0 < int(cells[4][:4]) <= MAX_TTL:
            self._remarks.append(not_understood(line))
            self._cut = True
            return Taken.PART
        of, ttl = (cells[1], cells[3]), int(cells[4])
        if self._of not in (None, of) or ttl < max(self._hops, default=0):
            return Taken.NO
        return self._take_row(of, ttl, cells, line)

    def _take_row(self, of: tuple[str, str], ttl: int, cells: Sequence[str], line: Line) -> Taken:
        named = self._named(cells)
        figures = figures_in(named, columns=self._columns)
        try:
            responder = responder_in(f"{named.get('asn', '')} {cells[5]}")
        except ValueError:
            figures = None
        if figures is None:
            self._remarks.append(not_understood(line))
            self._cut = True
            return Taken.PART
        self._of, self._cut = of, False
        self._exact = self._exact and percent_is_exact(named, figures)
        # A second row of a TTL names one more responder; its figures are those of all.
        self._hops.setdefault(ttl, figures)
        if responder is not None:
            self._responders.setdefault(ttl, []).append(responder)
        return Taken.HOP

    def _named(self, cells: Sequence[str]) -> Mapping[str, str]:
        rest = cells[len(_FIXED) :]
        if self._columns:
            return {name: cell for name, cell in zip(self._columns, rest, strict=False) if name}
        if len(rest) == 1:
            # Up to version 0.85: the mean in microseconds, and nothing else.
            return {"loss": "100" if cells[5] == "???" else "0", "mean": f"{rest[0]}us"}
        usual = ("asn", *_USUAL) if len(rest) > len(_USUAL) and not rest[0][:1].isdecimal() else _USUAL
        return {name: cell for name, cell in zip(usual, rest, strict=False) if name}

    def trace(self) -> ImportedTrace | None:
        if self._of is None:
            return None
        hops = tuple(
            ImportedHop(
                ttl,
                figures=HopFigures(
                    found.sent,
                    found.lost,
                    tuple(dict.fromkeys(self._responders.get(ttl, ()))),
                    found.last_ns,
                    found.best_ns,
                    found.mean_ns,
                    found.worst_ns,
                    found.stdev_ns,
                ),
            )
            for ttl, found in self._hops.items()
        )
        target = safe_text(self._of[1])
        address = target_address(target, hops)
        started = _moment(self._of[0])
        untold = left_open(hops) | {Untold.PROTOCOL} | ({Untold.END} if self._cut else set())
        untold |= {Untold.TARGET} if address is None else set()
        untold |= {Untold.TIME} if started is None else set()
        rounded = () if self._exact else ("lost probes are computed from rounded percentages",)
        return ImportedTrace(
            tool="mtr",
            hops=hops,
            target=target,
            address=address,
            started_at=started,
            untold=frozenset(untold),
            remarks=(*self._remarks[:20], *rounded),
        )


def _cells(text: str) -> list[str]:
    separator = ";" if ";" in text[:60] else ","
    try:
        return [cell.strip() for cell in next(csv.reader([text], delimiter=separator), [])]
    except csv.Error:
        return []


def _moment(seconds: str) -> datetime | None:
    try:
        return datetime.fromtimestamp(int(seconds), tz=UTC)
    except (ValueError, OverflowError, OSError):
        return None


FORMAT: Final = TextFormat(
    "mtr CSV", 'a line "Mtr_Version,Start_Time,…" or "MTR.0.95,1700000000,…"', _START, _Reader
)
