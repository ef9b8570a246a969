"""The Internet checksum: RFC 1071, and its incremental update by RFC 1624.

The ones' complement sum of 16-bit words is addition modulo 65535, and 2^16 is 1 modulo 65535. So the sum of
any run of words is the whole run, read as one big number, modulo 65535; that is what all functions here use.
The residue 0 stands for the sum 0xFFFF, unless every word is zero.
"""

from typing import Final

MODULUS: Final = 0xFFFF


def checksum(data: bytes | bytearray | memoryview) -> int:
    """Return the 16-bit checksum of `data` (RFC 1071 section 1; an odd last byte is padded with zero).

    Over data that holds its own checksum field the result is 0 when the checksum is right.
    """
    number = int.from_bytes(data, "big")
    if len(data) & 1:
        number <<= 8
    return complement(number)


def complement(number: int) -> int:
    """Return the checksum for a sum of words, carries not yet folded in.

    Any integer will do whose value modulo 65535 is that of the sum: words may be added, subtracted and
    concatenated. Zero means that all words are zero.
    """
    return MODULUS - ((number - 1) % MODULUS + 1) if number else MODULUS


def is_valid(data: bytes | bytearray | memoryview) -> bool:
    """Tell whether `data`, its checksum field included, sums up."""
    number = int.from_bytes(data, "big")
    if len(data) & 1:
        number <<= 8
    return number % MODULUS == 0 and number != 0


def update(old_checksum: int, old_word: int, new_word: int) -> int:
    """Return the checksum after one 16-bit word changed: RFC 1624 section 3, equation 3.

    HC' = ~(~HC + ~m + m'). Not defined for data whose words are all zero after the change.
    """
    total = (MODULUS - old_checksum) + (MODULUS - old_word) + new_word
    total = (total & MODULUS) + (total >> 16)
    total = (total & MODULUS) + (total >> 16)
    return MODULUS - total


def pseudo_header(source: bytes, destination: bytes, protocol: int, length: int) -> bytes:
    """Return the pseudo-header that TCP and ICMPv6 checksums cover, for packed addresses of either family.

    RFC 9293 section 3.1 (IPv4), RFC 8200 section 8.1 (IPv6). `length` is that of the upper-layer packet.
    """
    if len(source) == 4:
        return source + destination + bytes((0, protocol)) + length.to_bytes(2, "big")
    return source + destination + length.to_bytes(4, "big") + bytes((0, 0, 0, protocol))
