"""The Internet checksum (RFC 1071) and the pseudo-header it covers.

The ones' complement sum of 16-bit words is addition modulo 65535, and 2^16 is 1 modulo 65535. So the sum of
a run of words equals the run read as one big number, modulo 65535; all functions here use that.
The residue 0 stands for the sum 0xFFFF, unless every word is zero.
"""

from typing import Final

MODULUS: Final = 0xFFFF


def checksum(data: bytes | bytearray | memoryview) -> int:
    """Return the 16-bit checksum of `data` (RFC 1071 section 1; an odd last byte is padded with zero).

    Over data that includes its own checksum the result is 0 when the checksum is correct.
    """
    number = int.from_bytes(data, "big")
    if len(data) & 1:
        number <<= 8
    return complement(number)


def complement(number: int) -> int:
    """Return the checksum for a sum of words, carries not yet folded in.

    Any integer that equals the sum modulo 65535 will do: words may be added, subtracted and concatenated.
    Zero means that all words are zero.
    """
    return MODULUS - ((number - 1) % MODULUS + 1) if number else MODULUS


def is_valid(data: bytes | bytearray | memoryview) -> bool:
    """Tell whether the checksum in `data` is correct."""
    number = int.from_bytes(data, "big")
    if len(data) & 1:
        number <<= 8
    return number % MODULUS == 0 and number != 0


def pseudo_header(source: bytes, destination: bytes, protocol: int, length: int) -> bytes:
    """Return the pseudo-header that TCP and ICMPv6 checksums cover, for packed addresses of either family.

    RFC 9293 section 3.1 (IPv4), RFC 8200 section 8.1 (IPv6). `length` is that of the upper-layer packet.
    """
    if len(source) == 4:
        return source + destination + bytes((0, protocol)) + length.to_bytes(2, "big")
    return source + destination + length.to_bytes(4, "big") + bytes((0, 0, 0, protocol))
