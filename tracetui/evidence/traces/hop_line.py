"""Reads what stands behind the hop number in lines of the traceroute family: responders, times, marks.

Tools differ in the order, not in the words: `[AS 64500]` before or behind the address, several responders on
one line or on indented ones, `!X` behind a time or instead of one.
"""

import ipaddress
import re
from dataclasses import dataclass, field, replace
from typing import Any, Final

from tracetui.model import ReplyKind, safe_text
from tracetui.model.imported_trace import ImportedReply, ImportedResponder

MAX_PROBES: Final = 64
"""Probes of one hop; what stands behind them is not read."""

_TOKEN: Final = re.compile(
    r"""
      (?P<asns>\[(?:AS\s{0,2}[\d/AS ]{1,60}|\*)\])
    | (?P<mpls>[\[<]?MPLS(?::|\s)\s?[^\]>\n]{1,120}[\]>]?)
    | (?P<rtt><?\d{1,9}(?:[.,]\d{1,6})?)\s?(?P<unit>ms(?:ec)?|мс|us|µs|s(?:ec)?)(?![\w.-])
    | (?P<lost>\*)
    | (?P<mark>!(?:<\d{1,3}>|[A-Z?]\d{0,4}(?:-\d{1,4})?)?)
    | (?P<flags>[\[<](?:open|closed|syn|ack|rst|fin|filtered)[a-z,]{0,30}[\]>])
    | \((?P<inner>[^()\s]{0,255})\)?
    | (?P<word>[^\s()\[\]<>*!]{1,255})
    | (?P<other>\S)
    """,
    re.VERBOSE | re.IGNORECASE,
)
_LABELS: Final = re.compile(r"L(?:abels?)?\s?[:=]?\s?(\d{1,7}(?:/\d{1,7})*)", re.IGNORECASE)
_NUMBERS: Final = re.compile(r"\d{1,10}")
_UNITS_NS: Final = {"m": 1_000_000, "м": 1_000_000, "u": 1_000, "µ": 1_000, "s": 1_000_000_000}
_CODES: Final = {
    "": 3,
    "N": 0,
    "H": 1,
    "P": 2,
    "F": 4,
    "S": 5,
    "U": 6,
    "I": 8,
    "A": 9,
    "Z": 10,
    "Q": 11,
    "T": 12,
    "X": 13,
    "V": 14,
    "C": 15,
}
"""Codes of ICMP destination unreachable (traceroute(8)); `!` alone is the endpoint's port unreachable of old
tools, which sent a TTL of 1 or less back."""


@dataclass(slots=True)
class HopTokens:
    """What one line says of a hop."""

    probes: list[ImportedReply | None] = field(default_factory=list)
    strange: list[str] = field(default_factory=list)
    """What was not understood."""

    responder: ImportedResponder | None = None
    """The last one named, for a line that goes on."""


def address_of(text: str) -> str | None:
    """Return canonical text of an address, an IPv4-mapped one as IPv4; None for anything else."""
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return None
    return str(getattr(address, "ipv4_mapped", None) or address)


def mpls_labels(text: str) -> tuple[int, ...]:
    """Return the labels in a note such as `MPLS: Labels 24012/16 Exp 0` or `MPLS:L=16,E=0/L=17,E=0`."""
    return tuple(int(label) for group in _LABELS.findall(text) for label in group.split("/"))[:16]


def parse_hop(text: str, *, family: int = 4, going_on: ImportedResponder | None = None) -> HopTokens:
    """Read a line without its hop number; `going_on` answered last on the line before."""
    return _HopParser(family, going_on).parse(text)


class _HopParser:
    """Reads the tokens of one line, from left to right."""

    def __init__(self, family: int, going_on: ImportedResponder | None) -> None:
        self._family = family
        self._found = HopTokens(responder=going_on)
        self._asns: tuple[int, ...] = ()
        """Printed before the responder that they are of."""

        self._fresh = False
        """The responder was named and no time of it read yet."""

        self._kind: ReplyKind | None = None
        """Printed before the times that it is of."""

    def parse(self, text: str) -> HopTokens:
        for match in _TOKEN.finditer(text):
            if len(self._found.probes) >= MAX_PROBES:
                break
            self._take(match)
        return self._found

    def _take(self, match: re.Match[str]) -> None:
        value = match.group()
        match match.lastgroup:
            case "asns":
                self._take_asns(tuple(int(number) for number in _NUMBERS.findall(value) if int(number)))
            case "word":
                self._name(value)
            case "inner":
                self._name_in_parentheses(match.group("inner"))
            case "mpls":
                self._change(mpls=mpls_labels(value))
            case "unit":
                unit = _UNITS_NS[match.group("unit")[0].lower()]
                self._answer(round(float(match.group("rtt").lstrip("<").replace(",", ".")) * unit))
            case "lost":
                self._found.probes.append(None)
            case "mark":
                self._mark(value[1:].strip("<>").upper())
            case "flags":
                self._flags(value.lower())
            case _:
                self._found.strange.append(value)

    def _take_asns(self, asns: tuple[int, ...]) -> None:
        if self._fresh:
            self._change(asns=asns)
        else:
            self._asns, self._found.responder = asns, None

    def _name(self, word: str) -> None:
        address = address_of(word)
        name = "" if address is not None else safe_text(word)
        self._found.responder = ImportedResponder(address, name, self._asns)
        self._asns, self._fresh, self._kind = (), True, None

    def _name_in_parentheses(self, inner: str) -> None:
        address = address_of(inner)
        if self._fresh and address is not None:
            self._change(address=address)
        elif not self._fresh and inner:
            self._name(inner)

    def _change(self, **values: Any) -> None:  # noqa: ANN401  (fields of a responder)
        """Say more of the responder named last, in its answers on this line too."""
        before = self._found.responder
        if before is None:
            return
        now = self._found.responder = replace(before, **values)
        for place, reply in enumerate(self._found.probes):
            if reply is not None and reply.responder is before:
                self._found.probes[place] = replace(reply, responder=now)

    def _answer(self, rtt_ns: int | None) -> None:
        if self._found.responder is None:
            self._found.responder, self._asns = ImportedResponder(asns=self._asns), ()
        self._found.probes.append(ImportedReply(self._found.responder, rtt_ns, self._kind))
        self._fresh = False

    def _mark(self, mark: str) -> None:
        """Take `!H`: of the time before it, or in place of one."""
        if self._fresh or not self._found.probes or self._found.probes[-1] is None:
            self._answer(None)
        reply = self._found.probes[-1]
        code = int(mark) if mark.isdigit() else _CODES.get(mark[:1], -1)
        if reply is None or not mark or not 0 <= code <= 255:
            return
        kind, icmp_type = ReplyKind.UNREACHABLE, 3 if self._family == 4 else 1
        self._found.probes[-1] = replace(reply, kind=kind, icmp_type=icmp_type, icmp_code=code)

    def _flags(self, flags: str) -> None:
        kind = ReplyKind.RST if "rst" in flags or "closed" in flags else ReplyKind.SYN_ACK
        last = self._found.probes[-1] if self._found.probes else None
        if self._fresh or last is None:
            self._kind = kind
        else:
            self._found.probes[-1] = replace(last, kind=kind)
