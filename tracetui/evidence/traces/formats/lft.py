"""Reads LFT, the layer four traceroute."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from tracetui.evidence.traces.command_line import find_command
from tracetui.evidence.traces.hop_line import address_of
from tracetui.evidence.traces.left_open import left_open
from tracetui.evidence.traces.source_text import Line
from tracetui.evidence.traces.trace_format import Taken, TextFormat
from tracetui.evidence.traces.trace_time import find_time
from tracetui.model import ReplyKind, safe_text
from tracetui.model.imported_trace import ImportedHop, ImportedReply, ImportedResponder, ImportedTrace, Untold
from tracetui.model.lane import ProbeProtocol

_HEADER: Final = re.compile(
    r".{0,60}?TTL\s{1,3}LFT trace to (?P<target>[^\s():]{1,255})(?: \((?P<address>[^()\s]{1,60})\))?"
    r"(?::(?P<port>\d{1,5})(?:-\d{1,5})?)?(?:/(?P<protocol>tcp|udp|icmp))?",
    re.IGNORECASE,
)
_HOP: Final = re.compile(
    r"""\s{0,40}(?P<ttl>\d{1,3})?\s{1,6}
    (?P<end>\[target(?:\ \w{1,12})?\]\s{1,3})?
    (?P<notes>(?:\[[^\]]{1,80}\]\s{1,3}){0,3})
    (?P<name>[^\s():\[\]*]{1,255})(?:\ \((?P<address>[^()\s]{1,60})\))?(?::\d{1,5})?\s{1,3}
    (?P<times>[\d.*/]{1,200})ms$""",
    re.VERBOSE,
)
_SILENT: Final = re.compile(
    r"\s{0,40}\*\*\s{1,5}\[neglected\].{0,40}?TTLs? (?P<first>\d{1,3})(?: (?:through|and) (?P<last>\d{1,3}))?"
)
_NOTE: Final = re.compile(r"\s{0,40}\*\*\s{1,5}\[|\s{0,40}(?:Tracing\s[.*T!\s]*|Using |LFT'?s? )")
_ASN: Final = re.compile(r"\[AS(\d{1,10})\]")
_STATE: Final = re.compile(r"\[target (\w{1,12})\]")


class _Reader:
    def __init__(self, before: Sequence[Line]) -> None:
        self._before = before
        self._header: re.Match[str] | None = None
        self._hops: dict[int, list[ImportedReply | None]] = {}
        self._reached = False

    def take(self, line: Line) -> Taken:
        if self._header is None:
            self._header = _HEADER.match(line.text)
            return Taken.PART
        if (silent := _SILENT.match(line.text)) is not None:
            return self._take_silent(int(silent["first"]), int(silent["last"] or silent["first"]))
        if (hop := _HOP.match(line.text)) is not None:
            return self._take_hop(hop)
        return Taken.PART if _NOTE.match(line.text) else Taken.NO

    def _take_silent(self, first: int, last: int) -> Taken:
        if not max(self._hops, default=0) < first <= last <= 255:
            return Taken.NO
        self._hops.update({ttl: [None] for ttl in range(first, last + 1)})
        return Taken.HOP

    def _take_hop(self, hop: re.Match[str]) -> Taken:
        last = max(self._hops, default=0)
        ttl = int(hop["ttl"] or last)
        if ttl > 255 or ttl < last or (ttl == last and hop["ttl"] is not None) or not ttl:
            return Taken.NO
        address = address_of(hop["address"] or hop["name"])
        name = hop["name"] if address is None or address_of(hop["name"]) is None else ""
        asns = tuple(int(number) for number in _ASN.findall(hop["notes"]) if int(number))
        responder = ImportedResponder(address, safe_text(name), asns)
        self._reached = self._reached or hop["end"] is not None
        kind = _kind_at_the_end(hop["end"] or "")
        self._hops.setdefault(ttl, []).extend(_answers(hop["times"], ImportedReply(responder, kind=kind)))
        return Taken.HOP

    def trace(self) -> ImportedTrace | None:
        if self._header is None or not self._hops:
            return None
        command = find_command(self._before)
        target = safe_text(self._header["target"])
        address = address_of(self._header["address"] or target)
        protocol = ProbeProtocol(self._header["protocol"].lower()) if self._header["protocol"] else None
        hops = tuple(ImportedHop(ttl, tuple(probes)) for ttl, probes in self._hops.items())
        trace = ImportedTrace(
            tool="LFT",
            hops=hops,
            target=target,
            address=address,
            protocol=protocol,
            port=int(self._header["port"])
            if protocol is not ProbeProtocol.ICMP and self._header["port"]
            else None,
            vantage=command.vantage,
            started_at=find_time(self._before),
        )
        untold = {Untold.MESSAGES, Untold.LOST_PROBES, *left_open(trace, cut=not self._reached)}
        return replace(trace, untold=frozenset(untold))


def _kind_at_the_end(said: str) -> ReplyKind | None:
    """Return what `[target open]` tells."""
    state = _STATE.match(said)
    return {"open": ReplyKind.SYN_ACK, "closed": ReplyKind.RST}.get(state[1]) if state is not None else None


def _answers(times: str, reply: ImportedReply) -> Iterator[ImportedReply | None]:
    """Yield the answers in `20.1/20.3`, or `20.1/*`."""
    for time in times.split("/")[:64]:
        try:
            yield replace(reply, rtt_ns=round(float(time) * 1_000_000)) if time != "*" else None
        except ValueError:
            continue


FORMAT: Final = TextFormat(
    "LFT",
    'a line "TTL LFT trace to NAME (ADDRESS):PORT/tcp"',
    _HEADER,
    _Reader,
    signs=re.compile(r"TTL\s{1,3}LFT trace to ", re.IGNORECASE),
)
