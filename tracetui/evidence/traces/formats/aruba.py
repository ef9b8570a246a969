"""Reads traceroute of Aruba CX and HP ProCurve switches."""

import re
from typing import Final

from tracetui.evidence.traces.hop_reader import Dialect, text_format
from tracetui.evidence.traces.icmp_marks import BSD
from tracetui.evidence.traces.unix_header import BEFORE
from tracetui.model.lane import ProbeProtocol

_HEADER: Final = re.compile(
    BEFORE + r"traceroute6? to (?P<target>[^\s,(]{1,255})(?: \((?P<address>[^()\s]{1,60})\))?\s?,?"
    r"(?:\s{0,20}\d{1,3} hops? min, (?P<max>\d{1,3}) hops max, \d{1,3} sec\. timeout, \d{1,3} probes)?",
    re.IGNORECASE,
)

FORMAT: Final = text_format(
    Dialect("Aruba", _HEADER, BSD, protocol=ProbeProtocol.UDP),
    looks_for='a line "traceroute to ADDRESS, 1 hop min, N hops max"',
    start=BEFORE + r"traceroute6? to [^\s,(]{1,255}(?: \(\S{1,60}\))?\s?,?(?:\s{0,20}\d{1,3} hops? min|$)",
    signs=r"hops? min, ",
)
