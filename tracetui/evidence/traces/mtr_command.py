"""Reads the mtr command line in the lines before its output."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from tracetui.evidence.traces.command_line import vantage_of
from tracetui.evidence.traces.source_text import Line
from tracetui.model import ProbeProtocol, safe_text

_MTR_VALUES: Final = frozenset("FIafmUPLsBiGQZMcoyF")
"""Letters of mtr's options that take a value (mtr(8))."""

_LONG_VALUES: Final = frozenset(
    [
        "filename",
        "interface",
        "address",
        "first-ttl",
        "max-ttl",
        "max-unknown",
        "port",
        "localport",
        "psize",
        "bitpattern",
        "interval",
        "gracetime",
        "tos",
        "timeout",
        "mark",
        "report-cycles",
        "order",
        "ipinfo",
        "displaymode",
    ]
)
_CALL: Final = re.compile(
    r"(?P<prompt>.{0,200}[#$>%\])\u276f\u279c]\s{0,3}|\s{0,16})(?:sudo\s(?:-\S{1,20}\s)?)?(?:/\S{1,60}/)?mtr\s(?P<rest>.*)"
)
_WORD: Final = re.compile(r"""\"[^\"]{0,255}\"|'[^']{0,255}'|[^\s'\"`|;&<>]{1,255}|[|;&<>]""")


@dataclass(frozen=True, slots=True)
class Command:
    """What a command asked for."""

    target: str = ""
    protocol: ProbeProtocol = ProbeProtocol.ICMP
    port: int | None = None
    host: str = ""
    """Where it was given, from the prompt."""


def mtr_command(before: Sequence[Line]) -> Command | None:
    """Return the last call of mtr in some lines."""
    for line in reversed(before):
        found = _CALL.match(line.text[:600])
        if found is None:
            continue
        command = _mtr_arguments(_WORD.findall(found["rest"]), vantage_of(found["prompt"]))
        # Prose mentions mtr too; what follows there is no name or address.
        if command is not None and (found["prompt"].strip() or any(sign in command.target for sign in ".:")):
            return command
    return None


def _mtr_arguments(words: Sequence[str], host: str) -> Command | None:
    protocol, port, target = ProbeProtocol.ICMP, None, ""
    takes_value = ""
    for word in words:
        if word in {"|", ";", "&", "<", ">"}:
            break
        if takes_value:
            port = int(word) if takes_value in {"P", "port"} and word.isdecimal() and len(word) < 6 else port
            takes_value = ""
        elif word.startswith("--"):
            name, _, value = word[2:].partition("=")
            takes_value = name if name in _LONG_VALUES and not value else ""
            port = int(value) if name == "port" and value.isdecimal() and len(value) < 6 else port
            protocol = {"tcp": ProbeProtocol.TCP, "udp": ProbeProtocol.UDP}.get(name, protocol)
        elif word.startswith("-"):
            flags = word[1:]
            if "T" in flags:
                protocol = ProbeProtocol.TCP
            if "u" in flags:
                protocol = ProbeProtocol.UDP
            takes_value = flags[-1:] if flags[-1:] in _MTR_VALUES else ""
            if flags[:1] == "P" and flags[1:].isdecimal() and len(flags) < 7:
                port = int(flags[1:])
        elif not target:
            target = word
    return Command(safe_text(target), protocol, port, host) if target else None
