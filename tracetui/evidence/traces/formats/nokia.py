"""Reads traceroute of Nokia SR OS."""

from typing import Final

from tracetui.evidence.traces.hop_reader import Dialect, text_format
from tracetui.evidence.traces.icmp_marks import BSD
from tracetui.evidence.traces.unix_header import HEADER, START
from tracetui.model.lane import ProbeProtocol

FORMAT: Final = text_format(
    Dialect("Nokia SR OS", HEADER, BSD, protocol=ProbeProtocol.UDP),
    looks_for='a line "traceroute to ADDRESS, N hops max, N byte packets"',
    start=START,
    signs=r"^\s{0,3}\*?[AB]:(?:\w{1,30}@)?[\w.-]{1,60}[#>]|"
    r"traceroute to [^\s,(]{1,60}(?: from \S{1,60})?, \d{1,3} hops max",
)
