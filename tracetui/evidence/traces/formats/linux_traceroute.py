"""Reads traceroute of Linux (Dmitry Butskoy's), and of systems built on Linux."""

from typing import Final

from tracetui.evidence.traces.hop_reader import Dialect, text_format
from tracetui.evidence.traces.icmp_marks import LINUX
from tracetui.evidence.traces.unix_header import HEADER, START
from tracetui.model.lane import ProbeProtocol

FORMAT: Final = text_format(
    Dialect("traceroute", HEADER, LINUX, protocol_if_command=ProbeProtocol.UDP, default_port=80),
    looks_for='a line "traceroute to NAME (ADDRESS), N hops max, N byte packets"',
    start=START,
    signs=r", (?:60|72|80) byte packets|, 30 hops max, (?:38|40) byte|"
    r"\d ms(?: !\S{1,6})? {1,2}[\w.:-]{3,255} (?:\(\S{1,60}\) )?(?:\[\S{1,60}\] )? ?\d|"
    r"\) \[(?:AS\d|\*\])|<syn,ack|<rst|<MPLS:L=| F=\d| --[a-z]",
)
