"""Reads traceroute of Juniper's Junos: BSD's, with MPLS labels and AS numbers."""

from typing import Final

from tracetui.evidence.traces.hop_reader import Dialect, text_format
from tracetui.evidence.traces.icmp_marks import BSD
from tracetui.evidence.traces.unix_header import HEADER, START
from tracetui.model.lane import ProbeProtocol

FORMAT: Final = text_format(
    Dialect("Juniper", HEADER, BSD, protocol=ProbeProtocol.UDP),
    looks_for='a line "traceroute to NAME (ADDRESS), N hops max, N byte packets" and Junos\' own marks',
    start=START,
    signs=r"MPLS Label=\d{1,7} CoS=|\[AS  \d|"
    r"^\s{0,40}[\w.-]{1,40}@[\w.-]{1,60}(?:\([^()]{1,30}\))?[>#] ?(?:run )?trac|"
    r"routing-instance|as-number-lookup|no-resolve|^\{(?:master|primary)",
)
