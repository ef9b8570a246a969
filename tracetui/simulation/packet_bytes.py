"""Reads packets that enter a simulated internet and writes packets that leave it."""

from typing import Final, NamedTuple

from tracetui.model import ProbeProtocol
from tracetui.packet.checksum import MODULUS, complement, is_valid, pseudo_header
from tracetui.packet.ip_header import ICMP, ICMP6, IP4_HEADER_LENGTH, IP6_HEADER_LENGTH, TCP

UDP: Final = 17
PROTOCOLS: Final = {TCP: ProbeProtocol.TCP, ICMP: ProbeProtocol.ICMP, ICMP6: ProbeProtocol.ICMP}
"""What policies call them; they cannot name others."""


class Packet(NamedTuple):
    """A packet from a source."""

    data: bytes
    version: int
    source: bytes
    """Packed."""

    destination: bytes
    protocol: int
    ttl: int
    start: int
    """Where the payload begins."""

    flow: bytes
    """What load balancers hash: addresses, protocol, four bytes behind the IP header, flow label."""

    @property
    def payload(self) -> bytes:
        """From the first byte behind the IP header on."""
        return self.data[self.start :]

    @property
    def port(self) -> int | None:
        """Destination port, of TCP and UDP."""
        if self.protocol not in {TCP, UDP}:
            return None
        return self.data[self.start + 2] << 8 | self.data[self.start + 3]


def read_packet(data: bytes) -> Packet | None:
    """Read the IP header; None for what a router would drop: cut off, or with a wrong header checksum.

    IPv4 options and IPv6 extension headers are not looked into; the payload is then of protocol 0.
    """
    if len(data) >= IP4_HEADER_LENGTH + 8 and data[0] >> 4 == 4:
        header, total = (data[0] & 15) * 4, data[2] << 8 | data[3]
        if not IP4_HEADER_LENGTH <= header <= total - 8 <= len(data) - 8 or not is_valid(data[:header]):
            return None
        protocol = data[9] if header == IP4_HEADER_LENGTH else 0
        flow = data[9:10] + data[12:20] + data[header : header + 4]
        return Packet(data[:total], 4, data[12:16], data[16:20], protocol, data[8], header, flow)
    if len(data) >= IP6_HEADER_LENGTH + 8 and data[0] >> 4 == 6:
        total = IP6_HEADER_LENGTH + (data[4] << 8 | data[5])
        if not IP6_HEADER_LENGTH + 8 <= total <= len(data):
            return None
        flow = data[1:4] + data[6:7] + data[8:44]
        return Packet(data[:total], 6, data[8:24], data[24:40], data[6], data[7], IP6_HEADER_LENGTH, flow)
    return None


def sum_is_right(packet: Packet) -> bool:
    """Check the checksum of TCP, ICMP or ICMPv6."""
    payload = packet.payload
    if packet.protocol != ICMP:
        payload = pseudo_header(packet.source, packet.destination, packet.protocol, len(payload)) + payload
    return is_valid(payload)


def aged(packet: Packet, ttl: int) -> bytes:
    """Return the packet's bytes as they are with another TTL, IPv4 header checksum put right."""
    data = bytearray(packet.data)
    if packet.version == 6:
        data[7] = ttl
        return bytes(data)
    data[8] = ttl
    data[10:12] = b"\0\0"
    header = int.from_bytes(data[: packet.start], "big")
    data[10:12] = complement(header).to_bytes(2, "big")
    return bytes(data)


class Arrival(NamedTuple):
    """A packet that comes back to a source."""

    delay_ns: int
    """Since the packet that it answers was sent."""

    source: bytes
    """Packed."""

    destination: bytes
    protocol: int
    ttl: int
    """With which it arrives."""

    payload: bytes

    def packet(self) -> bytes:
        """Return it whole, with its IP header: what a TUN device hands to the kernel."""
        length = len(self.payload)
        if len(self.source) == 16:
            header = b"\x60\0\0\0" + length.to_bytes(2, "big") + bytes((self.protocol, self.ttl))
            return header + self.source + self.destination + self.payload
        start = b"\x45\0" + (IP4_HEADER_LENGTH + length).to_bytes(2, "big") + b"\0\0\x40\0"
        start += bytes((self.ttl, self.protocol))
        end = self.source + self.destination
        total = complement(int.from_bytes(start + b"\0\0" + end, "big") % MODULUS)
        return start + total.to_bytes(2, "big") + end + self.payload
