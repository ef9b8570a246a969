"""Reads the prompt and the command that a trace was made with: vantage, target, protocol, port, source."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from tracetui.evidence.traces.hop_line import address_of
from tracetui.evidence.traces.source_text import Line
from tracetui.model import safe_text
from tracetui.model.lane import ProbeProtocol

_MAX_WORDS: Final = 60


@dataclass(frozen=True, slots=True)
class TraceCommand:
    """What a command line says; each field is empty where it is silent."""

    tool: str = ""
    """As it was typed, in lower case: `traceroute6`."""

    vantage: str = ""
    """Host name in the prompt."""

    target: str = ""
    protocol: ProbeProtocol | None = None
    """The tool's own default is not filled in."""

    port: int | None = None
    """As the option says; what it means is the tool's affair."""

    source: str | None = None
    """Address that the probes were to leave from."""

    max_hops: int | None = None


_TOOL: Final = (
    r"(?:traceroute(?:[46]|\.db|\.exe|-nanog)?|tracert(?:6|\.exe)?|tracepath[46]?|tcptraceroute6?|lft|trace|mtr|"
    r"pathping|nexttrace)"
)
_COMMAND: Final = re.compile(
    rf"\s{{0,40}}(?P<prompt>(?:(?=\S).{{0,80}}?[#>$%\])❯➜λ»~]\s{{0,2}})?)"
    rf"(?:(?:sudo|run|do|exec|execute|time|tool|/tool|diag|diagnose|/usr/s?bin/|/s?bin/)\s{{0,2}}){{0,3}}"
    rf"(?P<tool>{_TOOL})(?=\s|$)(?P<args>[^|;&\n]*)",
    re.IGNORECASE,
)
_HOSTS: Final = tuple(
    re.compile(pattern)
    for pattern in (
        r"RP/\d+/\w+/CPU\d+:([\w.-]+)",
        r"[\w.+-]+@([\w.-]*[\w-])",
        r"\*?[AB]:([\w.-]+)",
        r"[\[<][~*]?\s?(?:HRP_[MS])?([\w.-]{1,80}?)(?:-[A-Z][A-Za-z-]{1,30}\d{1,3}/[\d/.]{1,20})?[\]>]",
        r"([\w.-]*\w):\S{0,60}\s\S{1,40}[$%#]",
        r"(?<![\w.-])((?=[\d_.-]{0,40}[A-Za-z])\w[\w.-]{0,80})(?:\s?\([\w/ -]{1,40}\)){0,2}\s?[#>$%]",
        r"(?<![\w.-])([A-Za-z][\w.-]{0,80})/[\w.-]{1,40}[#>]",
    )
)
"""Shapes of prompts; the most telling first."""

_GLASS: Final = re.compile(
    r"\s{0,40}(?:Router|Router name|Node|Location|Vantage(?: point)?|Probe|Server|Site|Device|Host)"
    r"\s?[:=]\s?(?P<name>\S.{0,60})",
    re.IGNORECASE,
)
"""How looking glasses say where they are."""

_DIALOG: Final = re.compile(
    r"\s{0,40}(?P<key>Target (?:IP|IPv6) address|Source address(?: or interface)?|Port Number|"
    r"Maximum Time to Live)"
    r"\s?(?:\[[^\]]{0,40}\])?\s?:\s?(?P<value>\S{0,255})",
    re.IGNORECASE,
)
"""Cisco's dialog that asks for each option."""

_VALUED_LETTERS: Final = frozenset("fgiMmNOPpqstwz")
"""Options of traceroute(8), of any system, that take a value."""

_VALUED_WORD: Final = re.compile(
    r"vrf|probe|timeout|source|ttl|minttl|maxttl|port|routing-instance|wait|tos|interface|count|dscp|size|retry|"
    r"logical-system|router-instance|vpn-instance|-vpn6?-instance|"
    r"--(?:port|source|max-hops|first|interface|queries|wait|module)"
)
"""Keywords of routers, and long options, that take a value."""

_KEYWORD: Final = re.compile(
    r"ip|ipv4|ipv6|inet6?|mpls|numeric|as-number-lookup|no-resolve|monitor|bypass-routing|icmp|udp|tcp|resolve-all|"
    r"verbose|dont-fragment"
)
_PROTOCOL_LETTERS: Final[Mapping[str, ProbeProtocol]] = {
    "T": ProbeProtocol.TCP,
    "I": ProbeProtocol.ICMP,
    "U": ProbeProtocol.UDP,
}
_WORD: Final = re.compile(r"[A-Za-z0-9_:][\w.:%/-]{0,254}$")


