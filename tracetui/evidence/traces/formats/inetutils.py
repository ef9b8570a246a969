"""Reads traceroute of GNU inetutils."""

import re
from typing import Final

from tracetui.evidence.traces.hop_reader import Dialect, text_format
from tracetui.evidence.traces.icmp_marks import LINUX
from tracetui.evidence.traces.unix_header import BEFORE
from tracetui.model.lane import ProbeProtocol

_HEADER: Final = re.compile(
    BEFORE + r"traceroute to (?P<target>\S{1,255}) \((?P<address>[^()\s]{1,60})\), (?P<max>\d{1,3}) hops max",
    re.IGNORECASE,
)

FORMAT: Final = text_format(
    Dialect("traceroute (inetutils)", _HEADER, LINUX, protocol_if_command=ProbeProtocol.UDP, max_hops=64),
    looks_for='a line "traceroute to NAME (ADDRESS), N hops max" without a packet size',
    start=BEFORE + r"traceroute to \S{1,255} \(\S{1,60}\), \d{1,3} hops max$",
    signs=r"hops max$| \d{1,5}\.\d{3}ms",
)
