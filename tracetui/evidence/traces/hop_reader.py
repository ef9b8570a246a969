"""Reads a trace of the traceroute family line by line; a `Dialect` describes how one tool differs."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Final

from tracetui.evidence.traces.command_line import TraceCommand, find_command
from tracetui.evidence.traces.hop_line import MAX_PROBES, HopTokens, address_of, parse_hop
from tracetui.evidence.traces.icmp_marks import LINUX, Marks
from tracetui.evidence.traces.left_open import ELISION, left_open, missing_hops
from tracetui.evidence.traces.reply_kinds import Endpoint, may_go_on, with_kinds
from tracetui.evidence.traces.source_text import Line
from tracetui.evidence.traces.trace_format import Taken, TextFormat
from tracetui.evidence.traces.trace_time import find_time, unclear_time
from tracetui.model import ReplyKind, safe_text
from tracetui.model.imported_trace import ImportedHop, ImportedReply, ImportedResponder, ImportedTrace, Untold
from tracetui.model.lane import ProbeProtocol

_HOP: Final = re.compile(
    r"(?:\s{0,40}(?:\||#|//))?\s{0,40}(?P<ttl>\d{1,3})(?:[.:)]|\s?\|)?\s+(?!(?:ms|msec|us|sec|s|%)\b)(?P<rest>\S.*)"
)
MAX_TTL: Final = 255
_SAID_OF_LAST: Final = re.compile(r"!|\(ttl")
"""Begins a line that was broken between a time and its mark."""

_SAYS_MORE: Final = re.compile(r"[\d*!?\[(<:]")
"""What a line has that says more of a hop: prose is not taken apart."""

_MAX_HEADER_LINES: Final = 4
_DEFAULT_MAX_HOPS: Final = 30


@dataclass(frozen=True, slots=True)
class Dialect:
    """In what the output of one tool differs from the others'."""

    tool: str
    """As people call it."""

    header: re.Pattern[str] | None
    """The first line, maybe with the next one joined to it. Groups, all optional: `target`, `address`,
    `source`, `max`, `port`, `protocol`. None where hops begin at once."""

    marks: Marks = LINUX
    parts: re.Pattern[str] = field(default=re.compile(r"(?!)"))
    """Lines within the output that say nothing of hops."""

    protocol: ProbeProtocol | None = None
    """What it sends unless the command says otherwise."""

    protocol_if_command: ProbeProtocol | None = None
    """The same, where only the command tells: without it any protocol may have been asked for."""

    default_port: int | None = None
    """Of TCP probes."""

    max_hops: int = _DEFAULT_MAX_HOPS
    """Highest TTL, where neither header nor command says."""

    untold: frozenset[Untold] = frozenset()
    """What its output never tells."""


@dataclass(slots=True)
class _OpenHop:
    """One TTL while it is read."""

    ttl: int
    line: int
    probes: list[ImportedReply | None] = field(default_factory=list)
    dangling: str = ""
    names_responder: bool = False
    last: ImportedResponder | None = None


