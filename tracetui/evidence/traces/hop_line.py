"""Parses the part of a traceroute line after the hop number: responders, times, marks.

Tools differ in the order, not in the words: `[AS 64500]` before or behind the address, several responders on
one line or on indented ones, `!X` behind a time or instead of one.
"""

import ipaddress
import re
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Final

from tracetui.evidence.traces.icmp_marks import LINUX, Marks
from tracetui.model import ReplyKind, safe_text
from tracetui.model.imported_trace import ImportedReply, ImportedResponder

MAX_PROBES: Final = 64
"""Probes of one hop; what stands behind them is not read."""

MAX_STRANGE: Final = 16
"""Words that are not understood; a line with so many is not read on."""

_TOKEN: Final = re.compile(
    r"""
      (?P<asns>\[(?:ASN?[\s\d/,AS?*]{0,60}|\*)\])
    | (?P<mpls>[\[<](?:MPLS|Labels?)(?:[:=]|\s)[^\]>]{1,120}[\]>]|MPLS\sLabel=[\w=/ ]{1,120})
    | (?P<rtt><?\d{1,9}(?:[.,]\d{1,6})?)\s{0,2}(?P<unit>m(?:illi)?s(?:ec)?|мс|us(?:ec)?|µs|s(?:ec)?)
      (?:(?![\w.-])|(?=(?:\d{1,3}\.){3}\d))                  # some run into the next address
    | (?P<lost>\*(?![.\w]))
    | (?P<mark>(?<!!)!(?:<\d{1,3}>|[A-Z](?:-?\d{1,5})?(?![\w.!])|\d{1,3}(?![\w.])|(?=\s|$)))
    | (?P<unknown>(?<!\S)\?(?!\S))
    | (?P<flags>[\[<](?:open|closed|filtered|syn|ack|rst|fin|psh|urg|ece|cwr)(?:,[\w=,-]{0,80})?[\]>])
    | \(ttl[ =](?P<reply_ttl>\d{1,3})!?\)
    | (?P<note>\^C|\(\d{1,3}%\sloss\)|\(\d{1,3}\sprobes?\slost\)|F=\d{1,5}|'-?\d{1,3}'
              |<\d{1,3}/\d{1,3}:[\da-f,]{0,80}>|\((?:TOS|DSCP)=\w{1,8}!?\)
              |\([\w.:-]{1,60}/\d{1,10},\s?[\w.:-]{1,60}/\d{1,10}\))
    | \((?P<inner>[^()\s]{0,255})\)?
    | <(?P<angled>[\w-]{1,63}(?:\.[\w-]{1,63}){1,20})>
    | \[(?P<bracketed>[\da-fA-F:.%]{2,60})\]
    | (?P<number>\d{1,9}(?:\.\d{0,6})?(?![^\s()\[\]<>*!]))
    | (?P<word>[^\s()\[\]<>*!]{1,255}(?:(?<=\.)\*{1,3}[\w.*]{0,60})?)
    | (?P<other>\S)
    """,
    re.VERBOSE | re.IGNORECASE,
)
_LABELS: Final = re.compile(r"(?<![A-Za-z])L(?:abels?)?\s?[:=]?\s?(\d{1,7}(?:/\d{1,7})*)", re.IGNORECASE)
_NUMBERS: Final = re.compile(r"\d{1,10}")
_SOURCE_QUENCH: Final = 4
_MASKED: Final = re.compile(r"[\da-fA-F.:xX*#●•█_?-]{3,60}")
"""An address of which people hide a part."""

_NOBODY: Final = "0.0.0.0"  # noqa: S104  (what some routers print for a hop without an answer)
_UNITS_NS: Final = {"m": 1_000_000, "м": 1_000_000, "u": 1_000, "µ": 1_000, "s": 1_000_000_000}


@dataclass(slots=True)
class HopTokens:
    """What one line states about a hop."""

    probes: list[ImportedReply | None] = field(default_factory=list)
    strange: list[str] = field(default_factory=list)
    """What was not understood."""

    odd: str = ""
    """The same, as written in the line."""

    begins_well: bool = True
    """Nothing before the first probe was strange."""

    dangling: str = ""
    """The end of the line that is no whole answer: a responder without a time, a number without its unit."""

    names_responder: bool = False
    """The unfinished rest begins with a responder's address or AS."""

    responder: ImportedResponder | None = None
    """The responder named last, for continuation lines."""

    said_more: bool = False
    """More was said of the responder of the line before: its AS, its labels."""


@lru_cache(maxsize=8192)
def address_of(text: str) -> str | None:
    """Return canonical text of an address, an IPv4-mapped one as IPv4; None for anything else."""
    if not text[:1].isalnum() and text[:1] != ":":
        return None
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return None
    return str(getattr(address, "ipv4_mapped", None) or address)


