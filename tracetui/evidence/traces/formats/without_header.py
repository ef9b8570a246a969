"""Reads hops of the traceroute family whose first line was not copied."""

from typing import Final

from tracetui.evidence.traces.hop_reader import Dialect, text_format
from tracetui.evidence.traces.icmp_marks import CISCO, LINUX
from tracetui.evidence.traces.unix_header import HOP_LINE
from tracetui.model.lane import ProbeProtocol

FORMATS: Final = (
    text_format(
        Dialect("traceroute", None, LINUX, protocol_if_command=ProbeProtocol.UDP),
        looks_for='lines "N NAME (ADDRESS) N ms N ms"',
        start=HOP_LINE,
    ),
    text_format(
        Dialect("Cisco IOS", None, CISCO, protocol=ProbeProtocol.UDP),
        looks_for='lines "N ADDRESS N msec N msec"',
        start=HOP_LINE,
        signs=r"\d msec",
    ),
)
