"""Reads traceroute of Cisco NX-OS."""

from typing import Final

from tracetui.evidence.traces.hop_reader import Dialect, text_format
from tracetui.evidence.traces.icmp_marks import CISCO
from tracetui.evidence.traces.unix_header import HEADER, START
from tracetui.model.lane import ProbeProtocol

FORMAT: Final = text_format(
    Dialect("Cisco NX-OS", HEADER, CISCO, protocol=ProbeProtocol.UDP),
    looks_for='a line "traceroute to NAME (ADDRESS), 30 hops max, 48 byte packets"',
    start=START,
    signs=r"\[Label=\d{1,7} E=|, 30 hops max, 48 byte packets| from \S{1,60} \(\S{1,60}\), \d|"
    r"^\s{0,3}[\w.-]{1,60}# ?traceroute|\bvrf \S",
)
