"""Reads packets that pass an interface: probes that arrive at this machine, and answers that leave it."""

from typing import Final, NamedTuple

from tracetui.packet.ip_header import ICMP, ICMP6, TCP

_SYN, _RST, _ACK = 2, 4, 16
_ECHO: Final = {(ICMP, 8): True, (ICMP, 0): False, (ICMP6, 128): True, (ICMP6, 129): False}
"""By protocol and type: whether it is the request."""

_UNREACHABLE: Final = {(ICMP, 3), (ICMP6, 1)}
_UPPER: Final = 8
"""Bytes of the upper-layer header that are needed, and quoted by everybody (RFC 792)."""


class PassingPacket(NamedTuple):
    """A probe, or an answer to one, by the addresses and numbers of the probe."""

    protocol: int
    source: bytes
    destination: bytes
    number: int
    """Source port, or identifier."""

    port: int
    """Destination port; 0 of an echo request."""

    is_probe: bool


def read_passing(data: bytes) -> PassingPacket | None:
    """Return what a packet that starts with its IP header is; None for all that is neither probe nor answer.

    SYNs and echo requests are probes; SYN/ACK, RST, ACK (which a SYN gets while a connection of an earlier
    one is half open, RFC 9293 section 3.10.7.4), echo replies and ICMP unreachables are answers. Packets with
    extension headers of IPv6 are none of ours.
    """
    split = _split(data)
    if split is None:
        return None
    protocol, source, destination, upper = split
    if len(upper) < _UPPER:
        return None
    if protocol == TCP:
        return _read_tcp(source, destination, upper)
    request = _ECHO.get((protocol, upper[0]))
    if request is not None:
        identifier = upper[4] << 8 | upper[5]
        if request:
            return PassingPacket(protocol, source, destination, identifier, 0, is_probe=True)
        return PassingPacket(protocol, destination, source, identifier, 0, is_probe=False)
    return _read_quote(upper[8:], sender=source) if (protocol, upper[0]) in _UNREACHABLE else None


def _split(data: bytes) -> tuple[int, bytes, bytes, bytes] | None:
    """Return protocol, source, destination and what follows the IP header; None for a later fragment."""
    if len(data) >= 20 and data[0] >> 4 == 4:
        header = (data[0] & 15) * 4
        later = (data[6] & 0x1F) << 8 | data[7]
        return None if later or header < 20 else (data[9], data[12:16], data[16:20], data[header:])
    if len(data) >= 40 and data[0] >> 4 == 6:
        return data[6], data[8:24], data[24:40], data[40:]
    return None


def _read_tcp(source: bytes, destination: bytes, upper: bytes) -> PassingPacket | None:
    if len(upper) < 14:
        return None
    sender, receiver, flags = upper[0] << 8 | upper[1], upper[2] << 8 | upper[3], upper[13]
    if flags & (_SYN | _RST | _ACK) == _SYN:
        return PassingPacket(TCP, source, destination, sender, receiver, is_probe=True)
    if flags & (_RST | _ACK):
        return PassingPacket(TCP, destination, source, receiver, sender, is_probe=False)
    return None


def _read_quote(quote: bytes, *, sender: bytes) -> PassingPacket | None:
    """Read an ICMP error: it answers the probe that it quotes, if that went to its sender."""
    split = _split(quote)
    if split is None or len(split[3]) < _UPPER or split[2] != sender:
        return None
    protocol, source, destination, upper = split
    if protocol == TCP:
        return PassingPacket(
            TCP, source, destination, upper[0] << 8 | upper[1], upper[2] << 8 | upper[3], is_probe=False
        )
    if _ECHO.get((protocol, upper[0])):
        return PassingPacket(protocol, source, destination, upper[4] << 8 | upper[5], 0, is_probe=False)
    return None
