"""Reads NextTrace as it prints to a terminal (realtime, classic, table), and its raw lines."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from tracetui.evidence.traces.hop_figures import nanoseconds, not_understood
from tracetui.evidence.traces.hop_line import MAX_PROBES, address_of, mpls_labels
from tracetui.evidence.traces.left_open import missing_hops
from tracetui.evidence.traces.source_text import Line
from tracetui.evidence.traces.trace_format import Taken, TextFormat
from tracetui.model import ProbeProtocol, safe_text
from tracetui.model.imported_trace import ImportedHop, ImportedReply, ImportedResponder, ImportedTrace, Untold

_HEADER: Final = re.compile(
    r"\s{0,4}(?:traceroute to|(?P<source>[\da-fA-F.:]{2,45}) ->) (?P<address>[\da-fA-F.:*]{2,45})"
    r"(?: \((?P<target>[^()]{1,255})\))?, (?P<max>\d{1,3}) hops max, \d{1,5} bytes? (?:packets|payload)"
    r"(?:, (?P<mode>TCP|UDP|ICMP) mode)?",
    re.IGNORECASE,
)
_START: Final = re.compile(
    rf"\s{{0,4}}(?:NextTrace v?\d|IP Geo Data Provider:|\[NextTrace API\])|{_HEADER.pattern}"
    r"|\s{0,3}\d{1,3}\|(?:\*\||[\da-fA-F.:]{2,45}\|)",
    re.IGNORECASE,
)
_MODE: Final = re.compile(r"\b(TCP|UDP|ICMP)(?: Mode| v[46])", re.IGNORECASE)
_SILENT: Final = re.compile(r"\s{0,3}(?P<ttl>\d{1,3})?\s{1,12}\*$")
_HOP: Final = re.compile(
    r"(?:\s{0,3}(?P<ttl>\d{1,3})\s{1,4}|\s{4,8})(?P<address>[\da-fA-F]{0,4}[.:][\da-fA-F.:]{1,45})\s{1,40}"
    r"(?:AS(?P<asn>\d{1,10})|\*)(?=\s|$)"
)
_TIMES: Final = re.compile(
    r"\s{4,60}(?:(?P<name>[^\s/]{1,255})\s{1,60})?"
    r"(?P<times>(?:[\d.]{1,12}|\*) ms(?: / (?:[\d.]{1,12}|\*) ms){0,63})\s*$"
)
_PROBE: Final = re.compile(
    r"(?:\s{0,3}(?P<ttl>\d{1,3}))?\s{1,60}(?:(?P<name>[^\s()]{1,255}) \((?P<inner>[\da-fA-F.:]{2,45})\)"
    r"|(?P<address>[\da-fA-F]{0,4}[.:][\da-fA-F.:]{1,45}))\s{1,80}(?P<time>[\d.]{1,12})ms(?:\s{1,12}(?:AS)?(?P<asn>\d{1,10}))?(?=[\s,]|$)"
)
_RAW: Final = re.compile(
    r"\s{0,3}(?P<ttl>\d{1,3})\|(?:\*\||(?P<address>[\da-fA-F.:]{2,45})\|(?P<name>[^|]{0,255})\|(?P<time>[\d.]{1,12})\|(?:AS)?(?P<asn>\d{0,10})\|)"
)
_MPLS: Final = re.compile(r"\s{4,40}\[?MPLS:? ?.{1,200}")
_PART: Final = re.compile(
    r"\s{0,4}(?:NextTrace|IP Geo Data Provider|\[NextTrace API\]|MapTrace URL|traceroute to|Hop\s{1,6}IP\s"
    r"|.{1,60} -> )"
)
_HOP_LIKE: Final = re.compile(r"\s{0,3}\d{1,3}\s{1,4}[\da-fA-F]{1,4}[.:]|\s{0,3}\d{1,3}\|")


@dataclass(slots=True)
class _Hop:
    probes: list[ImportedReply | None] = field(default_factory=list)
    untimed: ImportedResponder | None = None
    """Named, and its times stand on the next line."""

    one_for_all: bool = False
    """One star stands for all probes."""


class _Reader:
    def __init__(self, before: Sequence[Line]) -> None:
        self._header: re.Match[str] | None = None
        self._protocol: ProbeProtocol | None = None
        self._hops: dict[int, _Hop] = {}
        self._remarks: list[str] = []
        for line in before:
            self._take_mode(line.text)

    def _take_mode(self, text: str) -> None:
        mode = _MODE.search(text[:300])
        if mode is not None:
            self._protocol = ProbeProtocol(mode[1].lower())

    def take(self, line: Line) -> Taken:
        header = _HEADER.match(line.text)
        if header is not None:
            return self._take_header(header)
        for pattern, take in (
            (_RAW, self._take_raw),
            (_SILENT, self._take_silent),
            (_HOP, self._take_hop),
            (_TIMES, self._take_times),
            (_PROBE, self._take_probe),
        ):
            row = pattern.match(line.text)
            if row is not None:
                return take(row) or self._not_read(line)
        return self._take_other(line)

    def _take_header(self, header: re.Match[str]) -> Taken:
        if self._header is not None or self._hops:
            return Taken.NO
        self._header = header
        self._take_mode(header[0])
        return Taken.PART

    def _take_other(self, line: Line) -> Taken:
        text = line.text
        if _MPLS.match(text) and self._hops:
            self._label(mpls_labels(text.replace("Lbl", "Label").partition("TTL")[0]))
            return Taken.PART
        if _PART.match(text):
            return Taken.NO if self._hops and not text.lstrip().startswith("MapTrace") else Taken.PART
        return self._not_read(line) if self._hops and _HOP_LIKE.match(text) else Taken.NO

    def _not_read(self, line: Line) -> Taken:
        self._remarks.append(not_understood(line))
        return Taken.PART

    def _hop(self, ttl: str | None) -> _Hop | None:
        """Return the hop that a line belongs to; a new one where the line has a TTL."""
        last = max(self._hops, default=0)
        if ttl is None:
            return self._hops.get(last)
        if int(ttl) == last:
            return self._hops[last]
        return self._hops.setdefault(int(ttl), _Hop()) if last < int(ttl) < 256 else None

    # Each takes the row that its pattern matched; None where there is something wrong with it.

    def _take_raw(self, row: re.Match[str]) -> Taken | None:
        hop = self._hop(row["ttl"])
        if hop is None or len(hop.probes) >= MAX_PROBES:
            return Taken.NO
        if row["address"] is None:
            hop.probes.append(None)
            return Taken.HOP
        return _add(hop, row, row["address"])

    def _take_silent(self, row: re.Match[str]) -> Taken | None:
        hop = self._hop(row["ttl"])
        if hop is None or len(hop.probes) >= MAX_PROBES:
            return Taken.NO
        hop.one_for_all = row["ttl"] is not None and not hop.probes
        hop.probes.append(None)
        return Taken.HOP

    def _take_hop(self, row: re.Match[str]) -> Taken | None:
        hop = self._hop(row["ttl"])
        address = address_of(row["address"])
        if hop is None or address is None:
            return Taken.NO if hop is None else None
        self._finish(hop)
        hop.untimed = ImportedResponder(address, asns=_asns(row))
        return Taken.HOP

    def _take_times(self, row: re.Match[str]) -> Taken | None:
        hop = self._hop(None)
        if hop is None or hop.untimed is None:
            return Taken.NO
        responder = replace(hop.untimed, name=safe_text(row["name"] or ""))
        times = [nanoseconds(text.removesuffix(" ms")) for text in row["times"].split(" / ")]
        hop.probes += [ImportedReply(responder, time) if time is not None else None for time in times]
        del hop.probes[MAX_PROBES:]
        hop.untimed = None
        return Taken.HOP

    def _take_probe(self, row: re.Match[str]) -> Taken | None:
        hop = self._hop(row["ttl"])
        if hop is None or len(hop.probes) >= MAX_PROBES:
            return Taken.NO
        return _add(hop, row, row["inner"] or row["address"])

    def _finish(self, hop: _Hop) -> None:
        """Keep a responder whose times are missing."""
        if hop.untimed is not None:
            self._remarks.append(f"{hop.untimed.address} answered, and its times are missing")
            hop.probes.append(ImportedReply(hop.untimed))
            hop.untimed = None

    def _label(self, labels: tuple[int, ...]) -> None:
        probes = self._hops[max(self._hops)].probes
        last = next((reply.responder for reply in reversed(probes) if reply is not None), None)
        if last is None or not labels:
            return
        named = replace(last, mpls=(*last.mpls, *labels)[:16])
        for place, reply in enumerate(probes):
            if reply is not None and reply.responder == last:
                probes[place] = replace(reply, responder=named)

    def trace(self) -> ImportedTrace | None:
        for hop in self._hops.values():
            self._finish(hop)
        counts = [len(hop.probes) for hop in self._hops.values() if not hop.one_for_all]
        all_probes = Counter(counts).most_common(1)[0][0] if counts else 1
        hops = tuple(
            ImportedHop(ttl, (None,) * all_probes if hop.one_for_all else tuple(hop.probes))
            for ttl, hop in self._hops.items()
            if hop.probes
        )
        if not hops or (self._header is None and not counts):
            return None
        return self._trace(hops)

    def _trace(self, hops: tuple[ImportedHop, ...]) -> ImportedTrace:
        header = self._header
        address = address_of(header["address"]) if header is not None else None
        max_hops = int(header["max"]) if header is not None else None
        ends = {responder.address for responder in hops[-1].responders}
        untold = {Untold.MESSAGES, Untold.TIME}
        untold |= {Untold.PROTOCOL} if self._protocol is None else set()
        untold |= {Untold.TARGET} if address is None else set()
        untold |= {Untold.END} if address not in ends and hops[-1].ttl < (max_hops or 30) else set()
        target = ((header["target"] or "") if header is not None else "") or (address or "")
        return ImportedTrace(
            tool="NextTrace",
            hops=hops,
            target=safe_text(target),
            address=address,
            protocol=self._protocol,
            source=address_of((header["source"] or "") if header is not None else ""),
            max_hops=max_hops,
            untold=frozenset(untold),
            remarks=(*self._remarks[:20], *missing_hops([hop.ttl for hop in hops])),
        )


def _add(hop: _Hop, row: re.Match[str], address: str) -> Taken | None:
    """Add the reply of one probe."""
    known, rtt_ns = address_of(address), nanoseconds(row["time"])
    if known is None or rtt_ns is None:
        return None
    hop.one_for_all = False
    hop.probes.append(
        ImportedReply(ImportedResponder(known, safe_text(row["name"] or ""), _asns(row)), rtt_ns)
    )
    return Taken.HOP


def _asns(row: re.Match[str]) -> tuple[int, ...]:
    return (int(row["asn"]),) if row["asn"] and int(row["asn"]) else ()


FORMAT: Final = TextFormat(
    "NextTrace",
    'a line "NextTrace v…" or "traceroute to ADDRESS (NAME), N hops max, N bytes payload"',
    _START,
    _Reader,
)
