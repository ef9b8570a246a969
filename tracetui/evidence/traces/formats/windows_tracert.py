"""Reads Windows tracert by its layout, because its words depend on the language of Windows."""

import re
from collections.abc import Sequence
from typing import Final

from tracetui.evidence.traces.hop_figures import not_understood
from tracetui.evidence.traces.hop_line import address_of
from tracetui.evidence.traces.left_open import missing_hops
from tracetui.evidence.traces.source_text import Line
from tracetui.evidence.traces.trace_format import Taken, TextFormat
from tracetui.evidence.traces.windows_header import HEADING, Heading, heading_before
from tracetui.model import ProbeProtocol, ReplyKind, safe_text
from tracetui.model.imported_trace import ImportedHop, ImportedReply, ImportedResponder, ImportedTrace, Untold

_CELL: Final = r"(?:<?\d{1,6}\s?(?:ms|мс|мсек|毫秒|ミリ秒|[^\W\d_]{1,5}\.?)(?!\S)|\*)"
_CELLS: Final = re.compile(rf"\s{{0,14}}({_CELL})")
_ROW: Final = re.compile(r"\s{0,24}(\d{1,3})(?=\s)")
_START: Final = re.compile(rf"{HEADING.pattern}|\s{{0,24}}\d{{1,3}}(?:\s{{1,12}}{_CELL}){{3}}\s{{1,6}}\S")
_HOP_LIKE: Final = re.compile(r"\s{0,24}\d{1,3}\s{1,10}(?:<?\d{1,6}\s|\*)")
_WHO: Final = re.compile(
    r"(?:(?P<name>[^\s\[\]]{1,255})?\s{0,2}\[(?P<address>[\da-fA-F:.]{2,45})(?:%\w{1,16})?\]"
    r"|(?P<hidden>[^\s\[\]]{1,255})\s{0,2}\[[\dx*#.:?_-]{3,45}\]"
    r"|(?P<word>[^\s\[\]]{1,255}))(?P<said>\s.{0,200})?$"
)
_NOTE: Final = re.compile(r"\s{1,60}(?:\([^()]{1,80}\)|(?:←|<-{1,2}|#|//|\|).{0,120})$")
"""What people write behind a row, and the end of a table's."""

_TIMES: Final = re.compile(r"\d\s?(?:ms|msec|мс)\b")
"""Of another tool, which prints them behind the address."""

_CONSOLE: Final = 79
"""Characters from which on a line may have been broken by the console that it was copied from."""

_CODES: Final = (
    (
        0,
        re.compile(
            r"\bnet\b|network|сет[ьи]|zielnetz|réseau|\bred\b|\brede\b|\brete\b|网|網|ネットワーク|sie[cć]",
            re.IGNORECASE,
        ),
    ),
    (1, re.compile(r"\bhost|узел|узла|hôte|主机|主機|ホスト|hospedeiro", re.IGNORECASE)),
    (2, re.compile(r"proto[ck]ol|протокол", re.IGNORECASE)),
    (3, re.compile(r"\bport|порт|puerto|端口|連接埠|ポート", re.IGNORECASE)),
)
"""Codes of ICMP destination unreachable, by the word for what was not reached."""


