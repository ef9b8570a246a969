"""Reads traceroute of Linux (Dmitry Butskoy's), in all its forms of output."""

import re
from collections.abc import Sequence
from typing import Final

from tracetui.evidence.traces.hop_line import HopTokens, address_of, parse_hop
from tracetui.evidence.traces.source_text import Line
from tracetui.evidence.traces.trace_format import Taken, TextFormat
from tracetui.model import safe_text
from tracetui.model.imported_trace import ImportedHop, ImportedTrace, Untold

_HEADER: Final = re.compile(
    r"traceroute6? to (?P<target>\S{1,255}) \((?P<address>[^()\s]{1,60})\)"
    r"(?: from \S+)?, (?P<max>\d{1,3}) hops max, \d{1,5} byte packets"
)
_HOP: Final = re.compile(r"\s{0,3}(\d{1,3})\s+(.*)")


class _Reader:
    def __init__(self, _: Sequence[Line]) -> None:
        self._header: re.Match[str] | None = None
        self._hops: dict[int, HopTokens] = {}

    def take(self, line: Line) -> Taken:
        if self._header is None:
            self._header = _HEADER.match(line.text)
            return Taken.PART
        hop = _HOP.match(line.text)
        if hop is None or int(hop[1]) <= max(self._hops, default=0):
            return Taken.NO
        tokens = parse_hop(hop[2], family=6 if ":" in self._header["address"] else 4)
        if not tokens.probes or tokens.strange:
            return Taken.NO
        self._hops[int(hop[1])] = tokens
        return Taken.HOP

    def trace(self) -> ImportedTrace | None:
        if self._header is None or not self._hops:
            return None
        return ImportedTrace(
            tool="traceroute",
            hops=tuple(ImportedHop(ttl, tuple(tokens.probes)) for ttl, tokens in self._hops.items()),
            target=safe_text(self._header["target"]),
            address=address_of(self._header["address"]),
            max_hops=int(self._header["max"]),
            untold=frozenset({Untold.PROTOCOL, Untold.TIME}),
        )


FORMAT: Final = TextFormat(
    "Linux traceroute",
    'a line "traceroute to NAME (ADDRESS), N hops max, N byte packets"',
    _HEADER,
    _Reader,
)
