"""Sends ICMP probes without privilege: echo requests on datagram sockets (icmp(7)).

A lane has one socket, and so one identifier, which the kernel chooses. A word in the payload compensates for
sequence number and token, so that all requests of a lane also have the same checksum and take one path
through load balancers.
"""

import errno
import select
import socket
from struct import Struct
from typing import Final

from tracetui.model import Lane
from tracetui.packet.checksum import MODULUS
from tracetui.packet.probe_template import ECHO_TEXT
from tracetui.probing.flow import describe_echo_flow
from tracetui.probing.prober import Probe, ProbeNotSentError
from tracetui.probing.reply_rules import bare, reply_of
from tracetui.probing.rootless_lane import RootlessLane
from tracetui.probing.rootless_sockets import Match, Sockets
from tracetui.probing.socket_receive import SO_RXQ_OVFL, Received, ask_for_errors, receive
from tracetui.probing.source_address import SocketAddress, family_of, socket_address
from tracetui.probing.tokens import Tokens

_RECEIVE_BUFFER: Final = 512 * 1024
_TOKEN_LENGTH: Final = 8
_SEND_TRIES: Final = 8
_ECHO: Final = Struct(">BxxxxxH8sH")
"""Type, code 0, checksum and identifier (the kernel fills them in), sequence number, token, compensation."""

_HEAD: Final = Struct(">BxHxxH")
"""Type, checksum, sequence number."""

_REQUEST, _REPLY = 8, 0
_REQUEST6, _REPLY6 = 128, 129