class _Reader:
    def __init__(self, before: Sequence[Line]) -> None:
        self._before = before
        self._heading = Heading()
        self._hops: dict[int, tuple[ImportedReply | None, ...]] = {}
        self._unread: list[Line] = []
        self._nameless: list[Line] = []
        """Rows without an address."""

        self._cut: Line | None = None
        """The last row, where it was not complete."""

    def take(self, line: Line) -> Taken:
        row = _ROW.match(line.text)
        if row is None:
            return self._take_other(line)
        if self._heading == Heading():
            self._heading = heading_before(self._before)
        ttl, before = int(row[1]), self._cut
        if self._take_row(ttl, line.text[row.end() :], line):
            self._cut = None
            return Taken.HOP
        last = max(self._hops, default=0)
        again = before is not None and ttl <= int(before.text.split(maxsplit=1)[0])
        follows = bool(self._hops) and ttl == last + 1 and line.text.startswith("  ")
        if ttl <= last or again or not (follows or _HOP_LIKE.match(line.text) or len(line.text) >= _CONSOLE):
            return Taken.NO
        self._cut = line
        self._unread.append(line)
        return Taken.PART

    def _take_other(self, line: Line) -> Taken:
        """Take a line of the heading, or what the console broke off a row."""
        if self._cut is not None:
            row = _ROW.match(self._cut.text)
            rest = self._cut.text[row.end() :] + line.text.strip() if row is not None else ""
            if row is not None and self._take_row(int(row[1]), rest, self._cut):
                self._unread.remove(self._cut)
                self._cut = None
                return Taken.HOP
        if self._hops or self._heading.is_another(line):
            return Taken.NO
        self._heading = self._heading.with_line(line)
        return Taken.PART

    def _take_row(self, ttl: int, text: str, line: Line) -> bool:
        if not max(self._hops, default=0) < ttl < 256 or (probes := _probes(text)) is None:
            return False
        if any(reply is not None and reply.responder.address is None for reply in probes):
            self._nameless.append(line)
        self._hops[ttl] = probes
        return True

    def trace(self) -> ImportedTrace | None:
        if not self._hops:
            return None
        heading = self._heading
        hops = tuple(ImportedHop(ttl, probes) for ttl, probes in self._hops.items())
        untold = {Untold.TIME}
        if any(responder.address is None for hop in hops for responder in hop.responders):
            untold.add(Untold.ADDRESSES)
        if heading.address is None:
            untold.add(Untold.TARGET)
        if self._cut is not None or not _is_whole(hops, heading):
            untold.add(Untold.END)
        return ImportedTrace(
            tool="Windows tracert",
            hops=hops,
            target=heading.target,
            address=heading.address,
            protocol=ProbeProtocol.ICMP,
            max_hops=heading.max_hops,
            untold=frozenset(untold),
            remarks=(
                *map(not_understood, self._unread[:20]),
                *map(_no_address, self._nameless[:20]),
                *missing_hops([*self._hops], but=_ttls(self._unread)),
            ),
        )


def _ttls(rows: Sequence[Line]) -> set[int]:
    return {int(row[1]) for row in (_ROW.match(line.text) for line in rows) if row is not None}


def _no_address(line: Line) -> str:
    return f"line {line.number} shows no address: {safe_text(line.text, limit=80)}"


def _is_whole(hops: Sequence[ImportedHop], heading: Heading) -> bool:
    """Tell whether the last hop is where tracert stops: at the target, at a refusal, at the greatest TTL."""
    last = hops[-1]
    ends = {responder.address for responder in last.responders}
    refused = any(reply is not None and reply.kind is not None for reply in last.probes)
    return (heading.address in ends and None not in ends) or refused or last.ttl >= (heading.max_hops or 30)


def _probes(text: str) -> tuple[ImportedReply | None, ...] | None:
    """Return the probes in a row behind its number; None where it is none, or not complete."""
    cells: list[str] = []
    place = 0
    while len(cells) < 3 and (cell := _CELLS.match(text, place)) is not None:
        cells.append(cell[1])
        place = cell.end()
    rest = _NOTE.sub("", text[place:].rstrip("| ")).strip()
    answered = [cell for cell in cells if cell != "*"]
    if len(cells) == 3 and not answered:
        # What stands here is "Request timed out." in some language.
        return (None,) * 3 if "[" not in rest else None
    who = _WHO.match(rest)
    if who is None:
        return None
    said = (who["said"] or "").strip()
    address = address_of(who["address"] or who["word"] or "")
    name = who["name"] or who["hidden"] or (who["word"] if address is None else "") or ""
    name = "" if address_of(name) is not None else name
    broken = (who["address"] is not None and address is None) or ":" in name
    if broken or (address is None and len(text) >= _CONSOLE - 6):
        return None
    responder = ImportedResponder(address, safe_text(name))
    if len(cells) == 3 and not said:
        return tuple(_reply(cell, responder) for cell in cells)
    if len(cells) < 3 and said and address is not None and not _TIMES.search(said):
        # The probe that was refused has no time; it is the last one.
        return (*(_reply(cell, responder) for cell in cells), _refused(said, responder))
    return None


def _reply(cell: str, responder: ImportedResponder) -> ImportedReply | None:
    if cell == "*":
        return None
    number = re.search(r"\d+", cell)
    return ImportedReply(responder, int(number[0]) * 10**6 if number is not None else None)


def _refused(said: str, responder: ImportedResponder) -> ImportedReply:
    code = next((code for code, word in _CODES if word.search(said)), None)
    six = responder.address is not None and ":" in responder.address
    six_code = {0: 0, 1: 3, 3: 4}.get(code if code is not None else -1)
    return ImportedReply(responder, None, ReplyKind.UNREACHABLE, 1 if six else 3, six_code if six else code)


FORMAT: Final = TextFormat(
    "Windows tracert",
    'a line with "NAME [ADDRESS]", or rows with a number and three of "N ms" or "*"',
    _START,
    _Reader,
)
