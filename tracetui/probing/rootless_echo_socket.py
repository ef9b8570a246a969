"""A socket of echo requests without privilege (icmp(7)): one identifier, which the kernel chooses.

A word in the payload compensates for sequence number and token, so that all requests of a socket also have
the same checksum, and those of a lane take one path through load balancers. A probe is found by its sequence
number. Its reply must also carry the token, eight random bytes; a router that quotes no payload must at least
quote the right checksum (of IPv4: the kernel makes that of ICMPv6, and routers there quote all of a packet of
this size, RFC 4443 section 3.3).
"""

import errno
import select
import socket
from collections import Counter
from struct import Struct
from typing import Final

from tracetui.packet.checksum import MODULUS
from tracetui.packet.decode_reply import PADDING
from tracetui.packet.probe_template import ECHO_TEXT
from tracetui.probing.flow import describe_echo_flow
from tracetui.probing.prober import Probe, ProbeNotSentError
from tracetui.probing.reply_rules import bare, reply_of
from tracetui.probing.rootless_sockets import Match, Sockets
from tracetui.probing.socket_receive import SO_RXQ_OVFL, Received, ask_for_errors, receive
from tracetui.probing.source_address import SocketAddress, family_of, socket_address
from tracetui.probing.tokens import Tokens

_RECEIVE_BUFFER: Final = 512 * 1024
_TOKEN_LENGTH: Final = 8
_SEND_TRIES: Final = 8
_MAX_TAKEN: Final = 256
"""Errors that are read before the next try."""

_MAX_READ: Final = 64
"""Errors and datagrams read in a row."""

_ECHO: Final = Struct(">BxxxxxH8sH")
"""Type, code 0, checksum and identifier (the kernel fills them in), sequence number, token, compensation."""

_HEAD: Final = Struct(">BxHxxH")
"""Type, checksum, sequence number."""

_REQUEST, _REPLY = 8, 0
_REQUEST6, _REPLY6 = 128, 129


