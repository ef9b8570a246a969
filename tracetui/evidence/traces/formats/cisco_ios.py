"""Reads traceroute of Cisco: IOS, IOS-XE, ASA, and IOS-XR."""

import re
from typing import Final

from tracetui.evidence.traces.hop_reader import Dialect, text_format
from tracetui.evidence.traces.icmp_marks import CISCO
from tracetui.evidence.traces.unix_header import BEFORE
from tracetui.model.lane import ProbeProtocol

_HEADER: Final = re.compile(
    BEFORE
    + r"Tracing the route to(?:\s{1,3}(?P<target>[\w.:%-]{1,255}))?(?:\s{1,3}\((?P<address>[^()\s]{1,60})\))?"
    r"(?:\s{1,3}form \S{0,60}\s?, (?P<max>\d{1,3}) hops max, \d{1,5} byte packets)?",
    re.IGNORECASE,
)
_PARTS: Final = re.compile(
    r"\s{0,40}(?:Type (?:escape sequence|Esc) to abort|VRF info:|Tracing the route to\b|Translating \")",
    re.IGNORECASE,
)
_START: Final = BEFORE + r"Tracing the route to(?=\s|$)"
_LOOKS_FOR: Final = 'a line "Tracing the route to NAME (ADDRESS)"'

FORMATS: Final = (
    text_format(
        Dialect("Cisco IOS", _HEADER, CISCO, _PARTS, protocol=ProbeProtocol.UDP),
        looks_for=_LOOKS_FOR,
        start=_START,
        signs=r"^VRF info: |^ {1,2}\d{1,2} \S",
    ),
    text_format(
        Dialect("Cisco IOS-XR", _HEADER, CISCO, _PARTS, protocol=ProbeProtocol.UDP),
        looks_for=_LOOKS_FOR,
        start=_START,
        signs=r"^RP/\d{1,3}/|^ {0,2}\d{1,2}  \w|"
        r"^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) [A-Z][a-z]{2} {1,2}\d{1,2} \d\d:\d\d:\d\d\.\d",
    ),
)
