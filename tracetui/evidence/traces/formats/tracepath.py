"""Reads tracepath and tracepath6 of Linux: a line for each answer, and one for all probes that got none."""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from tracetui.evidence.traces.command_line import find_command
from tracetui.evidence.traces.hop_line import address_of, parse_hop
from tracetui.evidence.traces.icmp_marks import TRACEPATH
from tracetui.evidence.traces.left_open import ELISION, left_open, missing_hops
from tracetui.evidence.traces.source_text import Line
from tracetui.evidence.traces.trace_format import Taken, TextFormat
from tracetui.evidence.traces.trace_time import find_time
from tracetui.model import ReplyKind
from tracetui.model.imported_trace import ImportedHop, ImportedReply, ImportedTrace, Untold
from tracetui.model.lane import ProbeProtocol

_LINE: Final = re.compile(r"\s{0,40}(?P<ttl>\d{1,3})(?P<local>\?)?:\s+(?P<rest>\S.*)")
_NOTES: Final = re.compile(
    r"\bpmtu \d{1,5}|\basymm\s{1,3}\d{1,3}|\breached\b|\(This broken router [^)]{0,60}\)"
)
_SUMMARY: Final = re.compile(r"\s*(?:Too many hops|Resume): pmtu \d{1,5}(?: hops (?P<hops>\d{1,3}))?")
_FRAGMENTATION_NEEDED: Final = (3, 4)
_MAX_ANSWERS: Final = 64
_DEFAULT_MAX_HOPS: Final = 30


class _Reader:
    def __init__(self, before: Sequence[Line]) -> None:
        self._before = before
        self._hops: dict[int, list[ImportedReply | None]] = {}
        self._last = 0
        """Highest TTL up to now; answers to lower ones came late."""

        self._remarks: list[str] = []
        self._reached = False
        self._summed_up = False
        self._gave_up = False

    def take(self, line: Line) -> Taken:
        if _SUMMARY.match(line.text) is not None and self._hops:
            self._gave_up = self._gave_up or "Too many" in line.text
            self._summed_up = True
            return Taken.PART
        hop = _LINE.match(line.text)
        if hop is None or self._summed_up:
            return Taken.PART if self._hops and ELISION.match(line.text) else Taken.NO
        if hop["local"] is not None and "[LOCALHOST]" in hop["rest"]:
            return Taken.PART if not self._hops else Taken.NO
        return self._take_hop(int(hop["ttl"]), hop["rest"], line)

    def _take_hop(self, ttl: int, text: str, line: Line) -> Taken:
        if self._hops and ttl == 1 and self._last > 1 and not self._is_late(ttl):
            return Taken.NO
        if text.startswith("no reply"):
            self._hops.setdefault(ttl, []).append(None)
        else:
            tokens = parse_hop(
                _NOTES.sub(" ", text).strip(), family=6 if text.count(":") > 1 else 4, marks=TRACEPATH
            )
            if tokens.strange or tokens.dangling or len(tokens.probes) != 1 or ttl > 255:
                return Taken.NO
            self._answer(ttl, _with_kind(tokens.probes[0], text), line)
            self._reached = self._reached or "reached" in text
        self._last = max(self._last, ttl)
        return Taken.HOP

    def _is_late(self, ttl: int) -> bool:
        return self._hops.get(ttl, [0])[0] is None

    def _answer(self, ttl: int, reply: ImportedReply | None, line: Line) -> None:
        probes = self._hops.setdefault(ttl, [])
        if ttl < self._last:
            self._remarks.append(
                f"line {line.number}: an answer to hop {ttl} that came after hop {self._last}"
            )
        if probes[:1] == [None]:
            # What was waited for in vain came late.
            probes[0] = reply
        elif len(probes) < _MAX_ANSWERS:
            probes.append(reply)

    def trace(self) -> ImportedTrace | None:
        if not self._hops:
            return None
        command = find_command(self._before)
        last = max(self._hops)
        max_hops = command.max_hops or _DEFAULT_MAX_HOPS
        hops = tuple(ImportedHop(ttl, tuple(probes)) for ttl, probes in sorted(self._hops.items()))
        end = hops[-1].responders[-1] if self._reached and hops[-1].responders else None
        target = command.target or (end.name or end.address or "" if end is not None else "")
        address = address_of(target) or (end.address if end is not None else None)
        if ":" in (address or ""):
            hops = tuple(ImportedHop(hop.ttl, tuple(map(_too_big_of_six, hop.probes))) for hop in hops)
        ends = self._reached or self._gave_up or last >= max_hops or _refused(hops[-1])
        trace = ImportedTrace(
            tool="tracepath",
            hops=hops,
            target=target,
            address=address,
            protocol=ProbeProtocol.UDP,
            vantage=command.vantage,
            started_at=find_time(self._before),
            max_hops=command.max_hops,
            remarks=(*self._remarks, *missing_hops(sorted(self._hops))),
        )
        return replace(trace, untold=frozenset({Untold.LOST_PROBES, *left_open(trace, cut=not ends)}))


def _refused(hop: ImportedHop) -> bool:
    return any(reply is not None and reply.kind is ReplyKind.UNREACHABLE for reply in hop.probes)


def _too_big_of_six(reply: ImportedReply | None) -> ImportedReply | None:
    """Return an answer with what a new MTU is in IPv6: of names alone, a line does not tell the family."""
    is_too_big = reply is not None and (reply.icmp_type, reply.icmp_code) == _FRAGMENTATION_NEEDED
    return replace(reply, icmp_type=2, icmp_code=0) if reply is not None and is_too_big else reply


def _with_kind(reply: ImportedReply | None, text: str) -> ImportedReply | None:
    """Return the answer with its kind: tracepath marks unreachables, a new MTU and the end."""
    if reply is None or reply.kind is not None:
        return reply
    if "pmtu" in text:
        icmp_type, icmp_code = _FRAGMENTATION_NEEDED
        return replace(reply, kind=ReplyKind.UNREACHABLE, icmp_type=icmp_type, icmp_code=icmp_code)
    return replace(reply, kind=ReplyKind.PORT_UNREACHABLE if "reached" in text else ReplyKind.TIME_EXCEEDED)


FORMAT: Final = TextFormat(
    "tracepath",
    'lines "1?: [LOCALHOST] pmtu N" or "N: NAME N ms"',
    re.compile(
        r"\s{0,40}\d{1,3}(?:\?:\s{1,9}\[LOCALHOST\]|"
        r":\s{1,4}(?:no reply$|[\w.:%-]{2,255}.{0,200}\s\d{1,7}\.\d{3}ms))"
    ),
    _Reader,
)
