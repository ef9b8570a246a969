"""Reads tracert of Huawei VRP, and of H3C Comware, which has the same origin."""

import re
from typing import Final

from tracetui.evidence.traces.hop_reader import Dialect, text_format
from tracetui.evidence.traces.icmp_marks import BSD
from tracetui.evidence.traces.unix_header import BEFORE
from tracetui.model.lane import ProbeProtocol

_TO: Final = (
    BEFORE + r"trace(?:route|rt)6? to\s{1,3}(?P<target>[^\s(,]{1,255})\s{0,2}\((?P<address>[^()\s]{1,60})\)"
)

_VRP_HEADER: Final = re.compile(
    _TO + r"(?:\s{0,2},\s{0,2}max hops\s?:\s?(?P<max>\d{1,3}))?(?:[\s,]{1,4}packet ?length\s?:\s?\d{1,5})?"
    r"(?:[\s,]{1,4}press ?CTRL_C ?to ?break)?",
    re.IGNORECASE,
)
_COMWARE_HEADER: Final = re.compile(
    _TO + r"(?: from (?P<source>\S{1,60}))?(?:,\s{0,2}(?P<max>\d{1,3}) hops at most)?"
    r"(?:,\s{0,2}\d{1,5} bytes each packet)?(?:,\s{0,2}press CTRL_C to break)?",
    re.IGNORECASE,
)

FORMATS: Final = (
    text_format(
        Dialect("Huawei VRP", _VRP_HEADER, BSD, protocol=ProbeProtocol.UDP),
        looks_for='a line "traceroute to NAME(ADDRESS), max hops: N, packet length: N"',
        start=BEFORE + r"trace(?:route|rt)6? to\s{1,3}[^\s(,]{1,255}\s{0,2}\(\S{1,60}\)\s{0,2},\s{0,2}max",
        signs=r"max hops ?:|packet ?length ?:",
    ),
    text_format(
        Dialect("H3C Comware", _COMWARE_HEADER, BSD, protocol=ProbeProtocol.UDP),
        looks_for='a line "traceroute to NAME (ADDRESS), N hops at most, N bytes each packet"',
        start=BEFORE + r"traceroute6? to\s{1,3}\S{1,255}\s{0,2}\(\S{1,60}\).{0,80}hops at most",
        signs=r"hops at most",
    ),
)
