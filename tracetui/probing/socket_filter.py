"""Socket filters (BPF): raw sockets get only packets that may answer our probes, and whoever watches probes
arrive only probes and answers.

Classic BPF (linux/filter.h): the kernel runs it before a packet is queued for us, so what others send cannot
fill the receive buffer.
"""

import socket
import struct
from collections.abc import Collection, Sequence
from ctypes import addressof, create_string_buffer
from typing import Final

from tracetui.packet.ip_header import ICMP, ICMP6, TCP

_SO_ATTACH_FILTER: Final = 26

# Loads are relative to X, the length of the headers before what is looked at.
_LOAD_BYTE, _LOAD_HALF, _LOAD_KEPT, _KEEP = 0x50, 0x48, 0x60, 0x02
_LOAD_BYTE_HERE, _LOAD_WORD_HERE = 0x30, 0x20  # not relative to X
_X_IS_HEADER_LENGTH, _X_IS, _X_IS_A, _ADD_X = 0xB1, 0x01, 0x07, 0x0C
_AND, _SHIFT_LEFT = 0x54, 0x64
_JUMP, _JUMP_EQUAL, _JUMP_GREATER, _JUMP_SET, _RETURN = 0x05, 0x15, 0x25, 0x45, 0x06

_FLAGS, _SOURCE_PORT, _DESTINATION_PORT = 13, 0, 2  # offsets in the TCP header (RFC 9293 section 3.1)
_FIN, _SYN, _RST, _ACK = 1, 2, 4, 16
_ALL: Final = 0xFFFF

_ICMP_HEADER: Final = 8
_IDENTIFIER: Final = 4
"""Offset in an echo request or reply (RFC 792)."""

_ERRORS: Final = {ICMP: (3, 11), ICMP6: (1, 2, 3)}
_ECHO_REPLY: Final = {ICMP: 0, ICMP6: 129}
_IP6_HEADER, _NEXT_HEADER = 40, 6
_IP6_EXTENSIONS: Final = (0, 43, 44, 60)
"""Hop-by-hop options, routing, fragment, destination options: a quote with these is left to the decoder."""

_MAX_LEAF: Final = 32
"""Numbers compared one after the other; a conditional jump spans at most 255 instructions."""

_MAX_PARTNERS: Final = 60
"""As many addresses are compared, twice each."""

MAX_NUMBERS: Final = 1000
"""More ports or identifiers than this are not compared: the kernel limits the memory of a filter."""

Instruction = tuple[int, int, int, int]
"""Opcode, jump if true, jump if false, constant."""

_PASS: Final[Instruction] = (_RETURN, 0, 0, _ALL)
_DROP: Final[Instruction] = (_RETURN, 0, 0, 0)


def tcp_program(ports: Collection[int], *, ip_header: bool) -> Sequence[Instruction]:
    """Return the filter for SYN/ACK and RST segments to one of `ports`.

    `ip_header`: packets start with their IPv4 header (they do on raw IPv4 sockets, not on IPv6 ones).
    """
    return [
        (_X_IS_HEADER_LENGTH, 0, 0, 0) if ip_header else (_X_IS, 0, 0, 0),
        (_LOAD_BYTE, 0, 0, _FLAGS),
        (_JUMP_SET, 3, 0, _RST),
        (_AND, 0, 0, _FIN | _SYN | _ACK),
        (_JUMP_EQUAL, 1, 0, _SYN | _ACK),
        _DROP,
        (_LOAD_HALF, 0, 0, _DESTINATION_PORT),
        *_is_one_of(ports),
    ]


def icmp_program(
    identifiers: Collection[int], ports: Collection[int], *, protocol: int
) -> Sequence[Instruction]:
    """Return the filter for echo replies to our identifiers, and for errors that quote one of our probes.

    A probe is an echo request with one of `identifiers`, or TCP from one of `ports`. `protocol` is ICMP,
    whose packets start with their IPv4 header, or ICMP6.
    """
    echo_reply = [(_LOAD_HALF, 0, 0, _IDENTIFIER), *_is_one_of(identifiers)]
    quote = _quoted(identifiers, ports, protocol)
    errors = _ERRORS[protocol]
    kinds = [(_JUMP_EQUAL, len(errors) - place, 0, kind) for place, kind in enumerate(errors)]
    return [
        (_X_IS_HEADER_LENGTH, 0, 0, 0) if protocol == ICMP else (_X_IS, 0, 0, 0),
        (_LOAD_BYTE, 0, 0, 0),
        *_if_equal(_ECHO_REPLY[protocol], echo_reply),
        *kinds,
        _DROP,
        *quote,
    ]


def arrival_program(partners: Collection[bytes], ports: Collection[int]) -> Sequence[Instruction]:
    """Return the filter for SYN and RST segments, all others from one of `ports`, echo requests and replies,
    and ICMP unreachables: from or to one of `partners`.

    Those are packed addresses; of IPv6, the last four bytes are compared. Packets start with their IP header.
    """
    words = {
        4: [one for one in partners if len(one) == 4],
        16: [one[-4:] for one in partners if len(one) == 16],
    }
    return [
        (_LOAD_BYTE_HERE, 0, 0, 0),
        (_AND, 0, 0, 0xF0),
        *_if_equal(0x40, _from_or_to(words[4], (12, 16), _probe_or_answer(9, ICMP, (0, 3, 8), ports))),
        *_if_equal(
            0x60,
            _from_or_to(words[16], (20, 36), _probe_or_answer(_NEXT_HEADER, ICMP6, (1, 128, 129), ports)),
        ),
        _DROP,
    ]


