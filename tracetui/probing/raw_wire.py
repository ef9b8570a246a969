"""The wire of raw sockets (raw(7), RFC 3542): sends whole packets, receives stamped by the kernel."""

import errno
import os
import select
import socket
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from struct import Struct
from typing import Final

from tracetui.model import CannotRunError
from tracetui.packet.ip_header import ICMP, ICMP6, TCP, MalformedPacketError, strip_header
from tracetui.probing.clock import Clock
from tracetui.probing.prober import ProbeNotSentError
from tracetui.probing.send_errors import send_error
from tracetui.probing.socket_filter import MAX_NUMBERS, attach, icmp_program, tcp_program
from tracetui.probing.socket_receive import SO_RXQ_OVFL, SO_TIMESTAMPNS, receive
from tracetui.probing.source_address import bind_to_interface, family_of, socket_address, source_for
from tracetui.probing.wire import Datagram

_SOL_RAW: Final = 255
_ICMP_FILTER: Final = 1
_ICMP6_FILTER: Final = 1
_RECEIVE_BUFFER: Final = 4 * 1024 * 1024
_MAX_DATAGRAM: Final = 2048
_SO_RCVBUFFORCE: Final = 33

_MAX_READ: Final = 4096
"""Datagrams read from one socket before probes get their turn."""

_COUNT: Final = Struct("@I")
_NS: Final = 1_000_000_000

_Unpack = Callable[[bytes, int | None], tuple[int, bytes]]
"""(data, hop limit from ancillary data) -> TTL, payload."""


class RawWire:
    """Implements `Wire`. Only opening it needs CAP_NET_RAW."""

    name = "raw"

    def __init__(self, clock: Clock, interface: str | None = None) -> None:
        """Open all sockets, bound to `interface` if given. Raises CannotRunError."""
        self._clock = clock
        self._interface = interface
        self.malformed = 0
        self.behind = False
        self._dropped: dict[int, int] = {}
        self._ports: dict[tuple[str, int], socket.socket] = {}
        self._identifiers: Counter[tuple[int, int]] = Counter()
        self._filters_due = True
        self._receivers: dict[int, _Receiver] = {}
        self._wakes = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)
        self._poll = select.epoll()
        self._sleep = select.epoll()
        self._sleep.register(self._wakes, select.EPOLLIN)
        try:
            self._sender4 = self._open(socket.AF_INET, socket.IPPROTO_RAW)
            self._add(self._open(socket.AF_INET, socket.IPPROTO_ICMP), ICMP, _with_header)
            self._add(self._open(socket.AF_INET, socket.IPPROTO_TCP), TCP, _with_header)
            self._sender6 = self._open_ip6()
        except PermissionError:
            raise CannotRunError(
                "raw sockets need CAP_NET_RAW: run as root, or omit --prober to trace without privilege"
            ) from None
        except OSError as error:
            where = f" on {interface}" if interface else ""
            hint = ": look at 'ip link'" if error.errno == errno.ENODEV else ""
            raise CannotRunError(f"cannot open raw sockets{where}: {error.strerror}{hint}") from None

    # Opening

    def _open(self, family: int, protocol: int) -> socket.socket:
        opened = socket.socket(family, socket.SOCK_RAW | socket.SOCK_NONBLOCK, protocol)
        try:
            bind_to_interface(opened, self._interface)
        except OSError:
            opened.close()
            raise
        return opened

    def _open_ip6(self) -> socket.socket | None:
        try:
            sender = self._open(socket.AF_INET6, socket.IPPROTO_RAW)
        except OSError as error:
            if error.errno in (errno.EAFNOSUPPORT, errno.EPROTONOSUPPORT):
                return None
            raise
        self._add(self._open(socket.AF_INET6, socket.IPPROTO_ICMPV6), ICMP6, _without_header)
        self._add(self._open(socket.AF_INET6, socket.IPPROTO_TCP), TCP, _without_header)
        return sender

    def _add(self, opened: socket.socket, protocol: int, unpack: _Unpack) -> None:
        if opened.family == socket.AF_INET6:
            opened.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_RECVHOPLIMIT, 1)
        self._receivers[opened.fileno()] = _Receiver(opened, protocol, unpack)
        self._poll.register(opened.fileno(), select.EPOLLIN)

    # Addresses and ports

    def source_for(self, address: str, wanted: str | None) -> str:
        return source_for(address, wanted, self._interface)

    def reserve_port(self, source: str) -> int:
        """Hold the port with a bound socket; the kernel itself resets the connections that the SYNs open."""
        try:
            holding = socket.socket(family_of(source), socket.SOCK_STREAM)
            try:
                holding.bind(socket_address(source, 0))
            except OSError:
                holding.close()
                raise
        except OSError as error:
            raise send_error(error, source, self._interface) from None
        port = int(holding.getsockname()[1])
        self._ports[source, port] = holding
        self._filters_due = True
        return port

    def release_port(self, source: str, port: int) -> None:
        holding = self._ports.pop((source, port), None)
        if holding is not None:
            holding.close()
            self._filters_due = True

    def expect_identifier(self, source: str, identifier: int) -> None:
        self._identifiers[family_of(source), identifier] += 1
        self._filters_due = True

    def forget_identifier(self, source: str, identifier: int) -> None:
        self._identifiers[family_of(source), identifier] -= 1
        self._identifiers += Counter()
        self._filters_due = True

    def _set_filters(self) -> None:
        """Let pass what may answer a probe; of many flows at once, they are set once."""
        self._filters_due = False
        for receiver in self._receivers.values():
            family = receiver.socket.family
            ports = [port for source, port in self._ports if family_of(source) == family]
            identifiers = [identifier for other, identifier in self._identifiers if other == family]
            try:
                receiver.let_pass(ports, identifiers)
            except OSError:  # the filter is longer than the kernel allows: it compares no numbers then
                everything = range(MAX_NUMBERS + 1)
                receiver.let_pass(everything, everything)

    # Packets

    def send(self, packet: bytes | bytearray, address: str) -> int:
        if ":" in address:
            if self._sender6 is None:
                raise ProbeNotSentError("this machine has no IPv6")
            sender, destination = self._sender6, socket_address(address, 0)
        else:
            sender, destination = self._sender4, (address, 0)
        if self._filters_due:
            self._set_filters()
        sent_ns = self._clock.stamp_ns()
        try:
            sender.sendto(packet, destination)
        except OSError as error:
            raise send_error(error, address, self._interface) from None
        return sent_ns

    def receive(self, until_ns: int) -> Sequence[Datagram]:
        """Sleep until `until_ns` or `wake`; datagrams do not end it, as the kernel stamps them."""
        wait_ns = until_ns - self._clock.monotonic_ns()
        if wait_ns > 0 and self._sleep.poll(wait_ns / _NS):
            os.eventfd_read(self._wakes)
        arrived: list[Datagram] = []
        emptied = [self._take(self._receivers[descriptor], arrived) for descriptor, _ in self._poll.poll(0)]
        self.behind = not all(emptied)
        return arrived

    def _take(self, receiver: "_Receiver", arrived: list[Datagram]) -> bool:
        """Read what waits in a socket; return False where there may be more."""
        for _ in range(_MAX_READ):
            received = receive(receiver.socket, size=_MAX_DATAGRAM)
            if received is None:
                return True  # nothing left; or the interface is down, which the next send reports
            if received.overflows is not None:
                self._dropped[receiver.socket.fileno()] = received.overflows
            try:
                ttl, payload = receiver.unpack(received.data, received.ttl)
            except MalformedPacketError:
                self.malformed += 1
                continue
            arrived.append(
                Datagram(
                    receiver.protocol,
                    received.peer.partition("%")[0],
                    ttl,
                    payload,
                    received.received_ns or self._clock.stamp_ns(),
                    received.received_ns != 0,
                )
            )
        return False

    def wake(self) -> None:
        os.eventfd_write(self._wakes, 1)

    @property
    def dropped(self) -> int:
        return sum(self._dropped.values())

    def close(self) -> None:
        for opened in (
            self._sender4,
            self._sender6,
            *(receiver.socket for receiver in self._receivers.values()),
            *self._ports.values(),
        ):
            if opened is not None:
                opened.close()
        self._poll.close()
        self._sleep.close()
        os.close(self._wakes)


