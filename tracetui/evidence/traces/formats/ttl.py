"""Reads the report and CSV of ttl, a tracer similar to mtr."""

import csv
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

from tracetui.evidence.traces.hop_figures import (
    column_named,
    figures_in,
    left_open,
    not_understood,
    percent_is_exact,
    responder_in,
    trailing_columns,
)
from tracetui.evidence.traces.hop_line import address_of
from tracetui.evidence.traces.source_text import Line
from tracetui.evidence.traces.trace_format import Taken, TextFormat
from tracetui.model import safe_text
from tracetui.model.imported_trace import ImportedHop, ImportedTrace, Untold

_START: Final = re.compile(
    r"\s{0,4}(?:ttl report for \S|#\s{1,4}Host\s{1,60}Loss%|ttl,ip,hostname,loss_pct,)"
)
_TITLE: Final = re.compile(r"\s{0,4}ttl report for (\S{1,255}) \(([\da-fA-F.:]{2,45})\)")
_STARTED: Final = re.compile(r"\s{0,4}Started: (\d{4}-\d\d-\d\d \d\d:\d\d:\d\d) UTC")
_ROW: Final = re.compile(r"\s{0,4}(\d{1,3})\s{1,4}(\S.{0,400})$")


class _Reader:
    def __init__(self, _: Sequence[Line]) -> None:
        self._csv = False
        self._columns: list[str] = []
        self._target = self._address = ""
        self._started: datetime | None = None
        self._hops: list[ImportedHop] = []
        self._remarks: list[str] = []
        self._rounded = self._cut = False

    def take(self, line: Line) -> Taken:
        text = line.text.strip()
        if not self._columns:
            return self._take_heading(line)
        if set(text) == {"-"} and not self._hops:
            return Taken.PART
        row = self._row(text)
        if row is None:
            return Taken.NO
        number, who, cells = row
        after = self._hops[-1].ttl if self._hops else 0
        try:
            responder = responder_in(who)
            figures = figures_in(cells, (responder,) if responder is not None else (), self._columns)
        except ValueError:
            figures = None
        if figures is None or not after < number < 256:
            self._remarks.append(not_understood(line))
            self._cut = True
            return Taken.PART
        self._cut = False
        self._rounded |= not percent_is_exact(cells, figures)
        self._hops.append(ImportedHop(number, figures=figures))
        return Taken.HOP

    def _row(self, text: str) -> tuple[int, str, dict[str, str]] | None:
        if self._csv:
            cells = next(csv.reader([text]), [])
            if len(cells) < 3 or not cells[0].isdecimal() or len(cells[0]) > 3:
                return None
            who = f"{cells[2]} ({cells[1]})" if cells[2] and cells[1] else cells[1]
            return int(cells[0]), who, dict(zip(self._columns, cells[3:], strict=False))
        row = _ROW.match(text)
        if row is None:
            return None
        words = row[2].split()
        count = len(self._columns)
        return int(row[1]), " ".join(words[:-count]), dict(zip(self._columns, words[-count:], strict=False))

    def _take_heading(self, line: Line) -> Taken:
        title, started = _TITLE.match(line.text), _STARTED.match(line.text)
        if title is not None:
            self._target, self._address = safe_text(title[1]), title[2]
        elif started is not None:
            try:
                self._started = datetime.fromisoformat(started[1]).replace(tzinfo=UTC)
            except ValueError:
                self._remarks.append(f"line {line.number} has no time that exists")
        elif line.text.lstrip().startswith("ttl,"):
            self._csv = True
            self._columns = [column_named(title) or "" for title in line.text.strip().split(",")[3:]]
        elif line.text.lstrip().startswith("#"):
            self._columns = trailing_columns(line.text)
        return Taken.PART

    def trace(self) -> ImportedTrace | None:
        if not self._hops:
            return None
        address = address_of(self._address)
        untold = left_open(self._hops) | {Untold.PROTOCOL} | ({Untold.END} if self._cut else set())
        untold |= {Untold.TARGET} if address is None else set()
        untold |= {Untold.TIME} if self._started is None else set()
        rounded = ("lost probes are computed from rounded percentages",) if self._rounded else ()
        return ImportedTrace(
            tool="ttl",
            hops=tuple(self._hops),
            target=self._target,
            address=address,
            started_at=self._started,
            untold=frozenset(untold),
            remarks=(*self._remarks[:20], *rounded),
        )


FORMAT: Final = TextFormat("ttl", 'a line "ttl report for NAME (ADDRESS)", or its CSV', _START, _Reader)
