"""Reads traceroute of MikroTik RouterOS, versions 5 to 7.

The terminal paints the table again for each round; the last whole one counts. Rows are numbered from 0,
from 1, or not at all. Version 5 shows three times per hop instead of sums.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from tracetui.evidence.traces.hop_figures import (
    figures_in,
    left_open,
    nanoseconds,
    not_understood,
    percent_is_exact,
    responder_in,
)
from tracetui.evidence.traces.hop_line import address_of, mpls_labels
from tracetui.evidence.traces.left_open import missing_hops
from tracetui.evidence.traces.source_text import Line
from tracetui.evidence.traces.trace_format import Taken, TextFormat
from tracetui.model import ProbeProtocol, safe_text
from tracetui.model.imported_trace import ImportedHop, ImportedReply, ImportedResponder, ImportedTrace, Untold

_START: Final = re.compile(
    r"(?P<bullet>\s{0,8}[–•*-]\s)?\s{0,8}(?:#\s{1,8})?ADDRESS\s{1,60}(?:LOSS\s{1,12}SENT|RT1\s{1,20}RT2)\b"
)
_NOISE: Final = re.compile(r"\s{0,8}(?:-- \[|Columns: ADDRESS|-{2,}\s?more)")
_ROW: Final = re.compile(
    r"(?P<front>.{0,120}?)(?<![\w.:])(?P<loss>\d{1,3}(?:\.\d{1,3})?)%\s{1,12}(?P<sent>\d{1,9})(?:\s{1,12}(?P<rest>\S.{0,200}))?$"
)
_OLD_ROW: Final = re.compile(
    r"\s{0,6}(?P<number>\d{1,3})\s{1,6}(?P<who>\S{1,64})\s{1,60}(?P<times>(?:(?:\d[\dmuµs.]{0,12}|timeout)\s{1,20}){2}(?:\d[\dmuµs.]{0,12}|timeout))(?P<status>\s.{0,100})?$"
)
_FRONT: Final = re.compile(r"\s{0,8}(?P<who>\S.{0,100}?)?\s*$")
_NUMBER: Final = re.compile(r"\s{0,8}(\d{1,3})(?=\s|$)")
_HOP_LIKE: Final = re.compile(r"\s{0,8}(?:\d{1,3}\s{1,4})?(?:[\da-fA-F]{1,4}[.:]){2}")
_ARGUMENT: Final = re.compile(r"(?:address=)?([\w:.-]{1,255})")
_IDENTITY: Final = re.compile(r"\[[^@\]\s]{0,64}@([^\]]{1,64})\]")
_TIMES: Final = ("last", "mean", "best", "worst", "stdev")


@dataclass(slots=True)
class _Table:
    numbered: bool
    old: bool
    hops: list[ImportedHop] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    rounded: bool = False
    cut: bool = False


class _Reader:
    def __init__(self, before: Sequence[Line]) -> None:
        self._tables: list[_Table] = []
        self._interrupted = False
        self._bullet = ""
        """Precedes each line where the table was turned into a list."""

        self._target = self._vantage = ""
        self._protocol: ProbeProtocol | None = None
        for line in before:
            self._take_command(line.text)

    def _take_command(self, text: str) -> None:
        prompt, found, rest = text[:600].partition("traceroute")
        if not found:
            return
        identity = _IDENTITY.search(prompt)
        self._vantage = safe_text(identity[1]) if identity is not None else self._vantage
        words = rest.split()
        named = [word for word in words if "=" not in word or word.startswith("address=")]
        target = _ARGUMENT.fullmatch(named[0]) if named else None
        self._target = safe_text(target[1]) if target is not None else ""
        protocol = next((word[9:] for word in words if word.startswith("protocol=")), "icmp")
        self._protocol = {"udp": ProbeProtocol.UDP, "icmp": ProbeProtocol.ICMP}.get(protocol)

    def take(self, line: Line) -> Taken:
        if self._bullet and line.text.startswith(self._bullet):
            line = Line(line.number, line.text[len(self._bullet) :])
        header = _START.match(line.text)
        if header is not None:
            return self._take_header(header, line.text)
        if _NOISE.match(line.text):
            return Taken.NO if self._interrupted else Taken.PART
        table = self._tables[-1]
        if table.old:
            return self._take_old_row(table, line)
        row = _ROW.match(line.text)
        if row is not None:
            return self._take_row(table, row, line)
        return self._take_other(table, line)

    def _take_header(self, header: re.Match[str], text: str) -> Taken:
        """Begin a table: a repaint, or that of another trace where something stands between them."""
        text = text.removeprefix(header["bullet"] or "").lstrip()
        table = _Table(text.startswith("#"), " RT1" in text)
        last = self._tables[-1] if self._tables else table
        if self._interrupted or (last.numbered, last.old) != (table.numbered, table.old):
            return Taken.NO
        self._bullet = header["bullet"] or self._bullet
        self._tables[:-1] = []
        self._tables.append(table)
        return Taken.PART

    def _take_other(self, table: _Table, line: Line) -> Taken:
        if _HOP_LIKE.match(line.text) and "@" not in line.text and not self._interrupted:
            table.notes.append(not_understood(line))
            table.cut = True
            return Taken.PART
        self._interrupted = bool(table.hops)
        return Taken.NO

    def _take_row(self, table: _Table, row: re.Match[str], line: Line) -> Taken:
        front = row["front"]
        number = _NUMBER.match(front) if table.numbered else None
        front = front[number.end() :] if number is not None else front
        rest = (row["rest"] or "").split()
        cells = {"loss": row["loss"], "sent": row["sent"]}
        for name in _TIMES:
            if rest and (nanoseconds(rest[0]) is not None or rest[0].lower() == "timeout"):
                cells[name] = rest.pop(0)
        status = " ".join(rest)
        words = front.split()
        # Flags stand before the address; a silent hop has no address.
        figures = figures_in(cells)
        try:
            responder = responder_in(words[-1]) if words else None
        except ValueError:
            responder = None if figures is None else ImportedResponder(name=safe_text(words[-1]))
            table.notes.append(
                f"line {line.number}: the address was cut off: {safe_text(line.text, limit=80)}"
            )
        if figures is None or (responder is None and figures.lost < figures.sent):
            table.notes.append(not_understood(line))
            return Taken.PART
        labels = mpls_labels(status) if "MPLS" in status else ()
        if status and not labels:
            table.notes.append(f"line {line.number} has the status {safe_text(status, limit=60)!r}")
        responder = replace(responder, mpls=labels) if responder is not None else None
        table.rounded |= not percent_is_exact(cells, figures)
        self._add(
            table,
            number,
            ImportedHop(0, figures=replace(figures, responders=(responder,) if responder else ())),
        )
        return Taken.HOP

    def _take_old_row(self, table: _Table, line: Line) -> Taken:
        row = _OLD_ROW.match(line.text)
        if row is None:
            return self._take_other(table, line)
        address = address_of(row["who"])
        responder = ImportedResponder(address, "" if address is not None else safe_text(row["who"]))
        times = [nanoseconds(text) for text in row["times"].split()]
        if (row["status"] or "").strip():
            table.notes.append(f"line {line.number} has the status {safe_text(row['status'], limit=60)!r}")
        probes = tuple(ImportedReply(responder, time) if time is not None else None for time in times)
        self._add(table, _NUMBER.match(line.text), ImportedHop(0, probes))
        return Taken.HOP

    def _add(self, table: _Table, number: re.Match[str] | None, hop: ImportedHop) -> None:
        after = table.hops[-1].ttl if table.hops else 0
        counted = int(number[1]) if number is not None else after + 1
        # Numbered from 0, the first row is TTL 1.
        if not table.hops:
            self._from_zero = number is not None and counted == 0
        ttl = counted + 1 if self._from_zero else counted
        if after < ttl < 256:
            table.hops.append(replace(hop, ttl=ttl))
        else:
            table.notes.append(f"row {counted} does not follow row {after}: it is left out")

    _from_zero = False

    def trace(self) -> ImportedTrace | None:
        tables = [table for table in self._tables if table.hops]
        if not tables:
            return None
        table = tables[-1]
        remarks = []
        if len(tables) > 1 and len(table.hops) < len(tables[-2].hops):
            remarks.append("the last table is shorter than the one before it, which is taken")
            table = tables[-2]
        if table.rounded:
            remarks.append("lost probes are computed from whole percentages")
        address = address_of(self._target)
        untold = left_open(table.hops) | {Untold.TIME} | ({Untold.END} if table.cut else set())
        untold |= {Untold.TARGET} if address is None else set()
        untold |= {Untold.PROTOCOL} if self._protocol is None else set()
        return ImportedTrace(
            tool="MikroTik RouterOS",
            hops=tuple(table.hops),
            target=self._target,
            address=address,
            protocol=self._protocol,
            vantage=self._vantage,
            untold=frozenset(untold),
            remarks=(*table.notes[:20], *remarks, *missing_hops([hop.ttl for hop in table.hops])),
        )


FORMAT: Final = TextFormat("MikroTik RouterOS", 'a header "# ADDRESS LOSS SENT LAST AVG …"', _START, _Reader)
