"""The socket filter (BPF) of a raw TCP socket: only replies to our SYNs pass, out of all TCP traffic.

Classic BPF (linux/filter.h): the kernel runs it before a segment is queued for us.
"""

import socket
import struct
from collections.abc import Collection
from ctypes import addressof, create_string_buffer
from typing import Final

_SO_ATTACH_FILTER: Final = 26
_LOAD_BYTE, _LOAD_HALF = 0x50, 0x48  # relative to X
_X_IS_HEADER_LENGTH, _X_IS = 0xB1, 0x01
_AND, _JUMP_EQUAL, _JUMP_SET, _RETURN = 0x54, 0x15, 0x45, 0x06
_FLAGS, _DESTINATION_PORT = 13, 2  # offsets in the TCP header (RFC 9293 section 3.1)
_FIN, _SYN, _RST, _ACK = 1, 2, 4, 16
_ALL: Final = 0xFFFF

MAX_PORTS: Final = 200
"""A jump spans at most 255 instructions; with more ports than this the filter checks only the flags."""

Instruction = tuple[int, int, int, int]
"""Opcode, jump if true, jump if false, constant."""


def program(ports: Collection[int], *, ip_header: bool) -> list[Instruction]:
    """Return the filter for SYN/ACK and RST segments to one of `ports`.

    `ip_header`: packets start with their IPv4 header (they do on raw IPv4 sockets, not on IPv6 ones).
    """
    head: list[Instruction] = [
        (_X_IS_HEADER_LENGTH, 0, 0, 0) if ip_header else (_X_IS, 0, 0, 0),
        (_LOAD_BYTE, 0, 0, _FLAGS),
        (_JUMP_SET, 3, 0, _RST),
        (_AND, 0, 0, _FIN | _SYN | _ACK),
        (_JUMP_EQUAL, 1, 0, _SYN | _ACK),
        (_RETURN, 0, 0, 0),
    ]
    if len(ports) > MAX_PORTS:
        return [*head, (_RETURN, 0, 0, _ALL)]
    checks = [(_JUMP_EQUAL, len(ports) - index, 0, port) for index, port in enumerate(sorted(ports))]
    return [*head, (_LOAD_HALF, 0, 0, _DESTINATION_PORT), *checks, (_RETURN, 0, 0, 0), (_RETURN, 0, 0, _ALL)]


def attach(receiver: socket.socket, instructions: list[Instruction]) -> None:
    """Set or replace the filter of a socket. Needs no privilege."""
    code = b"".join(struct.pack("=HBBI", *instruction) for instruction in instructions)
    buffer = create_string_buffer(code, len(code))
    head = struct.pack("@HP", len(instructions), addressof(buffer))
    receiver.setsockopt(socket.SOL_SOCKET, _SO_ATTACH_FILTER, head)