class _Receiver:
    """A raw socket to receive from."""

    __slots__ = ("protocol", "socket", "unpack")

    def __init__(self, opened: socket.socket, protocol: int, unpack: _Unpack) -> None:
        self.socket = opened
        self.protocol = protocol
        self.unpack = unpack
        opened.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
        opened.setsockopt(socket.SOL_SOCKET, SO_RXQ_OVFL, 1)
        try:  # beyond the limit for all (net.core.rmem_max); needs CAP_NET_ADMIN
            opened.setsockopt(socket.SOL_SOCKET, _SO_RCVBUFFORCE, _RECEIVE_BUFFER)
        except PermissionError:
            opened.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _RECEIVE_BUFFER)
        if protocol == ICMP:
            blocked = ~(1 << 0 | 1 << 3 | 1 << 11) & 0xFFFFFFFF  # echo reply, unreachable, Time Exceeded
            opened.setsockopt(_SOL_RAW, _ICMP_FILTER, _COUNT.pack(blocked))
        elif protocol == ICMP6:
            passing = (1, 2, 3, 129)  # unreachable, too big, Time Exceeded, echo reply
            bits = [0xFFFFFFFF] * 8
            for kind in passing:
                bits[kind >> 5] &= ~(1 << (kind & 31)) & 0xFFFFFFFF
            opened.setsockopt(ICMP6, _ICMP6_FILTER, b"".join(map(_COUNT.pack, bits)))
        self.let_pass((), ())

    def let_pass(self, ports: Collection[int], identifiers: Collection[int]) -> None:
        """Receive only what answers probes with these source ports and ICMP identifiers. Raises OSError."""
        if self.protocol == TCP:
            attach(self.socket, tcp_program(ports, ip_header=self.socket.family == socket.AF_INET))
        else:
            attach(self.socket, icmp_program(identifiers, ports, protocol=self.protocol))


def _with_header(data: bytes, _: int | None) -> tuple[int, bytes]:
    return strip_header(data)


def _without_header(data: bytes, hop_limit: int | None) -> tuple[int, bytes]:
    return hop_limit or 0, data
