"""Reads the raw output of mtr (`--raw`), which alone keeps each probe.

`x TTL SEQ` is a probe sent, `h TTL ADDRESS` one more responder, `d TTL NAME` its name, `m TTL LABEL …` its
MPLS label, `p TTL MICROSECONDS SEQ` a reply; TTLs count from 0. Old versions write neither x nor SEQ (raw.c).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from tracetui.evidence.traces.hop_figures import left_open, not_understood, target_address
from tracetui.evidence.traces.hop_line import address_of
from tracetui.evidence.traces.mtr_command import mtr_command
from tracetui.evidence.traces.source_text import Line
from tracetui.evidence.traces.trace_format import Taken, TextFormat
from tracetui.model import safe_text
from tracetui.model.imported_trace import ImportedHop, ImportedReply, ImportedResponder, ImportedTrace, Untold

_START: Final = re.compile(r"\s{0,4}(?:x \d{1,3} \d{1,10}$|h \d{1,3} [\da-fA-F.:]{2,45}$)")
_LINE: Final = re.compile(r"\s{0,4}([xhdpmty]) (\d{1,3})(?: (\S{1,255}))?(?: (\d{1,10}))?(?: [\d ]{0,40})?$")
_HOP_LIKE: Final = re.compile(r"\s{0,4}[xhdp] \d")
_MAX_PROBES: Final = 100_000
_MAX_RESPONDERS: Final = 64
_MAX_UNPROBED: Final = 4
"""Responders named one after another without a reply between them; mtr writes the reply at once."""


@dataclass(slots=True)
class _Hop:
    probes: dict[str, int | None] = field(default_factory=dict)
    """RTT by sequence number, in the order of sending."""

    who: dict[str, str] = field(default_factory=dict)
    """Address that answered, by sequence number."""

    addresses: list[str] = field(default_factory=list)
    names: dict[str, str] = field(default_factory=dict)
    labels: dict[str, list[int]] = field(default_factory=dict)


class _Reader:
    def __init__(self, before: Sequence[Line]) -> None:
        self._command = mtr_command(before)
        self._hops: dict[int, _Hop] = {}
        self._remarks: list[str] = []
        self._sent_is_told = False
        self._count = self._unprobed = 0
        self._cut = False

    def take(self, line: Line) -> Taken:
        found = _LINE.match(line.text)
        if found is None or (found[3] is None and found[1] != "t"):
            if not self._hops or not _HOP_LIKE.match(line.text):
                return Taken.NO
            self._remarks.append(not_understood(line))
            self._cut = True
            return Taken.PART
        kind, ttl, value, number = found[1], int(found[2]) + 1, found[3] or "", found[4] or ""
        if ttl > 255 or self._count >= _MAX_PROBES:
            return Taken.NO
        self._count += 1
        self._unprobed = self._unprobed + 1 if kind == "h" else 0
        if self._unprobed > _MAX_UNPROBED:
            return Taken.NO
        if not self._take(kind, self._hops.setdefault(ttl, _Hop()), value, number):
            self._remarks.append(not_understood(line))
            return Taken.PART
        return Taken.HOP

    def _take(self, kind: str, hop: _Hop, value: str, number: str) -> bool:
        match kind:
            case "x" if value.isdecimal():
                self._sent_is_told = True
                hop.probes.setdefault(value, None)
            case "h" if (address := address_of(value)) is not None and len(hop.addresses) < _MAX_RESPONDERS:
                if address in hop.addresses:
                    hop.addresses.remove(address)
                hop.addresses.append(address)
            case "d" if hop.addresses:
                hop.names[hop.addresses[-1]] = "" if address_of(value) is not None else safe_text(value)
            case "m" if hop.addresses and value.isdecimal():
                hop.labels.setdefault(hop.addresses[-1], []).append(int(value[:7]))
            case "p" if hop.addresses and value.isdecimal():
                sequence = number or f"reply {len(hop.probes)}"
                hop.probes[sequence] = int(value[:10]) * 1000
                hop.who[sequence] = hop.addresses[-1]
            case "t" | "y" | "d":
                pass
            case _:
                return False
        return True

    def trace(self) -> ImportedTrace | None:
        ttls = self._within_path()
        if not ttls:
            return None
        hops = tuple(ImportedHop(ttl, self._probes(self._hops[ttl])) for ttl in ttls)
        shared = [ttl for ttl in ttls if len(self._hops[ttl].addresses) > 1]
        remarks = list(self._remarks[:20])
        if shared:
            remarks.append(
                "the raw output names a responder only when it first answers: at TTL "
                + ", ".join(map(str, shared[:10]))
                + " later replies may be another's"
            )
        if len(ttls) < len(self._hops):
            left = ", ".join(str(ttl) for ttl in sorted(self._hops) if ttl not in ttls)
            remarks.append(
                f"left out: TTL {left[:60]}, probed past the endpoint before mtr knew how far it is"
            )
        return self._trace(hops, remarks)

    def _trace(self, hops: tuple[ImportedHop, ...], remarks: Sequence[str]) -> ImportedTrace:
        command = self._command
        target = command.target if command is not None else ""
        address = target_address(target, hops)
        untold = left_open(hops) | {Untold.TIME} | ({Untold.END} if self._cut else set())
        untold |= {Untold.LOST_PROBES} if not self._sent_is_told else set()
        untold |= {Untold.PROTOCOL} if command is None else set()
        untold |= {Untold.TARGET} if address is None else set()
        return ImportedTrace(
            tool="mtr",
            hops=hops,
            target=target,
            address=address,
            protocol=command.protocol if command is not None else None,
            port=command.port if command is not None else None,
            vantage=command.host if command is not None else "",
            untold=frozenset(untold),
            remarks=tuple(remarks),
        )

    def _within_path(self) -> list[int]:
        """Return the TTLs without those that mtr probed past the endpoint, before it knew how far it is."""
        ttls = sorted(ttl for ttl, hop in self._hops.items() if hop.probes)
        answered = [ttl for ttl in ttls if self._hops[ttl].who]
        while len(answered) > 1 and self._repeats(answered[-1], answered[-2]):
            ttls = [ttl for ttl in ttls if ttl < answered[-1]]
            answered.pop()
        if answered:
            rounds = len(self._hops[answered[-1]].probes)
            ttls = [
                ttl
                for ttl in ttls
                if ttl <= answered[-1] or len(self._hops[ttl].probes) >= max(rounds, 2) - 1
            ]
        return ttls

    def _repeats(self, ttl: int, before: int) -> bool:
        """Tell whether a TTL was answered by the endpoint that answered the TTL before it."""
        return ttl == before + 1 and set(self._hops[ttl].addresses) == set(self._hops[before].addresses)

    def _probes(self, hop: _Hop) -> tuple[ImportedReply | None, ...]:
        responders = {
            address: ImportedResponder(
                address,
                hop.names.get(address, ""),
                (),
                tuple(dict.fromkeys(hop.labels.get(address, ())))[:16],
            )
            for address in hop.addresses
        }
        return tuple(
            ImportedReply(responders[hop.who[sequence]], rtt_ns) if rtt_ns is not None else None
            for sequence, rtt_ns in hop.probes.items()
        )


FORMAT: Final = TextFormat("mtr raw", 'lines "x TTL SEQ" and "h TTL ADDRESS"', _START, _Reader)