class EchoSocket:
    """Sends the echo requests of one lane, or of several to different addresses, and finds their replies."""

    idle = False  # it keeps its identifier, and so the flow of its lanes

    def __init__(
        self, sockets: Sockets, tokens: Tokens, family: socket.AddressFamily, source: str | None
    ) -> None:
        """Open it. Raises OSError; PermissionError where this user may not ping."""
        self.family: Final = family
        self.source: Final = source
        self.closed = False
        self._sockets: Final = sockets
        self._tokens: Final = tokens
        self._six: Final = family == socket.AF_INET6
        self._ttl = self._overflows = 0
        self._sequence = tokens.number(0, 0xFFFF)
        self._outstanding: dict[int, _SentEcho] = {}
        """By sequence number."""

        self._peers: Counter[str] = Counter()
        """The addresses of its lanes."""

        protocol = socket.IPPROTO_ICMPV6 if self._six else socket.IPPROTO_ICMP
        self._socket = opened = sockets.open(family, socket.SOCK_DGRAM, protocol)
        try:
            ask_for_errors(opened)
            opened.setsockopt(socket.SOL_SOCKET, SO_RXQ_OVFL, 1)
            opened.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _RECEIVE_BUFFER)
            opened.bind(socket_address(source or ("::" if self._six else ""), 0))
            sockets.poll.register(opened, select.EPOLLIN)
        except OSError:
            opened.close()
            raise
        self.identifier: Final[int] = opened.getsockname()[1]
        self._checksum = tokens.number(1, MODULUS - 1)
        fixed = _ECHO.pack(_REQUEST, 0, bytes(_TOKEN_LENGTH), 0) + ECHO_TEXT
        # The checksum of ICMPv6 also covers the addresses, which the kernel adds.
        self.flow_id = describe_echo_flow(self.identifier, None if self._six else self._checksum)
        self._compensation = -self._checksum - self.identifier - int.from_bytes(fixed, "big")
        sockets.watched[opened.fileno()] = self
        sockets.busy += 1

    # Lanes

    @property
    def users(self) -> int:
        """How many lanes it has."""
        return self._peers.total()

    def join(self, peer: str) -> None:
        """Use it for a lane to `peer`."""
        self._peers[peer] += 1

    def leave(self, lane_id: str, peer: str) -> None:
        """Use it no more for a lane: replies to its probes count as forged."""
        self._peers[peer] -= 1
        self._peers += Counter()
        self._outstanding = {
            sequence: sent for sequence, sent in self._outstanding.items() if sent.probe.lane_id != lane_id
        }
        if not self._peers:
            self.close()

    def close(self) -> None:
        """Forget what is outstanding and close the socket, for all its lanes."""
        if not self.closed:
            self.closed = True
            self._outstanding.clear()
            self._sockets.busy -= 1
            self._sockets.close_watched(self._socket)

    # Out

    def send(self, probe: Probe, peer: str, address: str, destination: SocketAddress) -> int:
        """Send an echo request to `destination`; return its sequence number.

        `address` is the lane's, `peer` the same as sockets print it. Raises OSError, ProbeNotSentError.
        """
        sequence = self._sequence = (self._sequence + 1) & 0xFFFF
        if sequence in self._outstanding:
            raise ProbeNotSentError("too many probes without a reply: no sequence number is free")
        token = self._tokens.take(_TOKEN_LENGTH)
        word = (self._compensation - sequence - int.from_bytes(token, "big")) % MODULUS
        packet = _ECHO.pack(_REQUEST6 if self._six else _REQUEST, sequence, token, word) + ECHO_TEXT
        sent = _SentEcho(probe, peer, address, token, self._sockets.clock.monotonic_ns())
        self._outstanding[sequence] = sent
        try:
            self._set_ttl(probe.ttl)
            self._send(sent, packet, destination)
        except OSError:
            del self._outstanding[sequence]
            raise
        return sequence

    def _set_ttl(self, ttl: int) -> None:
        if ttl == self._ttl:
            return
        self._ttl = 0
        if self._six:
            self._socket.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_UNICAST_HOPS, ttl)
        else:
            self._socket.setsockopt(socket.IPPROTO_IP, socket.IP_TTL, ttl)
        self._ttl = ttl

    def _send(self, sent: "_SentEcho", packet: bytes, destination: SocketAddress) -> None:
        """Send, after taking the errors of earlier probes. Raises OSError.

        A send fails with the pending error of the socket (ip(7)): take the answer from the error queue and
        try again. With an empty queue the first failure may stem from an answer that did not fit into it;
        failing clears that error, so only the second failure counts. The local firewall may both fail and
        answer a send.
        """
        cleared = False
        for _ in range(_SEND_TRIES):
            sent.sent_ns = self._sockets.clock.stamp_ns()
            try:
                self._socket.sendto(packet, destination)
            except OSError:
                early = self._sockets.early
                known, taken = len(early), 0
                while taken < _MAX_TAKEN and self._take_error(early):
                    taken += 1
                if any(probe is sent.probe for probe, _ in early[known:]):
                    return
                if not taken and cleared:
                    raise
                cleared = cleared or not taken
            else:
                return
        raise OSError(errno.EBUSY, "ICMP errors arrive faster than they can be read: duplicates, or a flood")

    def forget(self, probe: Probe) -> None:
        """Count further replies to `probe` as forged."""
        sequence = probe.handle
        if isinstance(sequence, int):
            found = self._outstanding.get(sequence)
            if found is not None and found.probe is probe:
                del self._outstanding[sequence]

    # In

    def take(self, events: int, taken: list[Match]) -> None:
        """Read errors and datagrams, as `events` say; what is left is announced again."""
        if events & select.EPOLLERR:
            if not self._take_error(taken):
                self._socket.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)  # else epoll reports it for ever
            else:
                for _ in range(_MAX_READ):
                    if not self._take_error(taken):
                        break
        if events & select.EPOLLIN:
            received = receive(self._socket)
            if received is not None:
                self._take_datagram(received, taken)

    def _take_error(self, taken: list[Match]) -> bool:
        """Take one error off the queue; False when there is none."""
        received = receive(self._socket, socket.MSG_ERRQUEUE)
        if received is None:
            return False
        if received.error is None:
            self._sockets.foreign += 1
        else:
            self._match(received, _REQUEST6 if self._six else _REQUEST, taken)
        return True

    def _take_datagram(self, received: Received, taken: list[Match]) -> None:
        if received.overflows is not None:
            self._sockets.dropped += received.overflows - self._overflows
            self._overflows = received.overflows
        self._match(received, _REPLY6 if self._six else _REPLY, taken)

    def _match(self, received: Received, icmp_type: int, taken: list[Match]) -> None:
        found = self._find(received, icmp_type)
        if found is not None:
            elapsed_ns = self._sockets.clock.monotonic_ns() - found.monotonic_ns
            taken.append((found.probe, reply_of(received, found.sent_ns, found.address, elapsed_ns)))

    def _find(self, received: Received, icmp_type: int) -> "_SentEcho | None":
        """Return the echo request of ours that this quotes or answers; else count why not and return None."""
        data, sockets = received.data, self._sockets
        if len(data) < _HEAD.size:
            sockets.malformed += 1
            return None
        found_type, checksum, sequence = _HEAD.unpack_from(data)
        if found_type != icmp_type or received.peer not in self._peers:
            sockets.foreign += 1
            return None
        found = self._outstanding.get(sequence)
        if found is None or found.peer != received.peer:
            sockets.forged += 1
            return None
        returned = data[_HEAD.size : _HEAD.size + _TOKEN_LENGTH]
        if returned == PADDING:
            returned = b""
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

    __slots__ = ("address", "monotonic_ns", "peer", "probe", "sent_ns", "token")

    def __init__(self, probe: Probe, peer: str, address: str, token: bytes, monotonic_ns: int) -> None:
        self.probe = probe
        self.peer = peer
        self.address = address
        self.token = token
        self.monotonic_ns = monotonic_ns
        self.sent_ns = 0  # Unix time right before the send


def as_sockets_print(address: str) -> str:
    """Return an address without its zone, in the form that `recvmsg` gives."""
    family = family_of(address)
    return socket.inet_ntop(family, socket.inet_pton(family, bare(address)))
