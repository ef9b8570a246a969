"""Reads XML of mtr, old (no quotes, `<Loss%>`) and new. It is read as text, since the old form is no XML."""

import html
import re
from collections.abc import Sequence
from typing import Final

from tracetui.evidence.traces.hop_figures import (
    MAX_TTL,
    column_named,
    figures_in,
    left_open,
    percent_is_exact,
    responder_in,
    target_address,
)
from tracetui.evidence.traces.source_text import Line
from tracetui.evidence.traces.trace_format import Taken, TextFormat
from tracetui.model import safe_text
from tracetui.model.imported_trace import ImportedHop, ImportedResponder, ImportedTrace, Untold

_START: Final = re.compile(r"\s{0,40}<MTR\s")
_TAG: Final = re.compile(r"<(/?[A-Za-z]{1,12}%?)(?:\s([^<>]{0,500}))?>([^<]{0,300})")
_ATTRIBUTE: Final = re.compile(r'([A-Za-z]{1,20})=(?:"([^"]{0,300})"|([^\s"]{1,300}))')


class _Reader:
    def __init__(self, _: Sequence[Line]) -> None:
        self._heading: dict[str, str] | None = None
        self._hubs: list[tuple[int, str, dict[str, str]]] = []
        """TTL, host, and cells by column."""

        self._remarks: list[str] = []
        self._ended = False

    def take(self, line: Line) -> Taken:
        tags = _TAG.findall(line.text)
        if self._ended or not tags:
            return Taken.NO
        before = len(self._hubs)
        for tag, attributes, text in tags:
            if not self._take_tag(tag.upper(), _attributes(attributes), text.strip(), line):
                return Taken.NO
        return Taken.HOP if len(self._hubs) > before else Taken.PART

    def _take_tag(self, tag: str, attributes: dict[str, str], text: str, line: Line) -> bool:
        if tag == "MTR":
            first = self._heading is None
            self._heading = attributes if first else self._heading
            return first
        if tag == "/MTR":
            self._ended = True
        elif tag == "HUB":
            count = attributes.get("COUNT", "")
            ttl = int(count) if count.isdecimal() and len(count) < 4 else 0
            if not (self._hubs[-1][0] if self._hubs else 0) < ttl <= MAX_TTL:
                self._remarks.append(
                    f"line {line.number}: a hop without its place: {safe_text(line.text, limit=80)}"
                )
                return True
            self._hubs.append((ttl, attributes.get("HOST", ""), {}))
        elif self._hubs and not tag.startswith("/"):
            ttl, _, cells = self._hubs[-1]
            if tag == "HOST":
                self._hubs[-1] = (ttl, html.unescape(text), cells)
            elif tag in {"ASN", "IPINFO"}:
                cells["asn"] = text.strip("[]").split(",")[0]
            else:
                cells[column_named(tag) or ""] = text
        return True

    def trace(self) -> ImportedTrace | None:
        if self._heading is None or not self._hubs:
            return None
        hops: list[ImportedHop] = []
        remarks = list(self._remarks)
        rounded = False
        for ttl, host, cells in self._hubs:
            try:
                responder = responder_in(f"{cells.get('asn', '')} {host}")
            except ValueError:
                remarks.append(f"the address of TTL {ttl} was cut off")
                responder = ImportedResponder(name=safe_text(host.split()[0]))
            figures = figures_in(cells, [responder] if responder is not None else [])
            if figures is None:
                remarks.append(f"the figures of TTL {ttl} are incomplete: it is left out")
                continue
            rounded |= not percent_is_exact(cells, figures)
            hops.append(ImportedHop(ttl, figures=figures))
        return self._trace(hops, remarks, rounded=rounded) if hops else None

    def _trace(self, hops: Sequence[ImportedHop], remarks: list[str], *, rounded: bool) -> ImportedTrace:
        heading = self._heading or {}
        target = safe_text(heading.get("DST", ""))
        address = target_address(target, hops)
        untold = left_open(hops) | {Untold.PROTOCOL, Untold.TIME}
        untold |= set() if self._ended and len(hops) == len(self._hubs) else {Untold.END}
        untold |= {Untold.TARGET} if address is None else set()
        if rounded:
            remarks.append("lost probes are computed from rounded percentages")
        return ImportedTrace(
            tool="mtr",
            hops=tuple(hops),
            target=target,
            address=address,
            vantage=safe_text(heading.get("SRC", "")),
            untold=frozenset(untold),
            remarks=tuple(remarks[:20]),
        )


def _attributes(text: str) -> dict[str, str]:
    return {name.upper(): html.unescape(quoted or bare) for name, quoted, bare in _ATTRIBUTE.findall(text)}


FORMAT: Final = TextFormat("mtr XML", 'a line "<MTR SRC=… DST=…>"', _START, _Reader)
