"""Reads pathping of Windows: the list of hops, and the losses that it measures on the way to each of them."""

import re
from collections.abc import Sequence
from typing import Final

from tracetui.evidence.traces.hop_figures import nanoseconds, not_understood
from tracetui.evidence.traces.hop_line import address_of
from tracetui.evidence.traces.left_open import missing_hops
from tracetui.evidence.traces.source_text import Line
from tracetui.evidence.traces.trace_format import Taken, TextFormat
from tracetui.evidence.traces.windows_header import HEADING, Heading, heading_before
from tracetui.model import ProbeProtocol, safe_text
from tracetui.model.imported_trace import (
    HopFigures,
    ImportedHop,
    ImportedReply,
    ImportedResponder,
    ImportedTrace,
    Untold,
)

_START: Final = re.compile(
    rf"{HEADING.pattern}|\s{{0,12}}0\s{{1,6}}\S{{1,255}}\s{{0,2}}\[[\da-fA-F:.]{{3,45}}"
)
_LISTED: Final = re.compile(r"\s{0,12}(\d{1,3})((?:\s{1,12}\*){0,3})(?:\s{1,12}([^\s*].{0,300}))?$")
_SHARE: Final = r"(\d{1,6})/\s{0,5}(\d{1,6})\s?=\s{0,3}(\d{1,3})\s?%"
_MEASURED: Final = re.compile(
    rf"\s{{0,12}}(\d{{1,3}})\s{{1,10}}(---|<?\d{{1,6}}\s?[^\W\d_]{{1,5}}|-+)\s{{1,10}}{_SHARE}\s{{1,10}}{_SHARE}\s{{1,10}}(\S.{{0,300}})$"
)
_HOP_LIKE: Final = re.compile(r"\s{0,12}\d{1,3}\s.{0,60}\d{1,6}/\s{0,5}\d")
_NUMBER: Final = re.compile(r"\s{1,12}(\d{1,3})\s")
_LINK: Final = re.compile(rf"\s{{0,60}}{_SHARE}\s{{1,10}}\|")
_SOURCE_ROW: Final = re.compile(r"\s{0,12}0\s{20,60}\S")
_WHO: Final = re.compile(r"([^\s\[\]]{1,255})\s{0,2}\[([\da-fA-F:.]{2,45})(?:%\w{1,16})?\]\s*$")
_WRAPPED: Final = re.compile(r"\s{0,12}\[([\da-fA-F:.]{2,45})\]\s*$")