def find_command(lines: Sequence[Line]) -> TraceCommand:
    """Return what the lines before a trace, or a header, say of its making; the last one weighs most."""
    found = TraceCommand()
    asked: dict[str, str] = {}
    for line in reversed(lines):
        if (answer := _DIALOG.match(line.text)) is not None:
            asked.setdefault(answer["key"].lower().partition(" ")[0], answer["value"])
        elif (command := _command(line.text)) is not None:
            found = command
            break
        elif not found.vantage and (glass := _GLASS.match(line.text)) is not None:
            found = TraceCommand(vantage=safe_text(glass["name"], limit=60))
    return _with_answers(found, asked)


def is_command(text: str) -> bool:
    """Tell whether a line is a prompt with the command of a trace."""
    return _command(text) is not None


def _command(text: str) -> TraceCommand | None:
    match = _COMMAND.match(text[:400])
    if match is None:
        return None
    words = match["args"].split()[:_MAX_WORDS]
    prompt = match["prompt"].strip()
    # It may be prose: `traceroute from home`, or a header: `traceroute to ...`.
    if words[:1] in (["to"], ["from"]) or (not prompt and not _is_typed(words)):
        return None
    return _with_words(TraceCommand(tool=match["tool"].lower(), vantage=vantage_of(prompt)), words)


def _is_typed(words: Sequence[str]) -> bool:
    """Tell a command without a prompt from prose: each word is an option, a keyword, a number or a host."""
    return bool(words) and all(
        word.startswith("-")
        or any(sign in ".:" or sign.isdigit() for sign in word)
        or _KEYWORD.fullmatch(word)
        or _VALUED_WORD.fullmatch(word)
        for word in words
    )


def vantage_of(prompt: str) -> str:
    """Return the host that a prompt names; "" for none."""
    for pattern in _HOSTS:
        if (found := pattern.search(prompt)) is not None and found[1].upper() not in {"C", "PS"}:
            return safe_text(found[1], limit=80)
    return ""


def _with_words(command: TraceCommand, words: Sequence[str]) -> TraceCommand:
    """Read options, keywords and the target from left to right."""
    values: dict[str, str] = {}
    loose: list[str] = []
    left = iter(words)
    for word in left:
        option, _, attached = word.partition("=")
        if _VALUED_WORD.fullmatch(option):
            values[option.lstrip("-")] = attached or next(left, "")
        elif word.startswith("-") and not word.startswith("--"):
            _read_letters(word[1:], left, values, huawei=command.tool == "tracert")
        elif _protocol(word.lstrip("-")) is not None:
            values["P"] = word.lstrip("-")
        elif not word.startswith("-") and not _KEYWORD.fullmatch(word):
            loose.append(word)
    port = values.get("port") or values.get("p")
    if command.tool.startswith("tcp") and len(loose) > 1:
        port = loose[1]
    return replace(
        command,
        target=safe_text(loose[0]) if loose and _WORD.match(loose[0]) else "",
        protocol=_protocol(values.get("P") or values.get("M") or values.get("module") or ""),
        port=_number(port, 65535),
        source=address_of(values.get("source") or values.get("s") or values.get("a") or ""),
        max_hops=_number(values.get("m") or values.get("max-hops") or values.get("maxttl"), 255),
    )


def _read_letters(letters: str, left: Iterator[str], values: dict[str, str], *, huawei: bool) -> None:
    """Read `-nTp 25` as getopt does."""
    for place, letter in enumerate(letters):
        if letter in _VALUED_LETTERS or (huawei and letter == "a"):
            values[letter] = letters[place + 1 :] or next(left, "")
            return
        if letter in _PROTOCOL_LETTERS:
            values["P"] = _PROTOCOL_LETTERS[letter].value


def _with_answers(command: TraceCommand, asked: Mapping[str, str]) -> TraceCommand:
    return replace(
        command,
        target=safe_text(asked.get("target", "")) or command.target,
        source=address_of(asked.get("source", "")) or command.source,
        max_hops=_number(asked.get("maximum"), 255) or command.max_hops,
    )


def _protocol(word: str) -> ProbeProtocol | None:
    name = word.lower()
    return ProbeProtocol(name) if name in {"tcp", "udp", "icmp"} else None


def _number(text: str | None, most: int) -> int | None:
    return (
        int(text)
        if text is not None and text.isdecimal() and 0 < len(text) < 6 and int(text) <= most
        else None
    )