def mpls_labels(text: str) -> tuple[int, ...]:
    """Return the labels in a note such as `MPLS: Labels 24012/16 Exp 0` or `MPLS:L=16,E=0/L=17,E=0`."""
    return tuple(int(label) for group in _LABELS.findall(text) for label in group.split("/"))[:16]


def _asns(text: str) -> tuple[int, ...]:
    return tuple(int(number) for number in _NUMBERS.findall(text) if 0 < int(number) < 1 << 32)


def parse_hop(
    text: str,
    *,
    family: int = 4,
    marks: Marks = LINUX,
    going_on: ImportedResponder | None = None,
    last: ImportedReply | None = None,
) -> HopTokens:
    """Read a line without its hop number.

    `going_on` answered last on the line before. `last` is that answer, where this line begins with what is
    said of it; it is the first of the probes then.
    """
    parser = _HopParser(text, family, marks, going_on)
    return parser.parse() if last is None else parser.parse_with(last)


class _HopParser:
    """Reads the tokens of one line, from left to right."""

    def __init__(self, text: str, family: int, marks: Marks, going_on: ImportedResponder | None) -> None:
        self._text = text
        self._family = family
        self._marks = marks
        self._found = HopTokens(responder=going_on)
        self._asns: tuple[int, ...] | None = None
        """Printed before the responder that they belong to."""

        self._asns_come_first = False
        """This line has them before the times, so they belong to what follows."""

        self._fresh = False
        """The responder was named and no time of it read yet."""

        self._open_at: int | None = None
        """Where the answer that is not complete yet begins."""

        self._at = 0
        """Where the current token begins."""

        self._odd_at = len(text)
        """Where the first thing that was not understood begins."""

        self._kind: ReplyKind | None = None
        """Printed before the times that they belong to."""

    def parse_with(self, last: ImportedReply) -> HopTokens:
        self._found.probes.append(last)
        return self.parse()

    def parse(self) -> HopTokens:
        for match in _TOKEN.finditer(self._text):
            if len(self._found.probes) >= MAX_PROBES:
                self._found.strange.append(f"more than {MAX_PROBES} probes")
                break
            if len(self._found.strange) >= MAX_STRANGE:
                break
            self._at = match.start()
            self._take(match)
        self._end()
        if self._found.strange:
            self._tell_odd()
        return self._found

    def _tell_odd(self) -> None:
        """Say what was odd; if that is how the line ends, nothing dangles there to go on."""
        found = self._found
        found.odd = " ".join(found.strange)
        if found.probes and found.dangling:
            begin = min(self._odd_at, len(self._text) - len(found.dangling))
            found.odd, found.dangling = self._text[begin:], ""

    def _take(self, match: re.Match[str]) -> None:
        value = match.group()
        match match.lastgroup:
            case "unit":
                unit = _UNITS_NS[match.group("unit")[0].lower()]
                self._answer(round(float(match.group("rtt").lstrip("<").replace(",", ".")) * unit))
            case "lost":
                # A name before it stays fresh: it still lacks a time.
                self._found.probes.append(None)
                self._open_at = None
            case "word" if value == _NOBODY:
                pass
            case "word":
                self._name(value)
            case "inner" | "bracketed" | "angled":
                self._name_in_parentheses(value.strip("()[]<>"))
            case "asns":
                self._take_asns(_asns(value))
            case "number" if match.end() == len(self._text):
                self._opens()
            case "number" | "other":
                self._wonder(value)
            case _:
                self._take_note(match, value)

    def _take_note(self, match: re.Match[str], value: str) -> None:
        """Take a statement about a probe or its responder."""
        match match.lastgroup:
            case "mpls":
                self._change(mpls=mpls_labels(value))
            case "mark":
                self._mark(value.lstrip("!").strip("<>").upper())
            case "unknown":
                self._unknown()
            case "flags":
                self._flags(value.lower())
            case "reply_ttl":
                self._tell_ttl(int(match.group("reply_ttl")))
            case _:
                pass

    def _end(self) -> None:
        """Settle what the end of the line leaves open."""
        found = self._found
        if (
            self._open_at is not None
            and self._asns is not None
            and found.probes
            and not self._asns_come_first
        ):
            # Printed behind the times.
            found.responder = self._last_responder()
            self._change(asns=self._asns)
        elif self._open_at is not None:
            found.dangling = self._text[self._open_at :]
        elif self._fresh and found.responder is not None:
            self._wonder(found.responder.address or found.responder.name)

    def _last_responder(self) -> ImportedResponder | None:
        return next((reply.responder for reply in reversed(self._found.probes) if reply is not None), None)

    def _opens(self) -> None:
        if self._open_at is None:
            self._open_at = self._at

    def _wonder(self, value: str) -> None:
        """Keep what was not understood."""
        self._found.strange.append(value)
        self._odd_at = min(self._odd_at, self._at)
        self._found.begins_well = self._found.begins_well and bool(self._found.probes)

    def _take_asns(self, asns: tuple[int, ...]) -> None:
        if self._fresh:
            self._change(asns=asns)
            self._found.names_responder = True
            return
        self._asns_come_first = self._asns_come_first or not self._found.probes
        self._asns, self._found.responder = asns, None
        self._found.names_responder = True
        self._opens()

    def _name(self, word: str) -> None:
        address = address_of(word)
        known = self._found.responder
        if self._fresh and known is not None:
            if address is not None and known.address is None:
                self._change(address=address)
                self._found.names_responder = True
                return
            # Two names in a row: the first one was something else.
            self._wonder(known.address or known.name)
        if address is None and not any(character.isalnum() for character in word):
            self._wonder(word)
            return
        name = "" if address is not None else safe_text(word)
        self._found.responder = ImportedResponder(address, name, self._asns or ())
        self._found.names_responder = address is not None or self._asns is not None
        self._asns, self._fresh, self._kind = None, True, None
        self._opens()

    def _name_in_parentheses(self, inner: str) -> None:
        address = address_of(inner)
        known = self._found.responder if self._fresh else None
        if known is None:
            if address is not None or (inner and self._asns is not None):
                self._name(inner)
            elif inner:
                self._wonder(f"({inner})")
        elif address is not None:
            self._change(address=address)
            self._found.names_responder = True
        elif inner[:2].upper() == "AS" and inner[2:].isdigit():
            self._change(asns=_asns(inner))
        elif "." in inner and not known.name:
            self._change(name=safe_text(inner))
        elif inner not in {"", known.name, known.address} and not _MASKED.fullmatch(inner):
            self._found.strange.append(f"({inner})")
            self._odd_at = min(self._odd_at, self._at)

    def _change(
        self,
        *,
        address: str | None = None,
        name: str = "",
        asns: tuple[int, ...] = (),
        mpls: tuple[int, ...] = (),
    ) -> None:
        """Say more of the responder named last, in its answers on this line too."""
        before = self._found.responder
        if before is None:
            self._wonder(f"MPLS {mpls}")
            return
        now = self._found.responder = ImportedResponder(
            address or before.address, name or before.name, asns or before.asns, (*before.mpls, *mpls)[:16]
        )
        self._found.said_more = True
        for place, reply in enumerate(self._found.probes):
            if reply is not None and reply.responder is before:
                self._found.probes[place] = replace(reply, responder=now)

    def _answer(self, rtt_ns: int | None) -> None:
        if self._found.responder is None:
            if self._asns is None:
                self._wonder("" if rtt_ns is None else f"{rtt_ns / 1e6} ms")
                return
            name = "" if self._asns else "AS0"
            self._found.responder, self._asns = ImportedResponder(name=name, asns=self._asns), None
        self._found.probes.append(ImportedReply(self._found.responder, rtt_ns, self._kind))
        self._fresh, self._open_at = False, None

    def _tell_ttl(self, ttl: int) -> None:
        """Take `(ttl=251!)` behind a time."""
        last = self._found.probes[-1] if self._found.probes else None
        if last is not None and ttl <= 255:
            self._found.probes[-1] = replace(last, reply_ttl=ttl)

    def _unknown(self) -> None:
        """Take Cisco's `?`, an answer of unknown kind: of whom, only a name before it says."""
        self._found.strange.append("?")
        if self._fresh:
            self._answer(None)
        else:
            self._found.probes.append(None)

    def _mark(self, mark: str) -> None:
        """Take `!H`: of the time before it, or in place of one."""
        last = self._found.probes[-1] if self._found.probes else None
        stands_alone = last is None or last.rtt_ns is None or last.icmp_type is not None
        if self._fresh or self._asns is not None or stands_alone:
            self._answer(None)
            last = self._found.probes[-1] if self._found.probes else None
        meaning = self._marks.meaning(mark, self._family)
        if last is None or meaning is None:
            self._found.strange.append(f"!{mark}")
        if last is None:
            return
        icmp_type, icmp_code = meaning or (None, None)
        kind = ReplyKind.UNREACHABLE if icmp_type != _SOURCE_QUENCH else None
        self._found.probes[-1] = replace(last, kind=kind, icmp_type=icmp_type, icmp_code=icmp_code)

    def _flags(self, flags: str) -> None:
        kind = ReplyKind.RST if "rst" in flags or "closed" in flags else ReplyKind.SYN_ACK
        last = self._found.probes[-1] if self._found.probes else None
        if self._fresh or last is None:
            self._kind = kind
        else:
            self._found.probes[-1] = replace(last, kind=kind)