def _from_or_to(
    words: Sequence[bytes], places: Sequence[int], then: Sequence[Instruction]
) -> Sequence[Instruction]:
    """Go through `then` if one of `words` is at one of `places`; with too many words, always."""
    numbers = sorted({int.from_bytes(word, "big") for word in words})
    if not numbers:
        return [_DROP]
    if len(numbers) > _MAX_PARTNERS:
        return then
    checks = len(places) * (len(numbers) + 1)
    made: list[Instruction] = []
    for place in places:
        made.append((_LOAD_WORD_HERE, 0, 0, place))
        for number in numbers:
            made.append((_JUMP_EQUAL, checks - len(made), 0, number))
    return [*made, _DROP, *then]


def _probe_or_answer(
    protocol_at: int, icmp: int, types: Sequence[int], ports: Collection[int]
) -> Sequence[Instruction]:
    kinds = [(_JUMP_EQUAL, len(types) - place, 0, one) for place, one in enumerate(types)]
    return [
        (_X_IS_HEADER_LENGTH, 0, 0, 0) if icmp == ICMP else (_X_IS, 0, 0, _IP6_HEADER),
        (_LOAD_BYTE_HERE, 0, 0, protocol_at),
        *_if_equal(
            TCP,
            [
                (_LOAD_BYTE, 0, 0, _FLAGS),
                (_JUMP_SET, 0, 1, _SYN | _RST),
                _PASS,
                (_LOAD_HALF, 0, 0, _SOURCE_PORT),
                *_is_one_of(ports),
            ],
        ),
        *_if_equal(icmp, [(_LOAD_BYTE, 0, 0, 0), *kinds, _DROP, _PASS]),
        _DROP,
    ]


def _quoted(identifiers: Collection[int], ports: Collection[int], protocol: int) -> Sequence[Instruction]:
    """Look at the quoted packet: its protocol, then the identifier or the source port of what it carries."""
    if protocol == ICMP6:
        upper = _ICMP_HEADER + _IP6_HEADER
        return [
            (_LOAD_BYTE, 0, 0, _ICMP_HEADER + _NEXT_HEADER),
            *_if_equal(TCP, [(_LOAD_HALF, 0, 0, upper), *_is_one_of(ports)]),
            *_if_equal(ICMP6, [(_LOAD_HALF, 0, 0, upper + _IDENTIFIER), *_is_one_of(identifiers)]),
            *_is_one_of(_IP6_EXTENSIONS),
        ]
    return [
        (_LOAD_BYTE, 0, 0, _ICMP_HEADER + 9),
        (_KEEP, 0, 0, 0),
        (_LOAD_BYTE, 0, 0, _ICMP_HEADER),
        (_AND, 0, 0, 15),
        (_SHIFT_LEFT, 0, 0, 2),
        (_ADD_X, 0, 0, 0),
        (_X_IS_A, 0, 0, 0),
        (_LOAD_KEPT, 0, 0, 0),
        *_if_equal(TCP, [(_LOAD_HALF, 0, 0, _ICMP_HEADER), *_is_one_of(ports)]),
        *_if_equal(ICMP, [(_LOAD_HALF, 0, 0, _ICMP_HEADER + _IDENTIFIER), *_is_one_of(identifiers)]),
        _DROP,
    ]


def _if_equal(number: int, then: Sequence[Instruction]) -> Sequence[Instruction]:
    """Return instructions that go through `then` for one number; it ends in a return."""
    return [(_JUMP_EQUAL, 1, 0, number), (_JUMP, 0, 0, len(then)), *then]


def _is_one_of(numbers: Collection[int]) -> Sequence[Instruction]:
    """Return instructions that pass a packet if A is one of `numbers`; any, if there are too many of them."""
    return [_PASS] if len(numbers) > MAX_NUMBERS else _search(sorted(numbers))


def _search(numbers: Sequence[int]) -> Sequence[Instruction]:
    if len(numbers) <= _MAX_LEAF:
        checks = [(_JUMP_EQUAL, len(numbers) - place, 0, one) for place, one in enumerate(numbers)]
        return [*checks, _DROP, _PASS]
    middle = len(numbers) // 2
    lower, upper = _search(numbers[:middle]), _search(numbers[middle:])
    return [(_JUMP_GREATER, 0, 1, numbers[middle - 1]), (_JUMP, 0, 0, len(lower)), *lower, *upper]


def attach(receiver: socket.socket, instructions: Sequence[Instruction]) -> None:
    """Set or replace the filter of a socket. Needs no privilege. Raises OSError: ENOMEM for a long one."""
    code = b"".join(struct.pack("=HBBI", *instruction) for instruction in instructions)
    buffer = create_string_buffer(code, len(code))
    head = struct.pack("@HP", len(instructions), addressof(buffer))
    receiver.setsockopt(socket.SOL_SOCKET, _SO_ATTACH_FILTER, head)
