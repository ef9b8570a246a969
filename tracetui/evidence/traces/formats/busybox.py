"""Reads traceroute of BusyBox, of home routers and small systems."""

from typing import Final

from tracetui.evidence.traces.hop_reader import Dialect, text_format
from tracetui.evidence.traces.icmp_marks import BUSYBOX
from tracetui.evidence.traces.unix_header import HEADER, START
from tracetui.model.lane import ProbeProtocol

FORMAT: Final = text_format(
    Dialect("traceroute (BusyBox)", HEADER, BUSYBOX, protocol_if_command=ProbeProtocol.UDP),
    looks_for='a line "traceroute to NAME (ADDRESS), 30 hops max, 46 byte packets"',
    start=START,
    signs=r", 46 byte packets|^\s{0,3}root@(?:OpenWrt|LEDE)|^(?:/ |~ )#",
)
