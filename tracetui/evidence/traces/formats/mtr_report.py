"""Reads tables of mtr: reports (plain, wide, with addresses, ASes, MPLS), the screen copied from a terminal.

Columns are read by their titles, since `-o` and old versions order them otherwise. Globalping and NextTrace
print reports in this form too.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Final

from tracetui.evidence.traces.hop_figures import (
    MAX_TTL,
    figures_in,
    left_open,
    not_understood,
    percent_is_exact,
    responder_in,
    target_address,
    trailing_columns,
)
from tracetui.evidence.traces.hop_line import address_of, mpls_labels
from tracetui.evidence.traces.left_open import missing_hops
from tracetui.evidence.traces.mtr_command import mtr_command
from tracetui.evidence.traces.source_text import Line
from tracetui.evidence.traces.trace_format import Taken, TextFormat
from tracetui.model import safe_text
from tracetui.model.imported_trace import HopFigures, ImportedHop, ImportedResponder, ImportedTrace, Untold

_TITLE: Final = re.compile(r"[\s*]{0,200}(?:My|Matt'?s) traceroute\b")
_HEADER: Final = re.compile(r"\s{0,16}(?:HOST:?|Host(?:name)?)(?![\w-])(.{0,400})")
_START: Final = re.compile(
    r"[\s*]{0,200}(?:My|Matt'?s) traceroute\b"
    r"|\s{0,12}\d{1,3}\.\|--\s\S"
    r"|\s{0,16}(?:HOST:?|Host(?:name)?)(?![\w-]).{0,300}?\s(?:%?Loss%?|LOSS|Snt|Drop|Rcv|Last|Avg|Best)(?:\s|$)"
)
_ROW: Final = re.compile(r"\s{0,12}(\d{1,3})\.(?:\|--|\s)\s{0,8}(\S.*)")
_OTHER: Final = re.compile(r"(?:\s{4,16}|\s{3,16}\|\s{1,4}[|`]{1,2}--\s)(?P<who>[\w(][\w.:()? -]{1,300})$")
_MPLS: Final = re.compile(r"[\s|+-]{3,24}\[MPLS:.{1,200}")
_DATE: Final = re.compile(
    r"(?P<iso>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?P<zone>Z|[+-]\d\d:?\d\d)?"
    r"|(?P<old>[A-Z][a-z]{2} [A-Z][a-z]{2} {1,2}\d{1,2} \d\d:\d\d:\d\d \d{4})"
)
_SCREEN_HOST: Final = re.compile(
    r"\s{0,200}(?P<host>[\w.-]{1,100})(?: \((?P<source>[\da-fA-F.:]{2,45})\))?"
    r"(?: -> (?P<target>\S{1,255})(?: \((?P<address>[\da-fA-F.:]{2,45})\))?)?"
    r"(?:\(tos=\S{1,6}.{0,60}?\))?\s{1,300}\S"
)
_USUAL: Final = ["loss", "sent", "last", "mean", "best", "worst", "stdev"]
_HEADING_LINES: Final = 6
_PLAIN_WIDTH: Final = 33
"""Columns of a row in a report that is not wide; what stands behind is cut off (report.c)."""


@dataclass(slots=True)
class _Row:
    ttl: int
    responders: list[ImportedResponder]
    cells: dict[str, str]
    figures: HopFigures | None
    mpls: list[int] = field(default_factory=list)
    """Of the responder named last."""


class _Reader:
    def __init__(self, before: Sequence[Line]) -> None:
        self._columns: list[str] = []
        self._plain = False
        self._rows: list[_Row] = []
        self._lines_drawn = False
        """The rows have `|--`; those of the screen have not."""

        self._remarks: list[str] = []
        self._cut = False
        self._command = mtr_command(before)
        self._vantage = self._command.host if self._command else ""
        self._source = self._target = self._address = ""
        self._date: re.Match[str] | None = None
        for line in before[-_HEADING_LINES:]:
            if line.text.lstrip().startswith("Start:"):
                self._date = _DATE.search(line.text[:200])
            elif " (" in line.text and _DATE.search(line.text[:400]) is not None:
                self._take_heading(line)

    def take(self, line: Line) -> Taken:
        row = _ROW.match(line.text)
        if not self._columns:
            if row is None or ".|--" not in line.text:
                return self._take_heading(line)
            self._columns = _USUAL.copy()
            self._remarks.append("the header is missing: columns are taken as those that mtr usually prints")
        if row is not None:
            lines_drawn = ".|--" in line.text
            if self._rows and lines_drawn is not self._lines_drawn:
                return Taken.NO
            self._lines_drawn = lines_drawn
            return self._take_row(int(row[1]), row[2], line)
        if not self._rows:
            return Taken.NO
        if _MPLS.match(line.text):
            self._rows[-1].mpls += mpls_labels(line.text.replace("Lbl", "Label").partition("TTL")[0])
            return Taken.PART
        other = _OTHER.match(line.text)
        return self._take_other(other["who"], line) if other is not None else Taken.NO

    def _take_heading(self, line: Line) -> Taken:
        header = _HEADER.match(line.text)
        if header is not None:
            self._columns = trailing_columns(header[1])
            name = header[1].split()[: -len(self._columns) or None]
            self._vantage = safe_text(name[0]) if name and ":" in line.text[:13] else self._vantage
            loss = header[1].find("Loss%")
            self._plain = loss >= 0 and header.start(1) + loss + len("Loss%") == _PLAIN_WIDTH + 6
            return Taken.PART if self._columns else Taken.NO
        self._date = _DATE.search(line.text[:400]) or self._date
        screen = _SCREEN_HOST.match(line.text)
        if screen is not None and self._date is not None and not self._vantage:
            self._vantage = safe_text(screen["host"])
            self._source = screen["source"] or ""
            self._target, self._address = screen["target"] or "", screen["address"] or ""
        return Taken.PART

    def _take_row(self, ttl: int, text: str, line: Line) -> Taken:
        if not (self._rows[-1].ttl if self._rows else 0) < ttl <= MAX_TTL:
            self._remarks.append(not_understood(line))
            return Taken.PART
        words = text.split()
        cells, who = words[-len(self._columns) :], " ".join(words[: -len(self._columns)])
        if len(words) <= len(self._columns) or "%" in who:
            cells, who = [], text
        named = dict(zip(self._columns, cells, strict=False))
        responder = self._responder(who, line)
        figures = figures_in(named) if named else None
        if figures is None and (responder is not None or named or len(words) > 4):
            self._remarks.append(not_understood(line))
            self._cut = True
            return Taken.PART
        self._cut = False
        self._rows.append(_Row(ttl, [responder] if responder is not None else [], named, figures))
        return Taken.HOP

    def _responder(self, who: str, line: Line) -> ImportedResponder | None:
        filled = self._plain and len(line.text) > _PLAIN_WIDTH and line.text[_PLAIN_WIDTH - 1] != " "
        try:
            found = responder_in(who)
            if found is None or found.address is None or ":" not in found.address or not filled:
                return found
        except ValueError:
            pass
        self._remarks.append(
            f"line {line.number}: the address may have been cut off: {safe_text(who, limit=80)}"
        )
        return ImportedResponder(
            name=safe_text(who.split(maxsplit=1)[0] if " (" in who else who.rsplit(maxsplit=1)[-1])
        )

    def _take_other(self, who: str, line: Line) -> Taken:
        if len(who.split()) > 3 or not any(sign in who for sign in ".:"):
            return Taken.NO
        responder = self._responder(who, line)
        if responder is None:
            return Taken.NO
        self._label_last()
        self._rows[-1].responders.append(responder)
        return Taken.PART

    def _label_last(self) -> None:
        """Give the labels read so far to the responder that they stand behind."""
        for row in self._rows[-1:]:
            if row.mpls and row.responders:
                row.responders[-1] = replace(row.responders[-1], mpls=tuple(row.mpls[:16]))
            row.mpls = []

    def trace(self) -> ImportedTrace | None:
        if not self._rows:
            return None
        for row in self._rows:
            if row.mpls and row.responders:
                row.responders[-1] = replace(row.responders[-1], mpls=tuple(row.mpls[:16]))
        hops, remarks = self._hops()
        command = self._command
        target, address = self._named_target(hops)
        started, unzoned = _moment(self._date)
        untold = left_open(hops)
        untold |= {Untold.END} if self._cut else set()
        untold |= {Untold.PROTOCOL} if command is None else set()
        untold |= {Untold.TIME} if started is None else set()
        untold |= {Untold.TARGET} if address is None else set()
        return ImportedTrace(
            tool="mtr",
            hops=hops,
            target=target,
            address=address,
            protocol=command.protocol if command is not None else None,
            port=command.port if command is not None else None,
            vantage=self._vantage,
            source=address_of(self._source),
            started_at=started,
            untold=frozenset(untold),
            remarks=(*self._remarks[:20], *remarks, *unzoned, *missing_hops([hop.ttl for hop in hops])),
        )

    def _hops(self) -> tuple[tuple[ImportedHop, ...], list[str]]:
        """Return the hops, and what had to be assumed."""
        remarks: list[str] = []
        counts = [row.figures.sent for row in self._rows if row.figures is not None]
        assumed = min(counts, default=1)
        bare = [row.ttl for row in self._rows if row.figures is None]
        if bare:
            remarks.append(
                f"rows without figures are taken as {assumed} probes without an answer: TTL {_list(bare)}"
            )
        if "sent" not in self._columns and not {"lost", "received"}.issubset(self._columns):
            remarks.append("no column of sent probes: the smallest numbers that fit are shown")
        elif not all(
            percent_is_exact(row.cells, row.figures) for row in self._rows if row.figures is not None
        ):
            remarks.append("lost probes are computed from rounded percentages")
        hops = tuple(
            ImportedHop(
                row.ttl,
                figures=replace(
                    row.figures or HopFigures(assumed, assumed), responders=tuple(row.responders)
                ),
            )
            for row in self._rows
        )
        return hops, remarks

    def _named_target(self, hops: Sequence[ImportedHop]) -> tuple[str, str | None]:
        target = safe_text(self._target or (self._command.target if self._command else ""))
        return target, address_of(self._address) or target_address(target, hops)


def _list(ttls: Sequence[int]) -> str:
    return ", ".join(str(ttl) for ttl in ttls[:10]) + (", …" if len(ttls) > 10 else "")


def _moment(date: re.Match[str] | None) -> tuple[datetime | None, tuple[str, ...]]:
    """Return when a report began, and a remark where its zone is not stated."""
    if date is None:
        return None, ()
    try:
        if date["iso"]:
            found = datetime.fromisoformat(date["iso"] + (date["zone"] or ""))
        else:
            found = datetime.strptime(date["old"], "%a %b %d %H:%M:%S %Y")  # noqa: DTZ007  (no zone in it)
    except ValueError:
        return None, ()
    if found.tzinfo is not None:
        return found, ()
    return found.replace(tzinfo=UTC), ("the time names no zone: taken as UTC",)


FORMAT: Final = TextFormat(
    "mtr",
    'a header "HOST: NAME Loss% Snt Last Avg Best Wrst StDev"',
    _START,
    _Reader,
)