class HopReader:
    """Reads the lines of one trace."""

    def __init__(self, dialect: Dialect, before: Sequence[Line]) -> None:
        self._dialect = dialect
        self._before = before
        self._head: list[str] = []
        self._hops: list[_OpenHop] = []
        self._remarks: list[str] = []
        self._noted: set[int] = set()
        """TTLs of lines that look like hops and are none."""

        self._family = 4
        self._is_over = False

    def take(self, line: Line) -> Taken:
        """Take the next line that is not blank."""
        text = line.text
        if not self._head and not self._hops and self._dialect.header is not None:
            self._head.append(text)
            self._family = 6 if text.count(":") > 2 else 4
            return Taken.PART
        if self._dialect.parts.match(text):
            return Taken.PART
        hop = _HOP.match(text)
        taken = Taken.NO
        if hop is not None and self._comes_next(int(hop["ttl"])):
            taken = self._take_hop(int(hop["ttl"]), _without_table(hop["rest"]), line)
        elif hop is not None and self._comes_again(int(hop["ttl"])):
            # Some tools begin a line with the number for each router of a hop.
            taken = self._take_more(hop["rest"], line)
        if taken is Taken.NO and not self._is_over:
            taken = self._take_more(text, line) if self._hops else self._take_header(text)
        if taken is Taken.NO and self._hops:
            self._is_over = self._is_over or self._reached()
        return taken

    def trace(self) -> ImportedTrace | None:
        """Return what was read."""
        self._close_hop()
        hops = [ImportedHop(hop.ttl, tuple(hop.probes)) for hop in self._hops if hop.probes]
        if not hops or (self._dialect.header is None and not _stands_alone(hops)):
            return None
        header = self._header()
        said = {name: value for name, value in header.groupdict().items() if value} if header else {}
        command = find_command(self._before)
        # A header with an address alone was asked for that; words of the command may be other things.
        bare = said.get("address", "") if address_of(said.get("address", "")) else ""
        target = safe_text(said.get("target", "").strip("()[],") or bare) or command.target
        address = address_of(said.get("address", "")) or address_of(target)
        if address is None and (end := _proven_end(hops)) is not None:
            target, address = target or end.name or end.address or "", end.address
        protocol = self._protocol(said, command)
        max_hops = _number(said.get("max")) or command.max_hops
        endpoint = Endpoint(address, target, protocol)
        kinds = with_kinds(hops, endpoint, max_hops)
        started_at = find_time(self._before)
        trace = ImportedTrace(
            tool=self._dialect.tool,
            hops=kinds,
            target=target,
            address=address,
            protocol=protocol,
            port=self._port(said, command, protocol),
            vantage=command.vantage,
            source=address_of(said.get("source", "")) or command.source,
            started_at=started_at,
            max_hops=max_hops,
            remarks=(
                *self._remarks,
                *self._beginning(),
                *missing_hops([hop.ttl for hop in hops], but=self._noted),
                *unclear_time(self._before),
            ),
        )
        cut = may_go_on(kinds, endpoint, max_hops or self._dialect.max_hops)
        return replace(trace, untold=self._dialect.untold | frozenset(left_open(trace, cut=cut)))

    def _beginning(self) -> Iterator[str]:
        if self._dialect.header is None and self._hops[0].ttl > 1:
            yield f"begins at hop {self._hops[0].ttl}, without a header"

    # Hops

    def _comes_next(self, ttl: int) -> bool:
        return not self._is_over and (not self._hops or ttl > self._hops[-1].ttl)

    def _comes_again(self, ttl: int) -> bool:
        """Tell whether a line goes on with the last hop, where a header tells traces apart."""
        follows = bool(self._hops) and ttl == self._hops[-1].ttl
        return follows and self._dialect.header is not None and not self._is_over

    def _reached(self) -> bool:
        """Tell whether the last hop is the target's: what comes after something else is another trace."""
        header = self._header()
        said = header.groupdict() if header is not None else {}
        target = address_of(said.get("address") or said.get("target") or "")
        return target is not None and any(
            reply is not None and reply.responder.address == target for reply in self._hops[-1].probes
        )

    def _take_hop(self, ttl: int, text: str, line: Line) -> Taken:
        tokens = parse_hop(text, family=self._family, marks=self._dialect.marks)
        if not 1 <= ttl <= MAX_TTL:
            return self._leave_out(ttl, tokens, line)
        if str(ttl + 1) in tokens.strange and (following := _next_hop(ttl, text)) is not None:
            taken = self._take_hop(ttl, text[: following.start()], line)
            return taken if taken is Taken.NO else self._take_hop(ttl + 1, text[following.end() :], line)
        is_open = not tokens.probes and tokens.names_responder and not tokens.strange
        if tokens.begins_well and (tokens.probes or is_open):
            self._close_hop()
            self._hops.append(_OpenHop(ttl, line.number))
            self._add(tokens, line.number)
            return Taken.HOP
        expected = self._hops[-1].ttl + 1 if self._hops else 1
        if ttl == expected and (tokens.probes or tokens.names_responder):
            self._close_hop()
            self._noted.add(ttl)
            self._remarks.append(
                f"line {line.number} looks like hop {ttl} and was not understood: {_quoted(text)}"
            )
            return Taken.PART
        return Taken.NO

    def _leave_out(self, ttl: int, tokens: HopTokens, line: Line) -> Taken:
        """Take a line about a hop that there cannot be, such as 0 for the sender itself."""
        if self._dialect.header is None or not tokens.begins_well or not tokens.probes:
            return Taken.NO
        self._remarks.append(f"line {line.number}: hop {ttl} is left out")
        return Taken.PART

    def _take_reflowed(self, rest: str, following: str, line: Line) -> Taken:
        """Take a line that a mail program filled up: the rest of a hop, then the next hop."""
        ttl = self._hops[-1].ttl + 1
        if rest.strip() and self._take_more(rest, line) is Taken.NO:
            return Taken.NO
        return self._take_hop(ttl, following, line)

    def _take_more(self, text: str, line: Line) -> Taken:
        """Take a line without a hop number: more of the hop before, or what people write between."""
        if ELISION.match(text):
            return Taken.PART
        hop = self._hops[-1]
        if (following := _next_hop(hop.ttl, text)) is not None:
            return self._take_reflowed(text[: following.start()], text[following.end() :], line)
        if len(hop.probes) >= MAX_PROBES or not (hop.dangling or _SAYS_MORE.search(text)):
            return Taken.NO
        text = f"{hop.dangling} {_without_table(text.strip())}".lstrip()
        last = hop.probes[-1] if hop.probes and _SAID_OF_LAST.match(text) else None
        tokens = parse_hop(text, family=self._family, marks=self._dialect.marks, going_on=hop.last, last=last)
        goes_on = (
            tokens.probes
            or (not tokens.dangling and tokens.said_more)
            or (hop.dangling and tokens.names_responder)
        )
        if tokens.strange or not goes_on:
            return Taken.NO
        if not tokens.probes and not tokens.dangling and tokens.responder is not None:
            _say_more(hop, tokens.responder)
        else:
            hop.probes = hop.probes[:-1] if last is not None else hop.probes
            self._add(tokens, hop.line)
        return Taken.HOP

    def _add(self, tokens: HopTokens, line: int) -> None:
        hop = self._hops[-1]
        hop.probes += tokens.probes
        hop.dangling, hop.names_responder = tokens.dangling, tokens.names_responder
        hop.last = tokens.responder
        if tokens.odd:
            self._remarks.append(f"line {line}: {_quoted(tokens.odd)} was not understood")

    def _close_hop(self) -> None:
        """End the hop before: what dangles there came to no answer."""
        if not self._hops or not (hop := self._hops[-1]).dangling:
            return
        if hop.names_responder and not hop.probes and hop.last is not None:
            hop.probes.append(ImportedReply(hop.last))
            self._remarks.append(f"line {hop.line}: hop {hop.ttl} has no times")
        else:
            self._remarks.append(f"line {hop.line}: {_quoted(hop.dangling)} was not understood")
        hop.dangling = ""

    # What stands around

    def _take_header(self, text: str) -> Taken:
        """Take a line before the first hop: the rest of a wrapped header."""
        if self._dialect.header is None or len(self._head) >= _MAX_HEADER_LINES:
            return Taken.NO
        length = max((match.end() for match in self._matches()), default=0)
        self._head.append(text)
        if max((match.end() for match in self._matches()), default=0) > length:
            return Taken.PART
        self._head.pop()
        return Taken.NO

    def _matches(self) -> Iterator[re.Match[str]]:
        """Yield how the header matches, its lines joined as a mail wraps them, and as a terminal does."""
        if self._dialect.header is not None:
            for joint in (" ", ""):
                if (match := self._dialect.header.match(joint.join(self._head))) is not None:
                    yield match

    def _header(self) -> re.Match[str] | None:
        return max(self._matches(), key=lambda match: match.end(), default=None)

    def _protocol(self, said: dict[str, str], command: TraceCommand) -> ProbeProtocol | None:
        named = said.get("protocol", "").lower()
        if named in {"tcp", "udp", "icmp"}:
            return ProbeProtocol(named)
        if command.protocol is not None:
            return command.protocol
        return self._dialect.protocol or (self._dialect.protocol_if_command if command.tool else None)

    def _port(
        self, said: dict[str, str], command: TraceCommand, protocol: ProbeProtocol | None
    ) -> int | None:
        """Return the destination port; classic UDP probes each have their own."""
        if protocol is not ProbeProtocol.TCP:
            return None
        return _number(said.get("port")) or command.port or self._dialect.default_port


