"""Reads tcptraceroute, whose header goes to another stream and is often missing."""

import re
from typing import Final

from tracetui.evidence.traces.hop_reader import Dialect, text_format
from tracetui.evidence.traces.icmp_marks import BSD
from tracetui.evidence.traces.unix_header import BEFORE, HOP_LINE
from tracetui.model.lane import ProbeProtocol

_HEADER: Final = re.compile(
    r"(?:\s{0,40}Selected device \S{1,40}, address (?P<source>[^\s,]{1,60})"
    r"(?:, port \d{1,5})? for outgoing packets\s{0,3})?(?:"
    + BEFORE
    + r"Tracing the path to (?P<target>\S{1,255})(?: \((?P<address>[^()\s]{1,60})\))?"
    r" on (?P<protocol>TCP) port (?P<port>\d{1,5})(?: \(\S{1,40}\))?,"
    r"(?: (?P<max>\d{1,3}) hops max)?(?:, \d{1,5} byte packets)?)?",
    re.IGNORECASE,
)
_PARTS: Final = re.compile(r"\s{0,40}Destination not reached|\s{0,40}Selected device ", re.IGNORECASE)

FORMATS: Final = (
    text_format(
        Dialect("tcptraceroute", _HEADER, BSD, _PARTS, protocol=ProbeProtocol.TCP, default_port=80),
        looks_for='a line "Tracing the path to NAME (ADDRESS) on TCP port N"',
        start=BEFORE + r"(?:Selected device \S{1,40}, address |Tracing the path to \S{1,255} )",
    ),
    text_format(
        Dialect("tcptraceroute", None, BSD, _PARTS, protocol=ProbeProtocol.TCP),
        looks_for='hops that end in "[open]" or "[closed]"',
        start=HOP_LINE,
        signs=r"\[(?:open|closed)\]|\btcptraceroute ",
    ),
)
