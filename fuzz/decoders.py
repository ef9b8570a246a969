"""The decoders of packets, each by itself: any bytes are a value, None, or MalformedPacketError."""

import contextlib
from collections.abc import Callable
from functools import partial
from random import Random
from typing import Final

from mutations import changed_bytes
from part import Part, insist
from real_replies import SentPacket, with_right_sum
from tracetui.packet.decode_reply import DecodedReply, read_icmp, read_icmp6, read_tcp, tcp_sum_is_right
from tracetui.packet.icmp_extension import mpls_labels, split_quote
from tracetui.packet.ip_header import MalformedPacketError, address_text, parse_quote, strip_header
from tracetui.packet.probe_template import EchoTemplate, SynTemplate
from tracetui.simulation.packet_bytes import aged, read_packet, sum_is_right

HERE: Final = {4: "192.0.2.1", 6: "2001:db8::1"}
THERE: Final = {4: "203.0.113.9", 6: "2001:db8:9::9"}
_MAX_LABELS: Final = 16


def a_probe(chance: Random) -> SentPacket:
    """Return a packet of the program's own templates."""
    version = chance.choice((4, 6))
    ends = HERE[version], THERE[version]
    ip_id, flow_label = chance.randrange(1, 0x10000), chance.randrange(1, 0x100000)
    ttl = chance.randrange(1, 256)
    if chance.random() < 0.5:
        echo = EchoTemplate(
            *ends,
            identifier=chance.randrange(1, 0x10000),
            checksum=chance.randrange(1, 0xFFFF),
            ip_id=ip_id,
            flow_label=flow_label,
        )
        return SentPacket(echo.packet(ttl, chance.randbytes(10)))
    syn = SynTemplate(
        *ends,
        source_port=chance.randrange(1, 0x10000),
        destination_port=chance.randrange(1, 0x10000),
        timestamp=chance.randrange(1 << 31),
        ip_id=ip_id,
        flow_label=flow_label,
    )
    return SentPacket(syn.packet(ttl, chance.randbytes(4)))


def _run(chance: Random) -> None:
    probe = a_probe(chance)
    reply = probe.reply(chance)
    for _ in range(20):
        data = chance.choice((reply.payload, reply.packet(chance.randrange(256)), probe.data))
        data = (
            changed_bytes(chance, data) if chance.random() < 0.9 else chance.randbytes(chance.randrange(200))
        )
        if chance.random() < 0.5:
            data = with_right_sum(data)
        for decode in _DECODERS:
            with contextlib.suppress(MalformedPacketError):
                decode(data)
        body, extension = split_quote(data, chance.choice((0, 8, 128, 132, chance.randrange(1100))))
        insist(body + extension == data or not extension, "an extension that is not behind the quote")
        if len(extension) >= 4:
            labels = mpls_labels(extension)
            insist(len(labels) <= _MAX_LABELS, "too many labels")
            insist(all(0 <= label < 1 << 20 for label in labels), "a label of more than 20 bits")


def _decode(read: Callable[[bytes], DecodedReply | None], data: bytes) -> None:
    found = read(data)
    if found is None:
        return
    insist(len(found.key) in (4, 8), f"a key of {len(found.key)} bytes")
    insist(len(found.token) <= 8, "a token that is too long")
    insist(found.destination is None or len(found.destination) in (4, 16), "a destination of no family")
    insist(len(found.mpls) <= _MAX_LABELS, "too many labels")


def _quote(data: bytes) -> None:
    found = parse_quote(data)
    insist(len(found.payload) < len(data), "more quoted than there is")
    address_text(found.destination)


def _header(data: bytes) -> None:
    ttl, payload = strip_header(data)
    insist(0 <= ttl <= 255, "a TTL that is none")
    insist(len(payload) <= len(data) - 20, "more payload than there is")


def _simulated(data: bytes) -> None:
    packet = read_packet(data)
    if packet is not None:
        sum_is_right(packet)
        insist(len(aged(packet, 1)) == len(packet.data), "a packet that changes its length")
        insist(packet.port is None or 0 <= packet.port <= 0xFFFF, "a port that is none")


def _tcp_sum(data: bytes) -> None:
    if len(data) >= 20:
        tcp_sum_is_right(data, 0x1234)


_DECODERS: Final[tuple[Callable[[bytes], None], ...]] = (
    *(partial(_decode, read) for read in (read_icmp, read_icmp6, read_tcp)),
    *(_quote, _header, _simulated, _tcp_sum),
)

PARTS: Final = (Part("decoders", "ICMP, ICMPv6 and TCP replies, quotes, extensions, IP headers", _run),)