def text_format(dialect: Dialect, looks_for: str, start: str, signs: str | None = None) -> TextFormat:
    """Return the declaration of a format that differs by its `dialect` only.

    `start` and `signs` are the patterns of `TextFormat`, upper and lower case alike.
    """
    return TextFormat(
        dialect.tool,
        looks_for,
        re.compile(start, re.IGNORECASE),
        partial(HopReader, dialect),
        signs=None if signs is None else re.compile(signs, re.MULTILINE),
    )


def _next_hop(ttl: int, text: str) -> re.Match[str] | None:
    """Find the hop after `ttl` within a line that a mail program filled up."""
    return re.search(rf"(?:^|\s){ttl + 1}\s\s(?=\S)", text)


def _stands_alone(hops: Sequence[ImportedHop]) -> bool:
    """Tell whether hops without a header are a trace: more than one, and one of them answers."""
    return len(hops) > 1 and any(hop.responders for hop in hops)


def _proven_end(hops: Sequence[ImportedHop]) -> ImportedResponder | None:
    """Return who answered as only the endpoint does, with SYN/ACK or RST."""
    ends = {
        reply.responder
        for reply in hops[-1].probes
        if reply is not None and reply.kind in {ReplyKind.SYN_ACK, ReplyKind.RST}
    }
    return ends.pop() if len(ends) == 1 else None


def _say_more(hop: _OpenHop, responder: ImportedResponder) -> None:
    """Add what a separate line says about the last responder to its answers."""
    for place in range(len(hop.probes) - 1, -1, -1):
        reply = hop.probes[place]
        if reply is not None and reply.responder == hop.last:
            hop.probes[place] = replace(reply, responder=responder)
        elif reply is not None:
            break
    hop.last = responder


def _without_table(text: str) -> str:
    """Return the text of a table's row without its bars."""
    return text.replace("|", " ").replace("│", " ").strip() if "|" in text or "│" in text else text


def _quoted(text: str) -> str:
    return repr(safe_text(text, limit=60))


def _number(text: str | None) -> int | None:
    return int(text) if text is not None and text.isdecimal() and len(text) < 6 else None
