"""A socket that hands out what the fuzzer wrote, with the control messages of Linux."""

import errno
import os
import socket
import struct
from collections import deque
from random import Random
from typing import Final

from tracetui.probing.socket_receive import SO_RXQ_OVFL, SO_TIMESTAMPNS

Control = tuple[int, int, bytes]
Message = tuple[bytes, list[Control], str]
"""Data, control messages, the address of the peer."""

_IP_RECVERR, _IPV6_RECVERR, _IPV6_HOPLIMIT = 11, 25, 52
_ODD_BYTES: Final = (0, 1, 2, 3, 4, 11, 13, 127, 128, 129, 255)


class ScriptedSocket:
    """What probers ask of a socket; `epoll` always reports it as readable."""

    def __init__(self, family: int) -> None:
        self.family = socket.AddressFamily(family)
        self.datagrams: deque[Message] = deque()
        self.errors: deque[Message] = deque()
        self.sent: list[bytes] = []
        self.states: list[int] = []
        """What SO_ERROR will be; 0 when it is empty."""

        self.info = b""
        self.identifier = 0
        self._descriptor = os.eventfd(1, os.EFD_NONBLOCK)

    # What is read

    def recvmsg(
        self, size: int, _control_size: int, flags: int = 0
    ) -> tuple[bytes, list[Control], int, object]:
        """Return the next message as the kernel would, cut to `size`."""
        queue = self.errors if flags & socket.MSG_ERRQUEUE else self.datagrams
        if not queue:
            raise BlockingIOError(errno.EAGAIN, "nothing there")
        data, control, peer = queue.popleft()
        return data[:size], control, 0, (peer, 0)

    def getsockopt(self, level: int, option: int, size: int = 0) -> int | bytes:
        """Return a state that was set before, or bytes of that size."""
        if (level, option) == (socket.SOL_SOCKET, socket.SO_ERROR):
            return self.states.pop() if self.states else 0
        return self.info[:size].ljust(size, b"\0")

    def getsockname(self) -> tuple[str, int]:
        """Return the identifier where the port would be, as datagram sockets of ICMP do."""
        return "", self.identifier

    # What is written

    def sendto(self, packet: bytes, _destination: object) -> int:
        """Keep it."""
        self.sent.append(bytes(packet))
        return len(packet)

    def connect_ex(self, _destination: object) -> int:
        """A SYN is on its way."""
        return errno.EINPROGRESS

    def setsockopt(self, *_: object) -> None:
        """Accept everything."""

    def bind(self, _address: object) -> None:
        """Accept everything."""

    def fileno(self) -> int:
        """Return a descriptor that is none of the network's."""
        return self._descriptor

    def close(self) -> None:
        """Give the descriptor back."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1


def control_messages(chance: Random, family: int, stamp_ns: int, offender: bytes | None) -> list[Control]:
    """Return what Linux may report beside a datagram, or, with an `offender`, beside an ICMP error."""
    found: list[Control] = []
    if chance.random() < 0.9:
        stamp = stamp_ns + chance.choice((0, 0, 5_000_000, -3_600_000_000_000, 86_400_000_000_000))
        value = struct.pack("@qq", *divmod(max(stamp, 0), 1_000_000_000))
        found.append((socket.SOL_SOCKET, SO_TIMESTAMPNS, value))
    if chance.random() < 0.3:
        found.append((socket.SOL_SOCKET, SO_RXQ_OVFL, struct.pack("@I", chance.choice((0, 1, 7, 2**32 - 1)))))
    six = family == socket.AF_INET6
    level = socket.IPPROTO_IPV6 if six else socket.IPPROTO_IP
    ttl = struct.pack("@i", chance.choice((0, 1, 64, 255)))
    found.append((level, _IPV6_HOPLIMIT if six else socket.IP_TTL, ttl))
    if offender is not None:
        found.append(
            (level, _IPV6_RECVERR if six else _IP_RECVERR, _extended_error(chance, offender, six=six))
        )
    chance.shuffle(found)
    return found


def _extended_error(chance: Random, offender: bytes, *, six: bool) -> bytes:
    """Return a struct sock_extended_err and the offender's socket address."""
    numbers = (3, 3, 0) if six else (2, 11, 0)
    if chance.random() < 0.4:
        origin = chance.choice((0, 1, 3 if six else 2, 4))  # ICMP of the other family comes to no socket
        numbers = origin, chance.choice(_ODD_BYTES), chance.choice(_ODD_BYTES)
    extension = chance.choice((0, 0, 8, 100, 128, 148, 0xFFFF))
    head = struct.pack("@IBBBxIHBB", chance.randrange(200), *numbers, 0, extension, chance.randrange(2), 0)
    if six:
        return head + struct.pack("@HHI", socket.AF_INET6, 0, 0) + offender.rjust(16, b"\0") + bytes(4)
    return head + struct.pack("@HH", socket.AF_INET, 0) + offender[:4].rjust(4, b"\0") + bytes(8)
