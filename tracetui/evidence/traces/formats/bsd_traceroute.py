"""Reads traceroute and traceroute6 of the BSDs and macOS, and of routers that run their code."""

from typing import Final

from tracetui.evidence.traces.hop_reader import Dialect, text_format
from tracetui.evidence.traces.icmp_marks import BSD
from tracetui.evidence.traces.unix_header import HEADER, START
from tracetui.model.lane import ProbeProtocol

FORMAT: Final = text_format(
    Dialect("traceroute (BSD)", HEADER, BSD, protocol_if_command=ProbeProtocol.UDP, max_hops=64),
    looks_for='a line "traceroute to NAME (ADDRESS), 64 hops max, N byte packets"',
    start=START,
    signs=r", 64 hops max|^ {0,3}\d{0,3} {1,5}\[AS\d|^ {3,6}[\w.:-]{3,255} \(",
)
