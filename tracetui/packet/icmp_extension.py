"""Reads ICMP extensions (RFC 4884) and the MPLS label stack in them (RFC 4950)."""

from typing import Final

from tracetui.packet.checksum import is_valid

QUOTE_PADDED: Final = 128
"""Length to which a quote before an extension is padded (RFC 4884 section 3), also by routers that set no
length attribute."""

_HEADER: Final = 4
_OBJECT_HEADER: Final = 4
_MAX_LABELS: Final = 16
"""No real stack is deeper; the rest of the extension is not read."""


def split_quote(body: bytes, length: int) -> tuple[bytes, bytes]:
    """Split the body of an ICMP error (after its eight-byte header) into quote and extension.

    `length` is the length attribute in bytes (RFC 4884 section 4), 0 where the router set none. An extension
    may then still follow 128 bytes of quote, and counts only with a correct checksum (RFC 4884 section 5.5).
    An invalid extension is dropped, never the reply.
    """
    if 0 < length <= len(body) - _HEADER:
        extension = body[length:]
        if _is_extension(extension, checksum_needed=False):
            return body[:length], extension
    elif length == 0 and len(body) >= QUOTE_PADDED + _HEADER:
        extension = body[QUOTE_PADDED:]
        if _is_extension(extension, checksum_needed=True):
            return body[:QUOTE_PADDED], extension
    return body, b""


def _is_extension(data: bytes, *, checksum_needed: bool) -> bool:
    """Check for version 2 and a correct checksum; without `checksum_needed` also an absent one (zero)."""
    if data[0] >> 4 != 2:
        return False
    return is_valid(data) or (not checksum_needed and data[2:4] == b"\0\0")


def mpls_labels(extension: bytes) -> tuple[int, ...]:
    """Return the labels of the MPLS stack object (class 1, type 1), outermost first; () without one.

    `extension` starts with its four bytes of header. An object with an invalid length ends the reading.
    """
    start = _HEADER
    while start + _OBJECT_HEADER <= len(extension):
        length = extension[start] << 8 | extension[start + 1]
        if length < _OBJECT_HEADER or start + length > len(extension):
            break
        if extension[start + 2] == 1 and extension[start + 3] == 1:
            return _stack(extension[start + _OBJECT_HEADER : start + length])
        start += length
    return ()


def _stack(entries: bytes) -> tuple[int, ...]:
    """Read entries of label (20 bits), class (3), bottom of stack (1) and TTL (8): RFC 3032 section 2.1."""
    labels: list[int] = []
    for start in range(0, min(len(entries) // 4, _MAX_LABELS) * 4, 4):
        labels.append(entries[start] << 12 | entries[start + 1] << 4 | entries[start + 2] >> 4)
        if entries[start + 2] & 1:
            break
    return tuple(labels)
