"""Reads `execute traceroute` of FortiGate."""

import re
from typing import Final

from tracetui.evidence.traces.hop_reader import Dialect, text_format
from tracetui.evidence.traces.icmp_marks import BSD
from tracetui.evidence.traces.unix_header import BEFORE
from tracetui.model.lane import ProbeProtocol

_HEADER: Final = re.compile(
    BEFORE + r"traceroute6? to (?P<target>\S{1,255}) \((?P<address>[^()\s]{1,60})\)"
    r"(?:, (?P<max>\d{1,3}) hops max)?(?:, \d{1,3} probe packets per hop)?(?:, \d{1,5} byte packets)?",
    re.IGNORECASE,
)

FORMAT: Final = text_format(
    Dialect("FortiGate", _HEADER, BSD, protocol=ProbeProtocol.UDP, max_hops=32),
    looks_for='a line "traceroute to NAME (ADDRESS), 32 hops max, N probe packets per hop, N byte packets"',
    start=BEFORE + r"traceroute6? to \S{1,255} \(\S{1,60}\), \d{1,3} hops max, \d{1,3} probe packets per hop",
    signs=r"probe packets per hop|\bexecute traceroute",
)