class EchoLane(RootlessLane):
    """A lane of echo requests.

    A probe is found by its sequence number. Its reply must also carry the token, eight random bytes; a router
    that quotes no payload must at least quote the right checksum (of IPv4: the kernel makes that of ICMPv6,
    and routers there quote all of a packet of this size, RFC 4443 section 3.3).
    """

    def __init__(self, lane: Lane, sockets: Sockets, tokens: Tokens) -> None:
        super().__init__(lane, sockets)
        self._tokens: Final = tokens
        self._six: Final = family_of(lane.address) == socket.AF_INET6
        self._bare: Final = _as_sockets_print(lane.address)
        self._destination: SocketAddress = ("", 0)
        self._socket: socket.socket | None = None
        self._ttl = 0
        self._checksum = self._compensation = 0
        self._sequence = tokens.number(0, 0xFFFF)
        self._overflows = 0
        self._outstanding: dict[int, _SentEcho] = {}
        """By sequence number."""

    def open(self) -> None:
        """Find the source address and open the socket. Raises ProbeNotSentError."""
        super().open()
        try:
            self._destination = socket_address(self.lane.address, 0)
            if self._socket is None:
                self._socket = self._open_socket()
        except OSError as error:
            raise self.send_error(error) from None

    def _open_socket(self) -> socket.socket:
        protocol = socket.IPPROTO_ICMPV6 if self._six else socket.IPPROTO_ICMP
        try:
            opened = self.sockets.open(family_of(self.lane.address), socket.SOCK_DGRAM, protocol)
        except PermissionError:
            raise self._not_allowed() from None
        try:
            ask_for_errors(opened)
            opened.setsockopt(socket.SOL_SOCKET, SO_RXQ_OVFL, 1)
            opened.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _RECEIVE_BUFFER)
            opened.bind(socket_address(self.lane.vantage or ("::" if self._six else ""), 0))
            self.sockets.poll.register(opened, select.EPOLLIN)
        except OSError:
            opened.close()
            raise
        identifier = opened.getsockname()[1]
        self._checksum = self._tokens.number(1, MODULUS - 1)
        fixed = _ECHO.pack(_REQUEST, 0, bytes(_TOKEN_LENGTH), 0) + ECHO_TEXT
        # The checksum of ICMPv6 also covers the addresses, which the kernel adds.
        self.flow_id = describe_echo_flow(identifier, None if self._six else self._checksum)
        self._compensation = -self._checksum - identifier - int.from_bytes(fixed, "big")
        self._ttl = self._overflows = 0
        self.sockets.watched[opened.fileno()] = self
        return opened

    def _not_allowed(self) -> ProbeNotSentError:
        self._check_due_ns = 0
        return ProbeNotSentError(
            "no right to ping: your group is not in net.ipv4.ping_group_range; "
            "'sudo sysctl net.ipv4.ping_group_range=\"0 2147483647\"' allows it, or run as root; "
            "TCP needs neither"
        )

    def close(self) -> None:
        """Forget what is outstanding and close the socket."""
        self._outstanding.clear()
        if self._socket is not None:
            self.sockets.close_watched(self._socket)
            self._socket = None

    def close_idle(self) -> None:
        """Do nothing: the one socket of a lane is in use."""

    # Out

    def send(self, probe: Probe) -> int:
        """Send an echo request; return its sequence number. Raises ProbeNotSentError."""
        now_ns = self.sockets.clock.monotonic_ns()
        self.check_source(now_ns)
        opened = self._socket
        if opened is None:
            raise ProbeNotSentError("no socket")
        sequence = self._sequence = (self._sequence + 1) & 0xFFFF
        if sequence in self._outstanding:
            raise ProbeNotSentError("too many probes without a reply: no sequence number is free")
        token = self._tokens.take(_TOKEN_LENGTH)
        word = (self._compensation - sequence - int.from_bytes(token, "big")) % MODULUS
        packet = _ECHO.pack(_REQUEST6 if self._six else _REQUEST, sequence, token, word) + ECHO_TEXT
        sent = self._outstanding[sequence] = _SentEcho(probe, token, now_ns)
        try:
            self._set_ttl(opened, probe.ttl)
            self._send(opened, sent, packet)
        except OSError as error:
            del self._outstanding[sequence]
            if self.sockets.interface is not None:
                self.close()  # it may come back with another index
            raise self.send_error(error) from None
        return sequence

    def _set_ttl(self, opened: socket.socket, ttl: int) -> None:
        if ttl == self._ttl:
            return
        self._ttl = 0
        if self._six:
            opened.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_UNICAST_HOPS, ttl)
        else:
            opened.setsockopt(socket.IPPROTO_IP, socket.IP_TTL, ttl)
        self._ttl = ttl

    def _send(self, opened: socket.socket, sent: "_SentEcho", packet: bytes) -> None:
        """Send, after taking the errors of earlier probes. Raises OSError.

        A send fails with the pending error of the socket (ip(7)): take the answer from the error queue and
        try again. With an empty queue the first failure may stem from an answer that did not fit into it;
        failing clears that error, so only the second failure counts. The local firewall may both fail and
        answer a send.
        """
        cleared = False
        for _ in range(_SEND_TRIES):
            sent.sent_ns = self.sockets.clock.unix_ns()
            try:
                opened.sendto(packet, self._destination)
            except OSError:
                early = self.sockets.early
                if not self._take_error(opened, early):
                    if cleared:
                        raise
                    cleared = True
                elif early and early[-1][0] is sent.probe:
                    return
            else:
                return
        raise OSError(errno.EAGAIN, "answers come faster than they can be read")

    def forget(self, probe: Probe) -> None:
        """Count further replies to `probe` as forged."""
        sequence = probe.handle
        if isinstance(sequence, int):
            found = self._outstanding.get(sequence)
            if found is not None and found.probe is probe:
                del self._outstanding[sequence]

    # In

    def take(self, events: int, taken: list[Match]) -> None:
        """Read one error and one datagram, as `events` say."""
        opened = self._socket
        if opened is None:
            return
        if events & select.EPOLLERR and not self._take_error(opened, taken):
            opened.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)  # clears it; else epoll reports it for ever
        if events & select.EPOLLIN:
            received = receive(opened)
            if received is not None:
                self._take_datagram(received, taken)

    def _take_error(self, opened: socket.socket, taken: list[Match]) -> bool:
        """Take one error off the queue; False when there is none."""
        received = receive(opened, socket.MSG_ERRQUEUE)
        if received is None:
            return False
        if received.error is None:
            self.sockets.foreign += 1
        else:
            self._match(received, _REQUEST6 if self._six else _REQUEST, taken)
        return True

    def _take_datagram(self, received: Received, taken: list[Match]) -> None:
        if received.overflows is not None:
            self.sockets.dropped += received.overflows - self._overflows
            self._overflows = received.overflows
        self._match(received, _REPLY6 if self._six else _REPLY, taken)

    def _match(self, received: Received, icmp_type: int, taken: list[Match]) -> None:
        found = self._find(received, icmp_type)
        if found is not None:
            elapsed_ns = self.sockets.clock.monotonic_ns() - found.monotonic_ns
            taken.append((found.probe, reply_of(received, found.sent_ns, self.lane.address, elapsed_ns)))

    def _find(self, received: Received, icmp_type: int) -> "_SentEcho | None":
        """Return the echo request of ours that this quotes or answers; else count why not and return None."""
        data, sockets = received.data, self.sockets
        if len(data) < _HEAD.size:
            sockets.malformed += 1
            return None
        found_type, checksum, sequence = _HEAD.unpack_from(data)
        if found_type != icmp_type or received.peer != self._bare:
            sockets.foreign += 1
            return None
        found = self._outstanding.get(sequence)
        if found is None:
            sockets.forged += 1
            return None
        returned = data[_HEAD.size : _HEAD.size + _TOKEN_LENGTH]
        proven = returned == found.token
        if not proven and icmp_type == _REQUEST and len(returned) < _TOKEN_LENGTH:
            proven = found.token.startswith(returned) and checksum == self._checksum
        if not proven:
            sockets.forged += 1
            return None
        sockets.matched += 1
        return found


class _SentEcho:
    """An echo request that may be answered."""

    __slots__ = ("monotonic_ns", "probe", "sent_ns", "token")

    def __init__(self, probe: Probe, token: bytes, monotonic_ns: int) -> None:
        self.probe = probe
        self.token = token
        self.monotonic_ns = monotonic_ns
        self.sent_ns = 0  # Unix time right before the send


def _as_sockets_print(address: str) -> str:
    """Return an address without its zone, in the form that `recvmsg` gives."""
    family = family_of(address)
    return socket.inet_ntop(family, socket.inet_pton(family, bare(address)))
