"""Who answered which probe, by a pcap record alone: scapy reads it, and nothing of the program is asked.

A reply belongs to the probe whose addresses, ports or identifier, sequence number and payload it returns.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from scapy.layers.inet import ICMP, IP, TCP, ICMPerror, IPerror, TCPerror
from scapy.utils import PcapReader

_KINDS: Final = {(11, 0): "time_exceeded", (3, 3): "port_unreachable"}

Key = tuple[Any, ...]


@dataclass(slots=True)
class WireRecord:
    """Probes and replies of one host, IPv4."""

    probes: dict[Key, tuple[str, int]] = field(default_factory=dict)
    """What identifies a probe to its lane's id and its TTL."""

    replies: dict[str, Counter[tuple[int, str, str]]] = field(default_factory=dict)
    """Lane's id to the count of TTL, responder and kind."""

    strays: list[str] = field(default_factory=list)
    """Replies to no probe."""

    repeated: list[Key] = field(default_factory=list)
    """Probes sent twice."""

    def sent(self, lane: str, ttl: int) -> int:
        """Return how many probes of a lane had this TTL."""
        return sum(each == (lane, ttl) for each in self.probes.values())

    def read(self, path: Path, here: str) -> None:
        """Read a record made at the host `here`, taken on one interface of it."""
        with PcapReader(str(path)) as packets:
            for packet in packets:
                if IP not in packet:
                    continue
                if packet[IP].src == here:
                    self._note_probe(packet[IP])
                elif packet[IP].dst == here:
                    self._note_reply(packet[IP])

    def _note_probe(self, packet: IP) -> None:
        if ICMP in packet and packet[ICMP].type == 8:
            lane = f"{packet.dst}:icmp"
            key: Key = (packet.dst, packet[ICMP].id, packet[ICMP].seq, bytes(packet[ICMP].payload))
        elif TCP in packet and packet[TCP].flags == "S":
            lane = f"{packet.dst}:tcp/{packet[TCP].dport}"
            key = (packet.dst, packet[TCP].sport, packet[TCP].dport, packet[TCP].seq)
        else:
            return
        if key in self.probes:
            self.repeated.append(key)
        self.probes[key] = lane, packet.ttl

    def _note_reply(self, packet: IP) -> None:
        for key, kind in _readings(packet):
            if key not in self.probes:
                self.strays.append(packet.summary())
                continue
            lane, ttl = self.probes[key]
            self.replies.setdefault(lane, Counter())[ttl, packet.src, kind] += 1


def _readings(packet: IP) -> Iterator[tuple[Key, str]]:
    """Yield the key of the probe that a packet answers, and how; nothing for other packets."""
    if TCP in packet and ICMP not in packet:
        segment = packet[TCP]
        key = (packet.src, segment.dport, segment.sport, (segment.ack - 1) % 2**32)
        if segment.flags == "SA":
            yield key, "syn_ack"
        elif segment.flags == "RA":
            yield key, "rst"
    elif ICMP in packet and packet[ICMP].type == 0:
        reply = packet[ICMP]
        yield (packet.src, reply.id, reply.seq, bytes(reply.payload)), "echo_reply"
    elif IPerror in packet:
        message, quote = packet[ICMP], packet[IPerror]
        kind = _KINDS.get((message.type, message.code), f"unreachable_{message.code}")
        if TCPerror in quote:
            yield (quote.dst, quote[TCPerror].sport, quote[TCPerror].dport, quote[TCPerror].seq), kind
        elif ICMPerror in quote:
            echo = quote[ICMPerror]
            yield (quote.dst, echo.id, echo.seq, bytes(echo.payload)), kind