class _Reader:
    def __init__(self, before: Sequence[Line]) -> None:
        self._before = before
        self._heading = Heading()
        self._listed: dict[int, tuple[int, ImportedResponder | None]] = {}
        """Probes lost before the answer, and who answered, by TTL; 0 is the source."""

        self._measured: dict[int, HopFigures] = {}
        self._responders: dict[int, ImportedResponder] = {}
        self._remarks: list[str] = []
        self._link: tuple[int, int] = (0, 0)
        """Lost and sent on the link before the next hop."""

    def take(self, line: Line) -> Taken:
        measured = _MEASURED.match(line.text)
        if measured is not None:
            return self._take_measured(measured, line)
        listed = _LISTED.match(line.text) if not self._measured else None
        if listed is not None and not _SOURCE_ROW.match(line.text):
            return self._take_listed(listed, line)
        return self._take_between(line) if self._listed else self._take_heading(line)

    def _take_heading(self, line: Line) -> Taken:
        if self._heading.is_another(line):
            return Taken.NO
        self._heading = self._heading.with_line(line)
        return Taken.PART

    def _take_between(self, line: Line) -> Taken:
        """Take what stands between the rows of hops: links, titles, addresses that the console broke off."""
        link = _LINK.match(line.text)
        if link is not None:
            self._link = (int(link[1]), int(link[2]))
            return Taken.PART
        wrapped = _WRAPPED.match(line.text)
        if wrapped is not None:
            return self._take_address(address_of(wrapped[1]))
        if not self._measured:
            # "Computing statistics for 325 seconds..." and the titles of the table.
            return Taken.PART
        row = _NUMBER.match(line.text)
        if row is None or (int(row[1]) != max(self._measured) + 1 and not _HOP_LIKE.match(line.text)):
            return Taken.NO
        self._remarks.append(not_understood(line))
        return Taken.PART

    def _take_listed(self, row: re.Match[str], line: Line) -> Taken:
        ttl = int(row[1])
        responder = _responder(row[3] or "")
        if not ttl and 0 in self._listed:
            # The source again, above the table.
            return Taken.PART
        if ttl > 255 or ttl <= max(self._listed, default=-1) or not (responder or row[2]):
            return Taken.NO if self._listed or ttl else Taken.PART
        if not self._listed and ttl > 1:
            return Taken.NO
        if responder is not None and responder.address is None:
            self._remarks.append(f"line {line.number} shows no address: {safe_text(line.text, limit=80)}")
        if self._heading == Heading():
            self._heading = heading_before(self._before)
        self._listed[ttl] = (row[2].count("*"), responder)
        return Taken.HOP

    def _take_measured(self, row: re.Match[str], line: Line) -> Taken:
        ttl, sent, lost = int(row[1]), int(row[4]), int(row[3])
        responder = _responder(row[9])
        if not max(self._measured, default=0) < ttl < 256 or lost > sent or responder is None:
            self._remarks.append(not_understood(line))
            return Taken.PART
        self._measured[ttl] = HopFigures(sent, lost, mean_ns=nanoseconds(row[2]) if lost < sent else None)
        self._responders[ttl] = responder
        at_node, on_link = int(row[6]), self._link[0]
        if on_link or 0 < at_node < int(row[7]):
            self._remarks.append(
                f"TTL {ttl}: of {sent} probes, the link before it lost {on_link}, the node itself {at_node}"
            )
        self._link = (0, 0)
        return Taken.HOP

    def _take_address(self, address: str | None) -> Taken:
        """Take the address of the row before, which the console broke off."""
        if address is None:
            return Taken.NO
        if self._measured:
            last = max(self._measured)
            self._responders[last] = ImportedResponder(address, self._responders[last].name)
        else:
            last = max(self._listed)
            lost, named = self._listed[last]
            self._listed[last] = (lost, ImportedResponder(address, named.name if named is not None else ""))
        return Taken.PART

    def trace(self) -> ImportedTrace | None:
        # Without the source in row 0, or the table, this is no pathping.
        if not self._measured and (0 not in self._listed or len(self._listed) < 2):
            return None
        hops = tuple(self._hop(ttl) for ttl in sorted({*self._listed, *self._measured} - {0}))
        source = self._listed.get(0, (0, None))[1]
        ends = {responder.address for responder in hops[-1].responders}
        untold = {Untold.TIME, Untold.MESSAGES}
        untold |= {Untold.PROBES} if self._measured else {Untold.LOST_PROBES}
        untold |= {Untold.TARGET} if self._heading.address is None else set()
        untold |= {Untold.END} if self._heading.address not in ends or None in ends else set()
        if any(responder.address is None for hop in hops for responder in hop.responders):
            untold.add(Untold.ADDRESSES)
        return ImportedTrace(
            tool="Windows pathping",
            hops=hops,
            target=self._heading.target,
            address=self._heading.address,
            protocol=ProbeProtocol.ICMP,
            vantage=source.name if source is not None else "",
            source=source.address if source is not None else None,
            max_hops=self._heading.max_hops,
            untold=frozenset(untold),
            remarks=(*self._remarks[:20], *missing_hops([hop.ttl for hop in hops])),
        )

    def _hop(self, ttl: int) -> ImportedHop:
        figures = self._measured.get(ttl)
        lost, listed = self._listed.get(ttl, (0, None))
        if figures is None:
            answer = (ImportedReply(listed),) if listed is not None else ()
            return ImportedHop(ttl, (*(None,) * lost, *answer))
        who = self._responders[ttl]
        return ImportedHop(
            ttl, figures=HopFigures(figures.sent, figures.lost, (who,), mean_ns=figures.mean_ns)
        )


def _responder(text: str) -> ImportedResponder | None:
    found = _WHO.match(text)
    if found is not None and (address := address_of(found[2])) is not None:
        return ImportedResponder(address, safe_text(found[1] or ""))
    words = text.split()
    if len(words) != 1 or "[" in text:
        return None
    address = address_of(words[0])
    return ImportedResponder(address, safe_text(words[0]) if address is None else "")


FORMAT: Final = TextFormat(
    "Windows pathping",
    'rows "0 HOST [ADDRESS]", "1 ADDRESS", …, and a table of "LOST/ SENT = N%"',
    _START,
    _Reader,
)
